//! One operation on many deliveries or postbacks: what it is done to, and what came of it.

use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_store::{
    BulkJobRow, BulkJobState, BulkResult as StoredResult, Error as StoreError, Read, WriteTx,
};
use serde::{Deserialize, Serialize};

use crate::{Delivery, Error, History, Page, ParkedPostback, Place, SourcePostback};

mod action;

pub use action::{BulkAction, BulkAnswer, BulkFilter, listed_items};

/// Most items of one job, and the number up to which they are counted before it.
pub const BULK_ITEMS_MAX: u64 = 100_000;
/// Items that are shown of those that an operation would be done to.
const SAMPLE: u64 = 10;
/// Items that are kept of those that came to the same.
const KEPT: usize = 5;
/// Most different things that the items of a job come to; what comes after them is counted as `other`.
const OUTCOMES_MAX: usize = 50;

/// How an item went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkResult {
    /// Well.
    Succeeded,
    /// There was nothing to do any more.
    Skipped,
    /// Not well.
    Failed,
}

impl From<BulkResult> for StoredResult {
    fn from(result: BulkResult) -> Self {
        match result {
            BulkResult::Succeeded => Self::Succeeded,
            BulkResult::Skipped => Self::Skipped,
            BulkResult::Failed => Self::Failed,
        }
    }
}

/// What some items of a job came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkOutcome {
    /// How it went.
    pub result: BulkResult,
    /// Why, in a word.
    pub code: String,
    /// Why, in words: those of the first of them.
    pub message: String,
    /// How many.
    pub count: u64,
    /// Ids of the first of them.
    pub items: Vec<String>,
}

/// An item that is done, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkItemDone {
    /// The job.
    pub job: Id<kinds::BulkJob>,
    /// The place of the item in it.
    pub n: i64,
    /// Id of the delivery or postback.
    pub item: String,
    /// How it went.
    pub result: BulkResult,
    /// Why, in a word.
    pub code: String,
    /// Why, in words.
    pub message: String,
}

/// Takes an item off the list of its job, and counts what came of it, in the transaction of whoever did it; `false`, and nothing
/// changes, if it was done before, or is not to be done any more.
///
/// # Errors
///
/// [`StoreError::Unavailable`].
pub async fn finish_bulk_item(
    tx: &WriteTx,
    done: &BulkItemDone,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let job = done.job.to_string();
    let before = tx.finish_bulk_item((&job, done.n), done.result.into(), at.0);
    let Some(before) = before.await? else {
        return Ok(false);
    };
    let mut outcomes: Vec<BulkOutcome> = serde_json::from_str(&before).unwrap_or_default();
    count_in(&mut outcomes, done);
    let body = serde_json::to_string(&outcomes).unwrap_or(before);
    tx.put_bulk_outcomes(&job, body).await?;
    Ok(true)
}

/// Adds an item to what those before it came to.
fn count_in(outcomes: &mut Vec<BulkOutcome>, done: &BulkItemDone) {
    let is_known =
        |outcome: &BulkOutcome, code: &str| outcome.result == done.result && outcome.code == code;
    let code =
        if outcomes.len() < OUTCOMES_MAX || outcomes.iter().any(|it| is_known(it, &done.code)) {
            &done.code
        } else {
            "other"
        };
    match outcomes.iter_mut().find(|it| is_known(it, code)) {
        Some(outcome) => {
            outcome.count += 1;
            if outcome.items.len() < KEPT {
                outcome.items.push(done.item.clone());
            }
        }
        None => outcomes.push(BulkOutcome {
            result: done.result,
            code: code.to_owned(),
            message: done.message.clone(),
            count: 1,
            items: vec![done.item.clone()],
        }),
    }
}

/// One operation on many items.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkJob {
    /// Its id.
    pub id: Id<kinds::BulkJob>,
    /// How far it has come.
    pub state: BulkJobState,
    /// The operation with its filter.
    pub action: BulkAction,
    /// Who started it.
    pub by: String,
    /// The token of whoever started it; `None` where none was needed.
    pub token: Option<Id<kinds::Token>>,
    /// Most items a second.
    pub rate: i64,
    /// Most items in all.
    pub items_max: i64,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Items that were listed: all of them once it runs.
    pub items: i64,
    /// Of these, those with which it went well.
    pub succeeded: i64,
    /// Those with which there was nothing to do any more.
    pub skipped: i64,
    /// Those with which it did not go well.
    pub failed: i64,
    /// What they came to, by reason.
    pub outcomes: Vec<BulkOutcome>,
}

