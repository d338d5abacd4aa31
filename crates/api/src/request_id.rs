//! An id for each request, in its answer and in the log.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument as _;

static HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Differs between processes, so that a log of several has no id twice.
static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one("request ids"));
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Longest id of the caller's own, in bytes.
const BYTES_MAX: usize = 128;

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that is being answered.
pub(crate) fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Keeps the id in work that is spawned as a task.
pub(crate) fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let id = current();
    async move {
        match id {
            Some(id) => CURRENT.scope(id, work).await,
            None => work.await,
        }
    }
}

/// Gives a request an id, or takes the client's, and logs its answer.
pub(crate) async fn scope(request: Request, next: Next) -> Response {
    let own = request
        .headers()
        .get(&HEADER)
        .and_then(|value| value.to_str().ok());
    let id = own
        .filter(|id| is_plain(id))
        .map_or_else(new, str::to_owned);
    let method = request.method().clone();
    // The pattern and not the address: addresses of postbacks hold a secret.
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str)
        .to_owned();
    let span = tracing::info_span!("request", id, %method, path);
    let started = Instant::now();
    let answer = async {
        let response = next.run(request).await;
        let status = response.status().as_u16();
        tracing::debug!(
            status,
            duration_ms = started.elapsed().as_millis(),
            "answered"
        );
        response
    };
    let mut response = CURRENT.scope(id.clone(), answer.instrument(span)).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER.clone(), value);
    }
    response
}

fn is_plain(id: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    !id.is_empty() && id.len() <= BYTES_MAX && id.bytes().all(plain)
}

fn new() -> String {
    format!(
        "req_{:016x}{:08x}",
        *PROCESS,
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
