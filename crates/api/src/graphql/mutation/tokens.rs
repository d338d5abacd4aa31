//! Creating and revoking tokens.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use pointsman_control::NewToken;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        types::{
            session::Session,
            token::{Role, Token},
        },
        user_error::{UserError, sorted},
    },
};

/// A token to create.
#[derive(Debug, InputObject)]
pub(crate) struct CreateTokenInput {
    /// Display name.
    name: String,
    /// Role of the token.
    role: Role,
    /// The only source that the token may act for; role `SOURCE` only.
    source: Option<String>,
    /// The only destination whose conversions the token may report; role `POSTBACK` only.
    destination: Option<String>,
}

/// The new token with its secret, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct CreateTokenPayload {
    /// The token; null when `userErrors` is not empty.
    token: Option<Token>,
    /// The bearer secret. It is shown only here; store it.
    secret: Option<String>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// A token to revoke.
#[derive(Debug, InputObject)]
pub(crate) struct RevokeTokenInput {
    /// Id.
    id: ID,
}

/// The revoked token, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct RevokeTokenPayload {
    /// The token; null when `userErrors` is not empty.
    token: Option<Token>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// A session to end.
#[derive(Debug, InputObject)]
pub(crate) struct EndSessionInput {
    /// Id.
    id: ID,
}

/// The ended session, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct EndSessionPayload {
    /// The session as it was; null when `userErrors` is not empty.
    session: Option<Session>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// Tokens.
#[derive(Debug, Default)]
pub(crate) struct TokenMutation;

#[Object]
impl TokenMutation {
    /// Creates a token. The answer is the only place that shows its secret.
    async fn create_token(
        &self,
        context: &Context<'_>,
        input: CreateTokenInput,
    ) -> Result<CreateTokenPayload> {
        context.require(Right::Administer)?;
        let CreateTokenInput {
            name,
            role,
            source,
            destination,
        } = input;
        let new = NewToken {
            name,
            role: role.into(),
            source,
            destination,
        };
        Ok(match sorted(context.control()?.create_token(new).await)? {
            Ok(created) => CreateTokenPayload {
                token: Some(Token(created.token)),
                secret: Some(created.secret),
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => CreateTokenPayload {
                token: None,
                secret: None,
                user_errors,
            },
        })
    }

    /// Revokes a token immediately and permanently.
    async fn revoke_token(
        &self,
        context: &Context<'_>,
        input: RevokeTokenInput,
    ) -> Result<RevokeTokenPayload> {
        context.require(Right::Administer)?;
        let revoked = match input.id.parse() {
            Ok(id) => context.control()?.revoke_token(id).await.map(|_| id),
            Err(_) => Err(pointsman_control::Error::NotFound {
                what: "token".to_owned(),
            }),
        };
        Ok(match sorted(revoked)? {
            Ok(id) => RevokeTokenPayload {
                token: Token::find(context, id).await?,
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => RevokeTokenPayload {
                token: None,
                user_errors,
            },
        })
    }

    /// Ends the session of a browser at once, at every server. An administrator may end any, others those of their own token.
    async fn end_session(
        &self,
        context: &Context<'_>,
        input: EndSessionInput,
    ) -> Result<EndSessionPayload> {
        let ended = match input.id.parse() {
            Ok(id) => {
                let (control, principal) = (context.control()?, context.principal()?);
                control.end_session_of(principal, id).await
            }
            Err(_) => Err(pointsman_control::Error::NotFound {
                what: "session".to_owned(),
            }),
        };
        Ok(match sorted(ended)? {
            Ok(session) => EndSessionPayload {
                session: Some(Session(session)),
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => EndSessionPayload {
                session: None,
                user_errors,
            },
        })
    }
}
