//! What speaks against a return: the lead, other returns of it, and the terms that it was sold on.

use pointsman_lead::{Problem, Timestamp};
use pointsman_store::{
    DeliveryRow, DeliveryState, Error, Read, ReturnKind, ReturnRow, ReturnState,
};

use crate::lead_return::{RequestedReturn, Taken, bad_reason};

/// Most returns of one delivery.
const RETURNS_MAX: usize = 20;

/// The same request once more, or another one under its key.
pub(super) fn same(known: ReturnRow, request: &RequestedReturn) -> Taken {
    let is_same = known.delivery_id == request.click.delivery_id.to_string()
        && known.kind == request.kind
        && (known.reason.is_none() || known.reason == request.reason);
    if is_same {
        return Ok(known);
    }
    let message = "this key was used for another return";
    let problem = Problem::new("idempotency_key_reused", "idempotency_key", message);
    Err(vec![problem.hint("use a new key for each return")])
}

/// When a buyer got the lead, if it did.
pub(super) async fn sold_at(
    read: &Read<'_>,
    delivery: &DeliveryRow,
) -> Result<Option<Timestamp>, Error> {
    match delivery.state {
        DeliveryState::Accepted => Ok(delivery.settled_at.map(Timestamp)),
        DeliveryState::Held => {
            let ids = [delivery.id.clone()];
            let releases = read.releases_of_deliveries(&ids).await?;
            let mut releases = releases.into_iter();
            let taken = releases.find(|release| release.answer == DeliveryState::Accepted);
            Ok(taken.map(|release| Timestamp(release.at)))
        }
        _ => Ok(None),
    }
}

/// All that speaks against a request.
pub(super) fn problems(
    request: &RequestedReturn,
    sold_at: Option<Timestamp>,
    before: &[ReturnRow],
    at: Timestamp,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let place = "delivery";
    if sold_at.is_none() {
        let message = "this destination has not bought the lead";
        let hint = "return a lead once its delivery is accepted";
        problems.push(Problem::new("not_sold", place, message).hint(hint));
    }
    for row in before {
        match row.state {
            ReturnState::Accepted => {
                let message = format!("the lead is returned already, by `{}`", row.id);
                let hint = "nothing is left to take back";
                problems.push(Problem::new("returned", place, message).hint(hint));
            }
            ReturnState::Requested if request.kind == ReturnKind::Return => {
                let message = format!("return `{}` of this lead awaits a decision", row.id);
                let hint = "wait for it, or decide with `decideReturn`";
                problems.push(Problem::new("requested", place, message).hint(hint));
            }
            ReturnState::Requested | ReturnState::Denied | ReturnState::Reversed => {}
        }
    }
    if before.len() >= RETURNS_MAX {
        let message = format!("a delivery has at most {RETURNS_MAX} returns");
        let hint = "talk to each other";
        problems.push(Problem::new("too_many", place, message).hint(hint));
    }
    if request.kind == ReturnKind::Return {
        problems.extend(beyond_terms(request, sold_at, at));
    }
    problems
}

/// What the terms of the destination say against a return.
fn beyond_terms(
    request: &RequestedReturn,
    sold_at: Option<Timestamp>,
    at: Timestamp,
) -> Vec<Problem> {
    let Some(terms) = &request.click.terms.returns else {
        let message = "the lead was sold on terms without returns";
        let hint = "put `returns` into the settings of the destination before the sale; a chargeback needs no terms";
        return vec![Problem::new("no_returns", "delivery", message).hint(hint)];
    };
    let mut problems = Vec::new();
    if let Some(until) = sold_at.map(|sold_at| terms.until(sold_at))
        && at > until
    {
        let message = format!(
            "leads are returned within {} days, this one until {until}",
            terms.window_days
        );
        let hint = "a chargeback takes money back after the window too";
        problems.push(Problem::new("too_late", "delivery", message).hint(hint));
    }
    let listed = || {
        let reasons: Vec<&str> = terms.reasons.iter().map(String::as_str).collect();
        format!("write one of: {}", reasons.join(", "))
    };
    match &request.reason {
        None if !terms.reasons.is_empty() => {
            let message = "a return has a reason";
            problems.push(Problem::new("reason", "reason", message).hint(listed()));
        }
        Some(reason) if !pointsman_flow::is_reason(reason) => problems.push(bad_reason()),
        Some(reason) if !terms.allows(reason) => {
            let message = format!("`{reason}` is no reason of this destination");
            problems.push(Problem::new("reason", "reason", message).hint(listed()));
        }
        _ => {}
    }
    problems
}

/// What keeps a return in a state from being decided about so.
pub(super) fn wrong_state(state: ReturnState) -> Problem {
    let word = match state {
        ReturnState::Requested => "requested",
        ReturnState::Accepted => "accepted",
        ReturnState::Denied => "denied",
        ReturnState::Reversed => "reversed",
    };
    let hint = "what is requested is accepted or denied, and what is accepted is reversed";
    Problem::new("wrong_state", "id", format!("this return is {word}")).hint(hint)
}
