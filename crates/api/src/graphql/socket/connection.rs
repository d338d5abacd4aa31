//! One connection: who it is, what it follows, and when it ends.

use std::time::Duration;

use async_graphql::{
    Response as Answer, Value,
    parser::types::{OperationDefinition, OperationType, Selection},
};
use axum::{
    extract::ws::{CloseFrame, Message as Frame, WebSocket},
    http::{HeaderMap, HeaderValue, header},
};
use pointsman_control::Principal;
use serde_json::{Map, Value as Json};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use super::{
    message::{self, Message},
    running::Running,
};
use crate::{
    ApiState,
    access::Caller,
    graphql::{
        fault,
        handler::{operation_of, ready, request},
        limits,
    },
};

/// How long a client may take to say who it is.
const INIT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an answer may wait for the client to read.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long to wait for the client to close, once it was told to.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// How often clock, token and silence are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often the client is asked whether it is there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// How long it may be silent.
const SILENCE_MAX: Duration = Duration::from_mins(1);
/// Most subscriptions of a connection.
const SUBSCRIPTIONS_MAX: usize = 16;
/// Longest reason for a close, in bytes, as a frame holds it.
const REASON_BYTES_MAX: usize = 120;

/// Why a connection ends.
enum End {
    /// The client is gone, or does not read.
    Gone,
    /// We close it.
    Close(u16, String),
}

impl End {
    fn close(code: u16, reason: &str) -> Self {
        Self::Close(code, reason.to_owned())
    }
}

/// What happens next.
enum Event {
    Frame(Option<Result<Frame, axum::Error>>),
    Answer(String, Option<Answer>),
    Look,
}

pub(super) struct Connection {
    socket: WebSocket,
    state: ApiState,
    /// By which the client is known: headers of the handshake, and the token that it named since.
    credentials: HeaderMap,
    /// Who it is; none until it said so.
    principal: Option<Principal>,
    seat: OwnedSemaphorePermit,
    running: Running,
    opened: Instant,
    received_at: Instant,
    pinged: Instant,
}

impl Connection {
    /// * `seat`: a place among those that have not said who they are.
    pub(super) fn new(
        socket: WebSocket,
        state: ApiState,
        headers: HeaderMap,
        seat: OwnedSemaphorePermit,
    ) -> Self {
        let now = Instant::now();
        Self {
            socket,
            state,
            credentials: headers,
            principal: None,
            seat,
            running: Running::new(),
            opened: now,
            received_at: now,
            pinged: now,
        }
    }

