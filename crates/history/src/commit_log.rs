//! The commit log: what each transaction changed of what is folded.

use pointsman_bandit::Observation;
use pointsman_lead::Timestamp;
use pointsman_ledger::LedgerEvent;
use pointsman_store::{CommitLogRow, Read};
use serde::{Deserialize, Serialize};

use crate::{Error, record::json};

/// Rows read at once. A row of a busy service has some 100 KB.
const PAGE: u64 = 100;

/// What one transaction changed of what is folded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Committed {
    /// What happened to offers, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<LedgerEvent>,
    /// What bandits learn from. The order does not matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
}

impl Committed {
    /// Whether nothing changed that is folded. Such a transaction has no row in the log.
    pub fn is_empty(&self) -> bool {
        let Self {
            ledger,
            observations,
        } = self;
        ledger.is_empty() && observations.is_empty()
    }

    /// The row of the log.
    ///
    /// * `number`: the last number in commit order that the transaction gave out.
    /// * `at`: its time.
    pub fn to_row(&self, number: i64, at: Timestamp) -> CommitLogRow {
        CommitLogRow {
            number,
            at: at.0,
            body: json(self),
        }
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
        let Some(CommitLogRow { number, at, body }) = self.page.next() else {
            return Ok(None);
        };
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
