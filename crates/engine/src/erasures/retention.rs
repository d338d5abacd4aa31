//! Values that are older than they may be.

use std::time::Instant;

use pointsman_history::Eraser;
use pointsman_lead::{Id, kinds};
use pointsman_store::{ErasureKind, ErasureRow, ErasureState, RetentionRow};
use serde_json::json;

use super::{Erasures, PAGE, REST};
use crate::{Error, follower::Follower, ident};

/// Microseconds of a day.
const DAY: i64 = 24 * 3_600 * 1_000_000;
/// Who asks for it.
const BY: &str = "retention";

impl Erasures {
    /// Removes what is too old by the rule of each vertical; whether there was anything.
    pub(super) async fn forget_old(
        &mut self,
        follower: &Follower,
        eraser: &mut Eraser,
    ) -> Result<bool, Error> {
        let mut has_erased = false;
        for left in follower.store.read().running_erasures().await? {
            // A process that ended in the middle of it has noted how far it came with its leads.
            if left.kind == ErasureKind::Retention {
                let at = self.clock.now().0;
                self.pieces
                    .scanned(&follower.store, left.id, 0, Some(at))
                    .await?;
            }
        }
        for rule in follower.store.read().retentions().await? {
            has_erased |= self.forget_of(follower, eraser, &rule).await?;
        }
        Ok(has_erased)
    }

    async fn forget_of(
        &mut self,
        follower: &Follower,
        eraser: &mut Eraser,
        rule: &RetentionRow,
    ) -> Result<bool, Error> {
        let store = &follower.store;
        let before = self
            .clock
            .now()
            .0
            .saturating_sub(rule.days.saturating_mul(DAY));
        let (mut at, mut id) = (rule.kept_from, String::new());
        let mut erasure = None;
        loop {
            let began = Instant::now();
            let read = store.read();
            let leads = read
                .old_leads(&rule.vertical, (at, &id), before, PAGE)
                .await?;
            // A lead that is on its way at such an age is looked for again.
            let n_ended = leads
                .iter()
                .take_while(|lead| lead.settled_at.is_some())
                .count();
            let ended = &leads[..n_ended];
            let Some(last) = ended.last() else {
                break;
            };
            (at, id) = (last.received_at, last.id.clone());
            for lead in ended.iter().filter(|lead| !lead.is_erased()) {
                let erasure_id = match &erasure {
                    Some(id) => String::clone(id),
                    None => erasure.insert(self.begin(follower, rule).await?).clone(),
                };
                let erased = eraser.erased(&read, lead, (&erasure_id, self.clock.now().0));
                self.pieces.add(store, erased.await?, &erasure_id).await?;
            }
            self.pieces.finish(store).await?;
            if self.pieces.take_missed() {
                // The next look begins with these leads again.
                break;
            }
            let (vertical, kept_from) = (rule.vertical.clone(), at);
            let moved = store.note(move |tx| {
                Box::pin(async move { tx.move_retention_on(&vertical, kept_from).await })
            });
            match moved.await {
                // The rule was taken back meanwhile.
                Err(pointsman_store::Error::NotFound { .. }) => break,
                moved => moved?,
            }
            if n_ended < leads.len() || follower.rest(began, REST).await {
                break;
            }
        }
        let has_erased = erasure.is_some();
        if let Some(id) = erasure {
            let at = self.clock.now().0;
            self.pieces.scanned(store, id, 0, Some(at)).await?;
        }
        Ok(has_erased)
    }

    /// Begins the receipt of what is removed by a rule.
    async fn begin(&self, follower: &Follower, rule: &RetentionRow) -> Result<String, Error> {
        let now = self.clock.now();
        let id: Id<kinds::Erasure> = ident::id(now);
        let row = ErasureRow {
            id: id.to_string(),
            kind: ErasureKind::Retention,
            state: ErasureState::Running,
            by_whom: BY.to_owned(),
            requested_at: now.0,
            matches_body: json!({ "vertical": rule.vertical, "days": rule.days }).to_string(),
            fields_body: "[]".to_owned(),
            until_seq: 0,
            scanned_seq: 0,
            counts_body: "{}".to_owned(),
            n_leads: 0,
            finished_at: None,
        };
        let id = row.id.clone();
        let begun = follower
            .store
            .note(move |tx| Box::pin(async move { tx.insert_erasure(row).await }));
        begun.await?;
        Ok(id)
    }
}
