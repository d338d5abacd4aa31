//! Postbacks to the trackers of sources: where they may go, and sending them again.

use pointsman_delivery::is_webhook_key;
use pointsman_history::{BulkItemDone, finish_bulk_item};
use pointsman_lead::{Id, Problem, kinds};
use pointsman_source::SourceDocument;
use pointsman_store::{Error as StoreError, SourcePostbackState};
use serde_json::json;

use crate::{
    Control, Error, SettingsChangeKind,
    changes::{BULK_JOB, ChangeRecord},
};

impl Control {
    /// What is wrong with the addresses and the key of postbacks, beyond what the document says of itself.
    pub(crate) fn wrong_postbacks(&self, document: &SourceDocument) -> Vec<Problem> {
        let mut problems = Vec::new();
        let postbacks = document.postbacks().iter().enumerate();
        for (position, postback) in postbacks {
            let policy = self.inner.policy.get();
            if policy.is_some_and(|policy| policy.forbids(&postback.address())) {
                let message = "the address is not public, and its network is not allowed";
                let path = format!("postbacks[{position}].url");
                let problem = Problem::new("url_address", path, message);
                problems.push(
                    problem.hint("name a public host, or add its network to `allow_networks`"),
                );
            }
        }
        let is_signed = document.postbacks().iter().any(|it| it.signature.is_some());
        let key = document.secrets().find("postback_key");
        if key.is_some_and(|key| is_signed && !is_webhook_key(key) && !is_redacted(key)) {
            let message = "the key is not in Base64";
            let problem = Problem::new("auth_key", "secrets.postback_key", message);
            problems.push(problem.hint("write whsec_ and then 24 to 64 bytes in Base64"));
        }
        problems
    }

    /// Sends a postback again that was given up or refused, on a schedule of its own and with its id and its content.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], and [`Error::Problems`] for one that is not dead.
    pub async fn resend_source_postback(
        &self,
        id: Id<kinds::SourcePostback>,
        note: Option<String>,
    ) -> Result<(), Error> {
        self.resend(id, note, None).await
    }

    /// The same to an item of a job on many of them, which counts as done in the same transaction.
    ///
    /// # Errors
    ///
    /// The same, and [`Error::Conflict`] for an item that is not to be done any more.
    pub async fn resend_item(&self, note: Option<String>, item: BulkItemDone) -> Result<(), Error> {
        let id = item.item.parse();
        let id = id.map_err(|_| Error::not_found("postback to a source", &item.item))?;
        match self.resend(id, note, Some(item)).await {
            Err(Error::Store(StoreError::Outdated)) => Err(Error::Conflict {
                what: format!("postback to a source `{id}`"),
            }),
            done => done,
        }
    }

    async fn resend(
        &self,
        id: Id<kinds::SourcePostback>,
        note: Option<String>,
        item: Option<BulkItemDone>,
    ) -> Result<(), Error> {
        self.change((id, note, item), |control, (id, note, item)| async move {
            let id = id.to_string();
            let found = control.inner.store.read().find_source_postback(&id).await?;
            let row = found.ok_or_else(|| Error::not_found("postback to a source", &id))?;
            if row.state != SourcePostbackState::Dead {
                let message = "only a postback that is not sent any more can be sent again";
                let problem = Problem::new("not_dead", "id", message);
                return Err(Error::problem(problem.hint(
                    "one that waits is sent by itself, and one that was delivered is not sent twice",
                )));
            }
            let now = control.inner.clock.now();
            let mut after =
                json!({ "source": row.source, "state": "waiting", "attempts": row.n_attempts });
            if let Some(item) = &item {
                after[BULK_JOB] = item.job.to_string().into();
            }
            let change = ChangeRecord::new(SettingsChangeKind::SourcePostbackResent, &id)
                .because(note.as_deref())
                .from(Some(json!({ "source": row.source, "state": "dead", "attempts": row.n_attempts })))
                .to(after);
            let stored = control.store_unrouted(change, move |tx| {
                Box::pin(async move {
                    if !tx.resend_source_postback(&id, now.0).await? {
                        return Err(StoreError::Outdated);
                    }
                    match item {
                        Some(item) if !finish_bulk_item(tx, &item, now).await? => {
                            Err(StoreError::Outdated)
                        }
                        _ => Ok(()),
                    }
                })
            });
            stored.await
        })
        .await
    }
}

/// Whether a secret came back as it was shown.
fn is_redacted(key: &str) -> bool {
    key == "[secret]"
}
