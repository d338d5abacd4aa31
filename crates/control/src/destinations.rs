//! Destinations: where they are, and what decides whether they may get a lead.

mod findings;
mod members;
mod trial;

pub use trial::DestinationTrial;

use std::{collections::BTreeSet, sync::Arc};

use pointsman_delivery::{Secret, Target};
use pointsman_flow::{Destination, Diagnostic, Document};
use pointsman_history::Routes;
use pointsman_lead::{AMOUNT_MAX, Problem, Schema, Timestamp};
use pointsman_store::{DestinationRow, Expected};
use serde_json::{Value, json};

use self::members::members;
use crate::{
    Control, Error, SettingsChangeKind,
    changes::{ChangeRecord, destination_said},
    compile::{Surroundings, read_destination},
    names,
    routes::{LiveFlow, for_all, live_flows, rebuild},
};

/// A destination to put in place of the one of its name.
#[derive(Debug, Clone)]
pub struct NewDestination {
    /// Its name.
    pub name: String,
    /// How it is reached, as [`Target`] is written. A secret given as `[secret]` stays as it is.
    pub target: Value,
    /// Price, criteria, caps and schedule, as [`Destination`] is written.
    pub settings: Value,
    /// The vertical whose fields the target's template may name, beside those of the live flows that
    /// use it. `None`: fields are checked once a flow uses it.
    pub vertical: Option<String>,
    /// The revision that it shall replace; 0: it must not be there yet; `None`: any.
    pub expected_revision: Option<i64>,
}

/// A destination as others may see it: without the values of its secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct DestinationSettings {
    /// Its name.
    pub name: String,
    /// How it is reached; each secret reads `[secret]`.
    pub target: Target,
    /// What decides whether it may get a lead.
    pub settings: Destination,
    /// One more with each change, from 1.
    pub revision: i64,
    /// When it was first put.
    pub created_at: Timestamp,
    /// When it was last put.
    pub updated_at: Timestamp,
    /// Where it was just put: what is odd about it, and about the live flows that name it.
    pub findings: Vec<Diagnostic>,
}

impl DestinationSettings {
    fn of(row: &DestinationRow) -> Result<Self, Error> {
        let (target, settings) = read_destination(row)?;
        Ok(Self {
            name: row.name.clone(),
            target: target.redacted(),
            settings,
            revision: row.revision,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            findings: Vec::new(),
        })
    }
}

impl Control {
    /// Puts a destination, and recompiles the live flows that name it under a new catalog.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for mistakes in it, [`Error::Flow`] for a live flow that would not run with
    /// it, [`Error::Conflict`] for another revision than expected.
    pub async fn put_destination(&self, new: NewDestination) -> Result<DestinationSettings, Error> {
        self.change(new, |control, new| async move {
            control.put_destination_in_turn(new).await
        })
        .await
    }

    /// Takes a destination out of routing, or back into it. All else of it stays as it is.
    ///
    /// * `expected_revision`: of the destination; `None`: any.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Conflict`] for another revision, [`Error::Flow`] for a live flow that would not
    /// run with it, [`Error::Stored`] and [`Error::Store`].
    pub async fn set_destination_active(
        &self,
        name: &str,
        is_active: bool,
        expected_revision: Option<i64>,
    ) -> Result<DestinationSettings, Error> {
        let asked = (name.to_owned(), is_active, expected_revision);
        self.change(
            asked,
            |control, (name, is_active, expected_revision)| async move {
                let row = control.inner.store.read().find_destination(&name).await?;
                let row = row.ok_or_else(|| Error::not_found("destination", &name))?;
                let unreadable = |_| Error::Stored {
                    what: format!("destination {name}"),
                };
                let (target, settings) = read_destination(&row)?;
                let settings = Destination {
                    active: is_active,
                    ..settings
                };
                let new = NewDestination {
                    name: name.clone(),
                    // With its secrets: this is what is stored, and goes nowhere else.
                    target: serde_json::to_value(&target).map_err(unreadable)?,
                    settings: serde_json::to_value(&settings).map_err(unreadable)?,
                    vertical: None,
                    // What was read above is what is replaced.
                    expected_revision: Some(expected_revision.unwrap_or(row.revision)),
                };
                control.put_destination_in_turn(new).await
            },
        )
        .await
    }

