//! Many leads as lines (NDJSON): each is a transaction of its own, and has a line in the answer.
//!
//! Reading, taking and answering go on side by side: a client may write all its lines before it reads the
//! first answer, as most do. Answers that the client has not read are kept up to [`KEPT_BYTES_MAX`]; beyond
//! that no more leads are taken until some are fetched, and a client that fetches none is given up.

mod splitter;

use std::{io, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse as _, Response},
};
use futures_util::{Stream, StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tracing::Instrument as _;

use super::{
    body,
    leads::{self, Answer},
};
use crate::{ApiState, access::Sender, failure::Failure, request_id};
use splitter::{Line, Splitter};

/// Most leads of one request on their way at a time.
const IN_FLIGHT_MAX: usize = 64;
/// Lines that are read ahead of those on their way.
const AHEAD_MAX: usize = 8;
/// Real time for a whole line to arrive, and for a client to fetch answers when too many are kept.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Most bytes of answers that are kept for one request: those of some 100,000 lines that are not read.
const KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The same for all requests together.
const ALL_KEPT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Takes the leads of a body line by line and answers in the same order, as they are done.
///
/// * `key`: the request's `Idempotency-Key`. With the number of its line it is the key of each lead that
///   has none of its own, so that the same lines sent twice are the same leads.
pub(super) fn many(state: ApiState, sender: Sender, key: Option<String>, body: Body) -> Response {
    let batch = Arc::new(Batch { state, sender, key });
    let (answered, answers) = mpsc::unbounded_channel();
    let work = batch.run(body, answered).in_current_span();
    tokio::spawn(request_id::carry(work));
    let content_type = [(header::CONTENT_TYPE, "application/x-ndjson")];
    (content_type, Body::from_stream(fetched(answers))).into_response()
}

/// An answer that waits to be fetched, with its share of what may be kept; `None` stands for the end.
type Kept = Option<(Bytes, Share)>;

/// A share of what may be kept for a request, and of what may be kept for all.
type Share = (OwnedSemaphorePermit, OwnedSemaphorePermit);

/// The memory for answers of all requests together.
#[derive(Debug, Clone)]
pub(crate) struct AnswerBudget(Arc<Semaphore>);

impl Default for AnswerBudget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ALL_KEPT_BYTES_MAX)))
    }
}

impl AnswerBudget {
    /// Waits for a share of the budget of the request and of this one.
    async fn share(&self, own: &Arc<Semaphore>, n_bytes: usize) -> Option<Share> {
        let n_bytes = u32::try_from(n_bytes.min(KEPT_BYTES_MAX)).unwrap_or(u32::MAX);
        let own = Arc::clone(own).acquire_many_owned(n_bytes).await.ok()?;
        let all = Arc::clone(&self.0).acquire_many_owned(n_bytes).await.ok()?;
        Some((own, all))
    }
}

/// The leads of one request.
struct Batch {
    state: ApiState,
    sender: Sender,
    key: Option<String>,
}

impl Batch {
    /// Takes all lines. If the client goes away or fetches nothing, this ends without an end of its answer.
    async fn run(self: Arc<Self>, body: Body, answered: mpsc::UnboundedSender<Kept>) {
        let own = Arc::new(Semaphore::new(KEPT_BYTES_MAX));
        let answers = lines(body)
            .map(|(number, line)| {
                let batch = Arc::clone(&self);
                async move { batch.answer(number, line).await }
            })
            .buffered(IN_FLIGHT_MAX);
        let mut answers = std::pin::pin!(answers);
        while let Some(answer) = answers.next().await {
            let share = self.state.answers.share(&own, answer.len());
            let Ok(Some(share)) = tokio::time::timeout(READ_TIMEOUT, share).await else {
                tracing::info!("a client does not read the answers to its lines");
                return;
            };
            if answered.send(Some((Bytes::from(answer), share))).is_err() {
                return;
            }
        }
        // If this fails, the client has gone.
        let _ = answered.send(None);
    }

    async fn answer(&self, number: u64, line: Line) -> String {
        let taken = match line.and_then(|text| body::json(text.as_bytes())) {
            Ok(lead) => {
                let key = self.key_of(number, &lead);
                leads::take(&self.state, &self.sender, lead, key).await
            }
            Err(failure) => Err(failure),
        };
        let line = match taken {
            Ok(lead) => {
                let replayed = lead.replayed;
                json!({ "line": number, "lead": Answer::from(lead), "replayed": replayed })
            }
            Err(failure) => {
                let problem: Value = serde_json::from_str(&failure.to_json()).unwrap_or_default();
                json!({ "line": number, "error": problem })
            }
        };
        format!("{line}\n")
    }

    /// The key of a line that has none of its own.
    fn key_of(&self, number: u64, lead: &Value) -> Option<String> {
        let own = lead
            .get("idempotency_key")
            .is_some_and(|key| !key.is_null());
        let batch = self.key.as_ref().filter(|_| !own)?;
        Some(format!("{batch}:{number}"))
    }
}

/// The body of the answer. It breaks off, and does not end, where the server stopped before all lines were answered.
fn fetched(answers: mpsc::UnboundedReceiver<Kept>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some(answers), async |answers| {
        let mut answers = answers?;
        match answers.recv().await {
            Some(Some((bytes, _share))) => Some((Ok(bytes), Some(answers))),
            Some(None) => None,
            None => Some((
                Err(io::Error::other(
                    "the server stopped before all lines were answered",
                )),
                None,
            )),
        }
    })
}

/// The lines of a body with their numbers, from 1. Empty lines are passed over.
///
/// In a task of its own: the time of a line counts while it is waited for, and not while the leads
/// before it are on their way.
fn lines(body: Body) -> impl Stream<Item = (u64, Line)> {
    let (read, lines) = mpsc::channel(AHEAD_MAX);
    tokio::spawn(async move {
        let mut splitter = Splitter::new(body.into_data_stream());
        loop {
            let line = match tokio::time::timeout(READ_TIMEOUT, splitter.next()).await {
                Ok(Some(line)) => line,
                Ok(None) => return,
                Err(_) => {
                    let failure = Failure::too_slow(READ_TIMEOUT.as_secs());
                    // If this fails, the client has gone.
                    let _ = read.send((splitter.number() + 1, Err(failure))).await;
                    return;
                }
            };
            if read.send(line).await.is_err() {
                return;
            }
        }
    });
    stream::unfold(lines, async |mut lines| Some((lines.recv().await?, lines)))
}
