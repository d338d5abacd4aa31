//! Authentication and permissions.

pub(crate) mod attempts;
pub(crate) mod cookie;

use axum::http::{HeaderMap, header};
use pointsman_control::{Principal, Role};

use crate::{ApiState, failure::Failure};

/// A permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// Submit leads and read one's own.
    SendLeads,
    /// Report conversions.
    Report,
    /// Read everything but personal data, and run what-if explanations.
    Read,
    /// Read personal data of leads.
    ReadPersonal,
    /// Pause and resume destinations, pause experiments, and apply parked postbacks.
    Operate,
    /// Change schemas, destinations and flows.
    Edit,
    /// Create and revoke tokens.
    Administer,
}

impl Right {
    /// Every permission.
    pub(crate) const ALL: [Self; 7] = [
        Self::SendLeads,
        Self::Report,
        Self::Read,
        Self::ReadPersonal,
        Self::Operate,
        Self::Edit,
        Self::Administer,
    ];

    /// Whether a role has it.
    pub(crate) fn is_of(self, role: Role) -> bool {
        match role {
            Role::Admin => true,
            Role::Editor => self != Self::Administer,
            Role::Operator => matches!(self, Self::Read | Self::Operate),
            Role::Analyst => self == Self::Read,
            Role::Source => self == Self::SendLeads,
            Role::Postback => self == Self::Report,
        }
    }

    /// What grants it, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::SendLeads => "a token of role source, editor or admin",
            Self::Report => "a token of role postback, editor or admin",
            Self::Read => "a token of role analyst, operator, editor or admin",
            Self::Operate => "a token of role operator, editor or admin",
            Self::ReadPersonal | Self::Edit => "a token of role editor or admin",
            Self::Administer => "a token of role admin",
        }
    }
}

/// The leads that a principal may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LeadScope {
    /// All.
    Everything,
    /// Those of one source.
    Source(String),
}

impl LeadScope {
    /// The leads that a principal may read.
    ///
    /// # Errors
    ///
    /// A message for principals that may read none. A lead does not record its token, so a token for any
    /// source has no leads of its own.
    pub(crate) fn of(principal: &Principal) -> Result<Self, String> {
        if Right::Read.is_of(principal.role) {
            return Ok(Self::Everything);
        }
        if !Right::SendLeads.is_of(principal.role) {
            return Err(format!("this requires {}", Right::SendLeads.words()));
        }
        let own = principal.source.clone().map(Self::Source);
        own.ok_or_else(|| "the token is bound to no source, so it may not read leads".to_owned())
    }

    /// Whether the leads of a source are among them.
    pub(crate) fn holds(&self, source: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Source(own) => own == source,
        }
    }
}

/// The result of authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A valid token.
    Known(Principal),
    /// No token.
    Anonymous,
    /// An invalid token, or a session that is over.
    Refused,
}

/// Who sends leads.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub(crate) principal: Principal,
    /// The revision of the settings by which that is allowed.
    pub(crate) allowed_at: i64,
}

