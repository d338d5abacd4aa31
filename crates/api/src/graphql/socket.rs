//! GraphQL subscriptions over web sockets.
//!
//! A document is measured before it is parsed, as one that comes by POST is. What somebody unknown, a flood or a client that does not read can
//! take is bounded: connections, the time until they say who they are, subscriptions, sizes of messages, and how long an answer
//! may wait to be read. No queue grows: while an answer waits, nothing more is read from that client, and of the
//! results it missed it gets the newest.
//!
//! # Source
//!
//! *GraphQL over WebSocket Protocol* (`graphql-transport-ws`), the protocol of the package `graphql-ws`.

mod connection;
mod message;
mod running;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{
        State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::subscription::Looks;
use crate::{ApiState, access::cookie, failure::Failure};
use connection::Connection;

/// The protocol that is spoken.
const PROTOCOL: &str = "graphql-transport-ws";
/// Most connections that subscribe, at once.
const OPEN_MAX: usize = 128;
/// Most connections that have not said who they are, at once.
const OPENING_MAX: usize = 32;
/// Largest message of a client, in bytes.
const MESSAGE_BYTES_MAX: usize = 128 * 1024;

/// What a server keeps open beyond a request, to be closed when it ends. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct OpenSockets {
    ending: CancellationToken,
    tasks: TaskTracker,
}

impl OpenSockets {
    /// Closes all connections that are open, and those that are opened from now on.
    ///
    /// * `limit`: how long to wait for them.
    pub async fn close(&self, limit: Duration) {
        self.ending.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(limit, self.tasks.wait()).await;
    }
}

/// Places for connections. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Seats {
    opening: Arc<Semaphore>,
    open: Arc<Semaphore>,
    /// Of what all of them follow.
    looks: Looks,
}

impl Default for Seats {
    fn default() -> Self {
        Self {
            opening: Arc::new(Semaphore::new(OPENING_MAX)),
            open: Arc::new(Semaphore::new(OPEN_MAX)),
            looks: Looks::default(),
        }
    }
}

/// Opens a connection, if it comes from a page of this server or from no page at all.
pub(crate) async fn open(
    State(state): State<ApiState>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    // Browsers let every page open sockets to anywhere, with the cookies of the place.
    if headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site") {
        cookie::check_own_page(&headers, &state.options)?;
    }
    let upgrade = upgrade.map_err(|_| not_spoken())?.protocols([PROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return Err(not_spoken());
    }
    let seat = Arc::clone(&state.seats.opening).try_acquire_owned();
    let seat = seat.map_err(|_| Failure::busy())?;
    let OpenSockets { ending, tasks } = state.options.sockets.clone();
    let upgrade = upgrade
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .read_buffer_size(8 * 1024)
        .write_buffer_size(0);
    Ok(upgrade.on_upgrade(move |socket| {
        let connection = Connection::new(socket, state, headers, seat);
        tasks.track_future(connection.serve(ending))
    }))
}

fn not_spoken() -> Failure {
    Failure::new(
        StatusCode::BAD_REQUEST,
        "no_websocket",
        "No WebSocket",
        format!("this address takes WebSocket connections of the protocol {PROTOCOL}"),
    )
    .at(
        "Sec-WebSocket-Protocol",
        "queries and mutations go to /graphql",
    )
}
