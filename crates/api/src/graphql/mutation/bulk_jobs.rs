//! Starting and cancelling operations on many deliveries or postbacks.

use std::collections::BTreeMap;

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use pointsman_control::NewBulkJob;
use pointsman_history::{self as history, BulkAction, BulkFilter};
use pointsman_lead::{Id, Micros, Problem, kinds};

use super::deliveries::DeliveryReleaseAnswer;
use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        scalars::{Money, Timestamp},
        types::{
            bulk_job::{BulkJob, BulkPreview},
            delivery::UnknownOutcome,
            parked_postback::ParkedReason,
            source_postback::SourcePostbackEvent,
        },
        user_error::{UserError, sorted},
    },
};

/// Which held deliveries to release: named by their ids, or found by the other members. At least one is given.
#[derive(Debug, InputObject)]
pub(crate) struct ReleaseDeliveriesFilterInput {
    /// These deliveries, at most 1,000.
    ids: Option<Vec<ID>>,
    /// Those to this destination.
    destination: Option<String>,
    /// Those of leads of this flow.
    flow: Option<String>,
    /// Those of leads of this source.
    source: Option<String>,
    /// Those with an attempt that ended so.
    outcome: Option<UnknownOutcome>,
    /// Those offered at this time or later.
    created_from: Option<Timestamp>,
    /// Those offered before this time.
    created_before: Option<Timestamp>,
}

/// Which parked postbacks to replay: named by their ids, or found by the other members. At least one is given.
#[derive(Debug, InputObject)]
pub(crate) struct ReplayPostbacksFilterInput {
    /// These postbacks, at most 1,000.
    ids: Option<Vec<ID>>,
    /// Those with a token of this destination.
    destination: Option<String>,
    /// Those that were not applied for this reason.
    reason: Option<ParkedReason>,
    /// Those first received at this time or later.
    received_from: Option<Timestamp>,
    /// Those first received before this time.
    received_before: Option<Timestamp>,
}

/// Which dead postbacks to sources to send again: named by their ids, or found by the other members. At least one is given.
#[derive(Debug, InputObject)]
pub(crate) struct ResendSourcePostbacksFilterInput {
    /// These postbacks, at most 1,000.
    ids: Option<Vec<ID>>,
    /// Those of this source.
    source: Option<String>,
    /// Those that tell of this event.
    event: Option<SourcePostbackEvent>,
    /// Those of an event at this time or later.
    from: Option<Timestamp>,
    /// Those of an event before this time.
    before: Option<Timestamp>,
}

/// Held deliveries to release, all with the same answer.
#[derive(Debug, InputObject)]
pub(crate) struct ReleaseDeliveriesInput {
    /// Which.
    filter: ReleaseDeliveriesFilterInput,
    /// What became of them.
    answer: DeliveryReleaseAnswer,
    /// Price that the destination pays for each, for `ACCEPTED`; default: its fixed price, unless it pays on conversion.
    price: Option<Money>,
    /// How this is known, for the list of changes.
    reason: String,
}

/// Parked postbacks to replay; given values replace their own.
#[derive(Debug, InputObject)]
pub(crate) struct ReplayPostbacksInput {
    /// Which.
    filter: ReplayPostbacksFilterInput,
    /// Status: `pending`, `sale`, `rebill`, `declined`, `rejected`, `refunded`, or another known word.
    status: Option<String>,
    /// Our revenue from each, or the refunded amount.
    revenue: Option<Money>,
}

/// Dead postbacks to sources to send again.
#[derive(Debug, InputObject)]
pub(crate) struct ResendSourcePostbacksInput {
    /// Which.
    filter: ResendSourcePostbacksFilterInput,
    /// Reason, kept with the change of each.
    note: Option<String>,
}

/// An operation with its filter.
#[derive(Debug, OneofObject)]
pub(crate) enum BulkActionInput {
    /// Releases held deliveries.
    ReleaseDeliveries(ReleaseDeliveriesInput),
    /// Replays parked postbacks.
    ReplayPostbacks(ReplayPostbacksInput),
    /// Sends dead postbacks to sources again.
    ResendSourcePostbacks(ResendSourcePostbacksInput),
}

