//! Answers that come when another process has taken their lead over: kept as a finding, and an acceptance as a sale.

use pointsman_history::AttemptOutcome;
use pointsman_lead::Timestamp;
use pointsman_store::{Error, LeadStatus, WriteTx};

use super::{changed::Changed, late_answer::LateAnswer, money};

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
    if let Some(sale) = answer.sale() {
        money::take(tx, &sale, at, changed).await?;
    }
    if answer.outcome == AttemptOutcome::Accepted {
        sell(tx, &answer.click.lead_id.to_string()).await?;
    }
    Ok(())
}

/// A lead that was held because nobody knew who has it is sold. One that goes on its way ends as it does.
async fn sell(tx: &WriteTx, lead_id: &str) -> Result<(), Error> {
    let lead = tx.read().find_lead(lead_id).await?;
    if lead.is_some_and(|lead| lead.status == LeadStatus::Held) {
        tx.earn(vec![(lead_id.to_owned(), LeadStatus::Sold, 0)])
            .await?;
    }
    Ok(())
}
