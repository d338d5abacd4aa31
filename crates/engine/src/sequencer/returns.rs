//! Returns in the sequencer's transaction: within the terms or not, and the money that goes back by them.

use pointsman_flow::ReturnDecision;
use pointsman_lead::{Postback, Problem, Timestamp, kinds};
use pointsman_store::{
    DeliveryRow, Error, ParkedReason, Read, ReturnKind, ReturnOrigin, ReturnRow, ReturnState,
    WriteTx,
};

use super::{
    changed::Changed,
    money::{self, Effect},
};
use crate::{
    PostbackOutcome, Refused, ident,
    lead_return::{
        DecidedReturn, PreparedReturn, RequestedReturn, ReturnVerdict, Taken, not_found,
    },
    postback::{Click, KnownPostback, aside},
};
use terms::{problems, same, sold_at, wrong_state};

mod terms;

/// Who accepts what is within the terms.
const TERMS: &str = "terms";
/// What is said of a request that a chargeback came before.
const CHARGED_BACK: &str = "charged back meanwhile";

/// Keeps a return, or what is decided about it, and moves its money.
pub(super) async fn take(
    tx: &WriteTx,
    prepared: &PreparedReturn,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<Result<ReturnRow, Refused>, Error> {
    let taken = match prepared {
        PreparedReturn::Request(request) => take_request(tx, request, at, changed).await?,
        PreparedReturn::Decide(decided) => decide(tx, decided, at, changed).await?,
    };
    Ok(taken.map_err(Refused::Problems))
}

/// Whether a report asks for a return, on the terms of its destination.
pub(super) fn is_request(report: &KnownPostback) -> bool {
    report.click.terms.returns.is_some() && report.postback.is_return()
}

/// Takes a report that asks for a return. One that cannot be granted is kept with the reasons.
pub(super) async fn by_postback(
    tx: &WriteTx,
    report: &KnownPostback,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<PostbackOutcome, Error> {
    let KnownPostback {
        postback, click, ..
    } = report;
    let event = postback.event_id(&click.id.to_string()).unwrap_or_default();
    let request = RequestedReturn {
        click: click.clone(),
        kind: ReturnKind::Return,
        origin: ReturnOrigin::Postback,
        key: format!("{}\u{1f}{event}", click.id),
        reason: postback.return_reason().map(str::to_owned),
        by: click.destination.clone(),
    };
    let read = tx.read();
    let known = read.find_return_by_key(&request.natural_key()).await?;
    if known.is_some() {
        return Ok(PostbackOutcome::Duplicate);
    }
    let Err(problems) = take_request(tx, &request, at, changed).await? else {
        return Ok(PostbackOutcome::Applied);
    };
    if problems.iter().all(|problem| is_repeated(&problem.code)) {
        return Ok(PostbackOutcome::Duplicate);
    }
    let (raw, token_of) = (&postback.raw, report.token_of.clone());
    let click_id = click.id.to_string();
    let reason = ParkedReason::Refused;
    let row = aside(raw, &click_id, token_of, reason, &problems, at);
    money::write(tx, report, Effect::Aside(Box::new(row)), at, changed).await
}

/// Whether a problem says no more than that it was asked for before.
fn is_repeated(code: &str) -> bool {
    matches!(code, "returned" | "requested")
}

async fn take_request(
    tx: &WriteTx,
    request: &RequestedReturn,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<Taken, Error> {
    let read = tx.read();
    let natural_key = request.natural_key();
    if let Some(known) = read.find_return_by_key(&natural_key).await? {
        return Ok(same(known, request));
    }
    let delivery_id = request.click.delivery_id.to_string();
    let delivery = read.find_delivery(&delivery_id).await?;
    let delivery = delivery.ok_or_else(|| Error::Corrupt {
        what: format!("delivery {delivery_id} has no row"),
    })?;
    let before = read
        .returns_of_deliveries(std::slice::from_ref(&delivery_id))
        .await?;
    let sold_at = sold_at(&read, &delivery).await?;
    let problems = problems(request, sold_at, &before, at);
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    let mut row = row_of(&read, request, delivery, at).await?;
    let decided_by = match (&request.click.terms.returns, request.kind) {
        (_, ReturnKind::Chargeback) => request.by.as_str(),
        (Some(terms), _) if terms.decision == ReturnDecision::Automatic => TERMS,
        _ => {
            row.seq = changed.memory.next_seq();
            tx.insert_return(row.clone()).await?;
            return Ok(Ok(row));
        }
    };
    let money = match Money::of(&read, &request.click, &row, false, at).await? {
        Ok(money) => money,
        Err(problem) => return Ok(Err(vec![problem])),
    };
    row.seq = changed.memory.next_seq();
    for open in before.into_iter().filter(is_open) {
        tx.update_return(denied(open, &request.by, CHARGED_BACK, at))
            .await?;
    }
    accept(&mut row, decided_by, money.revenue, at);
    tx.insert_return(row.clone()).await?;
    money.write(tx, at, changed).await?;
    Ok(Ok(row))
}

/// A request as a row, without its number.
async fn row_of(
    read: &Read<'_>,
    request: &RequestedReturn,
    delivery: DeliveryRow,
    at: Timestamp,
) -> Result<ReturnRow, Error> {
    let lead = read.find_lead(&delivery.lead_id).await?;
    let is_erased = lead.is_some_and(|lead| lead.is_erased());
    Ok(ReturnRow {
        id: ident::id::<kinds::Return>(at).to_string(),
        seq: 0,
        delivery_id: delivery.id,
        lead_id: delivery.lead_id,
        destination: delivery.destination,
        natural_key: request.natural_key(),
        kind: request.kind,
        state: ReturnState::Requested,
        // What is said of a person who is forgotten is not kept.
        reason: request.reason.clone().filter(|_| !is_erased),
        origin: request.origin,
        requested_by: request.by.clone(),
        requested_at: at.0,
        decided_by: None,
        decided_at: None,
        note: None,
        reversed_by: None,
        reversed_at: None,
        revenue: 0,
        currency: request.click.terms.currency.to_string(),
    })
}

fn is_open(row: &ReturnRow) -> bool {
    row.state == ReturnState::Requested
}

fn accept(row: &mut ReturnRow, by: &str, revenue: i64, at: Timestamp) {
    row.state = ReturnState::Accepted;
    row.decided_by = Some(by.to_owned());
    row.decided_at = Some(at.0);
    row.revenue = revenue;
}

fn denied(row: ReturnRow, by: &str, note: &str, at: Timestamp) -> ReturnRow {
    ReturnRow {
        state: ReturnState::Denied,
        decided_by: Some(by.to_owned()),
        decided_at: Some(at.0),
        note: Some(note.to_owned()),
        ..row
    }
}

async fn decide(
    tx: &WriteTx,
    decided: &DecidedReturn,
    at: Timestamp,
    changed: &mut Changed<'_>,
) -> Result<Taken, Error> {
    let DecidedReturn {
        id,
        click,
        verdict,
        note,
        by,
    } = decided;
    let read = tx.read();
    let Some(mut row) = read.find_return(id).await? else {
        return Ok(Err(vec![not_found("id", "return with this id")]));
    };
    let is_reversal = match (verdict, row.state) {
        (ReturnVerdict::Accept, ReturnState::Accepted)
        | (ReturnVerdict::Deny, ReturnState::Denied)
        | (ReturnVerdict::Reverse, ReturnState::Reversed) => return Ok(Ok(row)),
        (ReturnVerdict::Accept, ReturnState::Requested) => false,
        (ReturnVerdict::Reverse, ReturnState::Accepted) => true,
        (ReturnVerdict::Deny, ReturnState::Requested) => {
            // Nothing of it is folded, but where the answer to the commit is lost the log says whether it is kept.
            changed.memory.next_seq();
            let note = kept(&read, &row, note.as_deref()).await?;
            let row = ReturnRow {
                note,
                ..denied(row, by, "", at)
            };
            tx.update_return(row.clone()).await?;
            return Ok(Ok(row));
        }
        (_, state) => return Ok(Err(vec![wrong_state(state)])),
    };
    let money = match Money::of(&read, click, &row, is_reversal, at).await? {
        Ok(money) => money,
        Err(problem) => return Ok(Err(vec![problem])),
    };
    row.note = kept(&read, &row, note.as_deref()).await?;
    if is_reversal {
        row.state = ReturnState::Reversed;
        row.reversed_by = Some(by.clone());
        row.reversed_at = Some(at.0);
    } else {
        accept(&mut row, by, money.revenue, at);
    }
    tx.update_return(row.clone()).await?;
    money.write(tx, at, changed).await?;
    Ok(Ok(row))
}

/// A note, unless the person of the lead is forgotten.
async fn kept(
    read: &Read<'_>,
    row: &ReturnRow,
    note: Option<&str>,
) -> Result<Option<String>, Error> {
    let lead = read.find_lead(&row.lead_id).await?;
    let is_erased = lead.is_some_and(|lead| lead.is_erased());
    Ok(note.filter(|_| !is_erased).map(str::to_owned))
}

/// The money that a return moves, before anything of it is written.
struct Money {
    report: KnownPostback,
    effect: Effect,
    revenue: i64,
}

impl Money {
    /// What a return takes back, or what comes again by its reversal.
    async fn of(
        read: &Read<'_>,
        click: &Click,
        row: &ReturnRow,
        is_reversal: bool,
        at: Timestamp,
    ) -> Result<Result<Self, Problem>, Error> {
        let word = match (row.kind, is_reversal) {
            (ReturnKind::Return, false) => "returned",
            (ReturnKind::Return, true) => "return_reversed",
            (ReturnKind::Chargeback, false) => "charged_back",
            (ReturnKind::Chargeback, true) => "chargeback_reversed",
        };
        let terms = click.terms.returns.as_ref();
        let gives_back =
            row.kind == ReturnKind::Return && terms.is_some_and(|it| it.gives_back_cap);
        let report = KnownPostback {
            postback: Postback::of_return(click.id.to_string(), is_reversal, row.id.clone(), word),
            click: click.clone(),
            token_of: None,
            accepted: match (gives_back, is_reversal) {
                (false, _) => 0,
                (true, false) => -1,
                (true, true) => 1,
            },
        };
        Ok(match Effect::of(read, &report, at).await? {
            Effect::Counts(counted) => Ok(Self {
                revenue: counted.change.delta.revenue,
                effect: Effect::Counts(counted),
                report,
            }),
            Effect::Known | Effect::Aside(_) => {
                let message = "too much was reported of this delivery to be changed";
                Err(Problem::new("too_many", "delivery", message)
                    .hint("its conversions say what was reported"))
            }
        })
    }

    async fn write(
        self,
        tx: &WriteTx,
        at: Timestamp,
        changed: &mut Changed<'_>,
    ) -> Result<(), Error> {
        money::write(tx, &self.report, self.effect, at, changed).await?;
        Ok(())
    }
}
