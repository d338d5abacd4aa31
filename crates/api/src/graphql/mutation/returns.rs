//! Returning leads, and deciding about returns.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use pointsman_engine::{Refused, ReturnRequest, ReturnSubject, ReturnVerdict};
use pointsman_history as history;
use pointsman_lead::Problem;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        types::lead_return::{LeadReturn, ReturnKind},
        user_error::{UserError, of_refused},
    },
};

/// A lead to give back.
#[derive(Debug, InputObject)]
pub(crate) struct ReturnLeadInput {
    /// Click id of the delivery, as the destination received it; this or `deliveryId`.
    click_id: Option<String>,
    /// Id of the delivery.
    delivery_id: Option<ID>,
    /// Reason: one of the settings of the destination, if these list any.
    reason: String,
    /// Idempotency key: requests with the same key are one return.
    idempotency_key: String,
    /// Kind; a chargeback needs the right to operate.
    #[graphql(default)]
    kind: ReturnKind,
}

/// What is decided about a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ReturnVerdict")]
pub(crate) enum ReturnDecision {
    /// The money goes back.
    Accept,
    /// The money does not go back.
    Deny,
    /// The money of an accepted return counts again.
    Reverse,
}

/// A return to decide about.
#[derive(Debug, InputObject)]
pub(crate) struct DecideReturnInput {
    /// Id of the return.
    id: ID,
    /// The decision.
    decision: ReturnDecision,
    /// Note, for the destination too; at most 500 characters.
    #[graphql(default)]
    note: String,
}

/// The return as it is now, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct LeadReturnPayload {
    /// The return; null when `userErrors` is not empty.
    lead_return: Option<LeadReturn>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

impl LeadReturnPayload {
    fn of(taken: std::result::Result<history::LeadReturn, Refused>) -> Result<Self> {
        Ok(match taken {
            Ok(taken) => Self {
                lead_return: Some(LeadReturn(taken)),
                user_errors: Vec::new(),
            },
            Err(refused) => Self::refused(of_refused(refused)?),
        })
    }

    fn refused(user_errors: Vec<UserError>) -> Self {
        Self {
            lead_return: None,
            user_errors,
        }
    }
}

/// Mutations of returns.
#[derive(Debug, Default)]
pub(crate) struct ReturnMutation;

#[Object]
impl ReturnMutation {
    /// Gives a sold lead back. On the terms of its destination it is accepted at once or awaits `decideReturn`; a
    /// chargeback is accepted at once, whatever the terms.
    async fn return_lead(
        &self,
        context: &Context<'_>,
        input: ReturnLeadInput,
    ) -> Result<LeadReturnPayload> {
        let principal = context.principal()?;
        let may_operate = Right::Operate.is_of(principal.role);
        if !may_operate || input.kind == ReturnKind::Chargeback {
            context.require(match input.kind {
                ReturnKind::Return => Right::Report,
                ReturnKind::Chargeback => Right::Operate,
            })?;
        }
        let ReturnLeadInput {
            click_id,
            delivery_id,
            reason,
            idempotency_key,
            kind,
        } = input;
        let subject = match (click_id, delivery_id) {
            (Some(click), None) => ReturnSubject::Click(click),
            (None, Some(id)) => ReturnSubject::Delivery(id.0),
            _ => {
                let message = "a return is of one delivery";
                let problem = Problem::new("conflict", "click_id", message)
                    .hint("give `clickId` or `deliveryId`, and not both");
                return Ok(LeadReturnPayload::refused(vec![problem.into()]));
            }
        };
        let request = ReturnRequest {
            subject,
            key: idempotency_key,
            reason: reason.trim().to_owned(),
            kind: kind.into(),
            by: principal.name.clone(),
            destination: principal.destination.clone(),
        };
        LeadReturnPayload::of(context.engine()?.returns().request(request).await)
    }

    /// Accepts or denies a return that was requested, or reverses an accepted one. What is decided already stays so.
    async fn decide_return(
        &self,
        context: &Context<'_>,
        input: DecideReturnInput,
    ) -> Result<LeadReturnPayload> {
        let by = context.require(Right::Operate)?.name.clone();
        let DecideReturnInput { id, decision, note } = input;
        let returns = context.engine()?.returns();
        let decided = returns.decide(id.parse().ok(), decision.into(), &note, &by);
        LeadReturnPayload::of(decided.await)
    }
}
