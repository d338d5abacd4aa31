//! Persons: who is to be forgotten, whose leads are not taken, and how long personal values are kept.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use pointsman_history::{Eraser, Page, PersonKey, Place, Routes, identifies, keep_person_key};
use pointsman_lead::{Field, FieldKind, Id, Problem, Schema, Timestamp, kinds};
use pointsman_store::{ErasureKind, ErasureRow, ErasureState, SuppressionRow};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Control, Error, SettingsChangeKind, changes::ChangeRecord};

mod lists;
mod preview;
mod retention;

pub use lists::{NewSuppressions, SuppressionCount};
pub use preview::ErasurePreview;
pub use retention::Retention;

/// Most leads and values of one request.
const ASKED_MAX: usize = 1_000;
/// Where suppressions come from that were not listed by anybody.
const ORIGIN: &str = "erasure";

/// A value by which a person is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonValue {
    /// Name of a field that tells who a person is, such as `email`.
    pub field: String,
    /// The value, in any spelling.
    pub value: Value,
}

/// Persons who are to be forgotten.
#[derive(Debug, Clone, Default)]
pub struct NewErasure {
    /// Ids of leads: of each, the lead itself and all others with one of its e-mail addresses or telephone numbers.
    pub lead_ids: Vec<String>,
    /// Values: all leads that have one of them.
    pub values: Vec<PersonValue>,
    /// Why, without the person's details.
    pub note: Option<String>,
}

/// The removal of personal values, with its receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Its id.
    pub id: Id<kinds::Erasure>,
    /// Whether it is by a rule of retention, and no person asked for it.
    pub is_retention: bool,
    /// Whether nothing is left to be removed.
    pub is_done: bool,
    /// Who asked for it.
    pub by: String,
    /// When.
    pub requested_at: Timestamp,
    /// Names of the fields that it was asked by.
    pub fields: Vec<String>,
    /// Leads whose values were removed.
    pub leads: i64,
    /// Rows that were changed, by table.
    pub rows: BTreeMap<String, u64>,
    /// When nothing was left.
    pub finished_at: Option<Timestamp>,
}

impl Erasure {
    fn of(row: ErasureRow) -> Result<Self, Error> {
        let unreadable = || Error::Stored {
            what: format!("erasure {}", row.id),
        };
        Ok(Self {
            id: row.id.parse().map_err(|_| unreadable())?,
            is_retention: row.kind == ErasureKind::Retention,
            is_done: row.state == ErasureState::Done,
            fields: serde_json::from_str(&row.fields_body).map_err(|_| unreadable())?,
            rows: serde_json::from_str(&row.counts_body).map_err(|_| unreadable())?,
            by: row.by_whom,
            requested_at: Timestamp(row.requested_at),
            leads: row.n_leads,
            finished_at: row.finished_at.map(Timestamp),
        })
    }
}

/// By what persons are found.
#[derive(Debug, Default)]
struct Found {
    hashes: BTreeSet<String>,
    fields: BTreeSet<String>,
    /// The numbers of the leads that were named.
    seqs: Vec<i64>,
}

impl Control {
    /// Asks for persons to be forgotten. Leads of theirs that come from now on are not taken; their values are removed
    /// beside the work, by the process that does so for all.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for every lead and value that cannot be looked for; nothing is removed then.
    pub async fn erase(&self, new: NewErasure) -> Result<Erasure, Error> {
        self.change(new, |control, new| async move {
            control.erase_in_turn(new).await
        })
        .await
    }