    async fn put_destination_in_turn(
        &self,
        new: NewDestination,
    ) -> Result<DestinationSettings, Error> {
        let inner = &self.inner;
        let known = inner.routes.revision();
        let live = live_flows(&inner.store).await?;
        let mut surroundings = for_all(&inner.store, &live).await?;
        let (target, settings) = read(&new, &surroundings, &live)?;
        surroundings
            .read_lists(&inner.store, &settings.lists())
            .await?;
        let own = findings::of(&new, &settings, &surroundings, &live)?;
        let old_target = surroundings
            .targets
            .insert(new.name.clone(), target.clone());
        let old_settings = surroundings
            .destinations
            .insert(new.name.clone(), settings.clone());
        let before = old_target.as_ref().zip(old_settings.as_ref());
        let change = ChangeRecord::new(SettingsChangeKind::DestinationPut, &new.name)
            .from(before.map(|(target, settings)| destination_said(target, settings, None)))
            .to(destination_said(&target, &settings, old_target.as_ref()));
        let present = inner.routes.get();
        let mut rebuilt = rebuild(&Arc::new(surroundings), live, &present).await;
        rebuilt.refuse_harm(&present)?;

        let at = inner.clock.now().0;
        let unwritable = |_| Error::Stored {
            what: format!("destination {}", new.name),
        };
        let row = pointsman_store::NewDestination {
            target_body: serde_json::to_string(&target).map_err(unwritable)?,
            settings_body: settings.to_stored().map_err(unwritable)?,
            name: new.name,
            at,
        };
        let expected = match new.expected_revision {
            None => Expected::Any,
            Some(0) => Expected::Absent,
            Some(revision) => Expected::Revision(revision),
        };
        let catalogs = rebuilt.catalogs(at)?;
        let stored = self.store_routed(known, change, move |tx| {
            Box::pin(async move {
                let row = tx.put_destination(row, expected).await?;
                for catalog in catalogs {
                    tx.put_catalog(catalog).await?;
                }
                Ok(row)
            })
        });
        let (row, revision) = stored.await?;
        self.inner.routes.put(Routes {
            revision,
            ..rebuilt.routes
        });
        let mut findings = rebuilt.findings;
        let is_new = |finding: &Diagnostic| !findings.contains(finding);
        let own: Vec<Diagnostic> = own.into_iter().filter(is_new).collect();
        findings.extend(own);
        Ok(DestinationSettings {
            findings,
            ..DestinationSettings::of(&row)?
        })
    }

    /// A destination, without its secrets.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn find_destination(&self, name: &str) -> Result<Option<DestinationSettings>, Error> {
        let row = self.inner.store.read().find_destination(name).await?;
        row.as_ref().map(DestinationSettings::of).transpose()
    }

    /// Every destination by name, without secrets.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn destinations(&self) -> Result<Vec<DestinationSettings>, Error> {
        self.inner
            .store
            .read()
            .destinations()
            .await?
            .iter()
            .map(DestinationSettings::of)
            .collect()
    }
}

