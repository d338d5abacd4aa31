//! Releasing deliveries whose answer is unknown.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use pointsman_engine::{ReleaseAnswer, ReleaseOutcome};
use pointsman_history::BulkAnswer;
use pointsman_lead::{Id, Micros, Problem, kinds};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        scalars::Money,
        types::delivery::Delivery,
        user_error::{UserError, of_refused},
    },
    operations,
};

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 500;

/// What became of a delivery whose answer was unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "BulkAnswer")]
pub(in crate::graphql) enum DeliveryReleaseAnswer {
    /// The destination took the lead.
    Accepted,
    /// The destination did not want the lead.
    Rejected,
    /// The destination never received the lead.
    NotSent,
}

/// A held delivery to release.
#[derive(Debug, InputObject)]
pub(crate) struct ReleaseDeliveryInput {
    /// Id of the delivery.
    id: ID,
    /// What became of it.
    answer: DeliveryReleaseAnswer,
    /// Price that the destination pays, for `ACCEPTED`; default: its fixed price, unless it pays on conversion.
    price: Option<Money>,
    /// How this is known, for the list of changes.
    reason: String,
}

/// The released delivery, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct ReleaseDeliveryPayload {
    /// The delivery; null when `userErrors` is not empty.
    delivery: Option<Delivery>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// Mutations of deliveries.
#[derive(Debug, Default)]
pub(crate) struct DeliveryMutation;

#[Object]
impl DeliveryMutation {
    /// Releases a delivery whose answer is unknown. An accepted one makes its held lead sold; otherwise its walk goes on to
    /// the next destination, if it ended at this delivery.
    async fn release_delivery(
        &self,
        context: &Context<'_>,
        input: ReleaseDeliveryInput,
    ) -> Result<ReleaseDeliveryPayload> {
        context.require(Right::Operate)?;
        let failed = |user_errors| ReleaseDeliveryPayload {
            delivery: None,
            user_errors,
        };
        let (id, answer) = match read(&input) {
            Ok(read) => read,
            Err(problems) => {
                return Ok(failed(problems.into_iter().map(UserError::from).collect()));
            }
        };
        let reason = input.reason.trim();
        let control = context.control()?.acting_for(context.principal()?);
        let releases = context.engine()?.releases();
        let released = operations::release((&control, releases), id, answer, reason, None).await;
        let problem = match released {
            Err(refused) => return Ok(failed(of_refused(refused)?)),
            Ok(Some(ReleaseOutcome::Released)) => None,
            Ok(None) => Some(not_found()),
            Ok(Some(ReleaseOutcome::NotHeld)) => Some(
                Problem::new("not_held", "id", "the answer of this delivery is known")
                    .hint("only deliveries in state HELD can be released"),
            ),
            Ok(Some(ReleaseOutcome::Known)) => Some(
                Problem::new("released", "id", "this delivery was released before")
                    .hint("its `release` says by whom; conversions change what it earned"),
            ),
        };
        if let Some(problem) = problem {
            return Ok(failed(vec![UserError::from(problem)]));
        }
        let delivery = context.history()?.find_delivery(id).await.or_fault()?;
        Ok(ReleaseDeliveryPayload {
            delivery: delivery.map(Delivery),
            user_errors: Vec::new(),
        })
    }
}

fn not_found() -> Problem {
    Problem::new("not_found", "id", "there is no delivery with this id")
        .hint("take it from `deliveries`")
}

/// The id and the answer, or all that is wrong with the input.
fn read(
    input: &ReleaseDeliveryInput,
) -> std::result::Result<(Id<kinds::Delivery>, ReleaseAnswer), Vec<Problem>> {
    let mut problems = Vec::new();
    let id = input.id.parse().map_err(|_| not_found());
    let price = input.price.map(|price| Micros(price.0));
    if price.is_some() && input.answer != DeliveryReleaseAnswer::Accepted {
        let message = "only an accepted delivery has a price";
        problems.push(Problem::new("conflict", "price", message).hint("omit it"));
    }
    if price.is_some_and(|price| price.0 < 0 || price > pointsman_lead::AMOUNT_MAX) {
        let message = "a price is from 0 to ten million";
        problems.push(Problem::new("price_range", "price", message).hint("write main units"));
    }
    let n_chars = input.reason.trim().chars().count();
    if !(1..=REASON_CHARS_MAX).contains(&n_chars) {
        let message = format!("a reason has 1 to {REASON_CHARS_MAX} characters");
        let hint = "say how it is known, such as \"their support confirmed it\"";
        problems.push(Problem::new("reason", "reason", message).hint(hint));
    }
    problems.extend(pointsman_lead::unstorable(
        "reason",
        &input.reason,
        usize::MAX,
    ));
    let answer = operations::release_answer(input.answer.into(), price);
    match id {
        Ok(id) if problems.is_empty() => Ok((id, answer)),
        Ok(_) => Err(problems),
        Err(problem) => {
            problems.insert(0, problem);
            Err(problems)
        }
    }
}
