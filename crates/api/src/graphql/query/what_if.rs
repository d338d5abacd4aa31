//! What-if leads: where they would go, and why.

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use pointsman_history::{WhatIfLead, WhatIfVersion};
use pointsman_lead::{Micros, Problem};
use pointsman_router::Answer;
use serde_json::Value as Json;

use crate::{
    access::Right,
    explain_lead,
    graphql::{
        asking::Asking as _,
        paging::weigh,
        scalars::{LeadFields, Money, Timestamp},
        types::{
            diagnostic::{self, Diagnostic},
            explanation::Explanation,
        },
        user_error::{UserError, sorted},
    },
};

/// The answer that every destination gives to a what-if lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
pub(crate) enum WhatIfAnswer {
    /// Every destination accepts.
    #[default]
    Accepted,
    /// Every destination rejects, so all eligible destinations are tried.
    Rejected,
}

/// The assumed bid of a destination.
#[derive(Debug, InputObject)]
pub(crate) struct WhatIfBidInput {
    /// Name of the destination.
    destination: String,
    /// Amount of the bid.
    bid: Money,
}

/// A what-if lead to explain.
#[derive(Debug, InputObject)]
pub(crate) struct ExplainLeadInput {
    /// Name of the flow.
    flow: String,
    /// Stage of the flow version; default `live`.
    stage: Option<String>,
    /// Hash of the flow version, instead of a stage.
    version: Option<String>,
    /// Whether the draft of the flow is walked as it is now, instead of a version.
    #[graphql(default)]
    draft: bool,
    /// Lead fields by name, as the schema of the vertical declares them.
    fields: LeadFields,
    /// Source of the lead.
    #[graphql(default = "what-if")]
    source: String,
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
    /// Whether it is a test lead.
    #[graphql(default)]
    is_test: bool,
    /// Assumed time of receipt; default: now. Schedules, calendar windows of caps and `received_at` use it.
    at: Option<Timestamp>,
    /// Idempotency key of the source; draws use it as for a real lead.
    idempotency_key: Option<String>,
    /// Unit key for draws, such as the `unitKey` of a decision, instead of an idempotency key.
    unit_key: Option<String>,
    /// Assumed answer of every destination.
    #[graphql(default)]
    answer: WhatIfAnswer,
    /// Assumed bids; a destination without one does not bid. Without any bids, the explanation ends at the
    /// first auction.
    #[graphql(default)]
    bids: Vec<WhatIfBidInput>,
}

/// The explanation of a what-if lead, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct ExplainLeadPayload {
    /// The explanation; null when `userErrors` is not empty.
    explanation: Option<Explanation>,
    /// Findings that keep the version from running with the current destinations.
    diagnostics: Vec<Diagnostic>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// The query of what-if leads.
#[derive(Debug, Default)]
pub(crate) struct WhatIfQuery;

#[Object]
impl WhatIfQuery {
    /// Explains where a lead would go and why, with the current weights, caps, breakers and rotations.
    /// Nothing is stored or sent, and no cap is charged.
    #[graphql(complexity = "weigh(200, 5, child_complexity)")]
    async fn explain_lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The what-if lead and its circumstances.")] input: ExplainLeadInput,
    ) -> Result<ExplainLeadPayload> {
        context.require(Right::Read)?;
        let lead = match what_if_lead(input) {
            Ok(lead) => lead,
            Err(problems) => {
                return Ok(ExplainLeadPayload {
                    explanation: None,
                    diagnostics: Vec::new(),
                    user_errors: problems.into_iter().map(UserError::from).collect(),
                });
            }
        };
        let explained = explain_lead(context.control()?, context.engine()?, &lead).await;
        Ok(match sorted(explained)? {
            Ok(explanation) => ExplainLeadPayload {
                explanation: Some(explanation.into()),
                diagnostics: Vec::new(),
                user_errors: Vec::new(),
            },
            Err((user_errors, found)) => ExplainLeadPayload {
                explanation: None,
                diagnostics: diagnostic::shown(found),
                user_errors,
            },
        })
    }
}

/// The version that a question names; which of several names is in doubt goes to `problems`.
fn asked_version(
    (stage, version): (Option<String>, Option<String>),
    draft: bool,
    problems: &mut Vec<Problem>,
) -> WhatIfVersion {
    let mut refuse = |path: &str, message: &str| {
        problems.push(Problem::new("conflict", path, message).hint("omit one of them"));
    };
    if draft && (stage.is_some() || version.is_some()) {
        refuse("draft", "`draft` excludes `stage` and `version`");
    }
    match (stage, version) {
        _ if draft => WhatIfVersion::Draft,
        (None, None) => WhatIfVersion::Stage("live".to_owned()),
        (Some(stage), None) => WhatIfVersion::Stage(stage),
        (stage, Some(hash)) => {
            if stage.is_some() {
                refuse("version", "`stage` and `version` exclude each other");
            }
            WhatIfVersion::Hash(hash)
        }
    }
}

fn what_if_lead(input: ExplainLeadInput) -> Result<WhatIfLead, Vec<Problem>> {
    let ExplainLeadInput {
        flow,
        stage,
        version,
        draft,
        fields,
        source,
        sub_id_1,
        sub_id_2,
        sub_id_3,
        sub_id_4,
        sub_id_5,
        is_test,
        at,
        idempotency_key,
        unit_key,
        answer,
        bids,
    } = input;
    let Json::Object(fields) = fields.0 else {
        let problem = Problem::new("wrong_type", "fields", "`fields` is an object");
        return Err(vec![
            problem.hint("put the fields of the lead into it, by name"),
        ]);
    };
    let mut problems = Vec::new();
    let version = asked_version((stage, version), draft, &mut problems);
    if idempotency_key.is_some() && unit_key.is_some() {
        let message = "`idempotencyKey` and `unitKey` exclude each other";
        problems.push(Problem::new("conflict", "unit_key", message).hint("omit one of them"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let by_source = idempotency_key.map(|key| format!("{source}\u{1f}{key}"));
    let bids: BTreeMap<String, Micros> = bids
        .into_iter()
        .map(|WhatIfBidInput { destination, bid }| (destination, Micros(bid.0)))
        .collect();
    Ok(WhatIfLead {
        flow,
        version,
        source,
        sub_ids: [sub_id_1, sub_id_2, sub_id_3, sub_id_4, sub_id_5],
        fields,
        is_test,
        at: at.map(|at| pointsman_lead::Timestamp(at.0)),
        unit_key: unit_key.or(by_source),
        answer: match answer {
            WhatIfAnswer::Accepted => Answer::Accepted,
            WhatIfAnswer::Rejected => Answer::Rejected,
        },
        bids,
    })
}