    async fn erase_in_turn(&self, new: NewErasure) -> Result<Erasure, Error> {
        let inner = &self.inner;
        let present = inner.routes.get();
        let key = keep_person_key(&inner.store).await?;
        let found = self.looked_for(&key, &new).await?;
        let at = inner.clock.now();
        let id: Id<kinds::Erasure> = Id::new(at, rand::random());
        let fields: Vec<String> = found.fields.into_iter().collect();
        let hashes: Vec<String> = found.hashes.into_iter().collect();
        let change = ChangeRecord::new(SettingsChangeKind::PersonErased, id.to_string())
            .because(new.note.as_deref())
            .to(json!({ "leads": new.lead_ids, "fields": fields, "values": hashes.len() }));
        let row = ErasureRow {
            id: id.to_string(),
            kind: ErasureKind::Person,
            state: ErasureState::Running,
            by_whom: self.author_name(),
            requested_at: at.0,
            matches_body: json!({ "hashes": hashes, "lead_ids": new.lead_ids }).to_string(),
            fields_body: json!(fields).to_string(),
            until_seq: found.seqs.iter().copied().max().unwrap_or(0),
            // Leads that are named alone are not looked for among all others.
            scanned_seq: match found.seqs.iter().min() {
                Some(first) if hashes.is_empty() => first - 1,
                _ => 0,
            },
            counts_body: "{}".to_owned(),
            n_leads: 0,
            finished_at: None,
        };
        let suppressed = hashes.iter().map(|hash| SuppressionRow {
            hash: hash.clone(),
            origin: ORIGIN.to_owned(),
            added_at: at.0,
        });
        let (suppressed, kept): (Vec<_>, ErasureRow) = (suppressed.collect(), row.clone());
        let stored = self.store_routed(present.revision, change, move |tx| {
            Box::pin(async move {
                let mut row = row;
                if !suppressed.is_empty() {
                    // Whoever comes after this number was prepared by the list with the person on it.
                    row.until_seq = tx.order().number + 1;
                }
                tx.suppress(suppressed).await?;
                tx.insert_erasure(row).await
            })
        });
        let ((), revision) = stored.await?;
        inner.routes.put(Routes {
            suppresses: present.suppresses || !hashes.is_empty(),
            revision,
            ..Routes::clone(&present)
        });
        Erasure::of(kept)
    }

    /// By what the persons of a request are found, or everything that is wrong with it.
    async fn looked_for(&self, key: &PersonKey, new: &NewErasure) -> Result<Found, Error> {
        let NewErasure {
            lead_ids, values, ..
        } = new;
        let n_asked = lead_ids.len() + values.len();
        if n_asked == 0 || n_asked > ASKED_MAX {
            let message = format!("{n_asked} leads and values; a request names 1 to {ASKED_MAX}");
            let problem = Problem::new("out_of_range", "values", message);
            return Err(Error::problem(
                problem.hint("name leads by id or values by field"),
            ));
        }
        let schemas = self.current_schemas().await?;
        let (mut found, mut problems) = (Found::default(), Vec::new());
        for (position, value) in values.iter().enumerate() {
            match hashes_of(key, &schemas, value, &format!("values[{position}]")) {
                Ok(hashes) => {
                    found.fields.insert(value.field.clone());
                    found.hashes.extend(hashes);
                }
                Err(problem) => problems.push(problem),
            }
        }
        let mut eraser = Eraser::to_look(schemas);
        for (position, id) in lead_ids.iter().enumerate() {
            let read = self.inner.store.read();
            let Some(lead) = read.find_lead(id).await? else {
                let path = format!("lead_ids[{position}]");
                let problem =
                    Problem::new("unknown_lead", path, format!("there is no lead `{id}`"));
                problems.push(problem.hint("take the id as the list of leads has it"));
                continue;
            };
            found.seqs.push(lead.seq);
            let decision = read
                .decisions_of_leads(std::slice::from_ref(id))
                .await?
                .pop();
            let catalog = decision.map(|decision| decision.catalog_hash);
            let values = eraser
                .values_of(&read, &lead, &catalog.unwrap_or_default())
                .await?;
            for (field, value) in values.iter().filter(|(field, _)| identifies(&field.kind)) {
                found.fields.insert(field.name.clone());
                found.hashes.insert(key.hash_of(field, value.borrowed()));
            }
        }
        if problems.is_empty() {
            Ok(found)
        } else {
            Err(Error::Problems(problems))
        }
    }

