//! The endpoint at which buyers are pinged for bids.

use std::{future::pending, sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use pointsman_lead::Micros;
use serde_json::{Value, json};

use super::{Buyer, Journal};
use crate::{
    DESTINATIONS,
    world::chance::{Purpose, below, stream},
};

/// How a buyer misbehaves when it is asked for a bid. Which leads meet with it follows from the lead,
/// and a buyer that names no price for its leads never bids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PingQuirks {
    /// Bids nothing, for one in this many leads.
    pub none_one_in: Option<u64>,
    /// Answers with what is no bid at all, for one in this many leads.
    pub garbage_one_in: Option<u64>,
    /// Never answers, for one in this many leads.
    pub late_one_in: Option<u64>,
    /// How long each answer takes, in real time.
    pub delay: Duration,
}

/// What a buyer made of one ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PingAnswer {
    /// It would pay this for the lead.
    Bid(Micros),
    /// It does not bid.
    None,
    /// It sent an unreadable answer.
    Garbage,
    /// It never answered.
    Late,
}

/// One ping as a buyer received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinged {
    /// The key of the generated lead, or whatever came in its place.
    pub key: String,
    /// Everything that the ping sent.
    pub fields: Value,
    /// What was made of it.
    pub answer: PingAnswer,
}

impl Buyer {
    /// What the buyer says when it is asked about a lead: the same whenever it is asked.
    pub(crate) fn quote(&self, number: u64) -> PingAnswer {
        let part = DESTINATIONS.iter().position(|name| *name == self.name);
        let part = u64::try_from(part.unwrap_or(0)).unwrap_or(0);
        let mut rng = stream(self.world.seed(), Purpose::Ping, number, part);
        let mut strikes = |one_in: Option<u64>| one_in.is_some_and(|n| below(&mut rng, n) == 0);
        let PingQuirks {
            none_one_in,
            garbage_one_in,
            late_one_in,
            delay: _,
        } = self.quirks.pings;
        if strikes(none_one_in) {
            PingAnswer::None
        } else if strikes(garbage_one_in) {
            PingAnswer::Garbage
        } else if strikes(late_one_in) {
            PingAnswer::Late
        } else {
            let bid = self.world.bid(number, self.name);
            bid.map_or(PingAnswer::None, PingAnswer::Bid)
        }
    }
}

/// The endpoint: `{"bid": "16.00", "ping_id": "acme-w7-0000000"}` is a bid, no content is none.
pub(super) async fn answer(State(journal): State<Arc<Journal>>, body: Bytes) -> Response {
    let fields: Value = serde_json::from_slice(&body).unwrap_or_default();
    let key = fields["ref"].as_str().unwrap_or_default().to_owned();
    let answer = journal.buyer.quote(journal.buyer.world.number(&key));
    let ping_id = format!("{}-{key}", journal.buyer.name);
    journal.pages().pinged.push(Pinged {
        key,
        fields,
        answer,
    });
    tokio::time::sleep(journal.buyer.quirks.pings.delay).await;
    match answer {
        PingAnswer::Bid(bid) => {
            axum::Json(json!({"bid": bid.to_string(), "ping_id": ping_id})).into_response()
        }
        PingAnswer::None => StatusCode::NO_CONTENT.into_response(),
        PingAnswer::Garbage => "<html><body>It works!</body></html>".into_response(),
        PingAnswer::Late => pending().await,
    }
}

/// How to ask a buyer, as the JSON of a ping target.
pub(super) fn target(leads_url: &str) -> Value {
    json!({
        "url": leads_url.replace("/leads", "/bids"),
        "body": {
            "ref": "{{sub_id_5}}", "state": "{{lead.state}}", "credit": "{{lead.credit}}",
            "age": "{{lead.age}}",
        },
        "response": {"ping_id": "$.ping_id"},
    })
}
