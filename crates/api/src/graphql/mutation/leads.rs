//! Submitting leads and recording conversions.

mod params;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use pointsman_control::Principal;
use pointsman_engine::{LeadOutcome, LeadRequest, Mode as Waiting, PostbackOutcome};
use pointsman_lead::{Micros, Problem};
use serde_json::Value as Json;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        scalars::{LeadFields, Money},
        types::{conversion::ConversionStatus, lead::Lead},
        user_error::{UserError, of_refused},
    },
};
use params::params;

/// When a submission answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "Waiting")]
pub(crate) enum LeadMode {
    /// When the walk of the lead has ended. An offer that is not answered by the deadline ends it; if the end is not
    /// stored half a second later, the answer is `queued`.
    #[default]
    Sync,
    /// As soon as the lead is stored.
    Async,
}

/// A lead to submit.
#[derive(Debug, InputObject)]
pub(crate) struct SubmitLeadInput {
    /// Name of the flow that routes the lead.
    flow: String,
    /// Lead fields by name, as the schema of the vertical declares them.
    fields: LeadFields,
    /// Source of the lead; required unless the token is bound to a source.
    source: Option<String>,
    /// First sub id (placement) of the source.
    sub_id_1: Option<String>,
    /// Second sub id of the source.
    sub_id_2: Option<String>,
    /// Third sub id of the source.
    sub_id_3: Option<String>,
    /// Fourth sub id of the source.
    sub_id_4: Option<String>,
    /// Fifth sub id of the source.
    sub_id_5: Option<String>,
    /// Idempotency key of the request: requests with the same key are one lead.
    idempotency_key: Option<String>,
    /// Whether it is a test lead: routed like any other, but not learned from.
    #[graphql(default)]
    is_test: bool,
    /// When the mutation answers.
    #[graphql(default)]
    mode: LeadMode,
    /// Time limit for all offers together in milliseconds, 100 to 60000; default 30000.
    deadline_ms: Option<u32>,
}

/// The result of submitting a lead.
#[derive(SimpleObject)]
pub(crate) struct SubmitLeadPayload {
    /// The result; null when `userErrors` is not empty.
    outcome: Option<SubmittedLead>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// The result of a lead, as its source may see it.
#[derive(SimpleObject)]
pub(crate) struct SubmittedLead {
    /// Id of the lead.
    lead_id: ID,
    /// Id of its decision.
    decision_id: ID,
    /// `queued`, `sold`, `unsold`, `declined` or `held`.
    status: &'static str,
    /// Destination that accepted the lead.
    destination: Option<String>,
    /// Price, if it is known immediately.
    price: Option<Money>,
    /// ISO 4217 code of the price.
    currency: String,
    /// URL to redirect the person to.
    redirect_url: Option<String>,
    /// Reason why it was declined or not sold.
    reason: Option<String>,
    /// Whether this is the stored answer to an earlier request with the same idempotency key.
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
            lead_id: ID(lead_id.to_string()),
            decision_id: ID(decision_id.to_string()),
            status: status.word(),
            destination,
            price: price.map(Money::from),
            currency: currency.to_string(),
            redirect_url,
            reason,
            is_replayed: replayed,
        }
    }
}

/// A conversion to record, as a postback reports it.
#[derive(Debug, InputObject)]
pub(crate) struct RecordConversionInput {
    /// Click id of the delivery.
    click_id: String,
    /// Transaction id of the destination; it distinguishes several events of one click.
    txid: Option<String>,
    /// Status; default: a sale.
    status: Option<ConversionStatus>,
    /// Our revenue.
    revenue: Option<Money>,
    /// ISO 4217 code of the revenue.
    currency: Option<String>,
}

/// The result of recording a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "PostbackOutcome")]
pub(crate) enum ConversionOutcome {
    /// It was new and was applied.
    Applied,
    /// It was known already; nothing changed.
    Duplicate,
    /// It was not applied, or is not yet; `parkedPostbacks` lists it with the reason.
    Parked,
}

