//! Folds over the commit log, and their snapshots: a start reads one and the log after it.

use pointsman_bandit::State;
use pointsman_flow::Hash;
use pointsman_lead::Timestamp;
use pointsman_ledger::Ledger;
use pointsman_store::{Read, SnapshotRow};
use serde::{Serialize, de::DeserializeOwned};

use crate::{CommitLog, Committed, Error, LoggedCommit, record::json};

/// What the commit log is folded into. Whoever takes in the same transactions in the same order has the same fold,
/// and equal folds are written as equal JSON.
pub trait Fold: Default + Serialize + DeserializeOwned {
    /// Under which name its snapshots are stored.
    const NAME: &'static str;
    /// Version of what transactions come to. Snapshots of another version are of no use.
    const FORMAT: u32;

    /// Takes in what a transaction changed.
    fn take(&mut self, committed: &Committed, at: Timestamp);
}

impl Fold for Ledger {
    const NAME: &'static str = "ledger";
    const FORMAT: u32 = Self::FORMAT;

    fn take(&mut self, committed: &Committed, at: Timestamp) {
        for event in &committed.ledger {
            self.apply(event, at);
        }
    }
}

impl Fold for State {
    const NAME: &'static str = "arms";
    const FORMAT: u32 = Self::FORMAT;

    fn take(&mut self, committed: &Committed, _at: Timestamp) {
        for observation in &committed.observations {
            self.apply(observation);
        }
    }
}

/// A fold of everything up to a number in commit order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Folded<F> {
    /// What it came to.
    pub fold: F,
    /// The last number that it holds; 0 before the first.
    pub number: i64,
}

/// What a fold has come to, short enough to be compared by eye.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoldHash {
    /// The last number in commit order that it holds.
    pub number: i64,
    /// Hash of its JSON.
    pub hash: String,
}

impl<F: Fold> Folded<F> {
    /// Equal for equal folds of the same transactions.
    pub fn hash(&self) -> FoldHash {
        FoldHash {
            number: self.number,
            hash: Hash::of_text(&json(&self.fold)).to_string(),
        }
    }

    /// The newest snapshot that can be used, and the commit log after it; `None` if there is no such snapshot, so
    /// that everything has to be folded anew.
    ///
    /// A snapshot is of no use that is damaged or of another version.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for a row of the log that cannot be read.
    pub async fn latest(read: Read<'_>) -> Result<Option<Self>, Error> {
        let Some(newest) = Self::newest(&read).await? else {
            return Ok(None);
        };
        newest.followed(read).await.map(Some)
    }

    /// The same, or the whole commit log where there is no such snapshot.
    ///
    /// # Errors
    ///
    /// As [`Folded::latest`].
    pub async fn latest_or_whole(read: Read<'_>) -> Result<Self, Error> {
        let newest = Self::newest(&read).await?.unwrap_or_default();
        newest.followed(read).await
    }

    /// The same, with the commit log after it.
    async fn followed(mut self, read: Read<'_>) -> Result<Self, Error> {
        let mut log = CommitLog::after(read, self.number);
        while let Some(commit) = log.next().await? {
            self.take(&commit);
        }
        Ok(self)
    }

    /// The newest snapshot that can be used, without the log after it; `None` if there is no such snapshot.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn newest(read: &Read<'_>) -> Result<Option<Self>, Error> {
        let snapshots = read.snapshots(F::NAME).await?;
        Ok(snapshots.iter().find_map(Self::of_row))
    }

    /// Takes in the next transaction; one that it holds already changes nothing.
    pub fn take(&mut self, commit: &LoggedCommit) {
        if commit.number <= self.number {
            return;
        }
        self.fold.take(&commit.committed, commit.at);
        self.number = commit.number;
    }

    /// The row of a snapshot.
    pub fn to_row(&self, made_at: Timestamp) -> SnapshotRow {
        let body = json(&self.fold);
        SnapshotRow {
            fold: F::NAME.to_owned(),
            number: self.number,
            format: i64::from(F::FORMAT),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: made_at.0,
            hash: Hash::of_text(&body).to_string(),
            body,
        }
    }

    /// What a snapshot holds; `None` if it is damaged or of another version.
    pub fn of_row(row: &SnapshotRow) -> Option<Self> {
        let (fold, number) = (F::NAME, row.number);
        if row.format != i64::from(F::FORMAT) {
            tracing::info!(fold, number, "a snapshot is of another version");
            return None;
        }
        let is_whole = Hash::of_text(&row.body).to_string() == row.hash;
        let read = is_whole.then(|| serde_json::from_str(&row.body).ok());
        let Some(fold) = read.flatten() else {
            tracing::error!(fold, number, "a snapshot is damaged and is not used");
            return None;
        };
        Some(Self { fold, number })
    }
}

#[cfg(test)]
mod tests;
