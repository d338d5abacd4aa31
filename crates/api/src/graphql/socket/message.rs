//! The messages of the protocol.

use serde_json::{Map, Value as Json, json};

use crate::graphql::{fault, literals};

/// Longest id of a subscription, in bytes.
const ID_BYTES_MAX: usize = 128;

/// What a client says.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    /// Who it is.
    Init(Map<String, Json>),
    /// Whether anybody is there.
    Ping,
    /// That it is there.
    Pong,
    /// What it wants to follow, as a request of GraphQL.
    Subscribe { id: String, request: Json },
    /// That it follows it no longer.
    Complete { id: String },
}

impl Message {
    /// # Errors
    ///
    /// What is wrong, in one line.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let Json::Object(mut members) = literals::read(text.as_bytes())? else {
            return Err("a message is a JSON object".to_owned());
        };
        let kind = members.remove("type");
        let kind = kind.as_ref().and_then(Json::as_str).unwrap_or_default();
        let payload = members.remove("payload").filter(|it| !it.is_null());
        let id = || match members.get("id") {
            Some(Json::String(id)) if (1..=ID_BYTES_MAX).contains(&id.len()) => Ok(id.clone()),
            _ => Err(format!("`id` is a text of 1 to {ID_BYTES_MAX} bytes")),
        };
        match kind {
            "connection_init" => match payload {
                None => Ok(Self::Init(Map::new())),
                Some(Json::Object(payload)) => Ok(Self::Init(payload)),
                Some(_) => Err("the payload of `connection_init` is an object".to_owned()),
            },
            "ping" => Ok(Self::Ping),
            "pong" => Ok(Self::Pong),
            "subscribe" => Ok(Self::Subscribe {
                id: id()?,
                request: payload.ok_or("`subscribe` has a payload")?,
            }),
            "complete" => Ok(Self::Complete { id: id()? }),
            _ => Err("`type` is connection_init, ping, pong, subscribe or complete".to_owned()),
        }
    }
}

/// The token that the payload of `connection_init` names, as `token` or as an `Authorization` header would.
pub(super) fn authorization(payload: &Map<String, Json>) -> Option<String> {
    let text = |name: &str| payload.get(name).and_then(Json::as_str);
    let header = text("Authorization").or_else(|| text("authorization"));
    header
        .map(str::to_owned)
        .or_else(|| text("token").map(|token| format!("Bearer {token}")))
}

/// One error that ends a subscription.
pub(super) fn error(id: &str, code: &str, message: &str) -> String {
    let error = json!({ "message": message, "extensions": { "code": code } });
    errors(id, &json!([error]))
}

/// Errors that end a subscription.
pub(super) fn errors(id: &str, errors: &Json) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

/// The error of a document that is refused before it is looked at.
pub(super) fn refused(id: &str, message: &str) -> String {
    error(id, fault::BAD_REQUEST, message)
}

/// An answer.
pub(super) fn next(id: &str, payload: &Json) -> String {
    json!({ "id": id, "type": "next", "payload": payload }).to_string()
}

/// The end of a subscription.
pub(super) fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_or_refused() {
        assert_eq!(
            Message::read(r#"{"type": "connection_init"}"#),
            Ok(Message::Init(Map::new()))
        );
        let subscribe = r#"{"id": "1", "type": "subscribe", "payload": {"query": "x"}}"#;
        assert_eq!(
            Message::read(subscribe),
            Ok(Message::Subscribe {
                id: "1".to_owned(),
                request: json!({"query": "x"}),
            })
        );
        for refused in [
            "",
            "[]",
            "{}",
            r#"{"type": 1}"#,
            r#"{"type": "start", "id": "1"}"#,
            r#"{"type": "connection_init", "payload": "pm_x"}"#,
            r#"{"type": "subscribe", "payload": {"query": "x"}}"#,
            r#"{"type": "subscribe", "id": "", "payload": {"query": "x"}}"#,
            r#"{"type": "subscribe", "id": "1"}"#,
            r#"{"type": "complete", "id": "1", "id": "2"}"#,
            r#"{"type": "complete", "id": 1}"#,
        ] {
            assert!(Message::read(refused).is_err(), "{refused}");
        }
        let nested = format!(r#"{{"type": "ping", "payload": {}"#, "[".repeat(100_000));
        assert!(Message::read(&nested).is_err());
    }

    #[test]
    fn tokens_come_in_three_ways() {
        let of = |payload: Json| authorization(payload.as_object().unwrap());
        let header = Some("Bearer pm_x".to_owned());
        assert_eq!(of(json!({"token": "pm_x"})), header);
        assert_eq!(of(json!({"authorization": "Bearer pm_x"})), header);
        assert_eq!(of(json!({"Authorization": "Bearer pm_x"})), header);
        assert_eq!(of(json!({"token": 1})), None);
    }
}
