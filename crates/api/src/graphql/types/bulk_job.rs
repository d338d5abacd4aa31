//! One operation on many deliveries or postbacks.

use async_graphql::{ComplexObject, Context, Enum, ID, Object, Result, SimpleObject, Union};
use pointsman_history as history;

use super::{delivery::Delivery, parked_postback::ParkedPostback, source_postback::SourcePostback};
use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    paging::weigh,
    scalars::{SettingsDocument, Timestamp},
};

/// Operation of a bulk job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum BulkOperation {
    /// Releases held deliveries, as `releaseDelivery` does.
    ReleaseDeliveries,
    /// Replays parked postbacks, as `replayPostback` does.
    ReplayPostbacks,
    /// Sends dead postbacks to sources again, as `resendSourcePostback` does.
    ResendSourcePostbacks,
}

/// State of a bulk job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::BulkJobState")]
pub(in crate::graphql) enum BulkJobState {
    /// Its items are being listed.
    Listing,
    /// Items are being done.
    Running,
    /// All items were done.
    Done,
    /// It was cancelled; items that were done before stay done.
    Cancelled,
}

/// Result of an item of a bulk job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::BulkResult")]
pub(in crate::graphql) enum BulkResult {
    /// The operation was done.
    Succeeded,
    /// There was nothing to do any more: the item has changed since it was listed.
    Skipped,
    /// The operation was refused.
    Failed,
}

/// Item of a bulk job.
#[derive(Union)]
#[expect(
    clippy::large_enum_variant,
    reason = "a page of them lives as long as one answer"
)]
pub(in crate::graphql) enum BulkItem {
    /// A held delivery.
    Delivery(Delivery),
    /// A parked postback.
    ParkedPostback(ParkedPostback),
    /// A postback to a source.
    SourcePostback(SourcePostback),
}

impl From<history::BulkItem> for BulkItem {
    fn from(item: history::BulkItem) -> Self {
        match item {
            history::BulkItem::Delivery(item) => Self::Delivery(Delivery(*item)),
            history::BulkItem::ParkedPostback(item) => Self::ParkedPostback(ParkedPostback(*item)),
            history::BulkItem::SourcePostback(item) => Self::SourcePostback(SourcePostback(*item)),
        }
    }
}

/// Items that an operation would be done to.
#[derive(SimpleObject)]
pub(in crate::graphql) struct BulkPreview {
    /// Number of items; at most 100,000.
    count: i64,
    /// Whether there are more than that.
    is_more: bool,
    /// Number of items that the job would do: no more than `maxCount`.
    would_do: i64,
    /// The newest of them, at most 10.
    sample: Vec<BulkItem>,
}

impl BulkPreview {
    pub(in crate::graphql) fn of(preview: history::BulkPreview, items_max: i64) -> Self {
        let count = i64::try_from(preview.count).unwrap_or(i64::MAX);
        Self {
            count,
            is_more: preview.is_more,
            would_do: count.min(items_max),
            sample: preview.sample.into_iter().map(BulkItem::from).collect(),
        }
    }
}

/// Items of a bulk job with the same result for the same reason.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(in crate::graphql) struct BulkOutcome {
    /// Result.
    result: BulkResult,
    /// Stable code of the reason in snake case; `other` for all reasons after the first 50.
    code: String,
    /// The reason in words, as of the first item.
    message: String,
    /// Number of items.
    count: u64,
    /// Ids of the first items, at most 5.
    item_ids: Vec<String>,
    #[graphql(skip)]
    action: history::BulkAction,
}

#[ComplexObject]
impl BulkOutcome {
    /// The first items, at most 5, as they are now; those that are gone are left out.
    #[graphql(complexity = "weigh(5, 5, child_complexity)")]
    async fn items(&self, context: &Context<'_>) -> Result<Vec<BulkItem>> {
        let history = context.history()?;
        let items = history.bulk_items(&self.action, &self.item_ids).await;
        Ok(items.or_fault()?.into_iter().map(BulkItem::from).collect())
    }
}

/// One operation on many items.
pub(in crate::graphql) struct BulkJob(pub(in crate::graphql) history::BulkJob);

/// One operation on many deliveries or postbacks, item by item: a bulk job. It goes on after a restart, and does no item twice.
#[Object]
impl BulkJob {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Operation.
    async fn operation(&self) -> BulkOperation {
        match self.0.action {
            history::BulkAction::ReleaseDeliveries { .. } => BulkOperation::ReleaseDeliveries,
            history::BulkAction::ReplayPostbacks { .. } => BulkOperation::ReplayPostbacks,
            history::BulkAction::ResendSourcePostbacks { .. } => {
                BulkOperation::ResendSourcePostbacks
            }
        }
    }

    /// The operation with its filter and what it was given, as it is stored.
    async fn action(&self) -> Result<SettingsDocument> {
        let action = serde_json::to_value(&self.0.action);
        Ok(SettingsDocument(action.unwrap_or_default()))
    }

    /// Current state.
    async fn state(&self) -> BulkJobState {
        self.0.state.into()
    }

    /// Name of the token that started it.
    async fn by(&self) -> &str {
        &self.0.by
    }

    /// Items that are begun in a second, at most.
    async fn rate(&self) -> i64 {
        self.0.rate
    }

    /// Items in all, at most.
    async fn max_count(&self) -> i64 {
        self.0.items_max
    }

    /// Number of items; it grows while they are listed.
    async fn total(&self) -> i64 {
        self.0.items
    }

    /// Number of items that are done, whatever the result.
    async fn done(&self) -> i64 {
        self.0.done()
    }

    /// Number of items that the operation was done to.
    async fn succeeded(&self) -> i64 {
        self.0.succeeded
    }

    /// Number of items with which there was nothing to do any more.
    async fn skipped(&self) -> i64 {
        self.0.skipped
    }

    /// Number of items of which the operation was refused.
    async fn failed(&self) -> i64 {
        self.0.failed
    }

    /// Results by reason, the first to occur first.
    #[graphql(complexity = "weigh(10, 5, child_complexity)")]
    async fn outcomes(&self) -> Vec<BulkOutcome> {
        let outcomes = self.0.outcomes.iter().cloned();
        let shown = outcomes.map(|outcome| {
            let history::BulkOutcome {
                result,
                code,
                message,
                count,
                items,
            } = outcome;
            BulkOutcome {
                result: result.into(),
                code,
                message,
                count,
                item_ids: items,
                action: self.0.action.clone(),
            }
        });
        shown.collect()
    }

    /// Time of its start.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// Time of the last change.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at.into()
    }

    /// Time of its end; null before.
    async fn finished_at(&self) -> Option<Timestamp> {
        self.0.finished_at.map(Timestamp::from)
    }
}
