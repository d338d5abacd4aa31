//! Operations that are done to many items, and the filters that find these.

use std::collections::BTreeMap;

use pointsman_lead::Micros;
use pointsman_store::{
    BulkJobRow, Cursor, DeliveryFilter, DeliveryState, Error as StoreError, Keyed, ListedItems,
    Page, ParkedPostbackFilter, Read, SourcePostbackFilter, SourcePostbackState,
};
use serde::{Deserialize, Serialize};

use super::BulkItem;
use crate::{Delivery, Error, ParkedPostback, ParkedReason, SourcePostback};

/// What is done to each item: the operation that a person does to one of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum BulkAction {
    /// It is said of offers whose answer is unknown what became of them.
    ReleaseDeliveries {
        /// Which.
        filter: BulkFilter,
        /// What became of them.
        answer: BulkAnswer,
        /// What their destination pays for each, if it took them.
        price: Option<Micros>,
        /// How that is known.
        reason: String,
    },
    /// Postbacks that were put aside are tried again.
    ReplayPostbacks {
        /// Which.
        filter: BulkFilter,
        /// Parameters in the place of those that they came with.
        set: BTreeMap<String, String>,
    },
    /// Postbacks that the trackers of sources did not take are sent again.
    ResendSourcePostbacks {
        /// Which.
        filter: BulkFilter,
        /// Why, if somebody said so.
        note: Option<String>,
    },
}

/// What became of offers whose answer was unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkAnswer {
    /// The destination took the lead.
    Accepted,
    /// It did not want it.
    Rejected,
    /// It never got it.
    NotSent,
}

/// Which items an operation is done to. Of each operation some members say nothing; those that are absent do not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BulkFilter {
    /// These, and no others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<String>>,
    /// Of this destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// Of a lead of this flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
    /// Of a lead of this source, or to this source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// With an attempt that ended so, in a stored word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Put aside for this reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ParkedReason>,
    /// That tell of this event, in a stored word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Of this time or later, microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// Of before this time, microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

impl BulkFilter {
    /// Whether nothing restricts it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Offers that wait to be released.
    fn deliveries(&self) -> DeliveryFilter {
        DeliveryFilter {
            ids: self.ids.clone(),
            destination: self.destination.clone(),
            flow: self.flow.clone(),
            source: self.source.clone(),
            state: Some(DeliveryState::Held),
            outcome: self.outcome.clone(),
            from: self.from,
            until: self.until,
            is_released: Some(false),
        }
    }

    fn parked_postbacks(&self) -> ParkedPostbackFilter {
        ParkedPostbackFilter {
            ids: self.ids.clone(),
            destination: self.destination.clone(),
            reason: self.reason.map(Into::into),
            from: self.from,
            until: self.until,
        }
    }

    /// Postbacks to sources that nobody sends any more.
    fn source_postbacks(&self) -> SourcePostbackFilter {
        SourcePostbackFilter {
            ids: self.ids.clone(),
            source: self.source.clone(),
            state: Some(SourcePostbackState::Dead),
            event: self.event.clone(),
            from: self.from,
            until: self.until,
        }
    }
}

