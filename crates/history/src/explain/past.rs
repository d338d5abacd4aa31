//! Caps and breakers of some destinations as they stood at a step of the past.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use pointsman_flow::{Catalog, Destination};
use pointsman_lead::{Micros, Timestamp};
use pointsman_ledger::{Ledger, LedgerEvent};
use pointsman_store::{DeliveryReleaseRow, DeliveryRow, Read};

use crate::{
    Error, answer_of,
    stored_events::{amounts_of, as_it_was_held, failures_of},
};

/// Deliveries read at once.
const PAGE: u64 = 1_000;

/// A ledger that follows the deliveries to a few destinations in commit order, and so stands for them
/// as the writer's own stood.
pub(super) struct PastLedger<'a> {
    read: Read<'a>,
    names: Vec<String>,
    /// The place in commit order before which it ends.
    end: i64,
    /// Place of the last delivery read; none: there are no more.
    last: Option<i64>,
    offered: VecDeque<DeliveryRow>,
    /// Settlements and reports, by their place.
    later: BTreeMap<i64, Later>,
    /// The catalog of each decision that was read, by its id.
    catalogs: BTreeMap<String, Arc<Catalog>>,
    by_hash: BTreeMap<String, Arc<Catalog>>,
    /// The sources of leads, where caps ask for them.
    sources: BTreeMap<String, String>,
    ledger: Ledger,
}

/// What happened to an offer after it was made.
struct Later {
    event: LedgerEvent,
    at: Timestamp,
}

impl<'a> PastLedger<'a> {
    /// * `names`: the destinations to follow.
    /// * `end`: the last place in commit order that is asked about.
    pub(super) fn new(read: Read<'a>, names: Vec<String>, end: i64) -> Self {
        Self {
            read,
            names,
            end,
            last: Some(0),
            offered: VecDeque::new(),
            later: BTreeMap::new(),
            catalogs: BTreeMap::new(),
            by_hash: BTreeMap::new(),
            sources: BTreeMap::new(),
            ledger: Ledger::new(),
        }
    }

    /// The ledger just before a place in commit order; places are asked about in this order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for a catalog that cannot be read.
    pub(super) async fn before(&mut self, seq: i64) -> Result<&Ledger, Error> {
        loop {
            if self.offered.is_empty() {
                self.read_page().await?;
            }
            let offered = self.offered.front().map(|row| row.reserved_seq);
            let later = self.later.first_key_value().map(|(seq, _)| *seq);
            let next = offered.into_iter().chain(later).min();
            match next.filter(|next| *next < seq) {
                None => return Ok(&self.ledger),
                Some(next) if later == Some(next) => self.take(next),
                Some(_) => self.offer()?,
            }
        }
    }

    fn offer(&mut self) -> Result<(), Error> {
        let Some(row) = self.offered.pop_front() else {
            return Ok(());
        };
        let settings = self.settings_of(&row).ok_or_else(|| Error::Stored {
            what: format!("the catalog of delivery {}", row.id),
        })?;
        let at = Timestamp(row.created_at);
        let charged = (row.destination.as_str(), settings);
        let source = self.sources.get(&row.lead_id).map_or("", String::as_str);
        let reserved = LedgerEvent::reserved(&row.id, charged, source, Vec::new());
        self.ledger.apply(&reserved, at);
        Ok(())
    }

    fn take(&mut self, seq: i64) {
        if let Some(Later { event, at }) = self.later.remove(&seq) {
            self.ledger.apply(&event, at);
        }
    }

