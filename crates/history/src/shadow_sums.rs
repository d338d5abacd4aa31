//! What the leads of a shadow add up to: a bounded number of sums, whatever the number of leads.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_store::{
    DeliveryState, Error as StoreError, Read, ShadowCellRow, ShadowLeadRow, ShadowRow, WriteTx,
};

use crate::{FirstChoice, StoredWalk, shadow_walk::Shadowed};

/// Most pairs of what was done and what would have been done; more share one row.
const CELLS_MAX: usize = 2_500;
/// Leads that are kept of those that go elsewhere: the latest.
const LEADS_KEPT: usize = 100;

/// The sums of a shadow at a number in commit order.
#[derive(Debug, Clone, PartialEq)]
pub struct ShadowSums {
    /// The shadow, with its counts, and the number up to which its leads are known.
    pub row: ShadowRow,
    cells: BTreeMap<(String, String), ShadowCellRow>,
    changed: BTreeSet<(String, String)>,
    latest: Vec<ShadowLeadRow>,
}

impl ShadowSums {
    /// Those of a shadow of which no lead is known.
    pub(crate) fn none(row: &ShadowRow) -> Self {
        let row = ShadowRow {
            folded_seq: row.since_seq,
            leads: 0,
            elsewhere: 0,
            undecided: 0,
            ..row.clone()
        };
        Self {
            row,
            cells: BTreeMap::new(),
            changed: BTreeSet::new(),
            latest: Vec::new(),
        }
    }

    /// Those that are stored.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn stored(read: &Read<'_>, row: &ShadowRow) -> Result<Self, StoreError> {
        let cells = read.shadow_cells(row.since_seq).await?.into_iter();
        let cells = cells.map(|cell| ((cell.live.clone(), cell.candidate.clone()), cell));
        Ok(Self {
            row: row.clone(),
            cells: cells.collect(),
            ..Self::none(row)
        })
    }

    /// The sums by pair, in order.
    pub fn cells(&self) -> impl Iterator<Item = &ShadowCellRow> {
        self.cells.values()
    }

    /// The latest leads that go elsewhere, of those that were added here, the first one first.
    pub fn latest(&self) -> &[ShadowLeadRow] {
        &self.latest
    }

    /// Adds what happened to a lead after one number and up to another one.
    pub(crate) fn add(
        &mut self,
        walk: &StoredWalk,
        shadowed: &Shadowed,
        (after, until): (i64, i64),
    ) {
        let Some(ended_seq) = walk.decision.ended_seq else {
            return;
        };
        let is_new = ended_seq > after;
        let after = if is_new { i64::MIN } else { after };
        let ([taken_before, earned_before], [taken, earned]) =
            (come_to(walk, after), come_to(walk, until));
        let cell = self.cell(&shadowed.live, &shadowed.candidate);
        cell.leads += i64::from(is_new);
        cell.assumed += i64::from(is_new && shadowed.is_assumed);
        cell.accepted += taken - taken_before;
        cell.revenue = cell.revenue.saturating_add(earned - earned_before);
        if !is_new {
            return;
        }
        for (choice, ppm) in &shadowed.expected {
            self.cell(&shadowed.live, choice).expected_ppm += ppm;
        }
        self.row.leads += 1;
        if matches!(shadowed.candidate, FirstChoice::Unknown(_)) {
            self.row.undecided += 1;
        } else if shadowed.live != shadowed.candidate {
            self.row.elsewhere += 1;
            self.keep(walk, shadowed, ended_seq);
        }
    }

    fn keep(&mut self, walk: &StoredWalk, shadowed: &Shadowed, seq: i64) {
        if self.latest.len() >= LEADS_KEPT {
            self.latest.remove(0);
        }
        self.latest.push(ShadowLeadRow {
            shadow: self.row.since_seq,
            seq,
            lead_id: walk.lead.id.clone(),
            live: shadowed.live.key(),
            candidate: shadowed.candidate.key(),
            probability: shadowed.probability,
            is_assumed: shadowed.is_assumed,
        });
    }

    /// The row of a pair, or that of the rest.
    fn cell(&mut self, live: &FirstChoice, candidate: &FirstChoice) -> &mut ShadowCellRow {
        let mut key = (live.key(), candidate.key());
        if !self.cells.contains_key(&key) && self.cells.len() >= CELLS_MAX {
            key = (FirstChoice::Rest.key(), FirstChoice::Rest.key());
        }
        self.changed.insert(key.clone());
        let shadow = self.row.since_seq;
        let (live, candidate) = key.clone();
        self.cells.entry(key).or_insert(ShadowCellRow {
            shadow,
            live,
            candidate,
            leads: 0,
            assumed: 0,
            expected_ppm: 0,
            accepted: 0,
            revenue: 0,
        })
    }

    /// Stores what was added, with the number up to which leads are known now; whether they were known up to the other one
    /// before, without which nothing is stored.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn put(self, tx: &WriteTx, from: i64) -> Result<bool, StoreError> {
        if !tx.move_shadow_on(&self.row, from).await? {
            return Ok(false);
        }
        let changed = self.changed.iter();
        let cells = changed.filter_map(|key| self.cells.get(key).cloned());
        tx.put_shadow_cells(cells.collect()).await?;
        tx.add_shadow_leads(self.row.since_seq, self.latest, LEADS_KEPT as u64)
            .await?;
        Ok(true)
    }
}

/// Whether somebody took a lead, and what it has brought, up to a number in commit order.
fn come_to(walk: &StoredWalk, until: i64) -> [i64; 2] {
    let taken = walk.rows.deliveries.iter().filter(|it| {
        it.state == DeliveryState::Accepted && it.settled_seq.is_some_and(|seq| seq <= until)
    });
    let prices: i64 = taken.clone().filter_map(|it| it.price).sum();
    let reported = walk.rows.conversions.iter().filter(|it| it.seq <= until);
    let sales: i64 = reported.clone().map(|it| it.sales).sum();
    let money = reported.map(|it| it.revenue);
    [
        i64::from(taken.count() > 0 || sales > 0),
        money.fold(prices, i64::saturating_add),
    ]
}
