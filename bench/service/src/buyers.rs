//! Buyers on this machine: a server that takes most leads, after a while.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::post,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// All buyers behind one address; they stop when this is dropped.
#[derive(Debug)]
pub(crate) struct Buyers {
    address: String,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Habits {
    delay: Duration,
    n_posts: AtomicU64,
}

impl Buyers {
    /// * `delay`: how long each of them thinks about a lead.
    pub(crate) async fn start(delay: Duration) -> Result<Self> {
        let habits = Arc::new(Habits {
            delay,
            n_posts: AtomicU64::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let router = Router::new()
            .route("/{name}", post(answer))
            .with_state(habits);
        let server = tokio::spawn(async move {
            // It serves until it is aborted; a failure shows at whoever posts.
            drop(axum::serve(listener, router).await);
        });
        Ok(Self { address, server })
    }

    /// How to reach a buyer, as the JSON of a delivery target.
    pub(crate) fn target(&self, name: &str) -> Value {
        json!({
            "url": format!("{}/{name}", self.address),
            "timeout_ms": 10_000,
            "response": {"price": "$.price", "redirect_url": "$.redirect_url", "reason": "$.reason"},
        })
    }
}

impl Drop for Buyers {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Three of five are taken.
async fn answer(State(habits): State<Arc<Habits>>, Path(name): Path<String>) -> Response {
    let n = habits.n_posts.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(habits.delay).await;
    if n % 5 < 3 {
        let redirect_url = format!("https://{name}.example/thanks");
        return Json(json!({"price": "2.50", "redirect_url": redirect_url})).into_response();
    }
    let reason = Json(json!({"reason": "not in this region"}));
    (StatusCode::CONFLICT, reason).into_response()
}
