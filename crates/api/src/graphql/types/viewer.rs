//! The token of the request.

use async_graphql::{ID, SimpleObject};
use pointsman_control::Principal;

use super::token::Role;

/// The token that the request was sent with.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Viewer {
    /// Id of the token; null if the server requires none.
    token_id: Option<ID>,
    /// Display name of the token.
    name: String,
    /// Role of the token.
    role: Role,
    /// The only source that the token may act for; null: any source.
    source: Option<String>,
    /// The only destination whose conversions the token may report; null: any destination.
    destination: Option<String>,
}

impl From<Principal> for Viewer {
    fn from(principal: Principal) -> Self {
        let Principal {
            id,
            name,
            role,
            source,
            destination,
        } = principal;
        Self {
            token_id: id.map(|id| ID(id.to_string())),
            name,
            role: role.into(),
            source,
            destination,
        }
    }
}
