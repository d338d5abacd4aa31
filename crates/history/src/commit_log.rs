//! The commit log: what each transaction changed of what is folded.

use pointsman_bandit::Observation;
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_ledger::LedgerEvent;
use pointsman_store::{CommitLogRow, Read};
use serde::{Deserialize, Serialize};

use crate::{ConversionDelta, Error};

/// Rows read at once. A row of a busy service has some 100 KB.
const PAGE: u64 = 100;

/// What one transaction changed of what is folded, and of what the processes that serve know of each other's leads.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Committed {
    /// What happened to offers, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<LedgerEvent>,
    /// What bandits learn from. The order does not matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
    /// Clicks of which something was reported before the answer to their offer was known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parked: Vec<Id<kinds::Click>>,
    /// Such clicks whose answer is known now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub released: Vec<Id<kinds::Click>>,
    /// What was reported of offers while the walk of their lead went on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<ReportedOffer>,
    /// Such leads whose walk has ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<Id<kinds::Lead>>,
    /// The epoch of an allocation that was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocation: Option<u64>,
    /// What that allocation was computed from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<Look>,
    /// Leases whose leads under way are another lease's from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_over: Vec<i64>,
}

/// What the weights of an allocation were computed from: with its time, all that is needed to compute them again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The last number in commit order that the arm state held.
    pub number: i64,
    /// Only segments were looked at in which something was observed after this number; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
}

/// What was reported of an offer, in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportedOffer {
    /// Its lead.
    pub lead: Id<kinds::Lead>,
    /// Its position in the walk, from 0.
    pub offer: usize,
    /// Micros, negative where more was taken back than paid.
    pub revenue: i64,
    /// Sales.
    pub sales: i64,
}

impl ReportedOffer {
    /// What it comes to.
    pub fn total(&self) -> ConversionDelta {
        ConversionDelta {
            revenue: self.revenue,
            sales: self.sales,
        }
    }
}

impl Committed {
    /// Whether it changed nothing of all that.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A transaction of the commit log.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedCommit {
    /// The last number in commit order that it gave out.
    pub number: i64,
    /// Its time.
    pub at: Timestamp,
    /// What it changed.
    pub committed: Committed,
}

/// Reads the commit log, a page at a time.
#[derive(Debug)]
pub struct CommitLog<'a> {
    read: Read<'a>,
    page: std::vec::IntoIter<CommitLogRow>,
    /// The number to go on from; `None` at the present.
    after: Option<i64>,
}

impl<'a> CommitLog<'a> {
    /// A reader of what was committed after a number.
    pub fn after(read: Read<'a>, number: i64) -> Self {
        Self {
            read,
            page: Vec::new().into_iter(),
            after: Some(number),
        }
    }

    /// The next transaction, or `None` at the present.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for a row that this release cannot read.
    pub async fn next(&mut self) -> Result<Option<LoggedCommit>, Error> {
        if let (0, Some(after)) = (self.page.len(), self.after) {
            let rows = self.read.commit_log(after, PAGE).await?;
            self.after = rows.last().map(|row| row.number);
            self.page = rows.into_iter();
        }
        let Some(row) = self.page.next() else {
            return Ok(None);
        };
        let CommitLogRow {
            number, at, body, ..
        } = row;
        let committed = serde_json::from_str(&body).map_err(|_| Error::Stored {
            what: format!("row {number} of the commit log"),
        })?;
        Ok(Some(LoggedCommit {
            number,
            at: Timestamp(at),
            committed,
        }))
    }
}
