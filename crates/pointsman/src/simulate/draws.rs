//! Leads that one draw decided: they are not independent, however many there are.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use anyhow::Context as _;
use pointsman_flow::{Catalog, Document, Program, compile};
use pointsman_lead::{Fields, Values as _};
use pointsman_replay::log::LogLead;
use pointsman_store::{DecisionRow, Read};

/// The flows that made past decisions, by version and catalog.
#[derive(Debug, Default)]
pub(super) struct Programs(BTreeMap<(String, String), Arc<Program>>);

impl Programs {
    /// The flow that made a decision.
    ///
    /// * `catalog`: that of the time of the decision.
    pub(super) async fn of(
        &mut self,
        read: &Read<'_>,
        decision: &DecisionRow,
        catalog: &Catalog,
    ) -> anyhow::Result<Arc<Program>> {
        let hash = &decision.version_hash;
        let key = (hash.clone(), decision.catalog_hash.clone());
        if let Some(program) = self.0.get(&key) {
            return Ok(Arc::clone(program));
        }
        let version = read.find_flow_version(hash).await?;
        let version = version.with_context(|| format!("version {hash}"))?;
        let document = Document::from_json(&version.body)
            .map_err(|_| anyhow::anyhow!("version {hash} cannot be read"))?;
        let program = compile(&document, catalog)
            .map_err(|_| anyhow::anyhow!("version {hash} does not check under its own catalog"))?;
        let program = Arc::new(program);
        self.0.insert(key, Arc::clone(&program));
        Ok(program)
    }
}

/// What the draws of leads were made by, lead by lead.
///
/// Two leads that share one key of any node share a draw, and so do leads that are linked by others.
#[derive(Debug, Default)]
pub(super) struct Draws {
    /// The first lead of each key.
    firsts: HashMap<String, usize>,
    /// For each lead, one before it that it is linked to, or itself.
    links: Vec<usize>,
}

impl Draws {
    /// Takes in the next lead.
    ///
    /// * `program`: the flow that decided it. All of its sticky nodes count, also those that this lead did not meet.
    /// * `unit_key`: what its other nodes drew by.
    pub(super) fn add(&mut self, program: &Program, fields: &Fields, unit_key: &str) {
        let lead = self.links.len();
        self.links.push(lead);
        self.link(format!("unit {unit_key}"), lead);
        for (_, op) in program.nodes() {
            let Some(field) = op.sticky() else {
                continue;
            };
            let name = &program.schema().field(field).name;
            // A lead without the field is drawn by its unit key.
            let key = fields.lend(field, |value| {
                value.map(|value| format!("{name} {value:?}"))
            });
            if let Some(key) = key {
                self.link(key, lead);
            }
        }
    }

    fn link(&mut self, key: String, lead: usize) {
        let first = *self.firsts.entry(key).or_insert(lead);
        let (a, b) = (self.root(first), self.root(lead));
        self.links[a.max(b)] = a.min(b);
    }

    fn root(&mut self, mut lead: usize) -> usize {
        while self.links[lead] != lead {
            // Halves the way for the next who asks.
            self.links[lead] = self.links[self.links[lead]];
            lead = self.links[lead];
        }
        lead
    }

    /// Gives each lead its cluster; none has one where every lead has had its own draws.
    ///
    /// * `leads`: those taken in, in the same order.
    pub(super) fn name<'a>(&mut self, leads: impl Iterator<Item = &'a mut LogLead>) {
        let roots: Vec<usize> = (0..self.links.len()).map(|lead| self.root(lead)).collect();
        if roots.iter().enumerate().all(|(lead, root)| lead == *root) {
            return;
        }
        for (lead, root) in leads.zip(roots) {
            // A number: the key may be personal.
            lead.cluster = Some(format!("draw {root}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use pointsman_flow::Destination;
    use pointsman_lead::{Currency, Field, FieldKind, Required, Schema, Timestamp, Value};

    use super::*;

    const STICKY: &str = r#"{"flow": "f", "vertical": "v", "currency": "USD", "root": "s", "nodes": {
        "s": {"kind": "split", "sticky": "publisher", "arms": [{"weight_ppm": 500000, "to": "t"}, {"weight_ppm": 500000, "to": "b"}]},
        "t": {"kind": "split", "sticky": "person", "arms": [{"weight_ppm": 500000, "to": "a"}, {"weight_ppm": 500000, "to": "b"}]},
        "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;

    fn program() -> Program {
        let text = |name: &str| Field {
            name: name.to_owned(),
            kind: FieldKind::text(64),
            required: Required::Never,
            pii: false,
        };
        let catalog = Catalog {
            schema: Schema::new("v", vec![text("publisher"), text("person")]).unwrap(),
            currency: Currency::USD,
            destinations: ["a", "b"]
                .map(|name| (name.to_owned(), Destination::default()))
                .into(),
            subflows: BTreeMap::new(),
        };
        compile(Document::from_json(STICKY).unwrap(), &catalog).unwrap()
    }

    /// The clusters of leads given by unit key, publisher and person.
    fn clusters(leads: &[(&str, Option<&str>, Option<&str>)]) -> Vec<Option<String>> {
        let program = program();
        let mut draws = Draws::default();
        let mut found = Vec::new();
        for (unit_key, publisher, person) in leads {
            let schema = program.schema();
            let mut values = vec![None; schema.fields().len()];
            for (name, value) in [("publisher", publisher), ("person", person)] {
                let position = usize::from(schema.find(name).unwrap().0);
                values[position] = value.map(|value| Value::Text(value.to_owned()));
            }
            let fields = Fields::new(values);
            draws.add(&program, &fields, unit_key);
            found.push(LogLead {
                lead_id: (*unit_key).to_owned(),
                received_at: Timestamp(0),
                unit_key: (*unit_key).to_owned(),
                cluster: None,
                epoch: None,
                fields,
                offers: Vec::new(),
                pings: Vec::new(),
                end: None,
            });
        }
        draws.name(found.iter_mut());
        found.into_iter().map(|lead| lead.cluster).collect()
    }

    #[test]
    fn leads_that_share_any_key_of_a_sticky_split_are_one_cluster() {
        let found = clusters(&[
            ("1", Some("p"), Some("x")),
            ("2", Some("q"), Some("y")),
            ("3", Some("p"), None),
            ("4", Some("r"), Some("y")),
            ("5", None, None),
            ("5", Some("s"), None),
        ]);
        let of = |lead: usize| found[lead].as_deref().unwrap();
        assert_eq!(of(0), of(2));
        assert_eq!(of(1), of(3));
        assert_eq!(of(4), of(5));
        let all: std::collections::BTreeSet<&str> = (0..6).map(of).collect();
        assert_eq!(all.len(), 3);
    }

    #[test]
    fn leads_that_drew_alone_have_no_cluster() {
        let found = clusters(&[("1", Some("p"), None), ("2", Some("q"), Some("x"))]);
        assert_eq!(found, [None, None]);
    }
}
