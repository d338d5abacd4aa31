//! How long personal values are kept.

use pointsman_lead::{Problem, Timestamp};
use pointsman_store::RetentionRow;
use serde_json::json;

use crate::{Control, Error, SettingsChangeKind, changes::ChangeRecord};

/// The days that values may be kept: ten years are more than anybody asks for.
const DAYS: std::ops::RangeInclusive<u32> = 1..=3_650;

/// How long personal values of the leads of a vertical are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// The vertical.
    pub vertical: String,
    /// How many days.
    pub days: i64,
    /// Those of leads that came before this are gone; `None`: none so far.
    pub kept_from: Option<Timestamp>,
    /// When that was set.
    pub updated_at: Timestamp,
}

impl From<RetentionRow> for Retention {
    fn from(row: RetentionRow) -> Self {
        let RetentionRow {
            vertical,
            days,
            kept_from,
            updated_at,
        } = row;
        Self {
            vertical,
            days,
            kept_from: (kept_from > 0).then_some(Timestamp(kept_from)),
            updated_at: Timestamp(updated_at),
        }
    }
}

impl Control {
    /// Sets how long personal values of the leads of a vertical are kept. What is too old is removed beside the work.
    ///
    /// * `days`: 1 to 3,650; `None`: for as long as the leads.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for other numbers and for a vertical without a lead schema.
    pub async fn set_retention(&self, vertical: &str, days: Option<u32>) -> Result<(), Error> {
        self.change(
            (vertical.to_owned(), days),
            |control, (vertical, days)| async move {
                control.set_retention_in_turn(vertical, days).await
            },
        )
        .await
    }

    async fn set_retention_in_turn(
        &self,
        vertical: String,
        days: Option<u32>,
    ) -> Result<(), Error> {
        let mut problems = Vec::new();
        if self.find_schema(&vertical).await?.is_none() {
            let message = format!("`{vertical}` is no vertical");
            let problem = Problem::new("unknown_vertical", "vertical", message);
            problems.push(problem.hint("put its lead schema first"));
        }
        if let Some(days) = days.filter(|days| !DAYS.contains(days)) {
            let message = format!("{days} is not within 1 to 3,650 days");
            let problem = Problem::new("out_of_range", "days", message);
            problems.push(problem.hint("leave it out to keep values for as long as their leads"));
        }
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        let before = self.retentions().await?;
        let before = before.into_iter().find(|it| it.vertical == vertical);
        let said = |days: Option<i64>| json!({ "days": days });
        let change = ChangeRecord::new(SettingsChangeKind::RetentionSet, &vertical)
            .from(before.as_ref().map(|it| said(Some(it.days))))
            .to(said(days.map(i64::from)));
        let row = days.map(|days| RetentionRow {
            vertical: vertical.clone(),
            days: i64::from(days),
            kept_from: 0,
            updated_at: self.inner.clock.now().0,
        });
        self.store_unrouted(change, move |tx| {
            Box::pin(async move {
                match row {
                    Some(row) => tx.put_retention(row).await,
                    None => tx.clear_retention(&vertical).await.map(|_| ()),
                }
            })
        })
        .await
    }

    /// How long personal values are kept, by vertical; those that are not named keep them.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn retentions(&self) -> Result<Vec<Retention>, Error> {
        let rows = self.inner.store.read().retentions().await?;
        Ok(rows.into_iter().map(Retention::from).collect())
    }
}
