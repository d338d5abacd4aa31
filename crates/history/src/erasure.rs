//! A lead without the values that tell who a person is: what is removed, and what its decision can be made again by.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_flow::{Catalog, Program, stand_in};
use pointsman_lead::{ALWAYS, FieldIdx, Fields, Schema, Value};
use pointsman_router::HashKey;
use pointsman_store::{DecisionRow, EndState, ErasedLead, LeadErasureRow, LeadRow, Read};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::{Error, LeadKeys, Library, bids_of, record::json};

/// What is kept of a lead whose personal values were removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptOfLead {
    /// Values that no rule tells from those that were removed, by field.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    stand_ins: Map<String, Json>,
    /// The class codes of the lead as it was, where the stand-ins have others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    codes: Option<Vec<u16>>,
    /// By what it was known as a duplicate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<(Option<u16>, String, String)>,
}

impl KeptOfLead {
    /// What is kept of a lead; `None` for one that has all its values.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] that names the lead.
    pub(crate) async fn find(read: &Read<'_>, lead: &LeadRow) -> Result<Option<Self>, Error> {
        if !lead.is_erased() {
            return Ok(None);
        }
        let ids = [lead.id.clone()];
        let row = read.lead_erasures(&ids).await?.pop();
        row.as_ref().map(Self::of).transpose()
    }

    fn of(row: &LeadErasureRow) -> Result<Self, Error> {
        serde_json::from_str(&row.body).map_err(|_| Error::Stored {
            what: format!("what is kept of lead {}", row.lead_id),
        })
    }

    /// Puts what stands in for values among the others.
    pub(crate) fn stand_in(&self, fields: &mut Map<String, Json>) {
        for (name, value) in &self.stand_ins {
            fields.insert(name.clone(), value.clone());
        }
    }

    /// The class codes of the lead as it was, where they have to be known.
    pub(crate) fn codes(&self) -> Option<&[u16]> {
        self.codes.as_deref()
    }

    /// By what it was known as a duplicate.
    pub(crate) fn keys(&self) -> LeadKeys {
        LeadKeys::of_list(&self.keys)
    }
}

