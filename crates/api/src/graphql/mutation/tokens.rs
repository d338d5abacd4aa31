//! Tokens: made and ended.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use pointsman_control::NewToken;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        types::token::{Role, Token},
        user_error::{UserError, sorted},
    },
};

/// A token to make.
#[derive(Debug, InputObject)]
pub(crate) struct CreateTokenInput {
    /// What people call it.
    name: String,
    /// What it may do.
    role: Role,
    /// The one source that it speaks for; only for role `SOURCE`.
    source: Option<String>,
    /// The one destination whose conversions it reports; only for role `POSTBACK`.
    destination: Option<String>,
}

/// A token with its secret, or what keeps it from being made.
#[derive(SimpleObject)]
pub(crate) struct CreateTokenPayload {
    /// The token; absent when `userErrors` is not empty.
    token: Option<Token>,
    /// What its bearer sends. It is shown this once; keep it.
    secret: Option<String>,
    /// Everything that keeps it from being made, all at once.
    user_errors: Vec<UserError>,
}

/// A token to end.
#[derive(Debug, InputObject)]
pub(crate) struct RevokeTokenInput {
    /// Its id.
    id: ID,
}

/// The token that is not valid any more.
#[derive(SimpleObject)]
pub(crate) struct RevokeTokenPayload {
    /// The token; absent when `userErrors` is not empty.
    token: Option<Token>,
    /// Everything that keeps it from being ended, all at once.
    user_errors: Vec<UserError>,
}

/// Tokens.
#[derive(Debug, Default)]
pub(crate) struct TokenMutation;

#[Object]
impl TokenMutation {
    /// Makes a token. Its secret is in the answer and nowhere else.
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

    /// Ends a token, at once and for good.
    async fn revoke_token(
        &self,
        context: &Context<'_>,
        input: RevokeTokenInput,
    ) -> Result<RevokeTokenPayload> {
        context.require(Right::Administer)?;
        Ok(
            match sorted(context.control()?.revoke_token(&input.id).await)? {
                Ok(_) => RevokeTokenPayload {
                    token: Token::find(context, &input.id).await?,
                    user_errors: Vec::new(),
                },
                Err((user_errors, _)) => RevokeTokenPayload {
                    token: None,
                    user_errors,
                },
            },
        )
    }
}
