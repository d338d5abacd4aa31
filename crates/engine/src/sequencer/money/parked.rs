//! Postbacks that were parked until the answer to their offer was known.

use std::collections::BTreeMap;

use pointsman_history::record::json;
use pointsman_lead::{Postback, Problem, Timestamp};
use pointsman_store::{Error, ParkedPostbackRow, ParkedReason, WriteTx};

use super::{Changed, effect::Effect, write};
use crate::postback::{Click, KnownPostback, aside};
use crate::sequencer::returns;

/// Applies what was parked for the offer of a click. What cannot be applied is kept, with the reason.
pub(in crate::sequencer) async fn take(
    tx: &WriteTx,
    click: &Click,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<(), Error> {
    for row in tx.take_parked(&click.id.to_string()).await? {
        let report = match released(&row, click, at) {
            Ok(report) => report,
            Err(kept) => {
                tx.park_postback(*kept).await?;
                continue;
            }
        };
        match Effect::of(&tx.read(), &report, at).await {
            Ok(Effect::Counts(_)) if returns::is_request(&report) => {
                returns::by_postback(tx, &report, at, changed).await?;
            }
            Ok(effect) => {
                write(tx, &report, effect, at, changed).await?;
            }
            // Nothing of it is written, and the answer that releases it must not fail with it.
            Err(Error::Corrupt { what }) => {
                tracing::error!(click = %click.id, what, "a parked postback cannot be applied");
                tx.park_postback(inapplicable(row, &what)).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A parked postback as a report of its click, or the row by which it is kept.
fn released(
    row: &ParkedPostbackRow,
    click: &Click,
    at: Timestamp,
) -> Result<KnownPostback, Box<ParkedPostbackRow>> {
    let Ok(params) = serde_json::from_str::<BTreeMap<String, String>>(&row.raw_body) else {
        return Err(Box::new(unreadable(row.clone())));
    };
    let token_of = row.destination.clone();
    let keep = |reason, problems: &[Problem]| {
        Box::new(ParkedPostbackRow {
            received_at: row.received_at,
            times: row.times,
            ..aside(
                &params,
                &click.id.to_string(),
                token_of.clone(),
                reason,
                problems,
                at,
            )
        })
    };
    let postback = Postback::from_params(&params);
    let postback = postback.map_err(|problems| keep(ParkedReason::Refused, &problems))?;
    if token_of
        .as_ref()
        .is_some_and(|name| *name != click.destination)
    {
        return Err(keep(ParkedReason::OtherDestination, &[]));
    }
    let report = KnownPostback {
        postback,
        click: click.clone(),
        token_of: token_of.clone(),
        accepted: 0,
    };
    // Its destination was answered that it is kept, so it is.
    match report.wrong_currency() {
        Some(problem) => Err(keep(ParkedReason::Refused, &[problem])),
        None => Ok(report),
    }
}

/// A parked postback whose stored text cannot be read: kept as it is, with what is wrong.
fn unreadable(row: ParkedPostbackRow) -> ParkedPostbackRow {
    let message = "what was stored of this postback cannot be read";
    let problem =
        Problem::new("unreadable", "", message).hint("ask the destination to send it again");
    refused(row, &problem)
}

/// A parked postback that is sound, of a lead that is not.
fn inapplicable(row: ParkedPostbackRow, what: &str) -> ParkedPostbackRow {
    let message = format!("it cannot be applied: {what} cannot be read");
    let problem =
        Problem::new("damaged", "", message).hint("restore a backup, or mend it and replay this");
    refused(row, &problem)
}

fn refused(row: ParkedPostbackRow, problem: &Problem) -> ParkedPostbackRow {
    ParkedPostbackRow {
        reason: Some(ParkedReason::Refused),
        problems_body: Some(json(&[problem])),
        ..row
    }
}
