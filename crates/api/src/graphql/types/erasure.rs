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
