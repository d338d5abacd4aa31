//! One operation on many deliveries or postbacks: starting it, and ending it before all are done.

use std::collections::BTreeSet;

use pointsman_history::{
    AttemptOutcome, BULK_ITEMS_MAX, BulkAction, BulkAnswer, BulkFilter, BulkJobState,
};
use pointsman_lead::{AMOUNT_MAX, Id, Problem, kinds, unstorable};
use pointsman_store::{BulkJobRow, Error as StoreError};
use serde_json::json;

use crate::{Control, Error, SettingsChangeKind, changes::ChangeRecord};

/// Most items that are named one by one.
const IDS_MAX: usize = 1_000;
/// Most items a second.
const RATE_MAX: i64 = 1_000;
/// Most jobs at a time.
const OPEN_MAX: usize = 20;
/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 500;
/// Most problems of ids that are listed.
const ID_PROBLEMS_MAX: usize = 20;

/// An operation on many items, to be started.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBulkJob {
    /// The operation with its filter.
    pub action: BulkAction,
    /// Most items a second.
    pub rate: i64,
    /// Most items in all.
    pub items_max: i64,
}

impl NewBulkJob {
    /// What keeps it from being started, all at once. Paths name what the input of the operation calls them.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let filter = self.action.filter();
        check_filter(filter, &mut problems);
        let is_id = match &self.action {
            BulkAction::ReleaseDeliveries { .. } => Id::<kinds::Delivery>::is_id,
            BulkAction::ReplayPostbacks { .. } => Id::<kinds::Postback>::is_id,
            BulkAction::ResendSourcePostbacks { .. } => Id::<kinds::SourcePostback>::is_id,
        };
        check_ids(filter, is_id, &mut problems);
        check_action(&self.action, &mut problems);
        if !(1..=RATE_MAX).contains(&self.rate) {
            let message = format!("{} items a second; it is 1 to {RATE_MAX}", self.rate);
            let hint =
                "what an item starts, such as an offer to the next destination, is not slowed down";
            problems.push(Problem::new("out_of_range", "rate", message).hint(hint));
        }
        let most = i64::try_from(BULK_ITEMS_MAX).unwrap_or(i64::MAX);
        if !(1..=most).contains(&self.items_max) {
            let message = format!("{} items; a job has 1 to {most}", self.items_max);
            let hint = "start another job for the rest";
            problems.push(Problem::new("out_of_range", "maxCount", message).hint(hint));
        }
        problems
    }

    /// The same with every id once, and with no item that comes later than now.
    fn fixed(self, now: i64) -> BulkAction {
        let mut action = self.action.until(now);
        let (BulkAction::ReleaseDeliveries { filter, .. }
        | BulkAction::ReplayPostbacks { filter, .. }
        | BulkAction::ResendSourcePostbacks { filter, .. }) = &mut action;
        if let Some(ids) = &mut filter.ids {
            let mut seen = BTreeSet::new();
            ids.retain(|id| seen.insert(id.clone()));
        }
        action
    }
}

fn check_filter(filter: &BulkFilter, problems: &mut Vec<Problem>) {
    if filter.is_empty() {
        let message = "nothing restricts what this is done to";
        let hint = "name a member of the filter; a `createdFrom` long ago takes everything";
        problems.push(Problem::new("empty_filter", "filter", message).hint(hint));
    }
    let texts = [
        ("filter.destination", &filter.destination),
        ("filter.flow", &filter.flow),
        ("filter.source", &filter.source),
    ];
    for (path, text) in texts {
        let text = text.as_deref().unwrap_or_default();
        problems.extend(unstorable(path, text, REASON_CHARS_MAX));
    }
    if let (Some(from), Some(until)) = (filter.from, filter.until)
        && from >= until
    {
        let message = "the time ends before it begins";
        let problem = Problem::new("out_of_range", "filter.createdBefore", message);
        problems.push(problem.hint("`createdFrom` is the earlier of the two"));
    }
    if let Some(word) = &filter.outcome
        && AttemptOutcome::from_word(word).is_none()
    {
        let message = format!("`{word}` is no outcome of an attempt");
        let hint = "offers are held after `unknown`, `cut_off` and `interrupted`";
        problems.push(Problem::new("unknown_outcome", "filter.outcome", message).hint(hint));
    }
}

fn check_ids(filter: &BulkFilter, is_id: fn(&str) -> bool, problems: &mut Vec<Problem>) {
    let Some(ids) = &filter.ids else {
        return;
    };
    let alone = BulkFilter {
        ids: Some(ids.clone()),
        ..BulkFilter::default()
    };
    if *filter != alone {
        let message = "items are named by their ids, or found by the other members";
        let problem = Problem::new("conflict", "filter.ids", message);
        problems.push(problem.hint("leave the other members out"));
    }
    if ids.is_empty() || ids.len() > IDS_MAX {
        let message = format!("{} ids; a filter has 1 to {IDS_MAX}", ids.len());
        let problem = Problem::new("out_of_range", "filter.ids", message);
        problems.push(problem.hint("find more than that by the other members"));
    }
    let wrong = ids.iter().take(IDS_MAX).enumerate();
    let wrong = wrong.filter(|(_, id)| !is_id(id)).take(ID_PROBLEMS_MAX);
    problems.extend(wrong.map(|(position, _)| {
        let path = format!("filter.ids[{position}]");
        let problem = Problem::new("not_found", path, "this is no id of such an item");
        problem.hint("take ids from the list that shows the items")
    }));
}

