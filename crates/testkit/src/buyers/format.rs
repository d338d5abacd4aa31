//! The formats of the five buyers: how each reads a post and answers it.

use std::{collections::BTreeMap, future::pending, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, Uri, header::RETRY_AFTER},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use pointsman_lead::Micros;
use serde_json::{Value, json};

use super::{Answer, Journal, Post, bids, target::KEY};

/// Names and texts of a form or a query.
type Pairs = BTreeMap<String, String>;

/// The routes of one buyer.
pub(super) fn router(journal: Arc<Journal>) -> Router {
    let route = match journal.buyer.name {
        "acme" => post(acme),
        "zenith" => post(zenith),
        "harbor" => post(harbor),
        "meridian" => get(meridian),
        _ => post(lakeside),
    };
    Router::new()
        .route("/leads", route)
        .route("/bids", post(bids::answer))
        .with_state(journal)
}

async fn acme(State(journal): State<Arc<Journal>>, headers: HeaderMap, body: Bytes) -> Response {
    let lead = read(&body);
    let mut post = Post {
        lead_id: text(&lead, "/lead_id"),
        click_id: text(&lead, "/click_id"),
        key: text(&lead, "/external_id"),
        faults: missing(["state", "credit", "phone", "email"], |name| {
            text(&lead, &format!("/{name}"))
        }),
        ..Post::default()
    };
    if header(&headers, "x-api-key") != KEY {
        post.faults.push("x-api-key");
    }
    let faults = post.faults.clone();
    match journal.answer(&headers, post).await {
        (Answer::Accepted, _) => {
            let body = axum::Json(json!({"status": "accepted"}));
            (StatusCode::ACCEPTED, body).into_response()
        }
        (Answer::Busy, _) => {
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "2")]).into_response()
        }
        (Answer::Malformed, _) if faults.contains(&"x-api-key") => {
            StatusCode::UNAUTHORIZED.into_response()
        }
        _ => {
            let body = json!({"missing": faults, "reason": "not among the leads we want"});
            (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(body)).into_response()
        }
    }
}

async fn zenith(State(journal): State<Arc<Journal>>, headers: HeaderMap, body: Bytes) -> Response {
    let lead = form(&headers, &body);
    let given = |name: &str| lead.get(name).cloned().unwrap_or_default();
    let mut post = Post {
        lead_id: given("lead_id"),
        click_id: given("click_id"),
        key: given("ref"),
        faults: missing(["state", "email"], given),
        ..Post::default()
    };
    let phone = given("phone");
    if phone.len() != 10 || !phone.bytes().all(|byte| byte.is_ascii_digit()) {
        post.faults.push("phone must have 10 digits");
    }
    if given("key") != KEY {
        post.faults.push("key");
    }
    let fault = post.faults.first().copied();
    let body = match journal.answer(&headers, post).await {
        (Answer::Accepted, _) => json!({"success": 1}),
        (Answer::Busy, _) => {
            return (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "5")]).into_response();
        }
        _ => json!({"success": 0, "error": fault.unwrap_or("duplicate")}),
    };
    axum::Json(body).into_response()
}

async fn harbor(State(journal): State<Arc<Journal>>, headers: HeaderMap, body: Bytes) -> Response {
    let lead = read(&body);
    let mut post = Post {
        lead_id: text(&lead, "/tracking/lead_id"),
        click_id: text(&lead, "/tracking/click_id"),
        key: text(&lead, "/tracking/ref"),
        faults: missing(["phone", "postal_code"], |name| {
            text(&lead, &format!("/person/{name}"))
        }),
        ..Post::default()
    };
    if header(&headers, "authorization") != format!("Bearer {KEY}") {
        post.faults.push("authorization");
    }
    let faults = post.faults.clone();
    match journal.answer(&headers, post).await {
        (Answer::Accepted, _) => {
            let body = axum::Json(json!({"result": {"ok": true}}));
            (StatusCode::CREATED, body).into_response()
        }
        (Answer::Busy, _) => (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "10")]).into_response(),
        (Answer::Malformed, _) => {
            let body = json!({"error": "bad request", "fields": faults});
            (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
        }
        _ => {
            let body = axum::Json(json!({"error": "duplicate"}));
            (StatusCode::CONFLICT, body).into_response()
        }
    }
}

async fn meridian(
    State(journal): State<Arc<Journal>>,
    headers: HeaderMap,
    Query(lead): Query<Pairs>,
) -> Response {
    let given = |name: &str| lead.get(name).cloned().unwrap_or_default();
    let mut post = Post {
        lead_id: given("lead"),
        click_id: given("sub"),
        key: given("ref"),
        faults: missing(["st", "zip"], given),
        ..Post::default()
    };
    if given("token") != KEY {
        post.faults.push("token");
    }
    let click_id = post.click_id.clone();
    let text = match journal.answer(&headers, post).await {
        (Answer::Accepted, bid) => {
            let bid = bid.unwrap_or_default();
            format!("ACCEPTED|{bid}|https://meridian.example/apply?sub={click_id}")
        }
        (Answer::Busy, _) => "REJECTED|busy".to_owned(),
        (Answer::Malformed, _) => "ERROR|bad request".to_owned(),
        _ => "REJECTED|no bid".to_owned(),
    };
    text.into_response()
}

async fn lakeside(
    State(journal): State<Arc<Journal>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let lead = read(&body);
    let post = Post {
        lead_id: text(&lead, "/lead_id"),
        click_id: text(&lead, "/transaction_id"),
        key: text(&lead, "/ref"),
        faults: missing(["phone", "email"], |name| {
            text(&lead, &format!("/applicant/{name}"))
        }),
        ..Post::default()
    };
    let body = match journal.answer(&headers, post).await {
        (Answer::Accepted, _) => json!({"status": "accepted"}),
        (Answer::Busy, _) => json!({"status": "declined", "reason": "busy"}),
        (Answer::Malformed, _) => json!({"status": "declined", "reason": "incomplete"}),
        _ => json!({"status": "declined", "reason": "underwriting"}),
    };
    axum::Json(body).into_response()
}

impl Journal {
    /// Takes the post, waits as long as this buyer does, and for ever where it never answers.
    async fn answer(&self, headers: &HeaderMap, mut post: Post) -> (Answer, Option<Micros>) {
        let key = header(headers, "idempotency-key");
        post.idempotency_key = if key.is_empty() {
            post.click_id.clone()
        } else {
            key
        };
        let (answer, bid) = self.take(post);
        tokio::time::sleep(self.buyer.quirks.delay).await;
        if matches!(answer, Answer::Mute | Answer::Lost) {
            pending::<()>().await;
        }
        (answer, bid)
    }
}

fn header(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// A form's body reads as a query does.
fn form(headers: &HeaderMap, body: &Bytes) -> Pairs {
    let is_form = header(headers, "content-type") == "application/x-www-form-urlencoded";
    let text = str::from_utf8(body).ok().filter(|_| is_form);
    let uri = text.and_then(|text| format!("/?{text}").parse::<Uri>().ok());
    let pairs = uri.and_then(|uri| Query::try_from_uri(&uri).ok());
    pairs.map(|Query(pairs)| pairs).unwrap_or_default()
}

fn read(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

fn text(lead: &Value, pointer: &str) -> String {
    let found = lead.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

fn missing<const N: usize>(
    names: [&'static str; N],
    given: impl Fn(&str) -> String,
) -> Vec<&'static str> {
    let names = names.into_iter();
    names.filter(|name| given(name).is_empty()).collect()
}