impl BulkJob {
    /// A job as it is stored.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`].
    pub fn of(row: BulkJobRow) -> Result<Self, Error> {
        let BulkJobRow {
            id,
            state,
            action_body,
            by_whom,
            by_token,
            rate,
            items_max,
            created_at,
            updated_at,
            finished_at,
            listed_at: _,
            listed_id: _,
            n_items,
            n_succeeded,
            n_skipped,
            n_failed,
            outcomes_body,
            is_open: _,
        } = row;
        let unreadable = || Error::Stored {
            what: format!("the bulk job `{id}`"),
        };
        let token = by_token.map(|token| token.parse()).transpose();
        Ok(Self {
            state,
            action: serde_json::from_str(&action_body).map_err(|_| unreadable())?,
            by: by_whom,
            token: token.map_err(|_| unreadable())?,
            rate,
            items_max,
            created_at: Timestamp(created_at),
            updated_at: Timestamp(updated_at),
            finished_at: finished_at.map(Timestamp),
            items: n_items,
            succeeded: n_succeeded,
            skipped: n_skipped,
            failed: n_failed,
            outcomes: serde_json::from_str(&outcomes_body).map_err(|_| unreadable())?,
            id: id.parse().map_err(|_| unreadable())?,
        })
    }

    /// Items of which it is known what came of them.
    pub fn done(&self) -> i64 {
        self.succeeded + self.skipped + self.failed
    }
}

/// Something that an operation is done to.
#[derive(Debug, Clone, PartialEq)]
pub enum BulkItem {
    /// An offer whose answer is unknown.
    Delivery(Box<Delivery>),
    /// A postback that was put aside.
    ParkedPostback(Box<ParkedPostback>),
    /// What the tracker of a source is told.
    SourcePostback(Box<SourcePostback>),
}

/// What an operation would be done to at this moment.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkPreview {
    /// How many there are, up to [`BULK_ITEMS_MAX`].
    pub count: u64,
    /// Whether there are more.
    pub is_more: bool,
    /// The first of them.
    pub sample: Vec<BulkItem>,
}

impl History {
    /// What an operation would be done to at this moment.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn bulk_preview(&self, action: &BulkAction) -> Result<BulkPreview, Error> {
        let read = self.rows();
        let counted = action.count(&read, BULK_ITEMS_MAX + 1).await?;
        Ok(BulkPreview {
            count: counted.min(BULK_ITEMS_MAX),
            is_more: counted > BULK_ITEMS_MAX,
            sample: action.sample(&read, SAMPLE).await?,
        })
    }

    /// Operations on many items, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn bulk_jobs(
        &self,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<BulkJob>, Error> {
        let rows = self
            .rows()
            .bulk_jobs(after.map(Place::cursor), limit)
            .await?;
        Page::of(rows, BulkJob::of)
    }

    /// An operation on many items by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn find_bulk_job(&self, id: Id<kinds::BulkJob>) -> Result<Option<BulkJob>, Error> {
        let row = self.rows().find_bulk_job(&id.to_string()).await?;
        row.map(BulkJob::of).transpose()
    }

    /// Those of some items of a job that are there still, in the order of their ids.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn bulk_items(
        &self,
        action: &BulkAction,
        ids: &[String],
    ) -> Result<Vec<BulkItem>, Error> {
        action.items(&self.rows(), ids).await
    }
}

/// The jobs of which anything is left to do, the oldest first. One that cannot be read holds up no other: it is left out, and
/// [`unreadable`](crate::unreadable) names it.
///
/// # Errors
///
/// [`StoreError::Unavailable`].
pub async fn open_bulk_jobs(read: &Read<'_>) -> Result<Vec<(BulkJob, BulkJobRow)>, StoreError> {
    let rows = read.open_bulk_jobs().await?.into_iter();
    let jobs = rows.filter_map(|row| Some((BulkJob::of(row.clone()).ok()?, row)));
    Ok(jobs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_items_came_to_stays_short() {
        let done = |n: i64, code: String| BulkItemDone {
            job: Id::new(Timestamp(1), [0; 10]),
            n,
            item: format!("item {n}"),
            result: BulkResult::Failed,
            code,
            message: "why".to_owned(),
        };
        let mut outcomes = Vec::new();
        for n in 0..10_000 {
            count_in(&mut outcomes, &done(n, format!("reason {}", n % 200)));
        }
        assert_eq!(outcomes.len(), OUTCOMES_MAX + 1);
        assert_eq!(outcomes.iter().map(|it| it.count).sum::<u64>(), 10_000);
        assert!(outcomes.iter().all(|it| it.items.len() <= KEPT));
        assert_eq!(outcomes[OUTCOMES_MAX].code, "other");
        let body = serde_json::to_string(&outcomes).unwrap();
        assert_eq!(
            serde_json::from_str::<Vec<BulkOutcome>>(&body).unwrap(),
            outcomes
        );
    }
}
