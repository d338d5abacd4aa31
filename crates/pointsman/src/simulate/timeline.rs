//! When everything of a stored walk happened, in the order of commits.

use std::collections::BTreeMap;

use pointsman_history::{StoredWalk, WalkRows, record::DEADLINE};
use pointsman_lead::Timestamp;
use pointsman_replay::log::{Answered, CommitTime, Payment, Reported, Timeline};
use pointsman_store::{DeliveryRow, StepKind};

use super::words::units;

/// When everything of a walk happened.
///
/// * `failed`: of each delivery, whether it speaks against its destination's health.
pub(super) fn timeline(walk: &StoredWalk, failed: &BTreeMap<String, bool>) -> Timeline {
    let StoredWalk { decision, rows, .. } = walk;
    let steps = rows.steps.iter();
    let offers = steps.clone().filter(|step| step.kind == StepKind::Offer);
    let answers = offers.map(|step| {
        let delivery = rows.delivery_of(step)?;
        Some(Answered {
            moment: CommitTime {
                at: Timestamp(delivery.settled_at?),
                number: delivery.settled_seq?,
            },
            failed: failed.get(&delivery.id).copied().unwrap_or(false),
            paid: delivery.price.unwrap_or(0),
            reports: reports(rows, delivery),
        })
    });
    Timeline {
        answers: answers.collect(),
        steps: steps
            .map(|step| CommitTime {
                at: Timestamp(step.at),
                number: step.seq,
            })
            .collect(),
        expired: decision.end_reason.as_deref() == Some(DEADLINE),
    }
}

/// What was reported of an offer.
fn reports(rows: &WalkRows, delivery: &DeliveryRow) -> Vec<Reported> {
    let reported = rows.conversions.iter();
    let reported = reported.filter(|row| row.delivery_id == delivery.id);
    let mut reports: Vec<Reported> = reported
        .map(|row| Reported {
            moment: CommitTime {
                at: Timestamp(row.received_at),
                number: row.seq,
            },
            revenue: row.revenue,
            sales: row.sales,
            accepted: row.accepted,
        })
        .collect();
    reports.sort_by_key(|report| report.moment.number);
    reports
}

/// The price of an offer and what was reported of it later, each with the moment from which it was known.
pub(super) fn payments(rows: &WalkRows, delivery: &DeliveryRow) -> Vec<Payment> {
    let price = delivery.price.zip(delivery.settled_at);
    let reported = rows.conversions.iter();
    let reported = reported
        .filter(|row| row.delivery_id == delivery.id)
        .map(|row| (row.revenue, row.received_at));
    let payments = price.into_iter().chain(reported);
    payments
        .filter(|(micros, _)| *micros != 0)
        .map(|(micros, at)| Payment {
            at: Timestamp(at),
            reward: units(micros),
        })
        .collect()
}
