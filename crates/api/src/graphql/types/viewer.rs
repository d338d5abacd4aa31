//! The token of the request.

use async_graphql::{Enum, ID, SimpleObject};
use pointsman_control::Principal;

use super::token::Role;
use crate::access;

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "Right", remote = "access::Right")]
pub(in crate::graphql) enum ViewerRight {
    /// Submit leads, and read its own.
    SendLeads,
    /// Report conversions.
    Report,
    /// Read everything but personal data, and run what-if explanations and simulations.
    Read,
    /// Read the personal data of leads.
    ReadPersonal,
    /// Pause and resume destinations, stop flows and sources, release held deliveries, pause experiments, and apply parked
    /// postbacks.
    Operate,
    /// Change schemas, destinations and flows.
    Edit,
    /// Create and revoke tokens, erase persons, and say how long personal data is kept.
    Administer,
}

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
    /// What the token may do.
    can: Vec<ViewerRight>,
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
            can: rights_of(role),
            token_id: id.map(|id| ID(id.to_string())),
            name,
            role: role.into(),
            source,
            destination,
        }
    }
}

/// What tokens of a role may do.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RoleRights {
    /// The role.
    role: Role,
    /// What its tokens may do.
    can: Vec<ViewerRight>,
}

impl RoleRights {
    /// Of every role, the mightiest first.
    pub(in crate::graphql) fn all() -> Vec<Self> {
        let roles = pointsman_control::Role::ALL.into_iter();
        roles
            .map(|role| Self {
                role: role.into(),
                can: rights_of(role),
            })
            .collect()
    }
}

fn rights_of(role: pointsman_control::Role) -> Vec<ViewerRight> {
    let rights = access::Right::ALL.into_iter();
    rights
        .filter(|right| right.is_of(role))
        .map(ViewerRight::from)
        .collect()
}
