//! Leads in, and conversions of them.

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use pointsman_control::Principal;
use pointsman_engine::{LeadOutcome, LeadRequest, Mode as Waiting, PostbackOutcome};
use pointsman_lead::{Micros as Amount, Problem};
use serde_json::Value as Json;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        scalars::{LeadFields, Micros},
        types::conversion::ConversionStatus,
        user_error::{UserError, of_refused},
    },
};

/// When the sender of a lead wants its answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "Waiting")]
pub(crate) enum LeadMode {
    /// When the lead is settled, or when its time is up.
    #[default]
    Sync,
    /// As soon as it is on disk.
    Async,
}

/// A lead to route.
#[derive(Debug, InputObject)]
pub(crate) struct SubmitLeadInput {
    /// The flow that shall route it.
    flow: String,
    /// The fields of the vertical's schema, by name.
    fields: LeadFields,
    /// Who sends it; needed where the token is not bound to one source.
    source: Option<String>,
    /// The source's own placement id.
    sub_id_1: Option<String>,
    /// The source's second placement id.
    sub_id_2: Option<String>,
    /// The source's third placement id.
    sub_id_3: Option<String>,
    /// The source's fourth placement id.
    sub_id_4: Option<String>,
    /// The source's fifth placement id.
    sub_id_5: Option<String>,
    /// Names the request: sent twice, it is one lead.
    idempotency_key: Option<String>,
    /// Whether it is a test: routed as any other, but nothing is learned from it.
    #[graphql(default)]
    is_test: bool,
    /// When the answer is wanted.
    #[graphql(default)]
    mode: LeadMode,
    /// Milliseconds of real time for all offers together, 100 to 60000; 30000 if left out.
    deadline_ms: Option<u32>,
}

/// What became of a lead.
#[derive(SimpleObject)]
pub(crate) struct SubmitLeadPayload {
    /// What became of it; absent when `userErrors` is not empty.
    outcome: Option<SubmittedLead>,
    /// Everything that keeps it from being taken, all at once.
    user_errors: Vec<UserError>,
}

/// What became of a lead, as its source may see it.
#[derive(SimpleObject)]
pub(crate) struct SubmittedLead {
    /// Id of the lead.
    lead_id: ID,
    /// Id of its decision.
    decision_id: ID,
    /// `queued`, `sold`, `unsold`, `declined` or `held`.
    status: String,
    /// Who took it.
    destination: Option<String>,
    /// What they pay, where that is known at once.
    price: Option<Micros>,
    /// ISO 4217 code of the price.
    currency: String,
    /// Where to send the person.
    redirect_url: Option<String>,
    /// Why it was declined or not sold.
    reason: Option<String>,
    /// Whether this answer was given before, to the same idempotency key.
    is_replayed: bool,
}

impl From<LeadOutcome> for SubmittedLead {
    fn from(outcome: LeadOutcome) -> Self {
        let LeadOutcome {
            lead_id,
            decision_id,
            status,
            destination,
            price,
            currency,
            redirect_url,
            reason,
            replayed,
        } = outcome;
        Self {
            lead_id: ID(lead_id),
            decision_id: ID(decision_id),
            status,
            destination,
            price: price.map(Micros::from),
            currency: currency.to_string(),
            redirect_url,
            reason,
            is_replayed: replayed,
        }
    }
}

/// A conversion to record, as a postback would report it.
#[derive(Debug, InputObject)]
pub(crate) struct RecordConversionInput {
    /// The click id of the delivery.
    click_id: String,
    /// The destination's own id of the event; several events of one click differ in it.
    txid: Option<String>,
    /// What it says about the money; a sale if left out.
    status: Option<ConversionStatus>,
    /// What we earn.
    revenue: Option<Micros>,
    /// ISO 4217 code of the revenue.
    currency: Option<String>,
}

/// What a conversion did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "PostbackOutcome")]
pub(crate) enum ConversionOutcome {
    /// It was new, and it counts.
    Applied,
    /// It was known; nothing changed.
    Duplicate,
    /// It is not about an offer that was accepted; `parkedPostbacks` lists it with the reason.
    Parked,
}

/// What a conversion did.
#[derive(SimpleObject)]
pub(crate) struct RecordConversionPayload {
    /// What it did; absent when `userErrors` is not empty.
    outcome: Option<ConversionOutcome>,
    /// Everything that keeps it from being recorded, all at once.
    user_errors: Vec<UserError>,
}

/// A postback to try again; what is given stands in the place of what it came with.
#[derive(Debug, InputObject)]
pub(crate) struct ReplayPostbackInput {
    /// Which postback, as `parkedPostbacks` names it.
    id: ID,
    /// The click id of the delivery.
    click_id: Option<String>,
    /// The destination's own id of the transaction.
    txid: Option<String>,
    /// What it says about the money: `pending`, `sale`, `rebill`, `declined`, `rejected`, `refunded`, or
    /// another word that is known.
    status: Option<String>,
    /// What we earn, or give back.
    revenue: Option<Micros>,
}

/// Leads in, and conversions of them.
#[derive(Debug, Default)]
pub(crate) struct LeadMutation;

