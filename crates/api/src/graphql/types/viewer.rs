//! Whoever asks.

use async_graphql::{ID, SimpleObject};
use pointsman_control::Principal;

use super::token::Role;

/// Whoever asks.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Viewer {
    /// Id of the token; absent where the server asks for none.
    token_id: Option<ID>,
    /// What people call the token.
    name: String,
    /// What it may do.
    role: Role,
    /// The one source that it speaks for; absent: any.
    source: Option<String>,
    /// The one destination whose conversions it reports; absent: any.
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
        let token_id = (!id.is_empty()).then_some(ID(id));
        Self {
            token_id,
            name,
            role: role.into(),
            source,
            destination,
        }
    }
}
