//! Tokens of OAuth servers: one for each destination, asked for once at a time and kept until it ends.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use reqwest::{
    Request, Response,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::{Url, form_urlencoded};

use super::{Client, Limit, resolver, tidy::Tidy};
use crate::Offer;
use crate::{
    Auth, Credentials, NotSent, Outcome, Secret, Target, auth::basic, response::BODY_BYTES_MAX,
    template::Scope,
};

/// How long a token is kept whose server does not say.
const KEPT: Duration = Duration::from_mins(5);
/// A token is replaced so long before its end, or after nine tenths of a shorter life.
const EARLY: Duration = Duration::from_mins(1);
/// Longest time that a token is kept.
const KEPT_MAX: Duration = Duration::from_hours(24);

/// A token, and how it was come by.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) value: Secret,
    /// Whether it was asked for by an earlier exchange.
    pub(super) was_kept: bool,
}

/// The tokens of one process, by destination.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    by_destination: Mutex<BTreeMap<String, Entry>>,
}

/// What is known of the token of one destination.
#[derive(Debug, Clone)]
struct Entry {
    /// Of everything that the token was asked for with.
    fingerprint: [u8; 32],
    /// Whoever asks holds it meanwhile.
    kept: Arc<tokio::sync::Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    token: Option<(Secret, Instant)>,
    /// The last question that brought none. Who waited for its answer does not ask again.
    failed: Option<(Instant, NotSent)>,
}

impl Tokens {
    /// Drops the token of a destination that was refused, if no other has taken its place.
    pub(super) async fn forget(&self, destination: &str, refused: &Secret) {
        let found = self.entries().get(destination).cloned();
        if let Some(entry) = found {
            let mut kept = entry.kept.lock().await;
            kept.token = kept.token.take().filter(|(value, _)| value != refused);
        }
    }

