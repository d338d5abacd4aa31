//! The door alone: the same HTTP server, behind which the rows that a lead would bring are inserted barely.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::post,
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use crate::{
    bare::{BATCH_MAX, Bare},
    rows::Stored,
    span::Spans,
};

/// Leads that may wait, as in the service.
const QUEUE_MAX: usize = 4_096;

/// A lead by its position in what was stored, and who waits for it.
type Waiting = (usize, oneshot::Sender<()>);

#[derive(Debug, Clone)]
struct Handle {
    stored: Arc<Stored>,
    next: Arc<Mutex<usize>>,
    queue: mpsc::Sender<Waiting>,
}

/// The task that inserts.
#[derive(Debug)]
pub(crate) struct Door {
    writer: JoinHandle<Result<Spans>>,
}

impl Door {
    /// A door to an empty database, and its addresses.
    pub(crate) async fn open(url: &str, stored: &Arc<Stored>) -> Result<(Self, Router)> {
        let bare = Bare::open(url, Arc::clone(stored)).await?;
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let writer = tokio::spawn(write(bare, Arc::clone(stored), waiting));
        let handle = Handle {
            stored: Arc::clone(stored),
            next: Arc::default(),
            queue,
        };
        let router = Router::new()
            .route("/v1/leads", post(take))
            .with_state(handle);
        Ok((Self { writer }, router))
    }

    /// Waits for the end, once its server has stopped, and says how long its transactions took.
    pub(crate) async fn close(self) -> Result<Spans> {
        self.writer.await?
    }
}

/// Takes the next lead: what the request says is read and not looked at.
async fn take(State(handle): State<Handle>, _body: Bytes) -> Response {
    let lead = {
        let mut next = handle.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next += 1;
        *next - 1
    };
    let (reply, stored) = oneshot::channel();
    let Some(row) = handle.stored.leads.get(lead) else {
        return StatusCode::GONE.into_response();
    };
    if handle.queue.send((lead, reply)).await.is_err() || stored.await.is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, row.answer.clone()).into_response()
}

async fn write(
    mut bare: Bare,
    stored: Arc<Stored>,
    mut waiting: mpsc::Receiver<Waiting>,
) -> Result<Spans> {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut batch, BATCH_MAX).await > 0 {
        batch.sort_unstable_by_key(|(lead, _)| *lead);
        let leads: Option<Vec<_>> = batch
            .iter()
            .map(|(lead, _)| stored.leads.get(*lead))
            .collect();
        bare.insert(&leads.context("a lead that was never stored")?)
            .await?;
        for (_, reply) in batch.drain(..) {
            // Whoever has gone away misses it.
            let _ = reply.send(());
        }
    }
    Ok(Spans::of(bare.commits))
}