    async fn read_page(&mut self) -> Result<(), Error> {
        let Some(after) = self.last else {
            return Ok(());
        };
        let rows = self
            .read
            .deliveries_to(&self.names, after, self.end, PAGE)
            .await?;
        self.last = rows.last().map(|row| row.reserved_seq);
        self.read_catalogs(&rows).await?;
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        let failed = failures_of(&self.read, &ids).await?;
        let held: BTreeMap<String, DeliveryReleaseRow> = self
            .read
            .releases_of_deliveries(&ids)
            .await?
            .into_iter()
            .map(|release| (release.delivery_id.clone(), release))
            .collect();
        let as_held = rows.iter().filter_map(|row| {
            let release = held
                .get(&row.id)
                .filter(|release| release.held_seq.is_some())?;
            Some(as_it_was_held(row.clone(), release))
        });
        // Settled twice; of an offer the first settlement alone counts.
        let as_held: Vec<DeliveryRow> = as_held.collect();
        for row in as_held.iter().chain(&rows) {
            if let (Some(seq), Some(at)) = (row.settled_seq, row.settled_at) {
                let failed = failed.get(&row.id).copied().unwrap_or(false);
                let price = row.price.map(Micros);
                let event = LedgerEvent::settled(&row.id, answer_of(row.state), failed, price);
                let at = Timestamp(at);
                self.later.insert(seq, Later { event, at });
            }
        }
        self.read_sources(&rows).await?;
        self.read_reports(&rows, &ids).await?;
        self.offered.extend(rows);
        Ok(())
    }

    fn settings_of(&self, row: &DeliveryRow) -> Option<&Destination> {
        let catalog = self.catalogs.get(&row.decision_id)?;
        catalog.destinations.get(&row.destination)
    }

    /// The sources of leads, as far as caps count by them.
    async fn read_sources(&mut self, rows: &[DeliveryRow]) -> Result<(), Error> {
        let asks = |row: &&DeliveryRow| {
            let settings = self.settings_of(row);
            settings.is_some_and(Destination::counts_sources)
        };
        let mut ids: Vec<String> = rows
            .iter()
            .filter(asks)
            .map(|it| it.lead_id.clone())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let leads = self.read.leads_by_id(&ids).await?;
        self.sources = leads.into_iter().map(|it| (it.id, it.source)).collect();
        Ok(())
    }

    /// What was reported of some deliveries.
    async fn read_reports(&mut self, rows: &[DeliveryRow], ids: &[String]) -> Result<(), Error> {
        let counts = |row: &&DeliveryRow| {
            let mut caps = self.settings_of(row).into_iter().flat_map(|it| &it.caps);
            caps.any(|cap| cap.kind.counts_reports() || cap.kind.counts_returns())
        };
        let counted: BTreeMap<&str, &DeliveryRow> = rows
            .iter()
            .filter(counts)
            .map(|row| (row.id.as_str(), row))
            .collect();
        if counted.is_empty() {
            return Ok(());
        }
        for report in self.read.conversions_of_deliveries(ids).await? {
            let row = counted.get(report.delivery_id.as_str()).copied();
            let known = row.and_then(|row| Some((row, self.settings_of(row)?)));
            let event = known.and_then(|(row, settings)| {
                let counting = (row.destination.as_str(), settings.caps.as_slice());
                let source = self.sources.get(&row.lead_id).map_or("", String::as_str);
                LedgerEvent::reported(counting, source, amounts_of(&report, row))
            });
            if let Some(event) = event {
                let at = Timestamp(report.received_at);
                self.later.insert(report.seq, Later { event, at });
            }
        }
        Ok(())
    }

    /// What each delivery was charged by stands in the catalog of its decision.
    async fn read_catalogs(&mut self, rows: &[DeliveryRow]) -> Result<(), Error> {
        let mut ids: Vec<String> = rows.iter().map(|row| row.decision_id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        self.catalogs.clear();
        for decision in self.read.decisions_by_id(&ids).await? {
            let catalog = self.catalog(&decision.catalog_hash).await?;
            self.catalogs.insert(decision.id, catalog);
        }
        Ok(())
    }

    async fn catalog(&mut self, hash: &str) -> Result<Arc<Catalog>, Error> {
        if let Some(known) = self.by_hash.get(hash) {
            return Ok(Arc::clone(known));
        }
        let unreadable = || Error::Stored {
            what: format!("catalog {hash}"),
        };
        let row = self.read.find_catalog(hash).await?;
        let body = row.ok_or_else(unreadable)?.body;
        let catalog = Catalog::from_stored(&body).map_err(|_| unreadable())?;
        let catalog = Arc::new(catalog);
        self.by_hash.insert(hash.to_owned(), Arc::clone(&catalog));
        Ok(catalog)
    }
}
