//! Looks for stored rows that cannot be read: all of them, before a start or a postback meets the first.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_bandit::{Entry, Posterior};
use pointsman_flow::{Catalog, Document};
use pointsman_store::{DecisionRow, DecisionStepRow, Error, Read, Store};
use serde_json::{Map, Value};

use crate::{BulkJob, rotation, settled_at, stored, with_lists};

/// Decisions, or epochs, read at once.
const PAGE: u64 = 500;
/// Most rows that are named.
const FOUND_MAX: usize = 100;

/// The rows of history and learning that this release cannot read, each named; the first hundred.
///
/// It reads everything that was ever decided, one page after another.
///
/// * `progress`: told the number of decisions done after each page.
///
/// # Errors
///
/// Those of the database.
pub async fn unreadable(
    store: &Store,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Vec<String>, Error> {
    let mut search = Search {
        read: store.read(),
        known: BTreeSet::new(),
        found: Vec::new(),
    };
    let (mut after, mut n_done) = (0, 0);
    while search.found.len() < FOUND_MAX {
        let decisions = search.read.decisions_in_order(after, PAGE).await?;
        let Some(last) = decisions.last() else {
            search.allocations().await?;
            search.bulk_jobs().await?;
            break;
        };
        after = last.started_seq;
        search.decisions(&decisions).await?;
        n_done += decisions.len() as u64;
        progress(n_done);
    }
    search.found.truncate(FOUND_MAX);
    Ok(search.found)
}

struct Search<'a> {
    read: Read<'a>,
    /// Hashes of versions and catalogs that were looked at.
    known: BTreeSet<String>,
    found: Vec<String>,
}

impl Search<'_> {
    async fn decisions(&mut self, decisions: &[DecisionRow]) -> Result<(), Error> {
        for decision in decisions {
            self.version(&decision.version_hash).await?;
            self.catalog(&decision.catalog_hash).await?;
        }
        let ids: Vec<String> = decisions.iter().map(|it| it.id.clone()).collect();
        for step in self.read.steps_of_decisions(&ids).await? {
            self.step(&step);
        }
        let lead_ids: Vec<String> = decisions.iter().map(|it| it.lead_id.clone()).collect();
        for lead in self.read.leads_by_id(&lead_ids).await? {
            // What the parser says may quote a person's details.
            if serde_json::from_str::<Map<String, Value>>(&lead.fields_body).is_err() {
                self.found.push(format!("the fields of lead {}", lead.id));
            }
            let response = lead.response_body.as_deref();
            if response
                .is_some_and(|body| serde_json::from_str::<Map<String, Value>>(body).is_err())
            {
                self.found.push(format!("the response of lead {}", lead.id));
            }
        }
        let deliveries = self.read.deliveries_of_leads(&lead_ids).await?;
        for delivery in deliveries.iter().filter(|it| it.settled_seq.is_some()) {
            self.note(settled_at(delivery));
        }
        Ok(())
    }

    fn step(&mut self, step: &DecisionStepRow) {
        self.note(stored::trace_of(step));
        self.note(stored::bids_of(step));
        self.note(stored::outlook_of(step));
        if rotation::rotations_of(step).is_none() {
            self.found.push(format!(
                "the rotations of step {} of decision {}",
                step.n, step.decision_id
            ));
        }
    }

    async fn version(&mut self, hash: &str) -> Result<(), Error> {
        if self.known.insert(hash.to_owned()) {
            let row = self.read.find_flow_version(hash).await?;
            if row.is_none_or(|row| Document::from_json(&row.body).is_err()) {
                self.found.push(format!("flow version {hash}"));
            }
        }
        Ok(())
    }

    async fn catalog(&mut self, hash: &str) -> Result<(), Error> {
        if self.known.insert(hash.to_owned()) {
            let row = self.read.find_catalog(hash).await?;
            match row.map(|row| Catalog::from_stored(&row.body)) {
                Some(Ok(mut catalog)) => match with_lists(&self.read, &mut catalog).await {
                    Ok(()) => {}
                    Err(crate::Error::Store(error)) => return Err(error),
                    Err(crate::Error::Stored { what }) => self.found.push(what),
                    Err(_) => self.found.push(format!("catalog {hash}")),
                },
                _ => self.found.push(format!("catalog {hash}")),
            }
        }
        Ok(())
    }

    async fn allocations(&mut self) -> Result<(), Error> {
        let latest = self.read.latest_epoch().await?;
        let page = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let mut after = 0;
        while after < latest {
            let until = after.saturating_add(page);
            for row in self.read.allocation_entries_between(after, until).await? {
                let place = || format!("{}/{} in epoch {}", row.flow, row.node, row.epoch);
                if serde_json::from_str::<Entry>(&row.weights_body).is_err() {
                    self.found.push(format!("the weights of {}", place()));
                }
                let beliefs = serde_json::from_str::<BTreeMap<String, Posterior>>;
                if beliefs(&row.posterior_body).is_err() {
                    self.found.push(format!("the beliefs of {}", place()));
                }
            }
            after = until;
        }
        Ok(())
    }

    async fn bulk_jobs(&mut self) -> Result<(), Error> {
        for row in self.read.open_bulk_jobs().await? {
            let id = row.id.clone();
            if BulkJob::of(row).is_err() {
                self.found.push(format!("bulk job {id}"));
            }
        }
        Ok(())
    }

    fn note<T>(&mut self, read: Result<T, Error>) {
        match read {
            Ok(_) => {}
            Err(Error::Corrupt { what }) => self.found.push(what),
            Err(other) => self.found.push(other.to_string()),
        }
    }
}