impl BulkAction {
    /// The word for the operation.
    pub fn word(&self) -> &'static str {
        match self {
            Self::ReleaseDeliveries { .. } => "release_deliveries",
            Self::ReplayPostbacks { .. } => "replay_postbacks",
            Self::ResendSourcePostbacks { .. } => "resend_source_postbacks",
        }
    }

    /// Which items it is done to.
    pub fn filter(&self) -> &BulkFilter {
        match self {
            Self::ReleaseDeliveries { filter, .. }
            | Self::ReplayPostbacks { filter, .. }
            | Self::ResendSourcePostbacks { filter, .. } => filter,
        }
    }

    /// The same for what is there until a time, microseconds.
    #[must_use]
    pub fn until(mut self, at: i64) -> Self {
        let (Self::ReleaseDeliveries { filter, .. }
        | Self::ReplayPostbacks { filter, .. }
        | Self::ResendSourcePostbacks { filter, .. }) = &mut self;
        if filter.ids.is_none() {
            filter.until = Some(filter.until.map_or(at, |until| until.min(at)));
        }
        self
    }

    /// How many items there are, counted up to a number.
    pub(super) async fn count(&self, read: &Read<'_>, max: u64) -> Result<u64, StoreError> {
        match self {
            Self::ReleaseDeliveries { filter, .. } => {
                read.n_deliveries(&filter.deliveries(), max).await
            }
            Self::ReplayPostbacks { filter, .. } => {
                read.n_parked_postbacks(&filter.parked_postbacks(), max)
                    .await
            }
            Self::ResendSourcePostbacks { filter, .. } => {
                read.n_source_postbacks(&filter.source_postbacks(), max)
                    .await
            }
        }
    }

    /// The first items, the newest before the rest.
    pub(super) async fn sample(&self, read: &Read<'_>, limit: u64) -> Result<Vec<BulkItem>, Error> {
        match self {
            Self::ReleaseDeliveries { filter, .. } => {
                let filter = filter.deliveries();
                let found = read.deliveries(&filter, None, limit).await?;
                let found = found.items.into_iter();
                found
                    .map(|row| Delivery::of(row).map(|it| BulkItem::Delivery(Box::new(it))))
                    .collect()
            }
            Self::ReplayPostbacks { filter, .. } => {
                let filter = filter.parked_postbacks();
                let found = read.parked_postbacks(&filter, None, limit).await?;
                let found = found.items.into_iter();
                let item =
                    |row| ParkedPostback::of(row).map(|it| BulkItem::ParkedPostback(Box::new(it)));
                found.map(item).collect()
            }
            Self::ResendSourcePostbacks { filter, .. } => {
                let filter = filter.source_postbacks();
                let found = read.source_postbacks(&filter, None, limit).await?;
                let found = found.items.into_iter();
                let item =
                    |row| SourcePostback::of(row).map(|it| BulkItem::SourcePostback(Box::new(it)));
                found.map(item).collect()
            }
        }
    }

    /// Those of some items that are there still, whatever has become of them.
    pub(super) async fn items(
        &self,
        read: &Read<'_>,
        ids: &[String],
    ) -> Result<Vec<BulkItem>, Error> {
        match self {
            Self::ReleaseDeliveries { .. } => {
                let found = read.deliveries_by_id(ids).await?.into_iter();
                found
                    .map(|row| Delivery::of(row).map(|it| BulkItem::Delivery(Box::new(it))))
                    .collect()
            }
            Self::ReplayPostbacks { .. } => {
                let found = read.parked_postbacks_by_id(ids).await?.into_iter();
                let item =
                    |row| ParkedPostback::of(row).map(|it| BulkItem::ParkedPostback(Box::new(it)));
                found.map(item).collect()
            }
            Self::ResendSourcePostbacks { .. } => {
                let found = read.source_postbacks_by_id(ids).await?.into_iter();
                let item =
                    |row| SourcePostback::of(row).map(|it| BulkItem::SourcePostback(Box::new(it)));
                found.map(item).collect()
            }
        }
    }

    /// Ids of a page of items, the newest first, with the place of the last and whether there are no more.
    async fn page(
        &self,
        read: &Read<'_>,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<(Vec<String>, Option<Cursor>, bool), StoreError> {
        match self {
            Self::ReleaseDeliveries { filter, .. } => {
                let page = read.deliveries(&filter.deliveries(), after, limit).await?;
                Ok(of_page(&page, |row| row.id.clone()))
            }
            Self::ReplayPostbacks { filter, .. } => {
                let filter = filter.parked_postbacks();
                let page = read.parked_postbacks(&filter, after, limit).await?;
                Ok(of_page(&page, |row| row.id.clone()))
            }
            Self::ResendSourcePostbacks { filter, .. } => {
                let filter = filter.source_postbacks();
                let page = read.source_postbacks(&filter, after, limit).await?;
                Ok(of_page(&page, |row| row.id.clone()))
            }
        }
    }
}

fn of_page<R: Keyed>(
    page: &Page<R>,
    id: impl Fn(&R) -> String,
) -> (Vec<String>, Option<Cursor>, bool) {
    let last = page.items.last().map(Keyed::cursor);
    let ids = page.items.iter().map(id).collect();
    (ids, last, page.next.is_none())
}

/// The next items of a job that lists them, at most `limit`. Those that were named are listed as they were named, whatever has
/// become of them, so that each says what came of it.
///
/// * `at`: now, microseconds.
///
/// # Errors
///
/// [`Error::Store`].
pub async fn listed_items(
    read: &Read<'_>,
    (row, action): (&BulkJobRow, &BulkAction),
    limit: u64,
    at: i64,
) -> Result<ListedItems, Error> {
    let left = u64::try_from(row.items_max - row.n_items).unwrap_or(0);
    let from = row.n_items;
    let (ids, last, is_all) = if let Some(named) = &action.filter().ids {
        let most = usize::try_from(left).unwrap_or(usize::MAX);
        (named.iter().take(most).cloned().collect(), None, true)
    } else if left == 0 {
        (Vec::new(), None, true)
    } else {
        let after = match (row.listed_at, &row.listed_id) {
            (Some(at), Some(id)) => Some(Cursor { at, id: id.clone() }),
            _ => None,
        };
        let (ids, last, is_all) = action.page(read, after.as_ref(), limit.min(left)).await?;
        let is_full = u64::try_from(ids.len()).is_ok_and(|n| n >= left);
        (ids, last, is_all || is_full)
    };
    Ok(ListedItems {
        job_id: row.id.clone(),
        from,
        ids,
        last,
        is_all,
        at,
    })
}