    fn of(&self, destination: &str, fingerprint: [u8; 32]) -> Arc<tokio::sync::Mutex<Kept>> {
        let mut entries = self.entries();
        let found = entries.get(destination);
        if let Some(found) = found.filter(|found| found.fingerprint == fingerprint) {
            return Arc::clone(&found.kept);
        }
        let kept = Arc::default();
        let entry = Entry {
            fingerprint,
            kept: Arc::clone(&kept),
        };
        entries.insert(destination.to_owned(), entry);
        kept
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Entry>> {
        self.by_destination
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question for a token.
struct Question {
    url: Url,
    /// Name and password, where they go into a header.
    basic: Option<String>,
    form: String,
    fingerprint: [u8; 32],
}

impl Question {
    fn new(auth: &Auth, scope: Scope<'_>) -> Option<Result<Self, String>> {
        let Auth::OAuth {
            token_url,
            client_id,
            client_secret,
            credentials,
            params,
        } = auth
        else {
            return None;
        };
        let (id, secret) = (scope.text(client_id), scope.text(client_secret));
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        for (name, value) in params {
            form.append_pair(name, &scope.text(value));
        }
        let basic = match credentials {
            Credentials::Header => Some(basic(&spelled(&id), &spelled(&secret))),
            Credentials::Body => {
                form.append_pair("client_id", &id);
                form.append_pair("client_secret", &secret);
                None
            }
        };
        let form = form.finish();
        let all = format!(
            "{token_url}\n{}\n{form}",
            basic.as_deref().unwrap_or_default()
        );
        let url = Url::parse(token_url).map_err(|error| format!("target.auth.token_url: {error}"));
        Some(url.map(|url| Self {
            url,
            basic,
            form,
            fingerprint: Sha256::digest(all).into(),
        }))
    }

    fn request(&self) -> Result<Request, String> {
        let mut request = Request::new(reqwest::Method::POST, self.url.clone());
        let headers = request.headers_mut();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(basic) = &self.basic {
            let mut value =
                HeaderValue::from_str(basic).map_err(|_| "target.auth does not fit".to_owned())?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        *request.body_mut() = Some(self.form.clone().into());
        Ok(request)
    }
}

/// As a part of a form, which RFC 6749 wants of names and passwords.
fn spelled(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// What a server of tokens answers.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(default)]
    expires_in: Option<serde_json::Value>,
}

impl Client {
    /// The token that a target wants, if it wants one.
    pub(super) async fn token(
        &self,
        target: &Target,
        offer: &Offer,
        limit: Limit,
        tidy: &mut Tidy<'_>,
    ) -> Result<Option<Token>, Outcome> {
        let not_sent = |why| Outcome::NotSent { why };
        let scope = Scope::new(target, offer);
        let question = target
            .auth
            .as_ref()
            .and_then(|auth| Question::new(auth, scope));
        let Some(question) = question else {
            return Ok(None);
        };
        let question = question.map_err(|detail| not_sent(NotSent::Unbuildable { detail }))?;
        let arrived = Instant::now();
        let kept = self.tokens.of(&offer.destination, question.fingerprint);
        let answered = tokio::time::timeout(limit.time, async {
            let mut kept = kept.lock().await;
            if let Some((value, until)) = &kept.token
                && Instant::now() < *until
            {
                let value = value.clone();
                return Ok(Token {
                    value,
                    was_kept: true,
                });
            }
            if let Some((at, why)) = &kept.failed
                && *at >= arrived
            {
                return Err(why.clone());
            }
            match self.ask_for_token(&question).await {
                Ok((value, lasts)) => {
                    kept.token = Some((value.clone(), Instant::now() + lasts));
                    Ok(Token {
                        value,
                        was_kept: false,
                    })
                }
                Err(why) => {
                    kept.token = None;
                    kept.failed = Some((Instant::now(), why.clone()));
                    Err(why)
                }
            }
        });
        let token = match answered.await {
            Ok(token) => token.map_err(not_sent)?,
            Err(_) if limit.is_ours => return Err(not_sent(NotSent::NoTime)),
            Err(_) => {
                let detail = "the server of tokens did not answer in time".to_owned();
                return Err(not_sent(NotSent::NoToken {
                    detail,
                    is_its_doing: true,
                }));
            }
        };
        tidy.hide(token.value.clone());
        Ok(Some(token))
    }

    async fn ask_for_token(&self, question: &Question) -> Result<(Secret, Duration), NotSent> {
        let ours = |detail: String| NotSent::NoToken {
            detail,
            is_its_doing: false,
        };
        let theirs = |detail: String| NotSent::NoToken {
            detail,
            is_its_doing: true,
        };
        let url = &question.url;
        resolver::allowed_host(&self.policy, url)?;
        let request = question.request().map_err(ours)?;
        let response = self.connections.to(url).execute(request).await;
        // Not the error itself: it names the address.
        let response = response.map_err(|error| {
            theirs(if error.is_connect() {
                "the server of tokens could not be reached".to_owned()
            } else {
                "the server of tokens gave no whole answer".to_owned()
            })
        })?;
        let status = response.status();
        let body = whole(response).await;
        if !status.is_success() {
            let detail = format!(
                "the server of tokens answered with status {}",
                status.as_u16()
            );
            let is_its_doing = status.is_server_error() || status.as_u16() == 429;
            return Err(NotSent::NoToken {
                detail,
                is_its_doing,
            });
        }
        let answer: Option<Answer> = body.and_then(|body| serde_json::from_slice(&body).ok());
        let answer = answer.filter(|answer| !answer.access_token.is_empty());
        let answer = answer
            .ok_or_else(|| theirs("the server of tokens answered without a token".to_owned()))?;
        let lasts = answer.expires_in.as_ref().and_then(seconds).unwrap_or(KEPT);
        let lasts = lasts.saturating_sub(EARLY.min(lasts / 10)).min(KEPT_MAX);
        Ok((Secret::new(answer.access_token), lasts))
    }
}

/// Some servers write the number as a text.
fn seconds(value: &serde_json::Value) -> Option<Duration> {
    let number = match value {
        serde_json::Value::String(text) => text.parse().ok()?,
        other => other.as_u64()?,
    };
    Some(Duration::from_secs(number))
}

async fn whole(mut response: Response) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > BODY_BYTES_MAX {
            return None;
        }
    }
    Some(bytes)
}
