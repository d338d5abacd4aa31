//! Sessions of the web console: a token that a browser signed in with. Only the hash of what the browser holds is
//! stored, and a session is worth no more than its token: one that is revoked ends its sessions.

use std::{collections::BTreeMap, fmt, time::Duration};

use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_store::{ConsoleSessionRow, Error as StoreError, SignInLinkRow, TokenRow};
use serde_json::{Value, json};

use crate::{
    Control, Error, Principal, Role, SettingsChangeKind, changes::ChangeRecord, secret, uses::Used,
};

/// How long a session lasts.
pub const SESSION_DURATION: Duration = Duration::from_hours(12);

/// How long a link that signs in works.
pub const SIGN_IN_LINK_DURATION: Duration = Duration::from_mins(10);

/// Longest name of a browser that is kept, in characters.
const AGENT_CHARS_MAX: usize = 200;

/// A session that has just begun.
#[derive(Clone)]
pub struct NewSession {
    /// Who signed in.
    pub principal: Principal,
    /// What the browser sends from now on.
    pub secret: String,
}

impl fmt::Debug for NewSession {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NewSession")
            .field("principal", &self.principal)
            .finish_non_exhaustive()
    }
}

/// A session that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: Id<kinds::Session>,
    /// Whose it is: what the token may do.
    pub owner: Principal,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was used last, some minutes too early at most; `None` if that was not yet stored.
    pub last_seen_at: Option<Timestamp>,
    /// When it is over.
    pub expires_at: Timestamp,
    /// The browser as it calls itself.
    pub agent: String,
    secret_hash: String,
}

/// The id of the session that a browser holds this secret of.
pub fn session_id(secret: &str) -> Option<Id<kinds::Session>> {
    id_of(&secret::hash(secret))
}

/// The first half of the hash: known to nobody beforehand, and of no use to whoever wants the secret.
fn id_of(secret_hash: &str) -> Option<Id<kinds::Session>> {
    let half = secret_hash.get(..32)?;
    format!("ses_{half}").parse().ok()
}

impl Session {
    fn of(row: &ConsoleSessionRow, owner: Principal) -> Result<Self, Error> {
        let ConsoleSessionRow {
            secret_hash,
            token_id: _,
            created_at,
            expires_at,
            agent,
            last_seen_at,
        } = row;
        Ok(Self {
            id: id_of(secret_hash).ok_or_else(|| Error::Stored {
                what: "a session of the console".to_owned(),
            })?,
            owner,
            created_at: Timestamp(*created_at),
            last_seen_at: last_seen_at.map(Timestamp),
            expires_at: Timestamp(*expires_at),
            agent: agent.clone(),
            secret_hash: secret_hash.clone(),
        })
    }

    /// What is kept of it with its end.
    fn said(&self) -> Value {
        json!({ "token": self.owner.name, "browser": self.agent })
    }
}