#[Object]
impl LeadMutation {
    /// Takes a lead in, routes it and says what became of it. What this answers is on disk.
    async fn submit_lead(
        &self,
        context: &Context<'_>,
        input: SubmitLeadInput,
    ) -> Result<SubmitLeadPayload> {
        let principal = context.require(Right::SendLeads)?;
        let request = match request(input, principal) {
            Ok(request) => request,
            Err(problems) => {
                let user_errors = problems.into_iter().map(UserError::from).collect();
                return Ok(SubmitLeadPayload {
                    outcome: None,
                    user_errors,
                });
            }
        };
        Ok(match context.engine()?.submit(request).await {
            Ok(outcome) => SubmitLeadPayload {
                outcome: Some(outcome.into()),
                user_errors: Vec::new(),
            },
            Err(refused) => SubmitLeadPayload {
                outcome: None,
                user_errors: of_refused(refused)?,
            },
        })
    }

    /// Records a conversion, as a postback would.
    async fn record_conversion(
        &self,
        context: &Context<'_>,
        input: RecordConversionInput,
    ) -> Result<RecordConversionPayload> {
        let destination = context.require(Right::Report)?.destination.clone();
        let params = params(input);
        let reported = context.engine()?.report(&params, destination, Vec::new());
        Ok(match reported.await {
            Ok(outcome) => RecordConversionPayload {
                outcome: Some(outcome.into()),
                user_errors: Vec::new(),
            },
            Err(refused) => RecordConversionPayload {
                outcome: None,
                user_errors: of_refused(refused)?,
            },
        })
    }

    /// Tries a postback again that was put aside, as it came or with what was missing.
    async fn replay_postback(
        &self,
        context: &Context<'_>,
        input: ReplayPostbackInput,
    ) -> Result<RecordConversionPayload> {
        context.require(Right::Edit)?;
        let ReplayPostbackInput {
            id,
            click_id,
            txid,
            status,
            revenue,
        } = input;
        let set = [
            ("click_id", click_id),
            ("txid", txid),
            ("status", status),
            (
                "payout",
                revenue.map(|revenue| Amount(revenue.0).to_string()),
            ),
        ];
        let set = set
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        let replayed = context.engine()?.replay_postback(&id, &set);
        Ok(match replayed.await {
            Ok(Some(outcome)) => RecordConversionPayload {
                outcome: Some(outcome.into()),
                user_errors: Vec::new(),
            },
            Ok(None) => {
                let problem =
                    Problem::new("not_found", "id", "no postback of this id is put aside");
                let problem = problem.hint("`parkedPostbacks` lists those that are");
                RecordConversionPayload {
                    outcome: None,
                    user_errors: vec![UserError::from(problem)],
                }
            }
            Err(refused) => RecordConversionPayload {
                outcome: None,
                user_errors: of_refused(refused)?,
            },
        })
    }
}

fn request(input: SubmitLeadInput, principal: &Principal) -> Result<LeadRequest, Vec<Problem>> {
    let mut problems = Vec::new();
    let fields = if let Json::Object(fields) = input.fields.0 {
        fields
    } else {
        let problem = Problem::new("wrong_type", "fields", "`fields` is an object");
        problems.push(problem.hint("put the lead's fields in it, by name"));
        serde_json::Map::new()
    };
    let source = match (&principal.source, input.source) {
        (Some(own), None) => own.clone(),
        (Some(own), Some(given)) if *own != given => {
            let message = "this token speaks for another source";
            let problem = Problem::new("foreign_source", "source", message);
            problems.push(problem.hint(format!("leave `source` out; it is `{own}`")));
            given
        }
        (_, Some(given)) if !given.is_empty() => given,
        _ => {
            let problem = Problem::new("missing_member", "source", "`source` is missing");
            problems.push(
                problem.hint("say who sends the lead, or use a token that is bound to a source"),
            );
            String::new()
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(LeadRequest {
        flow: input.flow,
        source,
        sub_ids: [
            input.sub_id_1,
            input.sub_id_2,
            input.sub_id_3,
            input.sub_id_4,
            input.sub_id_5,
        ],
        idempotency_key: input.idempotency_key,
        fields,
        is_test: input.is_test,
        mode: input.mode.into(),
        deadline_ms: input.deadline_ms.map(u64::from),
    })
}

/// The input as a tracker would send it.
fn params(input: RecordConversionInput) -> BTreeMap<String, String> {
    let RecordConversionInput {
        click_id,
        txid,
        status,
        revenue,
        currency,
    } = input;
    let status = status.map(|status| match status {
        ConversionStatus::Pending => "pending",
        ConversionStatus::Sale => "sale",
        ConversionStatus::Rebill => "rebill",
        ConversionStatus::Cancelled => "cancelled",
    });
    let params = [
        ("click_id", Some(click_id)),
        ("txid", txid),
        ("status", status.map(str::to_owned)),
        (
            "revenue",
            revenue.map(|revenue| Amount(revenue.0).to_string()),
        ),
        ("currency", currency),
    ];
    params
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}
