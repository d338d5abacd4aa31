//! Leads that nobody sent: where they would go, and why.

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use pointsman_history::{WhatIfLead, WhatIfVersion};
use pointsman_lead::{Micros as Amount, Problem};
use pointsman_router::Answer;
use serde_json::Value as Json;

use crate::{
    access::Right,
    explain_lead,
    graphql::{
        asking::Asking as _,
        paging::weigh,
        scalars::{LeadFields, Micros, Timestamp},
        types::{
            diagnostic::{self, Diagnostic},
            explanation::Explanation,
        },
        user_error::{UserError, sorted},
    },
};

/// What every destination answers to a what-if lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enum)]
pub(crate) enum WhatIfAnswer {
    /// Each takes it.
    #[default]
    Accepted,
    /// Each says no, so that everybody is tried who can be.
    Rejected,
}

/// What a destination is supposed to bid.
#[derive(Debug, InputObject)]
pub(crate) struct WhatIfBidInput {
    /// Name of the destination.
    destination: String,
    /// What it would pay.
    bid: Micros,
}

/// A lead that nobody sent.
#[derive(Debug, InputObject)]
pub(crate) struct ExplainLeadInput {
    /// The flow that would route it.
    flow: String,
    /// The stage whose version would route it; `live` if left out.
    stage: Option<String>,
    /// Hash of the version that would route it, instead of a stage.
    version: Option<String>,
    /// The fields of the vertical's schema, by name.
    fields: LeadFields,
    /// Who would send it.
    #[graphql(default = "supposed")]
    source: String,
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
    /// Whether it would be a test.
    #[graphql(default)]
    is_test: bool,
    /// When it would come in; now if left out. Schedules, calendar windows of caps and `received_at` follow it.
    at: Option<Timestamp>,
    /// The key under which the source would send it: draws come out as they would then.
    idempotency_key: Option<String>,
    /// What draws depend on, such as the `unitKey` of a decision, instead of an idempotency key.
    unit_key: Option<String>,
    /// What every destination answers.
    #[graphql(default)]
    answer: WhatIfAnswer,
    /// What destinations bid when they are asked; who is left out does not bid. Without any, the walk is
    /// explained up to where it asks.
    #[graphql(default)]
    bids: Vec<WhatIfBidInput>,
}

/// Where a lead would go, and why.
#[derive(SimpleObject)]
pub(crate) struct ExplainLeadPayload {
    /// Where it would go; absent when `userErrors` is not empty.
    explanation: Option<Explanation>,
    /// What keeps the version from running with the destinations as they are.
    diagnostics: Vec<Diagnostic>,
    /// Everything that keeps it from being explained, all at once.
    user_errors: Vec<UserError>,
}

/// Leads that nobody sent.
#[derive(Debug, Default)]
pub(crate) struct WhatIfQuery;

#[Object]
impl WhatIfQuery {
    /// Where a lead would go, and why not elsewhere, with the weights, caps, breakers and turns of this
    /// moment. Nothing is stored, nobody is asked, and no cap is charged.
    #[graphql(complexity = "weigh(200, 5, child_complexity)")]
    async fn explain_lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The lead, and the circumstances.")] input: ExplainLeadInput,
    ) -> Result<ExplainLeadPayload> {
        context.require(Right::Read)?;
        let lead = match supposed(input) {
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

fn supposed(input: ExplainLeadInput) -> Result<WhatIfLead, Vec<Problem>> {
    let ExplainLeadInput {
        flow,
        stage,
        version,
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
    let mut problems = Vec::new();
    let Json::Object(fields) = fields.0 else {
        let problem = Problem::new("wrong_type", "fields", "`fields` is an object");
        return Err(vec![problem.hint("put the lead's fields in it, by name")]);
    };
    let version = match (stage, version) {
        (None, None) => WhatIfVersion::Stage("live".to_owned()),
        (Some(stage), None) => WhatIfVersion::Stage(stage),
        (stage, Some(hash)) => {
            if stage.is_some() {
                let message = "a stage and a version are named, and either will do";
                problems.push(Problem::new("conflict", "version", message).hint("leave one out"));
            }
            WhatIfVersion::Hash(hash)
        }
    };
    if idempotency_key.is_some() && unit_key.is_some() {
        let message = "an idempotency key and a unit key are given, and either will do";
        problems.push(Problem::new("conflict", "unit_key", message).hint("leave one out"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let by_source = idempotency_key.map(|key| format!("{source}\u{1f}{key}"));
    let bids: BTreeMap<String, Amount> = bids
        .into_iter()
        .map(|WhatIfBidInput { destination, bid }| (destination, Amount(bid.0)))
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
