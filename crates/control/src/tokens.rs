//! Tokens: who may do what. Only the hash of a secret is stored.

mod known;
mod role;

use std::fmt;

use pointsman_lead::{Id, Problem, Timestamp, kinds};
use pointsman_store::{Error as StoreError, TokenRow};
use serde_json::{Value, json};

use crate::{
    Control, Error, Inner, SettingsChangeKind,
    changes::{ChangeRecord, said},
    names, secret,
    uses::Used,
};

pub(crate) use known::Known;
pub use role::Role;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Id of the token; `None` for who needs none.
    pub id: Option<Id<kinds::Token>>,
    /// Name of the token.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The one source that it speaks for; `None`: any.
    pub source: Option<String>,
    /// The one destination whose conversions it reports; `None`: any.
    pub destination: Option<String>,
}

/// A token to make.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The one source that it speaks for; only for [`Role::Source`].
    pub source: Option<String>,
    /// The one destination whose conversions it reports; only for [`Role::Postback`].
    pub destination: Option<String>,
}

/// A token as others may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: Id<kinds::Token>,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The one source that it speaks for.
    pub source: Option<String>,
    /// The one destination whose conversions it reports.
    pub destination: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stopped being valid.
    pub revoked_at: Option<Timestamp>,
    /// When it was used last, some minutes too early at most; `None` if it was not since that is kept.
    pub last_used_at: Option<Timestamp>,
}

/// A token with its secret, which is shown this once.
#[derive(Clone)]
pub struct CreatedToken {
    /// The token.
    pub token: Token,
    /// What its bearer sends.
    pub secret: String,
}

impl fmt::Debug for CreatedToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CreatedToken")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

impl Token {
    fn of(row: TokenRow) -> Result<Self, Error> {
        let TokenRow {
            id,
            name,
            role,
            source,
            destination,
            secret_hash: _,
            created_at,
            revoked_at,
            last_used_at,
        } = row;
        let unreadable = || Error::Stored {
            what: format!("token {id}"),
        };
        Ok(Self {
            role: Role::from_word(&role).ok_or_else(unreadable)?,
            id: id.parse().map_err(|_| unreadable())?,
            name,
            source,
            destination,
            created_at: Timestamp(created_at),
            revoked_at: revoked_at.map(Timestamp),
            last_used_at: last_used_at.map(Timestamp),
        })
    }

    /// What is kept of it with its changes; nothing of its secret.
    fn said(&self) -> Value {
        json!({
            "name": self.name, "role": said(&self.role), "source": self.source,
            "destination": self.destination, "revoked": self.revoked_at.is_some(),
        })
    }

    fn principal(self) -> Principal {
        Principal {
            id: Some(self.id),
            name: self.name,
            role: self.role,
            source: self.source,
            destination: self.destination,
        }
    }
}

impl Principal {
    /// Who a stored token speaks for; `None` if it was revoked.
    pub(crate) fn of_valid(row: TokenRow) -> Result<Option<Self>, Error> {
        if row.revoked_at.is_some() {
            return Ok(None);
        }
        Token::of(row).map(|token| Some(token.principal()))
    }
}

impl Control {
    /// Makes a token. Its secret is in the answer and nowhere else.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for all that is wrong with it, [`Error::Store`].
    pub async fn create_token(&self, new: NewToken) -> Result<CreatedToken, Error> {
        let problems = problems(&new);
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        let now = self.inner.clock.now();
        let NewToken {
            name,
            role,
            source,
            destination,
        } = new;
        let secret = secret::new(&format!("pm_{}", role.word()));
        let row = TokenRow {
            id: Id::<kinds::Token>::new(now, rand::random()).to_string(),
            name,
            role: role.word().to_owned(),
            source,
            destination,
            secret_hash: secret::hash(&secret),
            created_at: now.0,
            revoked_at: None,
            last_used_at: None,
        };
        let token = Token::of(row.clone())?;
        let change = ChangeRecord::new(SettingsChangeKind::TokenCreated, &row.id).to(token.said());
        let written = self.store_unrouted(change, |tx| {
            Box::pin(async move { tx.insert_token(row).await })
        });
        written.await?;
        Ok(CreatedToken { token, secret })
    }