/// The result of recording a conversion.
#[derive(SimpleObject)]
pub(crate) struct RecordConversionPayload {
    /// The result; null when `userErrors` is not empty.
    outcome: Option<ConversionOutcome>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// A parked postback to replay; given values replace its own.
#[derive(Debug, InputObject)]
pub(crate) struct ReplayPostbackInput {
    /// Id of the parked postback, from `parkedPostbacks`.
    id: ID,
    /// Click id of the delivery.
    click_id: Option<String>,
    /// Transaction id of the destination.
    txid: Option<String>,
    /// Status: `pending`, `sale`, `rebill`, `declined`, `rejected`, `refunded`, or
    /// another known word.
    status: Option<String>,
    /// Our revenue, or the refunded amount.
    revenue: Option<Money>,
}

/// A lead whose personal data is to be shown.
#[derive(Debug, InputObject)]
pub(crate) struct RevealLeadInput {
    /// Id of the lead.
    id: ID,
}

/// The fields of the lead, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct RevealLeadPayload {
    /// All fields with their values; null when `userErrors` is not empty.
    fields: Option<LeadFields>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// Mutations of leads and conversions.
#[derive(Debug, Default)]
pub(crate) struct LeadMutation;

#[Object]
impl LeadMutation {
    /// Shows the personal data of a lead, and notes who looked at it.
    async fn reveal_lead(
        &self,
        context: &Context<'_>,
        input: RevealLeadInput,
    ) -> Result<RevealLeadPayload> {
        let by = context.require(Right::ReadPersonal)?.name.clone();
        let lead = match input.id.parse() {
            Ok(id) => Lead::find(context, id).await?,
            Err(_) => None,
        };
        let Some(lead) = lead else {
            let problem = Problem::new("not_found", "id", "there is no lead with this id");
            return Ok(RevealLeadPayload {
                fields: None,
                user_errors: vec![UserError::from(problem)],
            });
        };
        // Before anything is shown: what cannot be noted is not shown.
        let control = context.control()?;
        control
            .note_personal_read(lead.0.id, &by)
            .await
            .or_fault()?;
        Ok(RevealLeadPayload {
            fields: Some(LeadFields(lead.0.fields().or_fault()?)),
            user_errors: Vec::new(),
        })
    }

    /// Submits a lead, routes it and answers with the result. An answer without `userErrors` means that the lead is
    /// on disk.
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
        Ok(match context.engine()?.intake().submit(request).await {
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

    /// Records a conversion, like a postback.
    async fn record_conversion(
        &self,
        context: &Context<'_>,
        input: RecordConversionInput,
    ) -> Result<RecordConversionPayload> {
        let destination = context.require(Right::Report)?.destination.clone();
        let params = params(input);
        let reported = context
            .engine()?
            .postbacks()
            .report(&params, destination, Vec::new());
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

    /// Replays a parked postback, with values added or replaced.
    async fn replay_postback(
        &self,
        context: &Context<'_>,
        input: ReplayPostbackInput,
    ) -> Result<RecordConversionPayload> {
        context.require(Right::Operate)?;
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
                revenue.map(|revenue| Micros(revenue.0).to_string()),
            ),
        ];
        let set = set
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        let replayed = context.engine()?.postbacks().replay(&id, &set);
        Ok(match replayed.await {
            Ok(Some(outcome)) => RecordConversionPayload {
                outcome: Some(outcome.into()),
                user_errors: Vec::new(),
            },
            Ok(None) => {
                let problem = Problem::new(
                    "not_found",
                    "id",
                    "there is no parked postback with this id",
                );
                let problem = problem.hint("`parkedPostbacks` lists them");
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
        problems.push(problem.hint("put the fields of the lead into it, by name"));
        serde_json::Map::new()
    };
    let source = match (&principal.source, input.source) {
        (Some(own), None) => own.clone(),
        (Some(own), Some(given)) if *own != given => {
            let message = "the token is bound to another source";
            let problem = Problem::new("foreign_source", "source", message);
            problems.push(problem.hint(format!("leave `source` out; it is `{own}`")));
            given
        }
        (_, Some(given)) if !given.is_empty() => given,
        _ => {
            let problem = Problem::new("missing_member", "source", "`source` is missing");
            problems.push(
                problem
                    .hint("name the source of the lead, or use a token that is bound to a source"),
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
        given: None,
    })
}
