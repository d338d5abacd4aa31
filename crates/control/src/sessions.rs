//! Sessions of the web console: a token that a browser signed in with. Only the hash of what the browser holds is
//! stored, and a session is worth no more than its token: one that is revoked ends its sessions.

use std::{fmt, time::Duration};

use pointsman_lead::{Id, kinds};
use pointsman_store::{ConsoleSessionRow, SignInLinkRow};

use crate::{Control, Error, Principal, secret};

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
        if let Some(principal) = found {
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
        known.remember(hash, principal.clone(), n_ended);
        Ok(Some(principal))
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
