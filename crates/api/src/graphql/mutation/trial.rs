//! Sending a test lead to one destination.

use std::collections::BTreeMap;

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use pointsman_control::{Control, DestinationTrial, Error};
use pointsman_delivery::{Exchange, Outcome, TriedRequest};
use pointsman_engine::{Engine, Trial, TrialLead};
use pointsman_history::{WhatIfLead, WhatIfVersion};
use pointsman_lead::Problem;
use pointsman_router::Answer;
use serde_json::Value as Json;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        node_id::name_of,
        scalars::{LeadFields, Money, TargetDocument},
        user_error::{UserError, sorted},
    },
};

/// A test lead for one destination.
#[derive(Debug, InputObject)]
pub(crate) struct SendTestLeadInput {
    /// Name or id of the destination.
    destination: String,
    /// Name of the live flow whose schema and currency the lead has.
    flow: String,
    /// Lead fields by name, as the schema of the vertical declares them.
    fields: LeadFields,
    /// Source of the lead.
    #[graphql(default = "test")]
    source: String,
    /// First sub id (placement) of the source.
    sub_id_1: Option<String>,
    /// Target to try instead of the stored one. Nothing of it is stored.
    target: Option<TargetDocument>,
}

/// The request and its answer, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct SendTestLeadPayload {
    /// The exchange; null when `userErrors` is not empty.
    exchange: Option<TestExchange>,
    /// All errors of the input, and of the target.
    user_errors: Vec<UserError>,
}

/// One exchange with a destination, of which nothing is stored.
#[derive(SimpleObject)]
pub(crate) struct TestExchange {
    /// The request as it was sent, with secrets masked; null if none could be made.
    request: Option<TestRequest>,
    /// HTTP status of the response, if there was one.
    status: Option<i32>,
    /// Duration in milliseconds of real time.
    latency_ms: i64,
    /// Beginning of the response, with secrets masked.
    response_excerpt: Option<String>,
    /// How the answer was read: `accepted`, `rejected`, `not_sent` or `unknown`.
    outcome: &'static str,
    /// Price that was read from an acceptance.
    price: Option<Money>,
    /// URL to redirect the person to that was read from an acceptance.
    redirect_url: Option<String>,
    /// Reason for every other outcome.
    reason: Option<String>,
    /// The id that the destination gave to the lead.
    reference: Option<String>,
    /// Anomaly in the answer, such as a price that could not be read.
    finding: Option<String>,
}

/// A request with secrets masked.
#[derive(SimpleObject)]
pub(crate) struct TestRequest {
    /// HTTP method.
    method: String,
    /// URL with its parameters.
    url: String,
    /// Headers, in the order of their names.
    headers: Vec<TestHeader>,
    /// Body; null if the lead is in the URL.
    body: Option<String>,
}

/// A header of a request.
#[derive(SimpleObject)]
pub(crate) struct TestHeader {
    /// Name in small letters.
    name: String,
    /// Value, with secrets masked.
    value: String,
}

impl From<TriedRequest> for TestRequest {
    fn from(request: TriedRequest) -> Self {
        let TriedRequest {
            method,
            url,
            headers,
            body,
        } = request;
        let headers = headers.into_iter();
        Self {
            method,
            url,
            headers: headers
                .map(|(name, value)| TestHeader { name, value })
                .collect(),
            body,
        }
    }
}

impl From<Trial> for TestExchange {
    fn from(trial: Trial) -> Self {
        let Trial { request, exchange } = trial;
        let Exchange {
            outcome,
            status,
            latency_ms,
            response_excerpt,
            note,
            reference,
        } = exchange;
        let class = outcome.class();
        let (price, redirect_url, reason) = match outcome {
            Outcome::Accepted {
                price,
                redirect_url,
            } => (price, redirect_url, None),
            Outcome::Rejected { reason, .. } => (None, None, Some(reason)),
            Outcome::NotSent { why } => (None, None, Some(why.to_string())),
            Outcome::Unknown { why } => (None, None, Some(why.to_string())),
        };
        Self {
            request: request.map(TestRequest::from),
            status: status.map(i32::from),
            latency_ms: i64::try_from(latency_ms).unwrap_or(i64::MAX),
            response_excerpt,
            outcome: class,
            price: price.map(Money::from),
            redirect_url,
            reason,
            reference,
            finding: note,
        }
    }
}

/// Test leads.
#[derive(Debug, Default)]
pub(crate) struct TrialMutation;

#[Object]
impl TrialMutation {
    /// Sends a test lead to one destination at once, and shows the request and how the answer was read. Nothing is stored,
    /// no cap is charged, and nothing is learned; the destination does receive the lead, with `is_test` set.
    async fn send_test_lead(
        &self,
        context: &Context<'_>,
        input: SendTestLeadInput,
    ) -> Result<SendTestLeadPayload> {
        context.require(Right::Edit)?;
        let tried = tried(context.control()?, context.engine()?, input).await;
        Ok(match sorted(tried)? {
            Ok(trial) => SendTestLeadPayload {
                exchange: Some(trial.into()),
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => SendTestLeadPayload {
                exchange: None,
                user_errors,
            },
        })
    }
}

async fn tried(
    control: &Control,
    engine: &Engine,
    input: SendTestLeadInput,
) -> std::result::Result<Trial, Error> {
    let SendTestLeadInput {
        destination,
        flow,
        fields,
        source,
        sub_id_1,
        target,
    } = input;
    let Json::Object(fields) = fields.0 else {
        let problem = Problem::new("wrong_type", "fields", "`fields` is an object");
        let problem = problem.hint("put the fields of the lead into it, by name");
        return Err(Error::Problems(vec![problem]));
    };
    let lead = WhatIfLead {
        flow,
        version: WhatIfVersion::Stage("live".to_owned()),
        source,
        sub_ids: [sub_id_1, None, None, None, None],
        fields,
        is_test: true,
        at: None,
        unit_key: None,
        answer: Answer::Accepted,
        bids: BTreeMap::new(),
    };
    let program = control.program_of(&lead.flow, &lead.version).await?;
    let now = engine.clock().now();
    let fields = lead.fields(&program, now).map_err(Error::Problems)?;
    let destination = name_of("destination", &destination).to_owned();
    let target = target.as_ref().map(|target| &target.0);
    let DestinationTrial { target, settings } = control
        .destination_to_try(&destination, target, program.schema())
        .await?;
    let lead = TrialLead {
        destination,
        fields: fields.to_json(program.schema()),
        price: settings.price,
        currency: program.document().currency,
    };
    Ok(engine.dispatcher().try_out(&target, lead, now).await)
}
