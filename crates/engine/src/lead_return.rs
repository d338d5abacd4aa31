//! Leads that their buyers give back: what is asked for, on its way to the sequencer.

use pointsman_lead::Problem;
use pointsman_store::{ReturnKind, ReturnOrigin, ReturnRow};

use crate::{ident, postback::Click};

/// Longest key of a request, in characters.
const KEY_CHARS_MAX: usize = 255;
/// Longest note, in characters.
const NOTE_CHARS_MAX: usize = 500;

/// What names the delivery by which a buyer has a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnSubject {
    /// Its id.
    Delivery(String),
    /// Its click id, which the buyer knows.
    Click(String),
}

/// A lead to be taken back.
#[derive(Debug, Clone)]
pub struct ReturnRequest {
    /// The delivery.
    pub subject: ReturnSubject,
    /// A key of whoever asks: the same key is the same return.
    pub key: String,
    /// Why.
    pub reason: String,
    /// Whether somebody is asked.
    pub kind: ReturnKind,
    /// Name of the token.
    pub by: String,
    /// The destination whose token it is; `None`: whoever operates the server.
    pub destination: Option<String>,
}

/// What is decided about a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnVerdict {
    /// The money goes back.
    Accept,
    /// It does not.
    Deny,
    /// It went back, and comes again.
    Reverse,
}

/// What the sequencer is to do with a return.
#[derive(Debug)]
pub(crate) enum PreparedReturn {
    /// Keep a new one.
    Request(RequestedReturn),
    /// Decide about one.
    Decide(DecidedReturn),
}

/// A return that somebody asks for.
#[derive(Debug, Clone)]
pub(crate) struct RequestedReturn {
    pub(crate) click: Click,
    pub(crate) kind: ReturnKind,
    pub(crate) origin: ReturnOrigin,
    pub(crate) key: String,
    pub(crate) reason: Option<String>,
    pub(crate) by: String,
}

/// A return that somebody decides about.
#[derive(Debug, Clone)]
pub(crate) struct DecidedReturn {
    pub(crate) id: String,
    pub(crate) click: Click,
    pub(crate) verdict: ReturnVerdict,
    pub(crate) note: Option<String>,
    pub(crate) by: String,
}

/// What became of it: the return as it is now, or all that speaks against it.
pub(crate) type Taken = Result<ReturnRow, Vec<Problem>>;

impl PreparedReturn {
    pub(crate) fn click(&self) -> &Click {
        match self {
            Self::Request(RequestedReturn { click, .. })
            | Self::Decide(DecidedReturn { click, .. }) => click,
        }
    }

    pub(crate) fn by(&self) -> &str {
        match self {
            Self::Request(RequestedReturn { by, .. }) | Self::Decide(DecidedReturn { by, .. }) => {
                by
            }
        }
    }
}

impl RequestedReturn {
    /// What makes the same request the same. Each buyer has keys of its own, and so has whoever operates the server.
    pub(crate) fn natural_key(&self) -> String {
        let origin = match self.origin {
            ReturnOrigin::Token => "token",
            ReturnOrigin::Postback => "postback",
            ReturnOrigin::Operator => "operator",
        };
        let destination = &self.click.destination;
        ident::fingerprint(&format!("{origin}\u{1f}{destination}\u{1f}{}", self.key))
    }
}

impl ReturnRequest {
    /// What is wrong with it, whatever is stored.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let n_chars = self.key.chars().count();
        if !(1..=KEY_CHARS_MAX).contains(&n_chars) || self.key.chars().any(char::is_control) {
            let message = format!("a key has 1 to {KEY_CHARS_MAX} characters, none of control");
            let hint = "make one up for each return, and send it again with each retry";
            problems.push(Problem::new("bad_key", "idempotency_key", message).hint(hint));
        }
        if !pointsman_flow::is_reason(&self.reason) {
            problems.push(bad_reason());
        }
        problems
    }
}

pub(crate) fn bad_reason() -> Problem {
    let message = "a reason has 1 to 60 characters without line breaks or spaces around them";
    Problem::new("reason", "reason", message)
        .hint("write one of the reasons of the destination, such as \"wrong number\"")
}

pub(crate) fn check_note(note: &str) -> Option<Problem> {
    pointsman_lead::unstorable("note", note, NOTE_CHARS_MAX)
}

/// There is nothing of this name that the asking token may know of.
pub(crate) fn not_found(path: &str, what: &str) -> Problem {
    Problem::new("not_found", path, format!("there is no {what}"))
        .hint("take it from `deliveries`, `returns`, or from what was sent with the lead")
}

pub(crate) fn delivery_not_found(subject: &ReturnSubject) -> Problem {
    match subject {
        ReturnSubject::Delivery(_) => not_found("delivery", "delivery with this id"),
        ReturnSubject::Click(_) => not_found("click_id", "delivery with this click id"),
    }
}