/// A bulk job to start, or to look at before.
#[derive(Debug, InputObject)]
pub(crate) struct StartBulkJobInput {
    /// The operation, with the items that it is done to. Items that come later are not among them.
    action: BulkActionInput,
    /// Whether to answer with the number of items and some of them, and to do nothing.
    #[graphql(default)]
    dry_run: bool,
    /// Most items, 1 to 100,000: the newest of those that the filter finds.
    #[graphql(default = 10_000)]
    max_count: i64,
    /// Items that are begun in a second, 1 to 1,000, at most. An item waits for the one before it, so that it may be fewer.
    #[graphql(default = 20)]
    rate: i64,
}

/// The job, or what it would be done to, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct StartBulkJobPayload {
    /// The job; null when `userErrors` is not empty, and for a dry run.
    bulk_job: Option<BulkJob>,
    /// What it would be done to; null when `userErrors` is not empty, and without a dry run.
    preview: Option<BulkPreview>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// A bulk job to cancel.
#[derive(Debug, InputObject)]
pub(crate) struct CancelBulkJobInput {
    /// Id.
    id: ID,
}

/// The cancelled job, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct CancelBulkJobPayload {
    /// The job; null when `userErrors` is not empty.
    bulk_job: Option<BulkJob>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// Mutations of bulk jobs.
#[derive(Debug, Default)]
pub(crate) struct BulkJobMutation;

#[Object]
impl BulkJobMutation {
    /// Starts an operation on many deliveries or postbacks, or says what it would be done to. Query it by id for its progress.
    async fn start_bulk_job(
        &self,
        context: &Context<'_>,
        input: StartBulkJobInput,
    ) -> Result<StartBulkJobPayload> {
        let principal = context.require(Right::Operate)?;
        let (new, is_dry_run) = read(input);
        let failed = |user_errors| StartBulkJobPayload {
            bulk_job: None,
            preview: None,
            user_errors,
        };
        let history = context.history()?;
        if is_dry_run {
            let problems = new.problems();
            if !problems.is_empty() {
                return Ok(failed(errors(&new.action, problems)));
            }
            let preview = history.bulk_preview(&new.action).await.or_fault()?;
            return Ok(StartBulkJobPayload {
                preview: Some(BulkPreview::of(preview, new.items_max)),
                ..failed(Vec::new())
            });
        }
        let control = context.control()?.acting_for(principal);
        let started = control.start_bulk_job(new.clone()).await;
        let id = match started {
            Err(pointsman_control::Error::Problems(problems)) => {
                return Ok(failed(errors(&new.action, problems)));
            }
            started => sorted(started)?,
        };
        Ok(match id {
            Ok(id) => StartBulkJobPayload {
                bulk_job: history.find_bulk_job(id).await.or_fault()?.map(BulkJob),
                ..failed(Vec::new())
            },
            Err((user_errors, _)) => failed(user_errors),
        })
    }

    /// Cancels a bulk job. What was done stays done, and an item under way is finished; a job that has ended stays as it is.
    async fn cancel_bulk_job(
        &self,
        context: &Context<'_>,
        input: CancelBulkJobInput,
    ) -> Result<CancelBulkJobPayload> {
        let principal = context.require(Right::Operate)?;
        let failed = |user_errors| CancelBulkJobPayload {
            bulk_job: None,
            user_errors,
        };
        let Ok(id) = input.id.parse::<Id<kinds::BulkJob>>() else {
            let problem = Problem::new("not_found", "id", "there is no bulk job with this id");
            let problem = problem.hint("take it from `bulkJobs`");
            return Ok(failed(vec![UserError::from(problem)]));
        };
        let control = context.control()?.acting_for(principal);
        if let Err((user_errors, _)) = sorted(control.cancel_bulk_job(id).await)? {
            return Ok(failed(user_errors));
        }
        let job = context.history()?.find_bulk_job(id).await.or_fault()?;
        Ok(CancelBulkJobPayload {
            bulk_job: job.map(BulkJob),
            user_errors: Vec::new(),
        })
    }
}