/// Puts what stands in for removed values among the fields of leads, so that rules decide about them as before.
///
/// # Errors
///
/// [`Error::Store`] and [`Error::Stored`].
pub(crate) async fn stand_in_for_erased(
    read: &Read<'_>,
    leads: &mut BTreeMap<String, LeadRow>,
) -> Result<(), Error> {
    let erased = leads.values().filter(|lead| lead.is_erased());
    let ids: Vec<String> = erased.map(|lead| lead.id.clone()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    for row in read.lead_erasures(&ids).await? {
        let kept = KeptOfLead::of(&row)?;
        if let Some(lead) = leads.get_mut(&row.lead_id)
            && let Ok(mut fields) = serde_json::from_str(&lead.fields_body)
        {
            kept.stand_in(&mut fields);
            lead.fields_body = json(&fields);
        }
    }
    Ok(())
}

/// Names of the fields of a lead that tell who a person is: of those by which it was decided, and of those that were
/// declared so since.
fn personal(decided: &Schema, now: Option<&Schema>) -> BTreeSet<String> {
    let schemas = [Some(decided), now];
    let fields = schemas.into_iter().flatten().flat_map(Schema::declared);
    let personal = fields.filter(|field| field.pii);
    personal.map(|field| field.name.clone()).collect()
}

/// What removes the personal values of leads.
#[derive(Debug)]
pub struct Eraser {
    library: Library,
    schemas: BTreeMap<String, Schema>,
    catalogs: BTreeMap<String, Arc<Schema>>,
    others: Vec<Arc<Program>>,
}

/// Schemas of catalogs that are kept at once.
const CATALOGS_MAX: usize = 256;

impl Eraser {
    /// * `schemas`: as they are now, by vertical.
    /// * `others`: programs that shall decide about erased leads as before, as far as that can be: those that run now.
    pub fn new(
        library: Library,
        schemas: BTreeMap<String, Schema>,
        others: Vec<Arc<Program>>,
    ) -> Self {
        Self {
            library,
            schemas,
            catalogs: BTreeMap::new(),
            others,
        }
    }

    /// One that is asked for values and removes none.
    pub fn to_look(schemas: BTreeMap<String, Schema>) -> Self {
        Self::new(Library::new(HashKey::default()), schemas, Vec::new())
    }

    /// The personal values of a lead with their fields, by the schema that it was decided by.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]. A value that cannot be read is none.
    pub async fn values_of(
        &mut self,
        read: &Read<'_>,
        lead: &LeadRow,
        catalog_hash: &str,
    ) -> Result<Vec<(pointsman_lead::Field, Value)>, Error> {
        let Some(schema) = self.schema(read, catalog_hash).await? else {
            return Ok(Vec::new());
        };
        let personal = personal(&schema, self.schemas.get(&lead.vertical));
        let stored: Map<String, Json> = serde_json::from_str(&lead.fields_body).unwrap_or_default();
        let Ok(fields) = Fields::from_stored(&schema, &stored) else {
            return Ok(Vec::new());
        };
        let values = schema.fields().iter().zip(fields.values());
        let values = values.filter(|(field, _)| personal.contains(&field.name));
        let values = values.filter_map(|(field, value)| Some((field.clone(), value.clone()?)));
        Ok(values.collect())
    }

    async fn schema(
        &mut self,
        read: &Read<'_>,
        catalog_hash: &str,
    ) -> Result<Option<Arc<Schema>>, Error> {
        if let Some(schema) = self.catalogs.get(catalog_hash) {
            return Ok(Some(Arc::clone(schema)));
        }
        let row = read.find_catalog(catalog_hash).await?;
        let catalog = row.and_then(|row| Catalog::from_stored(&row.body).ok());
        let Some(catalog) = catalog else {
            return Ok(None);
        };
        if self.catalogs.len() >= CATALOGS_MAX {
            self.catalogs.clear();
        }
        let schema = Arc::new(catalog.schema);
        self.catalogs
            .insert(catalog_hash.to_owned(), Arc::clone(&schema));
        Ok(Some(schema))
    }

    /// A lead without its personal values, and what its decision can be made again by.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for a lead without a decision.
    pub async fn erased(
        &mut self,
        read: &Read<'_>,
        lead: &LeadRow,
        (erasure_id, at): (&str, i64),
    ) -> Result<ErasedLead, Error> {
        let ids = [lead.id.clone()];
        let decision = read.decisions_of_leads(&ids).await?.pop();
        let decision = decision.ok_or_else(|| Error::Stored {
            what: format!("the decision of lead {}", lead.id),
        })?;
        let mut fields: Map<String, Json> =
            serde_json::from_str(&lead.fields_body).unwrap_or_default();
        let kept = if lead.is_erased() {
            // What was kept at the first time stays.
            KeptOfLead::default()
        } else {
            self.removed(read, lead, &decision, &mut fields).await?
        };
        Ok(ErasedLead {
            kept: LeadErasureRow {
                lead_id: lead.id.clone(),
                erasure_id: erasure_id.to_owned(),
                erased_at: at,
                body: json(&kept),
            },
            fields_body: json(&fields),
            response_body: lead
                .response_body
                .as_deref()
                .map(|it| answered(it, &decision)),
            bids: self.bids(read, &decision).await?,
            settled_at: lead.settled_at,
        })
    }

    /// Takes the personal values out of the fields of a lead.
    async fn removed(
        &mut self,
        read: &Read<'_>,
        lead: &LeadRow,
        decision: &DecisionRow,
        fields: &mut Map<String, Json>,
    ) -> Result<KeptOfLead, Error> {
        let program = match self.library.program(read, decision).await {
            Ok(program) => program,
            // Nobody can make the decision again, and nobody knows which fields are personal.
            Err(Error::Stored { .. }) => {
                fields.retain(|name, _| ALWAYS.contains(&name.as_str()));
                return Ok(KeptOfLead::default());
            }
            Err(error) => return Err(error),
        };
        let schema = program.schema();
        let personal = personal(schema, self.schemas.get(&lead.vertical));
        let typed = Fields::from_stored(schema, fields);
        fields.retain(|name, _| !personal.contains(name));
        let Ok(typed) = typed else {
            return Ok(KeptOfLead::default());
        };
        let (without, stand_ins) = self.without(&program, &typed, &personal);
        let codes = program.encode(&typed);
        let same = program.encode(&without) == codes;
        let keys = LeadKeys::of(&program, &typed, lead.is_test, self.library.hash_key());
        Ok(KeptOfLead {
            stand_ins,
            codes: (!same).then(|| program.code_list(&codes)),
            keys: keys.list(),
        })
    }

    /// The fields of a lead with something else in the place of its personal values.
    fn without(
        &self,
        program: &Arc<Program>,
        typed: &Fields,
        personal: &BTreeSet<String>,
    ) -> (Fields, Map<String, Json>) {
        let schema = program.schema();
        let vertical = schema.vertical();
        let others = self
            .others
            .iter()
            .filter(|other| other.schema().vertical() == vertical);
        let programs: Vec<&Program> = std::iter::once(program)
            .chain(others)
            .map(|it| &**it)
            .collect();
        let mut stand_ins = Map::new();
        let values = (0..)
            .map(FieldIdx)
            .zip(schema.fields())
            .map(|(idx, field)| {
                let value = typed.get(idx)?;
                if !personal.contains(&field.name) {
                    return Some(value.clone());
                }
                let instead = stand_in(&programs, &field.name, &field.kind, value)?;
                stand_ins.insert(field.name.clone(), instead.to_json(&field.kind));
                Some(instead)
            });
        let without = Fields::new(values.collect());
        (without, stand_ins)
    }

    /// The bids of a decision, without what destinations wrote to explain them.
    async fn bids(
        &self,
        read: &Read<'_>,
        decision: &DecisionRow,
    ) -> Result<Vec<(i64, String)>, Error> {
        let ids = [decision.id.clone()];
        let mut bids = Vec::new();
        for step in read.steps_of_decisions(&ids).await? {
            if step.bids_body.is_none() {
                continue;
            }
            let Ok(Some(mut records)) = bids_of(&step) else {
                // What cannot be read cannot be cleaned, and is of no use.
                bids.push((step.n, "[]".to_owned()));
                continue;
            };
            for record in &mut records {
                record.reason = None;
                record.response_excerpt = None;
            }
            bids.push((step.n, json(&records)));
        }
        Ok(bids)
    }
}

/// What a source was answered, without what destinations wrote: the page for the person, and why a lead is held.
fn answered(body: &str, decision: &DecisionRow) -> String {
    let Ok(mut answer) = serde_json::from_str::<Map<String, Json>>(body) else {
        return body.to_owned();
    };
    answer.remove("redirect_url");
    if decision.end_state == Some(EndState::Held) {
        answer.remove("reason");
    }
    json(&answer)
}