    /// The schemas of all verticals as they are now.
    async fn current_schemas(&self) -> Result<BTreeMap<String, Schema>, Error> {
        let schemas = self.schemas().await?.into_iter();
        Ok(schemas
            .map(|it| (it.schema.vertical().to_owned(), it.schema))
            .collect())
    }

    /// An erasure by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn find_erasure(&self, id: &str) -> Result<Option<Erasure>, Error> {
        let row = self.inner.store.read().find_erasure(id).await?;
        row.map(Erasure::of).transpose()
    }

    /// Erasures, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn erasures(
        &self,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<Erasure>, Error> {
        let after = after.map(Place::cursor);
        let page = self.inner.store.read().erasures(after, limit).await?;
        Page::of(page, Erasure::of)
    }
}

/// The hashes of a value under every schema that has a personal field of its name.
fn hashes_of(
    key: &PersonKey,
    schemas: &BTreeMap<String, Schema>,
    value: &PersonValue,
    path: &str,
) -> Result<BTreeSet<String>, Problem> {
    let PersonValue { field: name, value } = value;
    let named = schemas.values().flat_map(Schema::declared);
    let fields: Vec<&Field> = named.filter(|it| it.pii && it.name == *name).collect();
    if fields.is_empty() {
        let message = format!("`{name}` is no field that tells who a person is");
        let problem = Problem::new("unknown_field", format!("{path}.field"), message);
        return Err(problem.hint("name a field that a lead schema declares with `pii`"));
    }
    let read = fields.iter().map(|field| {
        let value = field.read(&as_written(field, value), &format!("{path}.value"))?;
        Ok::<_, Problem>(key.hash_of(field, value.borrowed()))
    });
    let (hashes, problems): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
    let hashes: BTreeSet<String> = hashes.into_iter().filter_map(Result::ok).collect();
    match problems.into_iter().find_map(Result::err) {
        Some(problem) if hashes.is_empty() => Err(problem),
        _ => Ok(hashes),
    }
}

/// A value as its field takes it: of a telephone number, what people write between the digits is left out.
fn as_written<'a>(field: &Field, value: &'a Value) -> Cow<'a, Value> {
    let is_between = |mark: char| mark.is_whitespace() || "-./()".contains(mark);
    match (&field.kind, value) {
        (FieldKind::Phone, Value::String(text)) if text.contains(is_between) => {
            Cow::Owned(Value::String(text.replace(is_between, "")))
        }
        _ => Cow::Borrowed(value),
    }
}

/// What a digest in a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum DigestOf {
    /// E-mail addresses.
    Email,
    /// Telephone numbers.
    Phone,
}

impl DigestOf {
    fn subject(self) -> &'static str {
        match self {
            Self::Email => FieldKind::Email.name(),
            Self::Phone => FieldKind::Phone.name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use pointsman_lead::Required;

    use super::*;

    #[test]
    fn what_people_write_between_digits_is_no_part_of_a_telephone_number() {
        let field = |kind| Field {
            name: "it".to_owned(),
            kind,
            required: Required::Never,
            pii: true,
        };
        let phone = field(FieldKind::Phone);
        for written in ["+1 415-555.0132", "+1 (415) 555/0132", "+14155550132"] {
            let value = json!(written);
            let read = phone.read(&as_written(&phone, &value), "value").unwrap();
            let expected = phone.read(&json!("+14155550132"), "value").unwrap();
            assert_eq!(read, expected, "{written}");
        }
        // An extension would make another number of it.
        let value = json!("+1 415 555 0132 ext. 7");
        let refused = phone.read(&as_written(&phone, &value), "value");
        assert!(refused.is_err());
        let name = field(FieldKind::text(40));
        let value = json!("Anne-Marie O. Smith");
        assert_eq!(*as_written(&name, &value), value);
    }
}