fn check_action(action: &BulkAction, problems: &mut Vec<Problem>) {
    match action {
        BulkAction::ReleaseDeliveries {
            filter: _,
            answer,
            price,
            reason,
        } => {
            if price.is_some() && *answer != BulkAnswer::Accepted {
                let message = "only accepted deliveries have a price";
                problems.push(Problem::new("conflict", "price", message).hint("omit it"));
            }
            if price.is_some_and(|price| price.0 < 0 || price > AMOUNT_MAX) {
                let message = "a price is from 0 to ten million";
                problems
                    .push(Problem::new("price_range", "price", message).hint("write main units"));
            }
            let n_chars = reason.chars().count();
            if !(1..=REASON_CHARS_MAX).contains(&n_chars) {
                let message = format!("a reason has 1 to {REASON_CHARS_MAX} characters");
                let hint = "say how it is known, such as \"their support confirmed it\"";
                problems.push(Problem::new("reason", "reason", message).hint(hint));
            }
            problems.extend(unstorable("reason", reason, usize::MAX));
        }
        BulkAction::ReplayPostbacks { filter: _, set } => {
            for (name, value) in set {
                problems.extend(unstorable(name, value, REASON_CHARS_MAX));
            }
        }
        BulkAction::ResendSourcePostbacks { filter: _, note } => {
            let note = note.as_deref().unwrap_or_default();
            problems.extend(unstorable("note", note, REASON_CHARS_MAX));
        }
    }
}

impl Control {
    /// Starts an operation on many items, beside the work.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for all that is wrong with it, and where the same is under way.
    pub async fn start_bulk_job(&self, new: NewBulkJob) -> Result<Id<kinds::BulkJob>, Error> {
        self.change(new, |control, new| async move {
            control.start_bulk_job_in_turn(new).await
        })
        .await
    }

    async fn start_bulk_job_in_turn(&self, new: NewBulkJob) -> Result<Id<kinds::BulkJob>, Error> {
        let mut problems = new.problems();
        let open = self.inner.store.read().open_bulk_jobs().await?;
        let asked = json!(new.action);
        let is_same = |row: &&BulkJobRow| {
            let stored: Option<BulkAction> = serde_json::from_str(&row.action_body).ok();
            matches!(row.state, BulkJobState::Listing | BulkJobState::Running)
                && stored.is_some_and(|stored| is_same(&stored, new.clone()))
        };
        if let Some(same) = open.iter().find(is_same) {
            let message = format!("job `{}` does the same already", same.id);
            let problem = Problem::new("already_running", "", message);
            problems.push(problem.hint("wait until it is done, or cancel it"));
        }
        if open.len() >= OPEN_MAX {
            let message = format!("{OPEN_MAX} jobs are under way already");
            let problem = Problem::new("too_many_jobs", "", message);
            problems.push(problem.hint("try again when some are done"));
        }
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        let now = self.inner.clock.now();
        let id: Id<kinds::BulkJob> = Id::new(now, rand::random());
        let (rate, items_max) = (new.rate, new.items_max);
        let change = ChangeRecord::new(SettingsChangeKind::BulkJobStarted, id.to_string())
            .because(reason_of(&new.action))
            .to(json!({ "action": asked, "rate": rate, "max_count": items_max }));
        let row = BulkJobRow {
            id: id.to_string(),
            state: BulkJobState::Listing,
            action_body: json!(new.fixed(now.0)).to_string(),
            by_whom: self.author_name(),
            by_token: self.author_token(),
            rate,
            items_max,
            created_at: now.0,
            updated_at: now.0,
            finished_at: None,
            listed_at: None,
            listed_id: None,
            n_items: 0,
            n_succeeded: 0,
            n_skipped: 0,
            n_failed: 0,
            outcomes_body: "[]".to_owned(),
            is_open: true,
        };
        let stored = self.store_unrouted(change, move |tx| {
            Box::pin(async move { tx.insert_bulk_job(row).await })
        });
        stored.await?;
        Ok(id)
    }

    /// Ends an operation on many items before all are done; `false`, and nothing changes, if it had ended before. An item that is
    /// being done is finished.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn cancel_bulk_job(&self, id: Id<kinds::BulkJob>) -> Result<bool, Error> {
        self.change(id, |control, id| async move {
            let id = id.to_string();
            let found = control.inner.store.read().find_bulk_job(&id).await?;
            let row = found.ok_or_else(|| Error::not_found("bulk job", &id))?;
            let state = match row.state {
                BulkJobState::Listing => "listing",
                BulkJobState::Running => "running",
                BulkJobState::Done | BulkJobState::Cancelled => return Ok(false),
            };
            let now = control.inner.clock.now().0;
            let done = row.n_succeeded + row.n_skipped + row.n_failed;
            let said = |state: &str| json!({ "state": state, "items": row.n_items, "done": done });
            let change = ChangeRecord::new(SettingsChangeKind::BulkJobCancelled, &id)
                .from(Some(said(state)))
                .to(said("cancelled"));
            let from = row.state;
            let stored = control.store_unrouted(change, move |tx| {
                Box::pin(async move {
                    let moved = tx.move_bulk_job(&id, (from, BulkJobState::Cancelled), now);
                    if moved.await? {
                        Ok(true)
                    } else {
                        Err(StoreError::Outdated)
                    }
                })
            });
            stored.await
        })
        .await
    }
}

/// Whether two operations are the same on the same items: all that came until then is the same as all.
fn is_same(stored: &BulkAction, asked: NewBulkJob) -> bool {
    *stored == asked.fixed(stored.filter().until.unwrap_or(i64::MAX))
}

/// Why it is done, where somebody said so.
fn reason_of(action: &BulkAction) -> Option<&str> {
    match action {
        BulkAction::ReleaseDeliveries { reason, .. } => Some(reason),
        BulkAction::ReplayPostbacks { .. } => None,
        BulkAction::ResendSourcePostbacks { note, .. } => note.as_deref(),
    }
}
