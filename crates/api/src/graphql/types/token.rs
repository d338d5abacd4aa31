//! API tokens.

use async_graphql::{Context, Enum, ID, Object, Result};
use pointsman_lead::{Id, kinds};

use crate::{
    access::Right,
    graphql::{asking::Asking as _, fault::OrFault as _, scalars::Timestamp},
};

/// Permissions of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "pointsman_control::Role")]
pub(in crate::graphql) enum Role {
    /// All permissions, including tokens.
    Admin,
    /// Reads everything and changes schemas, destinations and flows.
    Editor,
    /// Reads everything but personal data, pauses destinations and experiments, and applies parked postbacks.
    Operator,
    /// Reads everything and runs what-if explanations and simulations.
    Analyst,
    /// Submits leads and reads its own.
    Source,
    /// Reports conversions by postback.
    Postback,
}

/// Who may do what.
pub(in crate::graphql) struct Token(pub(in crate::graphql) pointsman_control::Token);

impl Token {
    /// A token, if there is one of this id. Needs the right to administer.
    pub(in crate::graphql) async fn find(
        context: &Context<'_>,
        id: Id<kinds::Token>,
    ) -> Result<Option<Self>> {
        context.require(Right::Administer)?;
        let tokens = context.control()?.tokens().await.or_fault()?;
        Ok(tokens.into_iter().find(|token| token.id == id).map(Self))
    }
}

/// An API token. Its secret was shown once, when the token was created.
#[Object]
impl Token {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Display name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Role of the token.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// The only source that the token may act for; null: any source.
    async fn source(&self) -> Option<&str> {
        self.0.source.as_deref()
    }

    /// The only destination whose conversions the token may report; null: any destination.
    async fn destination(&self) -> Option<&str> {
        self.0.destination.as_deref()
    }

    /// Time of creation.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// Time of revocation; null while the token is valid.
    async fn revoked_at(&self) -> Option<Timestamp> {
        self.0.revoked_at.map(Timestamp::from)
    }

    /// Time of the last use, by itself or by a session; up to five minutes too early. Null if it was never used, or only before this was kept.
    async fn last_used_at(&self) -> Option<Timestamp> {
        self.0.last_used_at.map(Timestamp::from)
    }
}
