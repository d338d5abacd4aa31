//! Tokens: who may do what.

use async_graphql::{Context, Enum, ID, Object, Result};

use crate::{
    access::Right,
    graphql::{asking::Asking as _, fault::OrFault as _, scalars::Timestamp},
};

/// What a token lets its bearer do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "pointsman_control::Role")]
pub(in crate::graphql) enum Role {
    /// Everything, tokens included.
    Admin,
    /// Reads everything, and changes schemas, destinations and flows.
    Editor,
    /// Reads everything, and asks what-if questions.
    Analyst,
    /// Sends leads and sees what became of its own.
    Source,
    /// Reports conversions.
    Postback,
}

/// Who may do what.
pub(in crate::graphql) struct Token(pub(in crate::graphql) pointsman_control::Token);

impl Token {
    /// A token, if there is one of this id. Needs the right to administer.
    pub(in crate::graphql) async fn find(context: &Context<'_>, id: &str) -> Result<Option<Self>> {
        context.require(Right::Administer)?;
        let tokens = context.control()?.tokens().await.or_fault()?;
        Ok(tokens.into_iter().find(|token| token.id == id).map(Self))
    }
}

/// Who may do what. Its secret was shown once, when it was made.
#[Object]
impl Token {
    /// Names it among everything.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it may do.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// The one source that it speaks for; absent: any.
    async fn source(&self) -> Option<&str> {
        self.0.source.as_deref()
    }

    /// The one destination whose conversions it reports; absent: any.
    async fn destination(&self) -> Option<&str> {
        self.0.destination.as_deref()
    }

    /// When it was made.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// When it stopped being valid.
    async fn revoked_at(&self) -> Option<Timestamp> {
        self.0.revoked_at.map(Timestamp::from)
    }
}
