//! Sessions of browsers.

use async_graphql::{Context, ID, Object};
use pointsman_lead::{Id, kinds};

use super::token::Role;
use crate::graphql::scalars::Timestamp;

/// The session by which a request came, if it came by one.
#[derive(Debug, Clone, Copy)]
pub(in crate::graphql) struct OwnSession(pub(in crate::graphql) Option<Id<kinds::Session>>);

/// A session that is not over.
pub(in crate::graphql) struct Session(pub(in crate::graphql) pointsman_control::Session);

/// A browser that signed in to the console with a token. It may do what the token may.
#[Object]
impl Session {
    /// Globally unique id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Id of the token.
    async fn token_id(&self) -> Option<ID> {
        self.0.owner.id.map(|id| ID(id.to_string()))
    }

    /// Display name of the token.
    async fn token_name(&self) -> &str {
        &self.0.owner.name
    }

    /// Role of the token.
    async fn role(&self) -> Role {
        self.0.owner.role.into()
    }

    /// The browser as it calls itself.
    async fn agent(&self) -> &str {
        &self.0.agent
    }

    /// Time of the sign-in.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// Time of the last request, up to five minutes too early; null until it is stored. An open page of the console keeps asking.
    async fn last_seen_at(&self) -> Option<Timestamp> {
        self.0.last_seen_at.map(Timestamp::from)
    }

    /// Time at which it is over by itself.
    async fn expires_at(&self) -> Timestamp {
        self.0.expires_at.into()
    }

    /// Whether this request came by it.
    async fn is_own(&self, context: &Context<'_>) -> bool {
        let own = context.data_opt::<OwnSession>();
        own.is_some_and(|own| own.0 == Some(self.0.id))
    }
}
