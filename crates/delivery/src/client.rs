//! Offering a lead over HTTP, within a deadline, to an allowed address.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use pointsman_lead::{Currency, Micros, printable};
use reqwest::{Response, header::RETRY_AFTER};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::{
    Ask, Exchange, Format, NotSent, Outcome, Policy, Quote, QuoteEnd, Target, Unknown,
    response::{BODY_BYTES_MAX, Body, Head, verdict},
    secret::blot,
};

mod failure;
mod request;
mod resolver;

/// Longest time to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Shorter than the 5 s after which common servers close idle connections: a request sent into a
/// closing connection has an unknown outcome.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);
/// Longest time for a whole exchange, whatever the target says.
const EXCHANGE_TIMEOUT_MAX: Duration = Duration::from_secs(30);
const EXCERPT_CHARS_MAX: usize = 4_000;
const REASON_CHARS_MAX: usize = 300;

/// One offer of one lead, as far as a destination may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Our id of the delivery: the `Idempotency-Key`, the same at every attempt.
    pub delivery_id: String,
    /// What the destination shall send back with its postbacks.
    pub click_id: String,
    /// Our id of the lead.
    pub lead_id: String,
    /// Our name of the destination.
    pub destination: String,
    /// All fields of the lead by name, the always-there ones too.
    pub fields: Map<String, Value>,
    /// The destination's fixed price, if it has one.
    pub price: Option<Micros>,
    /// What the destination has bid for this lead, if it was asked.
    pub bid: Option<Micros>,
    /// What it called its bid.
    pub ping_id: Option<String>,
    /// What the flow counts in; a price in another currency does not count.
    pub currency: Currency,
}

/// Offers leads to destinations. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    policy: Arc<Policy>,
}

/// Why there is no client.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// TLS could not be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP client could not be set up.
    #[error("the HTTP client cannot be set up")]
    Http(#[source] reqwest::Error),
}

