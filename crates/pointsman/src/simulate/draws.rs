//! Leads that one draw decided: they are not independent, however many there are.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use anyhow::Context as _;
use pointsman_flow::{Catalog, Document, Program, compile};
use pointsman_replay::log::LogLead;
use pointsman_router::UnitHashes;
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
    /// * `unit_key`: what its nodes drew by that are not sticky, and those whose field it has not.
    /// * `unit_hashes`: what the sticky nodes of its flow draw by, also those that this lead did not meet.
    pub(super) fn add(&mut self, unit_key: &str, unit_hashes: &UnitHashes) {
        let lead = self.links.len();
        self.links.push(lead);
        self.link(format!("unit {unit_key}"), lead);
        for (name, hash) in unit_hashes {
            self.link(format!("{name} {hash}"), lead);
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
    use pointsman_lead::{Fields, Timestamp};

    use super::*;

    /// The clusters of leads given by unit key and the hashes of publisher and person.
    fn clusters(leads: &[(&str, Option<&str>, Option<&str>)]) -> Vec<Option<String>> {
        let mut draws = Draws::default();
        let mut found = Vec::new();
        for (unit_key, publisher, person) in leads {
            let hashes = [("publisher", publisher), ("person", person)].into_iter();
            let hashes =
                hashes.filter_map(|(name, hash)| Some((name.to_owned(), (*hash)?.to_owned())));
            let unit_hashes: UnitHashes = hashes.collect();
            draws.add(unit_key, &unit_hashes);
            found.push(LogLead {
                lead_id: (*unit_key).to_owned(),
                received_at: Timestamp(0),
                unit_key: (*unit_key).to_owned(),
                unit_hashes,
                cluster: None,
                epoch: None,
                fields: Fields::new(Vec::new()),
                offers: Vec::new(),
                pings: Vec::new(),
                end: None,
                timeline: None,
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