impl Control {
    /// Begins a session with the token of this principal; `None` if it has none.
    ///
    /// * `agent`: the browser as it calls itself.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn begin_session(
        &self,
        principal: Principal,
        agent: &str,
    ) -> Result<Option<NewSession>, Error> {
        let Some(token) = principal.id else {
            return Ok(None);
        };
        let now = self.inner.clock.now().0;
        let lasts = i64::try_from(SESSION_DURATION.as_micros()).unwrap_or(i64::MAX);
        let secret = secret::new("pm_session");
        let row = ConsoleSessionRow {
            secret_hash: secret::hash(&secret),
            token_id: token.to_string(),
            created_at: now,
            expires_at: now.saturating_add(lasts),
            agent: agent.chars().take(AGENT_CHARS_MAX).collect(),
            last_seen_at: None,
        };
        let written = self
            .inner
            .store
            .note(|tx| Box::pin(async move { tx.insert_console_session(row).await }));
        written.await?;
        Ok(Some(NewSession { principal, secret }))
    }

    /// Makes a code that signs one browser in with a token, once and within [`SIGN_IN_LINK_DURATION`].
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a token that is not there, and [`Error::Store`].
    pub async fn create_sign_in_link(&self, token: Id<kinds::Token>) -> Result<String, Error> {
        let now = self.inner.clock.now().0;
        let lasts = i64::try_from(SIGN_IN_LINK_DURATION.as_micros()).unwrap_or(i64::MAX);
        let code = secret::new("pm_link");
        let row = SignInLinkRow {
            code_hash: secret::hash(&code),
            token_id: token.to_string(),
            expires_at: now.saturating_add(lasts),
        };
        let written = self
            .inner
            .store
            .note(move |tx| Box::pin(async move { tx.insert_sign_in_link(row, now).await }));
        written.await?;
        Ok(code)
    }

    /// Who a code signs in; `None` if it was used, is too old or never was one, or if its token was revoked. It works no
    /// second time.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn redeem_sign_in_link(&self, code: &str) -> Result<Option<Principal>, Error> {
        let hash = secret::hash(code);
        let taken = self
            .inner
            .store
            .note(move |tx| Box::pin(async move { tx.take_sign_in_link(&hash).await }));
        let now = self.inner.clock.now().0;
        let Some(link) = taken.await?.filter(|link| link.expires_at > now) else {
            return Ok(None);
        };
        let token = self.inner.store.read().find_token(&link.token_id).await?;
        Ok(token.map(Principal::of_valid).transpose()?.flatten())
    }

    /// Who holds this session; `None` if it is over, or its token was revoked.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn find_session(&self, secret: &str) -> Result<Option<Principal>, Error> {
        let hash = secret::hash(secret);
        let known = &self.inner.known_tokens;
        let (found, n_ended) = known.find(&hash);
        // Where others serve too, one of them may just have ended the session or its token.
        if let Some(principal) = found.filter(|_| !self.inner.store.is_shared()) {
            return Ok(Some(principal));
        }
        let read = self.inner.store.read();
        let Some(row) = read.find_console_session(&hash).await? else {
            return Ok(None);
        };
        if row.expires_at <= self.inner.clock.now().0 {
            return Ok(None);
        }
        let token = read.find_token(&row.token_id).await?;
        let Some(principal) = token.map(Principal::of_valid).transpose()?.flatten() else {
            return Ok(None);
        };
        known.remember(hash.clone(), principal.clone(), n_ended);
        self.note_use(&principal);
        let now = self.inner.clock.now().0;
        self.inner.uses.note(Used::Session(hash), now);
        Ok(Some(principal))
    }

    /// Sessions that are not over, the newest first: all of them to an administrator, and to others those of their own
    /// token.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn sessions(&self, principal: &Principal) -> Result<Vec<Session>, Error> {
        let read = self.inner.store.read();
        let rows = read.console_sessions(self.inner.clock.now().0).await?;
        let tokens = read.tokens().await?.into_iter();
        let tokens: BTreeMap<String, TokenRow> = tokens.map(|row| (row.id.clone(), row)).collect();
        let mut sessions = Vec::new();
        for row in rows {
            // A revoked token has ended its sessions.
            let token = tokens.get(&row.token_id).cloned();
            if let Some(owner) = token.map(Principal::of_valid).transpose()?.flatten()
                && (principal.role == Role::Admin || owner.id == principal.id)
            {
                sessions.push(Session::of(&row, owner)?);
            }
        }
        Ok(sessions)
    }

    /// Ends a session, wherever its browser is. What it was is kept with the changes of settings.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such session, or none that this principal may end.
    pub async fn end_session_of(
        &self,
        principal: &Principal,
        id: Id<kinds::Session>,
    ) -> Result<Session, Error> {
        let sessions = self.sessions(principal).await?;
        let session = sessions.into_iter().find(|session| session.id == id);
        let session = session.ok_or_else(|| Error::not_found("session", &id.to_string()))?;
        let change = ChangeRecord::new(SettingsChangeKind::SessionEnded, id.to_string());
        let change = change.from(Some(session.said()));
        let hash = session.secret_hash.clone();
        let ended = self.store_unrouted(change, move |tx| {
            Box::pin(async move {
                if tx.delete_console_session(&hash).await? {
                    Ok(())
                } else {
                    Err(StoreError::NotFound {
                        what: "session".to_owned(),
                    })
                }
            })
        });
        ended.await?;
        self.inner.known_tokens.forget_all();
        Ok(session)
    }

    /// Ends a session; one that is over already stays so.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn end_session(&self, secret: &str) -> Result<(), Error> {
        let hash = secret::hash(secret);
        let ended = self
            .inner
            .store
            .note(move |tx| Box::pin(async move { tx.delete_console_session(&hash).await }));
        ended.await?;
        self.inner.known_tokens.forget_all();
        Ok(())
    }
}
