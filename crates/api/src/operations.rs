//! What is done to one delivery or postback: by a person, or by a job that does it to many.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use pointsman_control::{Control, Error};
use pointsman_engine::{
    BulkOperations, BulkStep, Engine, PostbackOutcome, Postbacks, Refused, ReleaseAnswer,
    ReleaseOutcome, Releases,
};
use pointsman_history::{BulkAction, BulkAnswer, BulkItemDone, BulkJob, BulkResult};
use pointsman_lead::{Id, Micros, Problem, kinds};

/// Does what jobs on many deliveries or postbacks ask for, in this process or in another one that serves from the database.
pub fn run_bulk_jobs(control: &Control, engine: &Engine) {
    engine.run_bulk_jobs(Arc::new(Operations {
        control: control.clone(),
        releases: engine.releases().clone(),
        postbacks: engine.postbacks().clone(),
    }));
}

/// Says what became of a delivery whose answer is unknown, and keeps who says so; `None` if there is no such delivery.
///
/// * `control`: acting for whoever says so.
/// * `job`: the job that does it to many, if one does.
pub(crate) async fn release(
    (control, releases): (&Control, &Releases),
    id: Id<kinds::Delivery>,
    answer: ReleaseAnswer,
    reason: &str,
    job: Option<Id<kinds::BulkJob>>,
) -> Result<Option<ReleaseOutcome>, Refused> {
    let (word, price) = match answer {
        ReleaseAnswer::Accepted { price } => ("accepted", price),
        ReleaseAnswer::Rejected => ("rejected", None),
        ReleaseAnswer::NotSent => ("not_sent", None),
    };
    let said = (word, price.map(|price| price.to_string()));
    let change = control.record_of_release(&id.to_string(), said, reason, job);
    releases.release(id, answer, reason, change).await
}

/// The operations on one item.
#[derive(Debug)]
struct Operations {
    control: Control,
    releases: Releases,
    postbacks: Postbacks,
}

impl BulkOperations for Operations {
    fn apply<'a>(
        &'a self,
        job: &'a BulkJob,
        item: BulkItemDone,
    ) -> BoxFuture<'a, Result<BulkStep, Refused>> {
        Box::pin(async move {
            match &job.action {
                BulkAction::ReleaseDeliveries {
                    filter: _,
                    answer,
                    price,
                    reason,
                } => {
                    let answer = release_answer(*answer, *price);
                    self.release(job, item, (answer, reason)).await
                }
                BulkAction::ReplayPostbacks { filter: _, set } => {
                    let item = BulkItemDone {
                        code: "applied".to_owned(),
                        message: "it counts now, or was known already".to_owned(),
                        ..item
                    };
                    replayed(self.postbacks.replay_item(set, item).await)
                }
                BulkAction::ResendSourcePostbacks { filter: _, note } => {
                    let item = BulkItemDone {
                        code: "resent".to_owned(),
                        message: "it is sent again on a new schedule".to_owned(),
                        ..item
                    };
                    let control = self.control.acting_for_job(job);
                    resent(control.resend_item(note.clone(), item).await)
                }
            }
        })
    }
}

impl Operations {
    async fn release(
        &self,
        job: &BulkJob,
        item: BulkItemDone,
        (answer, reason): (ReleaseAnswer, &str),
    ) -> Result<BulkStep, Refused> {
        let Ok(id) = item.item.parse() else {
            return Ok(not_found());
        };
        let control = self.control.acting_for_job(job);
        let released = release((&control, &self.releases), id, answer, reason, Some(job.id));
        let outcome = match released.await {
            Ok(outcome) => outcome,
            Err(refused) => return refused_step(refused),
        };
        let done = || BulkStep::came(BulkResult::Succeeded, "released", "it is released");
        Ok(match outcome {
            None => not_found(),
            Some(ReleaseOutcome::Released) => done(),
            Some(ReleaseOutcome::NotHeld) => BulkStep::came(
                BulkResult::Skipped,
                "not_held",
                "the answer of this delivery is known",
            ),
            // A process that died after the release, and before it was counted, has done it for this job.
            Some(ReleaseOutcome::Known) => {
                let ours = control.is_released_by(&item.item, job.id).await;
                if ours.map_err(unavailable)? {
                    done()
                } else {
                    BulkStep::came(
                        BulkResult::Skipped,
                        "released",
                        "this delivery was released before",
                    )
                }
            }
        })
    }
}

pub(crate) fn release_answer(answer: BulkAnswer, price: Option<Micros>) -> ReleaseAnswer {
    match answer {
        BulkAnswer::Accepted => ReleaseAnswer::Accepted { price },
        BulkAnswer::Rejected => ReleaseAnswer::Rejected,
        BulkAnswer::NotSent => ReleaseAnswer::NotSent,
    }
}

fn replayed(replayed: Result<Option<PostbackOutcome>, Refused>) -> Result<BulkStep, Refused> {
    Ok(match replayed {
        Ok(Some(PostbackOutcome::Applied | PostbackOutcome::Duplicate)) => BulkStep::Stored,
        Ok(Some(PostbackOutcome::Parked)) => BulkStep::came(
            BulkResult::Failed,
            "parked",
            "it still cannot be applied; `reason` says why",
        ),
        Ok(None) => not_found(),
        Err(refused) => return refused_step(refused),
    })
}

fn resent(resent: Result<(), Error>) -> Result<BulkStep, Refused> {
    Ok(match resent {
        // After a conflict the item is done, or nobody wants it any more: the next look says which.
        Ok(()) | Err(Error::Conflict { .. }) => BulkStep::Stored,
        Err(Error::NotFound { .. }) => not_found(),
        Err(Error::Problems(problems)) => {
            let (code, message) = first(&problems);
            BulkStep::came(BulkResult::Skipped, code, message)
        }
        Err(error @ Error::Stored { .. }) => {
            BulkStep::came(BulkResult::Failed, "unreadable", error.to_string())
        }
        Err(error) => return Err(unavailable(error)),
    })
}

fn not_found() -> BulkStep {
    BulkStep::came(BulkResult::Skipped, "not_found", "it is not there any more")
}

/// What a refusal says of the item; those that say nothing of it stay refusals.
fn refused_step(refused: Refused) -> Result<BulkStep, Refused> {
    let (code, message) = match &refused {
        Refused::Problems(problems) => first(problems),
        Refused::Unreadable { .. } => ("unreadable".to_owned(), refused.to_string()),
        Refused::Unstorable(_) => ("unstorable".to_owned(), refused.to_string()),
        _ => return Err(refused),
    };
    Ok(BulkStep::came(BulkResult::Failed, code, message))
}

fn first(problems: &[Problem]) -> (String, String) {
    let first = problems.first();
    first.map_or_else(
        || ("refused".to_owned(), "it was refused".to_owned()),
        |problem| (problem.code.clone(), problem.message.clone()),
    )
}

/// What keeps anything from being done at this moment.
fn unavailable(error: Error) -> Refused {
    match error {
        Error::Store(error) => Refused::Unavailable(error),
        Error::Stored { what } => Refused::Unreadable { what },
        _ => Refused::Busy,
    }
}
