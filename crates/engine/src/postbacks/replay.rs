//! Postbacks that were put aside, tried once more: as they came, or with what was missing.

use std::collections::BTreeMap;

use pointsman_history::{BulkItemDone, finish_bulk_item};

use super::Postbacks;
use crate::{PostbackOutcome, Refused, postback::PreparedPostback};

impl Postbacks {
    /// Tries a postback again that was put aside; `None` if it is not there any more. Once it counts, it
    /// is put aside no longer.
    ///
    /// * `set`: parameters to put in the place of what it came with, such as a `status` in words that
    ///   are known.
    ///
    /// # Errors
    ///
    /// [`Refused::Problems`] for what is still wrong with it, [`Refused::Unreadable`], [`Refused::Busy`],
    /// [`Refused::Unavailable`], [`Refused::Stopping`].
    pub async fn replay(
        &self,
        id: &str,
        set: &BTreeMap<String, String>,
    ) -> Result<Option<PostbackOutcome>, Refused> {
        self.replay_and(id, set, None).await
    }

    /// The same to an item of a job on many of them. Once the postback counts, the item counts as done in the transaction that puts it
    /// aside no longer.
    ///
    /// # Errors
    ///
    /// The same.
    pub async fn replay_item(
        &self,
        set: &BTreeMap<String, String>,
        item: BulkItemDone,
    ) -> Result<Option<PostbackOutcome>, Refused> {
        let id = item.item.clone();
        self.replay_and(&id, set, Some(item)).await
    }

    async fn replay_and(
        &self,
        id: &str,
        set: &BTreeMap<String, String>,
        item: Option<BulkItemDone>,
    ) -> Result<Option<PostbackOutcome>, Refused> {
        let read = self.store.read();
        let row = read.find_parked_postback(id).await;
        let Some(row) = row.map_err(Refused::Unavailable)? else {
            return Ok(None);
        };
        let params = serde_json::from_str(&row.raw_body);
        let mut params: BTreeMap<String, String> = params.map_err(|_| Refused::Unreadable {
            what: format!("postback {id}"),
        })?;
        params.extend(
            set.iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        let (ready, problems) = self
            .read_report(&params, row.destination, Vec::new())
            .await?;
        if !problems.is_empty() {
            return Err(Refused::Problems(problems));
        }
        // It is there already, with the reason.
        let PreparedPostback::Apply(_) = &ready else {
            return Ok(Some(PostbackOutcome::Parked));
        };
        let outcome = self.take_report(ready).await?;
        if outcome != PostbackOutcome::Parked {
            let (id, now) = (id.to_owned(), self.clock.now());
            let unparked = self.store.note(move |tx| {
                Box::pin(async move {
                    if let Some(item) = item {
                        finish_bulk_item(tx, &item, now).await?;
                    }
                    tx.unpark_postback(&id).await
                })
            });
            unparked.await.map_err(Refused::Unavailable)?;
        }
        Ok(Some(outcome))
    }
}
