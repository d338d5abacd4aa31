//! A client that speaks `graphql-transport-ws`, well or badly.

use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        self, Message,
        client::IntoClientRequest as _,
        http::{HeaderName, HeaderValue, Request},
    },
};

use crate::{server::Server, wait::TIMEOUT};

/// What the server says.
pub(crate) enum Said {
    Message(Value),
    Closed(u16, String),
}

/// A message that asks for a subscription.
pub(crate) fn subscribe(id: &str, query: &str) -> Value {
    json!({"id": id, "type": "subscribe", "payload": {"query": query}})
}

pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    pub(crate) async fn open(server: &Server) -> Self {
        Self::open_with(server, &[]).await
    }

    pub(crate) async fn open_with(server: &Server, headers: &[(&'static str, &str)]) -> Self {
        let opened = Self::try_open(server, headers).await;
        opened.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The status with which a handshake is refused.
    pub(crate) async fn refused(server: &Server, headers: &[(&'static str, &str)]) -> u16 {
        match Self::try_open(server, headers).await.map(|_| ()) {
            Err(tungstenite::Error::Http(answer)) => answer.status().as_u16(),
            other => panic!("not refused: {other:?}"),
        }
    }

    pub(crate) async fn try_open(
        server: &Server,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, tungstenite::Error> {
        let address = server.base().trim_start_matches("http://");
        let mut request: Request<()> =
            format!("ws://{address}/graphql/ws").into_client_request()?;
        let mut all = vec![("sec-websocket-protocol", "graphql-transport-ws")];
        all.extend(headers);
        for (name, value) in all {
            let name = HeaderName::from_static(name);
            request
                .headers_mut()
                .insert(name, HeaderValue::from_str(value)?);
        }
        let stream = TcpStream::connect(address).await?;
        let (socket, _) = client_async(request, stream).await?;
        Ok(Self(socket))
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.say_text(message.to_string()).await;
    }

    pub(crate) async fn say_text(&mut self, text: String) {
        // What is too large is cut off while it is sent.
        let _ = self.0.send(Message::text(text)).await;
    }

    /// Says who it is, and waits until it is let in.
    pub(crate) async fn init(&mut self, payload: &Value) {
        self.say(&json!({"type": "connection_init", "payload": payload}))
            .await;
        assert_eq!(self.message().await, json!({"type": "connection_ack"}));
    }

    pub(crate) async fn hear(&mut self) -> Said {
        loop {
            let said = tokio::time::timeout(TIMEOUT, self.0.next()).await;
            match said.expect("the server says something") {
                Some(Ok(Message::Text(text))) => {
                    return Said::Message(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(Some(close)))) => {
                    return Said::Closed(close.code.into(), close.reason.to_string());
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => return Said::Closed(1006, format!("{other:?}")),
            }
        }
    }

    pub(crate) async fn message(&mut self) -> Value {
        match self.hear().await {
            Said::Message(message) => message,
            Said::Closed(code, reason) => panic!("closed with {code}: {reason}"),
        }
    }

    /// A socket of somebody who has said who they are.
    pub(crate) async fn of(server: &Server, token: &str) -> Self {
        let mut socket = Self::open(server).await;
        socket.init(&json!({"token": token})).await;
        socket
    }

    /// Subscribes, and gives what is sent first.
    pub(crate) async fn begin(&mut self, id: &str, query: &str) -> Value {
        self.say(&subscribe(id, query)).await;
        self.next(id).await
    }

    /// The next thing that a subscription tells, the one field of it.
    pub(crate) async fn next(&mut self, id: &str) -> Value {
        loop {
            let message = self.message().await;
            assert_eq!(message["type"], "next", "{message}");
            if message["id"] == *id {
                let data = message["payload"]["data"].as_object();
                let field = data.and_then(|data| data.values().next());
                return field.unwrap_or_else(|| panic!("{message}")).clone();
            }
        }
    }

    /// What a subscription tells once it is as it has to be. Whatever comes before is passed over.
    pub(crate) async fn until(&mut self, id: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        loop {
            let update = self.next(id).await;
            if is_so(&update) {
                return update;
            }
        }
    }

    /// The code with which a subscription is refused.
    pub(crate) async fn refusal(&mut self, query: &str) -> Value {
        self.say(&subscribe("refused", query)).await;
        let message = self.message().await;
        assert_eq!(message["type"], "error", "{query}: {message}");
        message["payload"][0]["extensions"]["code"].clone()
    }

    /// The code with which it is closed, whatever was said before.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Said::Closed(code, reason) = self.hear().await {
                return (code, reason);
            }
        }
    }

    /// Asks as fast as the server takes it and reads nothing; whether the server has cut it off in that time.
    pub(crate) async fn flood(mut self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        let id = "x".repeat(100);
        while Instant::now() < until {
            let bad = json!({"id": id, "type": "subscribe", "payload": {"query": "{ x }"}});
            let sent = self.0.send(Message::text(bad.to_string()));
            // The server reads no more while its answers wait: then this waits too.
            match tokio::time::timeout(limit, sent).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return true,
                Err(_) => return false,
            }
        }
        false
    }
}
