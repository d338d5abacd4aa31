//! Erasures, the suppression list, and retention.

use async_graphql::{ID, Object, SimpleObject};
use pointsman_control as control;

use crate::graphql::scalars::Timestamp;

/// The removal of personal values, with its receipt.
pub(in crate::graphql) struct Erasure(pub(in crate::graphql) control::Erasure);

/// Rows of one table that were changed or deleted.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ErasedRows {
    /// Name of the table.
    table: String,
    /// Number of rows, as decimal text.
    rows: String,
}

/// A request to erase persons, or what a rule of retention has removed. It holds nothing of the persons.
#[Object]
impl Erasure {
    /// Id of the erasure.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Whether a rule of retention removed the values, and not a request.
    async fn is_retention(&self) -> bool {
        self.0.is_retention
    }

    /// Whether all leads were looked through. A lead that is still on its way is waited for.
    async fn is_done(&self) -> bool {
        self.0.is_done
    }

    /// Name of the token that asked for it.
    async fn by(&self) -> &str {
        &self.0.by
    }

    /// Time of the request.
    async fn requested_at(&self) -> Timestamp {
        self.0.requested_at.into()
    }

    /// Names of the fields by whose values leads are found.
    async fn fields(&self) -> &[String] {
        &self.0.fields
    }

    /// Number of leads whose personal values were removed so far.
    async fn leads(&self) -> i64 {
        self.0.leads
    }

    /// Rows that were changed or deleted so far, by table.
    async fn rows(&self) -> Vec<ErasedRows> {
        let rows = self.0.rows.iter().map(|(table, rows)| ErasedRows {
            table: table.clone(),
            rows: rows.to_string(),
        });
        rows.collect()
    }

    /// Time at which nothing was left; null before.
    async fn finished_at(&self) -> Option<Timestamp> {
        self.0.finished_at.map(Into::into)
    }
}

/// What an erasure would find in a stretch of the leads.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ErasurePreview {
    /// Number of leads of the persons.
    leads: i64,
    /// Number of those that are on their way: the erasure waits for them.
    open_leads: i64,
    /// Destinations that have, or may have, the values of the persons: an erasure does not reach them there.
    destinations: Vec<DestinationOffers>,
    /// Number of leads that were looked through.
    looked_through: i64,
    /// Place at which to go on, as `after`; null when all leads were looked through.
    next: Option<String>,
}

/// Offers of the leads of some persons to one destination.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DestinationOffers {
    /// Name of the destination.
    destination: String,
    /// Number of offers that reached it, or may have.
    offers: i64,
}

impl From<control::ErasurePreview> for ErasurePreview {
    fn from(preview: control::ErasurePreview) -> Self {
        let control::ErasurePreview {
            leads,
            open_leads,
            destinations,
            looked_through,
            next,
        } = preview;
        let destinations = destinations.into_iter();
        Self {
            leads,
            open_leads,
            destinations: destinations
                .map(|(destination, offers)| DestinationOffers {
                    destination,
                    offers,
                })
                .collect(),
            looked_through,
            next: next.map(|next| next.to_string()),
        }
    }
}

/// Values of the suppression list, by where they come from.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SuppressionCount {
    /// `erasure`, or the name of a list.
    origin: String,
    /// Number of values.
    values: i64,
}

impl From<control::SuppressionCount> for SuppressionCount {
    fn from(count: control::SuppressionCount) -> Self {
        let control::SuppressionCount { origin, values } = count;
        Self { origin, values }
    }
}

/// How long personal values of the leads of a vertical are kept.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Retention {
    /// Name of the vertical.
    vertical: String,
    /// Number of days.
    days: i64,
    /// Time of receipt before which values are removed already; null: none so far.
    kept_from: Option<Timestamp>,
    /// Time of the last change of the rule.
    updated_at: Timestamp,
}

impl From<control::Retention> for Retention {
    fn from(retention: control::Retention) -> Self {
        let control::Retention {
            vertical,
            days,
            kept_from,
            updated_at,
        } = retention;
        Self {
            vertical,
            days,
            kept_from: kept_from.map(Into::into),
            updated_at: updated_at.into(),
        }
    }
}