impl ApiState {
    /// Authenticates a request by its headers.
    pub(crate) async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Failure> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return Ok(match self.options.open {
                Some(role) => Caller::Known(anonymous(role)),
                None => Caller::Anonymous,
            });
        };
        let Some(secret) = value.to_str().ok().and_then(bearer) else {
            return Ok(Caller::Refused);
        };
        Ok(match self.control.authenticate(secret).await? {
            Some(principal) => Caller::Known(principal),
            None => Caller::Refused,
        })
    }

    /// Authenticates who sends leads, by the settings of a moment.
    ///
    /// # Errors
    ///
    /// 401 and 403.
    pub(crate) async fn sender(&self, headers: &HeaderMap) -> Result<Sender, Failure> {
        let allowed_at = self.control.settings_revision();
        let secret = headers.get(header::AUTHORIZATION);
        let secret = secret
            .and_then(|value| value.to_str().ok())
            .and_then(bearer);
        let principal = match secret {
            Some(secret) => match self.control.authenticate_by_settings(secret).await? {
                Some(principal) => permitted(Caller::Known(principal), Right::SendLeads)?,
                None => return Err(Failure::unauthenticated()),
            },
            None => self.allowed(headers, Right::SendLeads).await?,
        };
        Ok(Sender {
            principal,
            allowed_at,
        })
    }

    /// Authenticates a request to GraphQL: by its token, else by the session of its browser.
    ///
    /// # Errors
    ///
    /// 403 for a session that a page of another site would use; a database that does not answer.
    pub(crate) async fn caller_or_session(&self, headers: &HeaderMap) -> Result<Caller, Failure> {
        let session = cookie::read(headers, &self.options);
        let (Some(secret), false) = (session, headers.contains_key(header::AUTHORIZATION)) else {
            return self.caller(headers).await;
        };
        cookie::check_own_page(headers, &self.options)?;
        Ok(match self.control.find_session(secret).await? {
            Some(principal) => Caller::Known(principal),
            // What is left of an earlier server at this address must not shut anybody out of an open one.
            None => match self.options.open {
                Some(role) => Caller::Known(anonymous(role)),
                None => Caller::Refused,
            },
        })
    }

    /// The principal of a request with a token or from a page of ours, if it has the permission.
    ///
    /// # Errors
    ///
    /// 401 and 403; a database that does not answer.
    pub(crate) async fn allowed_or_session(
        &self,
        headers: &HeaderMap,
        right: Right,
    ) -> Result<Principal, Failure> {
        permitted(self.caller_or_session(headers).await?, right)
    }

    /// The principal of a request, if it has the permission.
    pub(crate) async fn allowed(
        &self,
        headers: &HeaderMap,
        right: Right,
    ) -> Result<Principal, Failure> {
        permitted(self.caller(headers).await?, right)
    }
}

fn permitted(caller: Caller, right: Right) -> Result<Principal, Failure> {
    match caller {
        Caller::Known(principal) if right.is_of(principal.role) => Ok(principal),
        Caller::Known(_) => Err(Failure::forbidden(format!(
            "this requires {}",
            right.words()
        ))),
        Caller::Anonymous | Caller::Refused => Err(Failure::unauthenticated()),
    }
}

/// The principal of a request without a token, where the server allows that.
fn anonymous(role: Role) -> Principal {
    Principal {
        id: None,
        name: "open".to_owned(),
        role,
        source: None,
        destination: None,
    }
}

/// The secret of an `Authorization` header.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, secret) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| secret.trim())
        .filter(|secret| !secret.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_its_rights_and_no_others() {
        use Right::{Administer, Edit, Operate, Read, ReadPersonal, Report, SendLeads};
        let all = [
            SendLeads,
            Report,
            Read,
            ReadPersonal,
            Operate,
            Edit,
            Administer,
        ];
        assert_eq!(Right::ALL, all);
        let rights = |role| {
            all.into_iter()
                .filter(|right| right.is_of(role))
                .collect::<Vec<_>>()
        };
        assert_eq!(rights(Role::Admin), all);
        assert_eq!(
            rights(Role::Editor),
            [SendLeads, Report, Read, ReadPersonal, Operate, Edit]
        );
        assert_eq!(rights(Role::Operator), [Read, Operate]);
        assert_eq!(rights(Role::Analyst), [Read]);
        assert_eq!(rights(Role::Source), [SendLeads]);
        assert_eq!(rights(Role::Postback), [Report]);
    }

    #[test]
    fn a_source_sees_its_own_leads_and_a_token_without_a_source_sees_none() {
        let of = |role, source: Option<&str>| {
            let source = source.map(str::to_owned);
            LeadScope::of(&Principal {
                role,
                source,
                ..anonymous(role)
            })
        };
        assert_eq!(of(Role::Analyst, None), Ok(LeadScope::Everything));
        let web = of(Role::Source, Some("web")).unwrap();
        assert!(web.holds("web") && !web.holds("mail"));
        assert!(of(Role::Source, None).unwrap_err().contains("no source"));
        assert!(of(Role::Postback, None).is_err());
    }

    #[test]
    fn only_bearer_tokens_are_read() {
        assert_eq!(bearer("Bearer pm_x"), Some("pm_x"));
        assert_eq!(bearer("bearer  pm_x "), Some("pm_x"));
        assert_eq!(bearer("Basic pm_x"), None);
        assert_eq!(bearer("Bearer "), None);
    }
}
