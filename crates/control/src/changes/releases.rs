//! Changes that say what became of offers, one by one or by a job that does so for many.

use pointsman_history::BulkJob;
use pointsman_lead::{Id, kinds};
use pointsman_store::NewSettingsChange;
use serde_json::json;

use super::{Author, BULK_JOB, ChangeFilter, ChangeRecord, SettingsChangeKind};
use crate::{Control, Error};

impl Control {
    /// The same, for what a job does to its items: changes are kept under the name of whoever started it.
    #[must_use]
    pub fn acting_for_job(&self, job: &BulkJob) -> Self {
        self.with_author(Author {
            name: job.by.clone(),
            token: job.token,
        })
    }

    /// The token of who makes changes from here.
    pub(crate) fn author_token(&self) -> Option<String> {
        let author = self.author.as_deref();
        let token = author.and_then(|author| author.token);
        token.map(|id| id.to_string())
    }

    /// The record of a release, to be kept in the transaction that makes it.
    ///
    /// * `delivery`: its id.
    /// * `answer`: what somebody says became of it, in a word.
    /// * `price`: what they say it is worth, as text.
    /// * `job`: the job on many deliveries that this one is an item of, if it is.
    pub fn record_of_release(
        &self,
        delivery: &str,
        (answer, price): (&str, Option<String>),
        reason: &str,
        job: Option<Id<kinds::BulkJob>>,
    ) -> NewSettingsChange {
        let mut said = json!({ "answer": answer });
        if let Some(price) = price {
            said["price"] = price.into();
        }
        if let Some(job) = job {
            said[BULK_JOB] = job.to_string().into();
        }
        self.recorded(
            ChangeRecord::new(SettingsChangeKind::DeliveryReleased, delivery)
                .because(Some(reason))
                .from(Some(json!({ "answer": "unknown" })))
                .to(said),
        )
    }

    /// Whether an offer was released by a job on many deliveries.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn is_released_by(
        &self,
        delivery: &str,
        job: Id<kinds::BulkJob>,
    ) -> Result<bool, Error> {
        let filter = ChangeFilter {
            kinds: Some(vec![SettingsChangeKind::DeliveryReleased]),
            object: Some(delivery.to_owned()),
            ..ChangeFilter::default()
        };
        let changes = self.changes(&filter, None, 1).await?;
        let Some((_, change)) = changes.entries.into_iter().next() else {
            return Ok(false);
        };
        let after = self.settings_text(change.after_hash.as_deref()).await?;
        let job = job.to_string();
        Ok(after.is_some_and(|after| after[BULK_JOB] == *job))
    }
}
