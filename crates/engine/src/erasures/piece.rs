//! Removes values in pieces that nobody waits for long.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use pointsman_store::{ErasedLead, ErasureUpdate, Error, LeadRow, Store, WriteTx};

/// Longest time for which a piece may keep others from writing.
const PIECE_MAX: Duration = Duration::from_millis(50);
/// Most leads of a piece.
const LEADS_MAX: usize = 64;

/// A lead that was found.
#[derive(Debug)]
pub(super) struct FoundLead {
    pub(super) row: LeadRow,
    pub(super) erasure_id: String,
}

/// The leads of a page that are of somebody who is looked for.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) leads: Vec<FoundLead>,
    /// The number of the first one that is still on its way.
    pub(super) open_at: Option<i64>,
}

impl Found {
    pub(super) fn add(&mut self, row: LeadRow, erasure_id: String) {
        self.leads.push(FoundLead { row, erasure_id });
    }
}

/// Leads that are put together until they are a piece.
#[derive(Debug)]
pub(super) struct Pieces {
    waiting: Vec<(String, ErasedLead)>,
    /// Leads of the next piece.
    len: usize,
    /// Whether the walk of a lead had gone on when its values were to be removed.
    has_missed: bool,
}

impl Default for Pieces {
    fn default() -> Self {
        Self {
            waiting: Vec::new(),
            // What a lead takes is not known yet.
            len: 1,
            has_missed: false,
        }
    }
}

impl Pieces {
    /// Removes the values of a lead, or waits for more of them.
    pub(super) async fn add(
        &mut self,
        store: &Store,
        erased: ErasedLead,
        erasure_id: &str,
    ) -> Result<(), Error> {
        self.waiting.push((erasure_id.to_owned(), erased));
        if self.waiting.len() >= self.len {
            self.finish(store).await?;
        }
        Ok(())
    }

    /// Removes the values of those that wait.
    pub(super) async fn finish(&mut self, store: &Store) -> Result<(), Error> {
        let leads = std::mem::take(&mut self.waiting);
        if leads.is_empty() {
            return Ok(());
        }
        let n_leads = leads.len();
        let removed = store.note(move |tx| Box::pin(remove(tx, leads)));
        let (took, has_missed) = removed.await?;
        self.has_missed |= has_missed;
        let len = if took > PIECE_MAX / 2 {
            n_leads / 2
        } else {
            n_leads * 2
        };
        self.len = len.clamp(1, LEADS_MAX);
        Ok(())
    }

    /// Whether the walk of a lead had gone on since it was read, so that its values are there still.
    pub(super) fn take_missed(&mut self) -> bool {
        std::mem::take(&mut self.has_missed)
    }

    /// Notes how far leads were looked through for an erasure.
    ///
    /// * `finished_at`: `None` if it goes on.
    pub(super) async fn scanned(
        &self,
        store: &Store,
        id: String,
        scanned_seq: i64,
        finished_at: Option<i64>,
    ) -> Result<(), Error> {
        let noted = store.note(move |tx| {
            Box::pin(async move {
                let Some(row) = tx.read().find_erasure(&id).await? else {
                    return Ok(());
                };
                tx.move_erasure_on(ErasureUpdate {
                    scanned_seq: scanned_seq.max(row.scanned_seq),
                    counts_body: row.counts_body,
                    n_leads: row.n_leads,
                    finished_at: finished_at.or(row.finished_at),
                    id,
                })
                .await
            })
        });
        noted.await
    }
}

/// Removes values, with the receipt of it in the same transaction; how long that took, and whether a lead was on its way again.
async fn remove(tx: &WriteTx, leads: Vec<(String, ErasedLead)>) -> Result<(Duration, bool), Error> {
    let began = Instant::now();
    let mut has_missed = false;
    let mut removed: BTreeMap<String, (i64, BTreeMap<String, u64>)> = BTreeMap::new();
    for (erasure_id, erased) in leads {
        // A release may have let the walk of a held lead go on since it was read.
        let Some(counts) = tx.erase_lead(erased).await? else {
            has_missed = true;
            continue;
        };
        let (n_leads, total) = removed.entry(erasure_id).or_default();
        *n_leads += 1;
        for (table, n_rows) in counts {
            *total.entry(table.to_owned()).or_default() += n_rows;
        }
    }
    for (id, (n_leads, counts)) in removed {
        let Some(row) = tx.read().find_erasure(&id).await? else {
            continue;
        };
        let mut total: BTreeMap<String, u64> =
            serde_json::from_str(&row.counts_body).unwrap_or_default();
        for (table, n_rows) in counts {
            *total.entry(table).or_default() += n_rows;
        }
        tx.move_erasure_on(ErasureUpdate {
            scanned_seq: row.scanned_seq,
            counts_body: serde_json::to_string(&total).unwrap_or_default(),
            n_leads: row.n_leads + n_leads,
            finished_at: row.finished_at,
            id,
        })
        .await?;
    }
    Ok((began.elapsed(), has_missed))
}