/// Reads a destination with all of its mistakes at once.
fn read(
    new: &NewDestination,
    surroundings: &Surroundings,
    live: &[LiveFlow],
) -> Result<(Target, Destination), Error> {
    let mut problems: Vec<Problem> = names::check("name", &new.name).into_iter().collect();
    let mut settings = members::<Destination>("settings", &new.settings, &json!({}), &mut problems);
    if let Some(settings) = &mut settings {
        problems.extend(settings.diagnostics(&new.name).into_iter().map(problem_of));
        problems.extend(check_money(settings));
        settings.name_caps();
    }
    let example = json!({ "url": "https://example.com/" });
    let target = members::<Target>("target", &new.target, &example, &mut problems);
    if let Some(Value::Object(given)) = Some(&new.target)
        && !given.contains_key("url")
    {
        problems.push(
            Problem::new("missing_member", "target.url", "`url` is missing")
                .hint("write the address that takes the leads, like https://buyer.example/leads"),
        );
    }
    let target =
        target.map(|target| with_known_secrets(target, surroundings.targets.get(&new.name)));
    if let Some(target) = &target {
        problems.extend(check_target(target, new, surroundings, live));
    }
    match (target, settings) {
        (Some(target), Some(settings)) if problems.is_empty() => Ok((target, settings)),
        _ => Err(Error::Problems(problems)),
    }
}

