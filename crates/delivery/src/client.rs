//! Offering a lead over HTTP, within a deadline, to an allowed address.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use thiserror::Error;

use crate::{
    Ask, Auth, Exchange, NotSent, Offer, Outcome, Policy, Quote, QuoteEnd, Secret, Target, Unknown,
    auth::basic,
    response::{BODY_BYTES_MAX, Body, reference, verdict},
    template::Scope,
};

mod bulkhead;
mod connections;
mod encoding;
mod exchanging;
mod failure;
mod request;
mod resolver;
mod tidy;
mod tokens;
mod tried;

pub use bulkhead::Limits;
pub use tried::TriedRequest;

use bulkhead::Bulkhead;
use connections::Connections;
use exchanging::{Leaving, Limit, Received};
use request::Prepared;
use tidy::Tidy;
use tokens::{Token, Tokens};

/// Longest time to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest time for a whole exchange, whatever the target says.
const EXCHANGE_TIMEOUT_MAX: Duration = Duration::from_secs(30);
const EXCERPT_CHARS_MAX: usize = 4_000;

/// Offers leads to destinations. Cheap to clone; clones share their connections and their limits.
#[derive(Debug, Clone)]
pub struct Client {
    connections: Arc<Connections>,
    bulkhead: Arc<Bulkhead>,
    policy: Arc<Policy>,
    tokens: Arc<Tokens>,
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
    /// A client with the limits of [`Limits::default`].
    ///
    /// # Errors
    ///
    /// As of [`Client::with_limits`].
    pub fn new(policy: Policy) -> Result<Self, Error> {
        Self::with_limits(policy, Limits::default())
    }