impl Client {
    /// A client that opens connections to what `policy` allows, and to nothing else.
    ///
    /// It follows no redirect, uses no proxy of the environment, and trusts the certificate roots
    /// of the Mozilla programme, which are compiled in.
    ///
    /// # Errors
    ///
    /// [`Error::Tls`] or [`Error::Http`] if the machine has no support for what they need.
    pub fn new(policy: Policy) -> Result<Self, Error> {
        let policy = Arc::new(policy);
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls()?)
            .dns_resolver(resolver::Resolver::new(Arc::clone(&policy)))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .user_agent(concat!("pointsman/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Error::Http)?;
        Ok(Self { http, policy })
    }

    /// Hands the lead to the target once and says what came of it. Never fails and never waits
    /// longer than `budget` or the target's own timeout.
    ///
    /// Dropping the future midway leaves the outcome unknown: whoever may be cancelled runs this in
    /// a task of its own.
    ///
    /// * `target`: one without problems, see [`Target::check`]; whatever else is wrong with it ends
    ///   as [`NotSent::Unbuildable`].
    /// * `budget`: real time left for this lead.
    pub async fn post(&self, target: &Target, offer: &Offer, budget: Duration) -> Exchange {
        self.hand_over(target, offer, budget).await.0
    }

    /// Asks the target once what it would pay. Never fails and never waits longer than `budget` or
    /// the ping's own timeout; whatever is not a readable bid by then is no bid.
    ///
    /// * `target`: one without problems, see [`Target::check`].
    /// * `budget`: real time left for bids.
    pub async fn ping(&self, target: &Target, ask: &Ask, budget: Duration) -> Quote {
        let Some(ping) = &target.ping else {
            return Quote::none(QuoteEnd::Failed, "the destination has no ping target");
        };
        let request = ping.as_target(&target.secrets, ask);
        let (exchange, body) = self.hand_over(&request, &ask.offer(), budget).await;
        Quote::of(&ping.response, exchange, body.as_ref())
    }

    /// One exchange, and the answer's body if there is a whole one.
    async fn hand_over(
        &self,
        target: &Target,
        offer: &Offer,
        budget: Duration,
    ) -> (Exchange, Option<Body>) {
        let started = Instant::now();
        let limit = Duration::from_millis(target.timeout_ms.into())
            .min(EXCHANGE_TIMEOUT_MAX)
            .min(budget);
        let mut heard = Heard::default();
        let (body, failure) = match self.exchange(target, offer, limit, &mut heard).await {
            Ok(body) => (Some(body), None),
            Err(outcome) => (None, Some(outcome)),
        };
        let (outcome, note) = match (&body, heard.head, failure) {
            (_, _, Some(outcome)) => (outcome, None),
            (Some(body), Some(head), None) => verdict(&target.response, head, body, offer.currency),
            _ => (not_heard(), None),
        };
        let tidy = |text: &str, chars_max| {
            shorten(&printable(&blot(text, target.secrets.values())), chars_max)
        };
        let (outcome, note) = without_secret(outcome, note, |text| {
            blot(text, target.secrets.values()) != text
        });
        let exchange = Exchange {
            outcome: tidied(outcome, &tidy),
            status: heard.head.map(|head| head.status),
            latency_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            response_excerpt: heard
                .head
                .map(|_| tidy(&String::from_utf8_lossy(&heard.bytes), EXCERPT_CHARS_MAX)),
            note: note.map(|note| tidy(&note, REASON_CHARS_MAX)),
        };
        (exchange, body)
    }

    /// The answer's body, or the outcome if there is none.
    async fn exchange(
        &self,
        target: &Target,
        offer: &Offer,
        limit: Duration,
        heard: &mut Heard,
    ) -> Result<Body, Outcome> {
        let not_sent = |why| Outcome::NotSent { why };
        if limit.is_zero() {
            return Err(not_sent(NotSent::NoTime));
        }
        let leaving = Leaving::new(target);
        let request = request::build(target, offer, &leaving)
            .map_err(|detail| not_sent(NotSent::Unbuildable { detail }))?;
        let host = resolver::allowed_host(&self.policy, request.url()).map_err(not_sent)?;
        let answered = tokio::time::timeout(limit, async {
            let response = self.http.execute(request).await?;
            heard.read(response).await
        });
        let cut = match answered.await {
            Ok(Ok(cut)) => cut,
            Ok(Err(error)) => return Err(failure::outcome(&error, &leaving, &host)),
            Err(_) if leaving.never_began() => return Err(not_sent(NotSent::NoTime)),
            Err(_) => {
                return Err(Outcome::Unknown {
                    why: Unknown::TimedOut,
                });
            }
        };
        Ok(Body::new(
            &heard.bytes,
            cut,
            target.response.split.as_deref(),
        ))
    }
}

fn tls() -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// What arrived so far: it outlives the deadline, so that a late answer can still be shown.
#[derive(Debug, Default)]
struct Heard {
    head: Option<Head>,
    bytes: Vec<u8>,
}

impl Heard {
    /// Reads up to the limit; says whether more would come.
    async fn read(&mut self, mut response: Response) -> Result<bool, reqwest::Error> {
        let retry_after = response.headers().get(RETRY_AFTER);
        self.head = Some(Head {
            status: response.status().as_u16(),
            asks_to_wait: retry_after.is_some(),
            retry_after_s: retry_after
                .and_then(|value| value.to_str().ok())
                .and_then(|text| text.trim().parse().ok()),
        });
        while let Some(chunk) = response.chunk().await? {
            let room = BODY_BYTES_MAX - self.bytes.len();
            self.bytes
                .extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether the first byte of a request may have left.
#[derive(Debug, Clone)]
struct Leaving {
    /// Set when the connection asks for the body, before it writes anything.
    body_asked_for: Arc<AtomicBool>,
    /// A request without a body cannot tell.
    is_blind: bool,
}

impl Leaving {
    fn new(target: &Target) -> Self {
        Self {
            body_asked_for: Arc::default(),
            is_blind: target.format == Format::Query,
        }
    }

    fn begin(&self) {
        self.body_asked_for.store(true, Ordering::Release);
    }

    fn never_began(&self) -> bool {
        !self.is_blind && !self.body_asked_for.load(Ordering::Acquire)
    }
}

fn not_heard() -> Outcome {
    Outcome::Unknown {
        why: Unknown::Broken {
            detail: "no status".to_owned(),
        },
    }
}

/// The outcome without a redirect that would show a secret of ours to the person it sends on.
fn without_secret(
    outcome: Outcome,
    note: Option<String>,
    shows_secret: impl Fn(&str) -> bool,
) -> (Outcome, Option<String>) {
    match outcome {
        Outcome::Accepted {
            price,
            redirect_url: Some(address),
        } if shows_secret(&address) => {
            let found = "accepted, but its redirect holds a secret of the target";
            let note = note.map_or_else(|| found.to_owned(), |note| format!("{note}; {found}"));
            let outcome = Outcome::Accepted {
                price,
                redirect_url: None,
            };
            (outcome, Some(note))
        }
        other => (other, note),
    }
}

/// The outcome with every text that came from outside blotted and shortened.
fn tidied(outcome: Outcome, tidy: &impl Fn(&str, usize) -> String) -> Outcome {
    match outcome {
        Outcome::Rejected {
            reason,
            busy,
            retry_after_s,
        } => Outcome::Rejected {
            reason: tidy(&reason, REASON_CHARS_MAX),
            busy,
            retry_after_s,
        },
        other => other,
    }
}

fn shorten(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