    /// Who sends this secret; `None` if nobody does any more, wherever the token was ended.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn authenticate(&self, secret: &str) -> Result<Option<Principal>, Error> {
        if self.inner.store.is_shared() {
            return self.authenticate_anew(secret::hash(secret)).await;
        }
        self.authenticate_by_settings(secret).await
    }

    /// Who sends this secret by the settings that this process follows, whose revision is
    /// [`Control::settings_revision`]: another process may just have ended the token.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn authenticate_by_settings(&self, secret: &str) -> Result<Option<Principal>, Error> {
        let hash = secret::hash(secret);
        match self.inner.known_tokens.find(&hash).0 {
            Some(principal) => Ok(Some(principal)),
            None => self.authenticate_anew(hash).await,
        }
    }

    /// The revision of the settings that this process follows. What is authenticated after this was read is valid by
    /// them.
    pub fn settings_revision(&self) -> i64 {
        self.inner.routes.revision()
    }

    /// Whether the token of somebody who was authenticated before is still valid.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn is_still_valid(&self, principal: &Principal) -> Result<bool, Error> {
        let Some(id) = principal.id else {
            return Ok(true);
        };
        let row = self.inner.store.read().find_token(&id.to_string()).await?;
        Ok(row.is_some_and(|row| row.revoked_at.is_none()))
    }

    async fn authenticate_anew(&self, hash: String) -> Result<Option<Principal>, Error> {
        let known = &self.inner.known_tokens;
        let (_, n_ended) = known.find(&hash);
        let Some(row) = self.inner.store.read().find_token_by_hash(&hash).await? else {
            return Ok(None);
        };
        let Some(principal) = Principal::of_valid(row)? else {
            return Ok(None);
        };
        known.remember(hash, principal.clone(), n_ended);
        self.note_use(&principal);
        Ok(Some(principal))
    }

    /// Remembers that a token was used. Who was remembered a moment ago is not noted again.
    pub(crate) fn note_use(&self, principal: &Principal) {
        if let Some(id) = principal.id {
            let Inner { uses, clock, .. } = &*self.inner;
            uses.note(Used::Token(id.to_string()), clock.now().0);
        }
    }

    /// Ends a token; `false` if it had ended before.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such token.
    pub async fn revoke_token(&self, id: Id<kinds::Token>) -> Result<bool, Error> {
        self.change(id, |control, id| async move {
            let inner = &control.inner;
            let (known, ended) = (inner.routes.revision(), id.to_string());
            let row = inner.store.read().find_token(&ended).await?;
            let row = row.ok_or_else(|| Error::not_found("token", &ended))?;
            if row.revoked_at.is_some() {
                inner.known_tokens.forget(id);
                return Ok(false);
            }
            let mut token = Token::of(row)?;
            let before = token.said();
            token.revoked_at = Some(inner.clock.now());
            let change = ChangeRecord::new(SettingsChangeKind::TokenRevoked, &ended)
                .from(Some(before))
                .to(token.said());
            let at = inner.clock.now().0;
            let revoked = control.store_routed(known, change, move |tx| {
                Box::pin(async move {
                    if tx.revoke_token(&ended, at).await? {
                        Ok(())
                    } else {
                        // Another process was faster.
                        Err(StoreError::Outdated)
                    }
                })
            });
            revoked.await?;
            inner.known_tokens.forget(id);
            Ok(true)
        })
        .await
    }

    /// Every token, the oldest first, ended ones among them.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn tokens(&self) -> Result<Vec<Token>, Error> {
        self.inner
            .store
            .read()
            .tokens()
            .await?
            .into_iter()
            .map(Token::of)
            .collect()
    }
}

fn problems(new: &NewToken) -> Vec<Problem> {
    let NewToken {
        name,
        role,
        source,
        destination,
    } = new;
    let mut problems = Vec::new();
    if name.trim().is_empty() {
        problems.push(
            Problem::new("missing_member", "name", "a token needs a name").hint("say who uses it"),
        );
    }
    problems.extend(names::check_text("name", name, 100));
    if let Some(source) = source {
        if *role != Role::Source {
            problems.push(
                Problem::new(
                    "not_for_role",
                    "source",
                    "only a token of role `source` speaks for a source",
                )
                .hint("leave `source` out"),
            );
        }
        if source.is_empty() {
            problems.push(Problem::new(
                "missing_member",
                "source",
                "the name of the source is empty",
            ));
        }
        problems.extend(names::check_text("source", source, 256));
    }
    if let Some(destination) = destination {
        if *role != Role::Postback {
            problems.push(
                Problem::new(
                    "not_for_role",
                    "destination",
                    "only a token of role `postback` reports for a destination",
                )
                .hint("leave `destination` out"),
            );
        }
        problems.extend(names::check("destination", destination));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_of_a_token_is_told_at_once() {
        let new = NewToken {
            name: " ".to_owned(),
            role: Role::Admin,
            source: Some("web".to_owned()),
            destination: Some("ACME".to_owned()),
        };
        let found: Vec<String> = problems(&new)
            .into_iter()
            .map(|problem| format!("{} {}", problem.code, problem.path))
            .collect();
        assert_eq!(
            found,
            [
                "missing_member name",
                "not_for_role source",
                "not_for_role destination",
                "bad_name destination"
            ]
        );
    }
}
