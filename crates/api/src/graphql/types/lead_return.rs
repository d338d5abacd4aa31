//! Leads that their buyers gave back, or charged back.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use pointsman_history as history;

use super::delivery::Delivery;
use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        loaders::DeliveryById,
        scalars::{Money, Timestamp},
    },
};

/// Kind of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
#[graphql(remote = "history::ReturnKind")]
pub(in crate::graphql) enum ReturnKind {
    /// Within the terms on which the lead was sold.
    #[default]
    Return,
    /// Money taken back without asking, also after the window.
    Chargeback,
}

/// State of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::ReturnState")]
pub(in crate::graphql) enum ReturnState {
    /// It awaits a decision.
    Requested,
    /// The money went back.
    Accepted,
    /// The money did not go back.
    Denied,
    /// The money went back, and counts again.
    Reversed,
}

/// The way on which a return came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::ReturnOrigin")]
pub(in crate::graphql) enum ReturnOrigin {
    /// `returnLead` with the token of the destination.
    Token,
    /// A postback.
    Postback,
    /// `returnLead` with a token of no destination in particular.
    Operator,
}

/// A filter for returns; omitted members do not restrict.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::graphql) struct ReturnFilterInput {
    /// Only returns of this destination.
    pub(in crate::graphql) destination: Option<String>,
    /// Only returns in this state.
    pub(in crate::graphql) state: Option<ReturnState>,
}

/// A lead that its buyer gives back.
pub(in crate::graphql) struct LeadReturn(pub(in crate::graphql) history::LeadReturn);

impl LeadReturn {
    /// A name that those may see who may read everything.
    fn name<'a>(context: &Context<'_>, name: Option<&'a str>) -> Result<Option<&'a str>> {
        let role = context.principal()?.role;
        Ok(name.filter(|_| Right::Read.is_of(role)))
    }
}

/// A lead that its buyer gives back, or has charged back. `decideReturn` decides about it.
#[Object]
impl LeadReturn {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Id of the delivery by which the destination has the lead.
    async fn delivery_id(&self) -> ID {
        ID(self.0.delivery_id.to_string())
    }

    /// The delivery by which the destination has the lead.
    async fn delivery(&self, context: &Context<'_>) -> Result<Option<Delivery>> {
        context.require(Right::Read)?;
        let delivery = context
            .batches()?
            .load_one(DeliveryById(self.0.delivery_id))
            .await?;
        Ok(delivery.map(Delivery))
    }

    /// Name of the destination.
    async fn destination(&self) -> &str {
        &self.0.destination
    }

    /// Kind of the return.
    async fn kind(&self) -> ReturnKind {
        self.0.kind.into()
    }

    /// State of the return.
    async fn state(&self) -> ReturnState {
        self.0.state.into()
    }

    /// Reason; null if none was given, or if the person of the lead was erased.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The way on which it came.
    async fn origin(&self) -> ReturnOrigin {
        self.0.origin.into()
    }

    /// Name of the token that requested it, or of the destination; null for tokens that may not read everything.
    async fn requested_by(&self, context: &Context<'_>) -> Result<Option<&str>> {
        Self::name(context, Some(&self.0.requested_by))
    }

    /// Time of the request.
    async fn requested_at(&self) -> Timestamp {
        self.0.requested_at.into()
    }

    /// Name of the token that accepted or denied it; `terms` if no decision was needed. Null before, and for tokens that
    /// may not read everything.
    async fn decided_by(&self, context: &Context<'_>) -> Result<Option<&str>> {
        let decided = self.0.decided.as_ref();
        Self::name(context, decided.map(|(by, _)| by.as_str()))
    }

    /// Time of the decision.
    async fn decided_at(&self) -> Option<Timestamp> {
        let decided = self.0.decided.as_ref();
        decided.map(|(_, at)| (*at).into())
    }

    /// Note of whoever decided last.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Name of the token that reversed it; null for tokens that may not read everything.
    async fn reversed_by(&self, context: &Context<'_>) -> Result<Option<&str>> {
        let reversed = self.0.reversed.as_ref();
        Self::name(context, reversed.map(|(by, _)| by.as_str()))
    }

    /// Time of the reversal.
    async fn reversed_at(&self) -> Option<Timestamp> {
        let reversed = self.0.reversed.as_ref();
        reversed.map(|(_, at)| (*at).into())
    }

    /// What it took back when it was accepted: a negative amount, or zero. A reversal adds what counts again as a
    /// conversion of the delivery.
    async fn revenue(&self) -> Money {
        self.0.revenue.into()
    }

    /// ISO 4217 code of the revenue.
    async fn currency(&self) -> String {
        self.0.currency.to_string()
    }
}
