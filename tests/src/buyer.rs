//! Buyers that do as a story says.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::post,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinHandle};

/// What a buyer does with a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Takes the lead for this price in main units.
    Accept(&'static str),
    /// Takes the lead and names no price.
    AcceptUnpriced,
    /// Does not want it.
    Reject,
    /// Never answers.
    Hang,
    /// Takes it for this price, after this time.
    AcceptLate(Duration, &'static str),
    /// Takes it for this price once [`Buyer::give_word`] has been called often enough.
    AcceptOnWord(&'static str),
}

/// What a buyer says when it is asked for a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bidding {
    /// It would pay this, in main units.
    Bids(&'static str),
    /// Never answers.
    Hangs,
}

/// One post as the buyer received it.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// The header of that name.
    pub idempotency_key: String,
    /// The lead as the target's template wrote it.
    pub body: Value,
}

/// A running buyer, which stops when this is dropped.
pub struct Buyer {
    url: String,
    bids: bool,
    allocation: Arc<Allocation>,
    server: JoinHandle<()>,
}

struct Allocation {
    script: Box<dyn Fn(usize) -> Reply + Send + Sync>,
    n_posts: AtomicUsize,
    /// Posts that wait for their answer, and the most that ever did.
    under_way: Mutex<(usize, usize)>,
    posts: Mutex<Vec<Post>>,
    bidding: Box<dyn Fn(usize) -> Bidding + Send + Sync>,
    pings: Mutex<Vec<Value>>,
    words: Semaphore,
}

impl Allocation {
    fn posts(&self) -> MutexGuard<'_, Vec<Post>> {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn under_way(&self) -> MutexGuard<'_, (usize, usize)> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn pings(&self) -> MutexGuard<'_, Vec<Value>> {
        self.pings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Buyer {
    /// A buyer that does the same with every post.
    pub async fn always(reply: Reply) -> Self {
        Self::scripted(move |_| reply).await
    }

    /// A buyer that goes by a script.
    ///
    /// * `script`: what it does with its n-th post, from 0.
    pub async fn scripted(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        // Without a way to be asked it is not asked.
        let mut buyer = Self::bidding(|_| Bidding::Hangs, script).await;
        buyer.bids = false;
        buyer
    }

    /// A buyer that can be asked for bids.
    ///
    /// * `bidding`: what it says to its n-th ping, from 0.
    /// * `script`: what it does with its n-th post, from 0.
    pub async fn bidding(
        bidding: impl Fn(usize) -> Bidding + Send + Sync + 'static,
        script: impl Fn(usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let allocation = Arc::new(Allocation {
            script: Box::new(script),
            n_posts: AtomicUsize::new(0),
            under_way: Mutex::default(),
            posts: Mutex::default(),
            bidding: Box::new(bidding),
            pings: Mutex::default(),
            words: Semaphore::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/leads", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/leads", post(take))
            .route("/bids", post(quote))
            .with_state(Arc::clone(&allocation));
        let server = tokio::spawn(async move {
            // It serves until it is aborted; a failure shows at whoever posts.
            drop(axum::serve(listener, router).await);
        });
        Self {
            url,
            bids: true,
            allocation,
            server,
        }
    }

    /// Everything that it was told when it was asked for bids, in the order in which it came.
    pub fn pings(&self) -> Vec<Value> {
        self.allocation.pings().clone()
    }

    /// Every post so far, in the order in which they came.
    pub fn posts(&self) -> Vec<Post> {
        self.allocation.posts().clone()
    }

    /// The most posts that ever waited for their answer at once.
    pub fn most_at_once(&self) -> usize {
        self.allocation.under_way().1
    }

    /// Lets posts be answered that wait for a word.
    pub fn give_word(&self, n_posts: usize) {
        self.allocation.words.add_permits(n_posts);
    }

    /// How to reach it, as the JSON of a delivery target.
    ///
    /// * `timeout_ms`: how long it may think about a post.
    pub fn target(&self, timeout_ms: u32) -> Value {
        let mut target = json!({
            "url": self.url,
            "timeout_ms": timeout_ms,
            "response": {"price": "$.price", "redirect_url": "$.redirect_url", "reason": "$.reason"},
        });
        if self.bids {
            target["ping"] = json!({
                "url": self.url.replace("/leads", "/bids"),
                "timeout_ms": timeout_ms,
                "body": {"roof": "{{lead.roof}}", "lead": "{{lead_id}}"},
                "response": {"ping_id": "$.id"},
            });
        }
        target
    }
}

impl Drop for Buyer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A post from its arrival to its answer, or until its sender hangs up.
struct UnderWay(Arc<Allocation>);

impl UnderWay {
    fn begin(allocation: &Arc<Allocation>) -> Self {
        let mut under_way = allocation.under_way();
        under_way.0 += 1;
        under_way.1 = under_way.1.max(under_way.0);
        drop(under_way);
        Self(Arc::clone(allocation))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way().0 -= 1;
    }
}

async fn take(
    State(allocation): State<Arc<Allocation>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let _under_way = UnderWay::begin(&allocation);
    let reply = (allocation.script)(allocation.n_posts.fetch_add(1, Ordering::SeqCst));
    let key = headers.get("idempotency-key");
    let click_id = body["click_id"].as_str().unwrap_or_default().to_owned();
    allocation.posts().push(Post {
        idempotency_key: key
            .and_then(|key| key.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        body,
    });
    let accepted = |price: &str| {
        let redirect_url = format!("https://buyer.example/thanks?c={click_id}");
        Json(json!({"price": price, "redirect_url": redirect_url})).into_response()
    };
    match reply {
        Reply::Accept(price) => accepted(price),
        Reply::AcceptUnpriced => StatusCode::CREATED.into_response(),
        Reply::Reject => {
            let reason = Json(json!({"reason": "we know this person"}));
            (StatusCode::CONFLICT, reason).into_response()
        }
        Reply::Hang => std::future::pending().await,
        Reply::AcceptLate(late, price) => {
            tokio::time::sleep(late).await;
            accepted(price)
        }
        Reply::AcceptOnWord(price) => match allocation.words.acquire().await {
            Ok(word) => {
                word.forget();
                accepted(price)
            }
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        },
    }
}

async fn quote(State(allocation): State<Arc<Allocation>>, Json(told): Json<Value>) -> Response {
    let n_before = {
        let mut pings = allocation.pings();
        pings.push(told);
        pings.len() - 1
    };
    match (allocation.bidding)(n_before) {
        Bidding::Bids(bid) => {
            Json(json!({"bid": bid, "id": format!("ping-{n_before}")})).into_response()
        }
        Bidding::Hangs => std::future::pending().await,
    }
}
