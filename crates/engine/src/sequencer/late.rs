//! Answers that come when another process has taken their lead over: kept as a finding, and an acceptance as a sale.

use pointsman_history::AttemptOutcome;
use pointsman_lead::Timestamp;
use pointsman_store::{Error, WriteTx};

use super::{changed::Changed, late_answer::LateAnswer, money, release};

/// Keeps a late answer.
pub(super) async fn take(
    tx: &WriteTx,
    answer: &LateAnswer,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<(), Error> {
    let delivery = answer.click.delivery_id.to_string();
    tracing::warn!(
        delivery.id = delivery,
        finding = answer.finding(),
        "an answer came late"
    );
    tx.add_finding(&delivery, &answer.finding()).await?;
    // A release may have counted it already.
    let known = tx.read().find_delivery(&delivery).await?;
    let is_counted = known.as_ref().is_some_and(|known| known.price.is_some())
        || release::is_paid(&tx.read(), &delivery).await?;
    if let Some(sale) = answer.sale().filter(|_| !is_counted) {
        money::take(tx, &sale, at, changed).await?;
    }
    if answer.outcome == AttemptOutcome::Accepted
        && let Some(known) = known
    {
        // Nobody may let the walk go on any more, whatever the destination says when it is asked.
        Box::pin(release::by_conversion(
            tx,
            &known,
            &answer.click,
            at,
            changed,
        ))
        .await?;
    }
    Ok(())
}