/// A finding about settings, as a mistake of whoever puts them.
fn problem_of(found: Diagnostic) -> Problem {
    let path = match found.place.part {
        Some(part) => format!("settings.{part}"),
        None => "settings".to_owned(),
    };
    let problem = Problem::new(found.code, path, found.message);
    match found.hint {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// The one setting that is an amount of money.
const PRICE: &str = "settings.price";

/// A price beyond what one amount may be, and names of caps that are none or come twice.
fn check_money(settings: &Destination) -> Vec<Problem> {
    let mut problems = Vec::new();
    if settings.price.is_some_and(|price| price > AMOUNT_MAX) {
        let message = "a price is at most ten million";
        let problem = Problem::new("price_range", PRICE, message);
        problems.push(problem.hint("write main units: \"12.50\" is twelve and a half"));
    }
    let named = settings.caps.iter().map(|cap| cap.name.as_ref());
    let mut seen = BTreeSet::new();
    for (at, name) in named.enumerate() {
        let Some(name) = name else { continue };
        let path = format!("settings.caps[{at}].name");
        if !seen.insert(name) {
            let message = format!("another cap is called `{name}`");
            let problem = Problem::new("duplicate_name", path.clone(), message);
            problems.push(problem.hint("units are counted by name; give each cap its own"));
        }
        problems.extend(names::check(&path, name));
    }
    problems
}

/// Puts the stored values in for the secrets that came back as they were shown.
fn with_known_secrets(mut target: Target, stored: Option<&Target>) -> Target {
    let shown = Target::redacted(&target);
    for (name, secret) in &mut target.secrets {
        let is_shown = shown
            .secrets
            .get(name)
            .is_some_and(|redacted| redacted == secret);
        if is_shown && let Some(stored) = stored.and_then(|stored| stored.secrets.get(name)) {
            *secret = Secret::new(stored.reveal());
        }
    }
    target
}

/// What is wrong with a target for the verticals that it is used for.
fn check_target(
    target: &Target,
    new: &NewDestination,
    surroundings: &Surroundings,
    live: &[LiveFlow],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let used = live
        .iter()
        .filter(|live| names_destination(&live.document, &new.name));
    let mut verticals: BTreeSet<&str> = used.map(|live| live.document.vertical.as_str()).collect();
    let subflows = surroundings.subflows.values();
    let in_subflows = subflows
        .flat_map(|subflow| subflow.versions.values())
        .filter(|document| names_destination(document, &new.name));
    verticals.extend(in_subflows.map(|document| document.vertical.as_str()));
    if let Some(vertical) = &new.vertical {
        if surroundings.schemas.contains_key(vertical) {
            verticals.insert(vertical);
        } else {
            let message = format!("there is no lead schema of vertical `{vertical}`");
            problems.push(
                Problem::new("unknown_vertical", "vertical", message)
                    .hint("put the lead schema first"),
            );
        }
    }
    let schemas: Vec<&Schema> = verticals
        .iter()
        .filter_map(|vertical| surroundings.schemas.get(*vertical))
        .collect();
    if schemas.is_empty() {
        // No fields to compare with: everything but the names of fields can be checked.
        let found = Schema::new("any", Vec::new()).map(|schema| target.check(&schema));
        let found = found.unwrap_or_default().into_iter();
        problems.extend(found.filter(|problem| problem.code != "field_unknown"));
    }
    for schema in schemas {
        for problem in target.check(schema) {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    problems
}

fn names_destination(document: &Document, name: &str) -> bool {
    let mut nodes = document.nodes.iter();
    nodes.any(|(node_name, node)| node.destination(node_name) == Some(name))
}

#[cfg(test)]
mod tests {
    use super::{members::wrong_member, *};

    fn problems(target: Value, settings: Value) -> Vec<String> {
        let new = NewDestination {
            name: "acme".to_owned(),
            target,
            settings,
            vertical: None,
            expected_revision: None,
        };
        let Err(Error::Problems(problems)) = read(&new, &Surroundings::default(), &[]) else {
            return Vec::new();
        };
        problems
            .into_iter()
            .map(|problem| format!("{} {}", problem.code, problem.path))
            .collect()
    }

    #[test]
    fn every_mistake_of_a_destination_is_told_at_once() {
        let found = problems(
            json!({ "timeout_ms": "soon", "colour": 1 }),
            json!({ "price": "much", "caps": 3, "size": 1 }),
        );
        assert_eq!(
            found,
            [
                "wrong_type settings.caps",
                "bad_amount settings.price",
                "unknown_member settings.size",
                "unknown_member target.colour",
                "wrong_type target.timeout_ms",
                "missing_member target.url",
            ]
        );
    }

    #[test]
    fn a_member_of_a_wrong_shape_is_said_in_plain_words() {
        let said = |path: &str, error: &str| {
            let Problem { message, hint, .. } = wrong_member(path.to_owned(), error);
            format!("{message}; {}", hint.unwrap_or_default())
        };
        assert_eq!(
            said("settings.caps", "invalid type: map, expected a sequence"),
            "this is an object, but should be a list; "
        );
        assert_eq!(
            said(
                "settings.size",
                "unknown field `size`, expected one of `active`, `price`"
            ),
            "there is no member `size`; its members are `active`, `price`"
        );
    }

    #[test]
    fn a_zone_that_is_none_is_found_when_it_is_put() {
        for zone in ["+02:00", "", "utc", "Europe/Berln"] {
            let new = NewDestination {
                name: "acme".to_owned(),
                target: json!({ "url": "https://acme.example/" }),
                settings: json!({
                    "caps": [{ "kind": "offers", "max": 5, "window": "day", "zone": zone }],
                    "schedule": {
                        "zone": zone,
                        "open": [{ "days": ["mon"], "from": "09:00", "to": "17:00" }],
                    },
                }),
                vertical: None,
                expected_revision: None,
            };
            let Err(Error::Problems(problems)) = read(&new, &Surroundings::default(), &[]) else {
                panic!("`{zone}` is taken");
            };
            let found = problems.iter().map(|problem| {
                (
                    problem.code.as_str(),
                    problem.path.as_str(),
                    problem.hint.is_some(),
                )
            });
            assert_eq!(
                found.collect::<Vec<_>>(),
                [
                    ("unknown_zone", "settings.caps[0].zone", true),
                    ("unknown_zone", "settings.schedule.zone", true),
                ],
                "{zone}"
            );
        }
    }

    #[test]
    fn a_secret_that_comes_back_as_shown_stays_as_it_was() {
        let stored: Target = serde_json::from_value(
            json!({ "url": "https://acme.example/", "secrets": { "key": "s3cret" } }),
        )
        .unwrap();
        let back = with_known_secrets(stored.redacted(), Some(&stored));
        assert_eq!(back.secrets["key"].reveal(), "s3cret");
    }
}