    /// A client that opens connections to what `policy` allows, and to nothing else, and as many at once
    /// as `limits` allow.
    ///
    /// It follows no redirect, uses no proxy of the environment, and trusts the certificate roots
    /// of the Mozilla programme, which are compiled in. It speaks HTTP/1.1, so that a connection that
    /// breaks concerns one lead.
    ///
    /// # Errors
    ///
    /// [`Error::Tls`] or [`Error::Http`] if the machine has no support for what they need.
    pub fn with_limits(policy: Policy, limits: Limits) -> Result<Self, Error> {
        let policy = Arc::new(policy);
        let tls = tls()?;
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .dns_resolver(resolver::Resolver::new(Arc::clone(&policy)))
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .http1_only()
                .connect_timeout(CONNECT_TIMEOUT)
                .user_agent(concat!("pointsman/", env!("CARGO_PKG_VERSION")))
        };
        let connections = Connections::new(builder, limits.idle_per_host).map_err(Error::Http)?;
        Ok(Self {
            connections: Arc::new(connections),
            bulkhead: Arc::new(Bulkhead::new(limits)),
            policy,
            tokens: Arc::default(),
        })
    }

    /// Hands the lead to the target once and says what came of it. Never fails and never waits
    /// longer than `budget` or the target's own timeout. While as many exchanges are under way as the
    /// limits allow, it first waits for one of them to end, and gives up soon as [`NotSent::Busy`].
    ///
    /// Dropping the future midway leaves the outcome unknown: a caller that may be cancelled runs this in
    /// a task of its own.
    ///
    /// * `target`: one without problems, see [`Target::check`]; whatever else is wrong with it ends
    ///   as [`NotSent::Unbuildable`].
    /// * `budget`: real time left for this lead.
    pub async fn post(&self, target: &Target, offer: &Offer, budget: Duration) -> Exchange {
        self.hand_over(target, offer, budget).await.exchange
    }

    /// The same, with the request as it left, for whoever tries a target out. The request is absent where none could be
    /// made.
    pub async fn try_out(
        &self,
        target: &Target,
        offer: &Offer,
        budget: Duration,
    ) -> (Exchange, Option<TriedRequest>) {
        let HandedOver { exchange, sent, .. } = self.hand_over(target, offer, budget).await;
        (exchange, sent)
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
        let request = ping.as_target(target, ask);
        let HandedOver { exchange, body, .. } =
            self.hand_over(&request, &ask.offer(), budget).await;
        Quote::of(&ping.response, exchange, body.as_ref())
    }

    /// Asks once what became of an offer whose answer is unknown. Whatever is no readable yes or no is unknown still;
    /// [`Outcome::NotSent`] by a rule of the target is that the destination never got it. `None` where it cannot be
    /// asked, or could not be reached.
    pub async fn status(&self, target: &Target, offer: &Offer) -> Option<Exchange> {
        let request = target.status.as_ref()?.as_target(target, offer)?;
        let HandedOver { exchange, .. } =
            self.hand_over(&request, offer, EXCHANGE_TIMEOUT_MAX).await;
        let was_asked = match &exchange.outcome {
            Outcome::NotSent { why } => matches!(why, NotSent::Deferred { .. }),
            _ => true,
        };
        was_asked.then_some(exchange)
    }

    /// One exchange, and the answer's body if there is a whole one.
    async fn hand_over(&self, target: &Target, offer: &Offer, budget: Duration) -> HandedOver {
        let arrived = Instant::now();
        let places = target.concurrency;
        let place = match self
            .bulkhead
            .enter(&offer.destination, places, budget)
            .await
        {
            Some(place) => Ok(place),
            None if budget.is_zero() => Err(NotSent::NoTime),
            None => Err(NotSent::Busy),
        };
        let started = Instant::now();
        let limit = Limit::of(target, budget.saturating_sub(started - arrived));
        let mut received = Received::default();
        let mut tidy = Tidy::new(target);
        if let Some(Auth::Basic { user, password }) = &target.auth {
            let scope = Scope::new(target, offer);
            let made = basic(&scope.text(user), &scope.text(password));
            tidy.hide(Secret::new(made.trim_start_matches("Basic ")));
        }
        let mut sent = None;
        let exchanged = match &place {
            Ok(_) => {
                self.proven(target, offer, limit, (&mut received, &mut tidy, &mut sent))
                    .await
            }
            Err(why) => Err(Outcome::NotSent { why: why.clone() }),
        };
        let (body, failure) = match exchanged {
            Ok(body) => (Some(body), None),
            Err(outcome) => (None, Some(outcome)),
        };
        let (outcome, note) = match (&body, received.head, failure) {
            (_, _, Some(outcome)) => (outcome, None),
            (Some(body), Some(head), None) => verdict(&target.response, head, body, offer.currency),
            _ => (without_status(), None),
        };
        let (outcome, note) = tidy.outcome(outcome, note.as_deref());
        let found = body
            .as_ref()
            .and_then(|body| reference(&target.response, body));
        let exchange = Exchange {
            outcome,
            status: received.head.map(|head| head.status),
            latency_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            response_excerpt: received
                .head
                .map(|_| tidy.text(&String::from_utf8_lossy(&received.bytes), EXCERPT_CHARS_MAX)),
            note,
            reference: found.map(|found| tidy.text(&found, EXCERPT_CHARS_MAX)),
        };
        HandedOver {
            exchange,
            body,
            sent,
        }
    }

    /// An exchange with a token, where the target wants one. A token that was kept and is refused is replaced once:
    /// whoever refuses a token has not taken the lead.
    async fn proven(
        &self,
        target: &Target,
        offer: &Offer,
        limit: Limit,
        (received, tidy, sent): (&mut Received, &mut Tidy<'_>, &mut Option<TriedRequest>),
    ) -> Result<Body, Outcome> {
        let started = Instant::now();
        let token = self.token(target, offer, limit, tidy).await?;
        let kept = token.clone().filter(|token| token.was_kept);
        let spent = |limit: Limit| Limit {
            time: limit.time.saturating_sub(started.elapsed()),
            ..limit
        };
        let first = self
            .exchange(
                target,
                offer,
                spent(limit),
                (&mut *received, &*tidy, &mut *sent),
                token,
            )
            .await;
        let is_refused = received.head.is_some_and(|head| head.status == 401);
        let Some(refused) = kept.filter(|_| is_refused && first.is_ok()) else {
            return first;
        };
        self.tokens.forget(&offer.destination, &refused.value).await;
        *received = Received::default();
        let token = self.token(target, offer, spent(limit), tidy).await?;
        self.exchange(target, offer, spent(limit), (received, tidy, sent), token)
            .await
    }

    /// The answer's body, or the outcome if there is none.
    async fn exchange(
        &self,
        target: &Target,
        offer: &Offer,
        limit: Limit,
        (received, tidy, sent): (&mut Received, &Tidy<'_>, &mut Option<TriedRequest>),
        token: Option<Token>,
    ) -> Result<Body, Outcome> {
        let not_sent = |why| Outcome::NotSent { why };
        if limit.time.is_zero() {
            return Err(not_sent(NotSent::NoTime));
        }
        let leaving = Leaving::new(target);
        let token = token.as_ref().map(|token| token.value.reveal());
        let prepared = Prepared::new(target, offer, token)
            .map_err(|detail| not_sent(NotSent::Unbuildable { detail }))?;
        let url = prepared.url.clone();
        *sent = Some(TriedRequest::of(&prepared, tidy));
        let request = prepared.into_request(&leaving);
        let host = resolver::allowed_host(&self.policy, &url).map_err(not_sent)?;
        let started = Instant::now();
        let answered = tokio::time::timeout(limit.time, async {
            let response = self.connections.to(&url).execute(request).await?;
            self.connections.note(&url, &response);
            received.read(response).await
        });
        let cut = match answered.await {
            Ok(Ok(cut)) => cut,
            Ok(Err(error)) => {
                if !error.is_connect() {
                    self.connections.broke(&url);
                }
                return Err(failure::outcome(&error, &leaving, &host));
            }
            Err(_) => return Err(limit.passed(started.elapsed(), &leaving)),
        };
        let bytes = std::mem::take(&mut received.bytes);
        let (bytes, cut) = received.encoding.unpack(bytes, cut, BODY_BYTES_MAX);
        received.bytes = bytes;
        Ok(Body::new(&received.bytes, cut, target.response.reading()))
    }
}

/// What came of one exchange.
struct HandedOver {
    exchange: Exchange,
    /// The answer's body if there is a whole one.
    body: Option<Body>,
    /// The request, if there was one.
    sent: Option<TriedRequest>,
}

/// TLS as this program speaks it: with the roots of the web, which are inside the program, and HTTP/1.1.
///
/// # Errors
///
/// [`Error::Tls`].
pub fn tls() -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn without_status() -> Outcome {
    Outcome::Unknown {
        why: Unknown::Broken {
            detail: "no status".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests;