    /// Serves until the client or the server ends.
    pub(super) async fn serve(mut self, ending: CancellationToken) {
        let end = tokio::select! {
            end = self.run() => end,
            () = ending.cancelled() => End::close(1001, "the server ends"),
        };
        let Self {
            mut socket,
            running,
            seat,
            ..
        } = self;
        // What runs ends here, and not when the client has closed.
        drop(running);
        let End::Close(code, reason) = end else {
            return;
        };
        let close = Frame::Close(Some(CloseFrame {
            code,
            reason: short(&reason).into(),
        }));
        let closed = async {
            socket.send(close).await.ok()?;
            while socket.recv().await?.is_ok() {}
            Some(())
        };
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, closed).await;
        drop(seat);
    }

    async fn run(&mut self) -> End {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let event = tokio::select! {
                frame = self.socket.recv() => Event::Frame(frame),
                Some((id, answer)) = self.running.next() => Event::Answer(id, answer),
                _ = looks.tick() => Event::Look,
            };
            let done = match event {
                Event::Frame(frame) => self.take(frame).await,
                Event::Answer(id, answer) => self.answer(&id, answer).await,
                Event::Look => self.look().await,
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    async fn send(&mut self, frame: Frame) -> Result<(), End> {
        let sent = tokio::time::timeout(SEND_TIMEOUT, self.socket.send(frame)).await;
        sent.map_err(|_| End::Gone)?.map_err(|_| End::Gone)
    }

    async fn say(&mut self, text: String) -> Result<(), End> {
        self.send(Frame::Text(text.into())).await
    }

    /// What goes by the clock.
    async fn look(&mut self) -> Result<(), End> {
        if self.received_at.elapsed() > SILENCE_MAX {
            return Err(End::Gone);
        }
        if self.principal.is_some() {
            self.check_caller().await?;
        } else if self.opened.elapsed() > INIT_TIMEOUT {
            return Err(End::close(4408, "Connection initialisation timeout"));
        }
        if self.pinged.elapsed() > PING_EVERY {
            self.pinged = Instant::now();
            self.send(Frame::Ping(Vec::new().into())).await?;
        }
        Ok(())
    }

    /// Ends where the token was revoked, or the session is over. A database that does not answer says neither.
    // By `&mut`, since a socket cannot be shared between threads.
    async fn check_caller(&mut self) -> Result<(), End> {
        match self.state.caller_or_session(&self.credentials).await {
            Ok(Caller::Known(principal)) if self.principal.as_ref() == Some(&principal) => Ok(()),
            Err(failure) if failure.status().is_server_error() => Ok(()),
            _ => Err(End::close(
                4403,
                "Forbidden: the token is not valid any more, or the session is over",
            )),
        }
    }

    async fn take(&mut self, frame: Option<Result<Frame, axum::Error>>) -> Result<(), End> {
        self.received_at = Instant::now();
        match frame {
            Some(Ok(Frame::Text(text))) => match Message::read(&text) {
                Ok(message) => self.obey(message).await,
                Err(why) => Err(End::Close(4400, why)),
            },
            Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => Ok(()),
            Some(Ok(Frame::Binary(_))) => Err(End::close(4400, "messages are text")),
            // A message that is too large, or no message at all.
            Some(Err(_)) => Err(End::close(1009, "the message is too large, or broken")),
            Some(Ok(Frame::Close(_))) | None => Err(End::Gone),
        }
    }

    async fn obey(&mut self, message: Message) -> Result<(), End> {
        match message {
            Message::Init(_) if self.principal.is_some() => {
                Err(End::close(4429, "Too many initialisation requests"))
            }
            Message::Init(payload) => self.init(&payload).await,
            Message::Ping => self.say(r#"{"type":"pong"}"#.to_owned()).await,
            Message::Pong => Ok(()),
            Message::Subscribe { id, request } => self.subscribe(id, request).await,
            Message::Complete { id } => {
                self.running.stop(&id);
                Ok(())
            }
        }
    }

    async fn init(&mut self, payload: &Map<String, Json>) -> Result<(), End> {
        if let Some(text) = message::authorization(payload) {
            let value = HeaderValue::from_str(&text);
            let value = value.map_err(|_| End::close(4403, "Forbidden: this is no token"))?;
            self.credentials.insert(header::AUTHORIZATION, value);
        }
        let principal = match self.state.caller_or_session(&self.credentials).await {
            Ok(Caller::Known(principal)) => principal,
            Ok(Caller::Anonymous) => {
                let reason = "Forbidden: name a token in the payload, as `token`";
                return Err(End::close(4403, reason));
            }
            Ok(Caller::Refused) => {
                let reason = "Forbidden: the token is not valid, or the session is over";
                return Err(End::close(4403, reason));
            }
            Err(failure) if failure.status().is_server_error() => {
                return Err(End::close(1013, "the database is unavailable; retry later"));
            }
            Err(failure) => {
                return Err(End::Close(4403, format!("Forbidden: {}", failure.detail())));
            }
        };
        let open = std::sync::Arc::clone(&self.state.seats.open).try_acquire_owned();
        self.seat = open.map_err(|_| {
            End::close(
                1013,
                "the limit of open subscriptions is reached; retry later",
            )
        })?;
        self.principal = Some(principal);
        self.say(r#"{"type":"connection_ack"}"#.to_owned()).await
    }

    async fn subscribe(&mut self, id: String, sent: Json) -> Result<(), End> {
        let Some(principal) = self.principal.clone() else {
            return Err(End::close(4401, "Unauthorized"));
        };
        if self.running.contains(&id) {
            let reason = format!("Subscriber for {id} already exists");
            return Err(End::Close(4409, reason));
        }
        if self.running.len() >= SUBSCRIPTIONS_MAX {
            let why = format!("a connection has at most {SUBSCRIPTIONS_MAX} subscriptions");
            return self.say(message::refused(&id, &why)).await;
        }
        let request = match request(sent) {
            Ok(request) => request,
            Err(it) => return self.say(message::error(&id, it.code, &it.message)).await,
        };
        let document = match limits::parse(&request.query, &request.variables) {
            Ok(document) => document,
            Err(it) => return self.say(message::refused(&id, &it.message)).await,
        };
        let operation = operation_of(&document, request.operation_name.as_deref());
        if let Some(why) = operation.and_then(unfit) {
            return self.say(message::refused(&id, why)).await;
        }
        let schema = self.state.schemas.of(&request.query).clone();
        let is_browser = !self.credentials.contains_key(header::AUTHORIZATION);
        let request = ready(&self.state, (principal, is_browser), request, document);
        let request = request.data(self.state.seats.looks.clone());
        self.running.start(id, schema.execute_stream(request));
        Ok(())
    }

    async fn answer(&mut self, id: &str, answer: Option<Answer>) -> Result<(), End> {
        // A token that was revoked meanwhile reads nothing more.
        self.check_caller().await?;
        let Some(mut answer) = answer else {
            self.running.stop(id);
            return self.say(message::complete(id)).await;
        };
        fault::name_all(&mut answer);
        let is_failed = answer.data == Value::Null && !answer.errors.is_empty();
        let body = serde_json::to_value(&answer).unwrap_or_default();
        if is_failed {
            self.running.stop(id);
            return self.say(message::errors(id, &body["errors"])).await;
        }
        self.say(message::next(id, &body)).await
    }
}

/// Why an operation cannot be followed.
fn unfit(operation: &OperationDefinition) -> Option<&'static str> {
    if operation.ty != OperationType::Subscription {
        return Some("only subscriptions run here; queries and mutations go to /graphql");
    }
    match &*operation.selection_set.node.items {
        [only] if matches!(only.node, Selection::Field(_)) => None,
        _ => Some("a subscription asks for one field, and not by a fragment"),
    }
}

/// A reason as a frame can hold it.
fn short(reason: &str) -> String {
    let mut end = reason.len().min(REASON_BYTES_MAX);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    reason[..end].to_owned()
}