/// Problems with paths as this input has them.
fn errors(action: &BulkAction, problems: Vec<Problem>) -> Vec<UserError> {
    let member = match action {
        BulkAction::ReleaseDeliveries { .. } => "releaseDeliveries",
        BulkAction::ReplayPostbacks { .. } => "replayPostbacks",
        BulkAction::ResendSourcePostbacks { .. } => "resendSourcePostbacks",
    };
    let placed = problems.into_iter().map(|problem| {
        let is_of_job = ["", "rate", "maxCount"].contains(&problem.path.as_str());
        let path = match (is_of_job, action, problem.path.as_str()) {
            (true, ..) => problem.path.clone(),
            (_, BulkAction::ReplayPostbacks { .. }, "filter.createdBefore") => {
                format!("action.{member}.filter.receivedBefore")
            }
            (_, BulkAction::ResendSourcePostbacks { .. }, "filter.createdBefore") => {
                format!("action.{member}.filter.before")
            }
            (_, BulkAction::ReplayPostbacks { .. }, "payout") => {
                format!("action.{member}.revenue")
            }
            (_, _, path) => format!("action.{member}.{path}"),
        };
        UserError::from(Problem { path, ..problem })
    });
    placed.collect()
}

/// The job that is asked for, and whether it is only looked at.
fn read(input: StartBulkJobInput) -> (NewBulkJob, bool) {
    let StartBulkJobInput {
        action,
        dry_run,
        max_count,
        rate,
    } = input;
    let action = match action {
        BulkActionInput::ReleaseDeliveries(input) => BulkAction::ReleaseDeliveries {
            filter: input.filter.into(),
            answer: input.answer.into(),
            price: input.price.map(|price| Micros(price.0)),
            reason: input.reason.trim().to_owned(),
        },
        BulkActionInput::ReplayPostbacks(input) => {
            let revenue = input.revenue.map(|revenue| Micros(revenue.0).to_string());
            let set = [("status", input.status), ("payout", revenue)].into_iter();
            let set = set.filter_map(|(name, value)| Some((name.to_owned(), value?)));
            BulkAction::ReplayPostbacks {
                filter: input.filter.into(),
                set: set.collect::<BTreeMap<String, String>>(),
            }
        }
        BulkActionInput::ResendSourcePostbacks(input) => BulkAction::ResendSourcePostbacks {
            filter: input.filter.into(),
            note: input.note.filter(|note| !note.is_empty()),
        },
    };
    let new = NewBulkJob {
        action,
        rate,
        items_max: max_count,
    };
    (new, dry_run)
}

fn texts(ids: Option<Vec<ID>>) -> Option<Vec<String>> {
    ids.map(|ids| ids.into_iter().map(|id| id.0).collect())
}

fn micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(|at| pointsman_lead::Timestamp::from(at).0)
}

impl From<ReleaseDeliveriesFilterInput> for BulkFilter {
    fn from(input: ReleaseDeliveriesFilterInput) -> Self {
        let ReleaseDeliveriesFilterInput {
            ids,
            destination,
            flow,
            source,
            outcome,
            created_from,
            created_before,
        } = input;
        let outcome = outcome.map(history::AttemptOutcome::from);
        Self {
            ids: texts(ids),
            destination,
            flow,
            source,
            outcome: outcome.map(|outcome| outcome.word().to_owned()),
            from: micros(created_from),
            until: micros(created_before),
            ..Self::default()
        }
    }
}

impl From<ReplayPostbacksFilterInput> for BulkFilter {
    fn from(input: ReplayPostbacksFilterInput) -> Self {
        let ReplayPostbacksFilterInput {
            ids,
            destination,
            reason,
            received_from,
            received_before,
        } = input;
        Self {
            ids: texts(ids),
            destination,
            reason: reason.map(Into::into),
            from: micros(received_from),
            until: micros(received_before),
            ..Self::default()
        }
    }
}

impl From<ResendSourcePostbacksFilterInput> for BulkFilter {
    fn from(input: ResendSourcePostbacksFilterInput) -> Self {
        let ResendSourcePostbacksFilterInput {
            ids,
            source,
            event,
            from,
            before,
        } = input;
        let event = event.map(history::PostbackEvent::from);
        Self {
            ids: texts(ids),
            source,
            event: event.map(|event| event.word().to_owned()),
            from: micros(from),
            until: micros(before),
            ..Self::default()
        }
    }
}
