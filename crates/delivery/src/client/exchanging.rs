//! One exchange on its way: its time, what of it has left, and what has arrived.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use reqwest::{
    Response,
    header::{CONTENT_ENCODING, HeaderValue, RETRY_AFTER},
};

use super::{EXCHANGE_TIMEOUT_MAX, encoding::Encoding};
use crate::{
    Format, NotSent, Outcome, Target, Unknown,
    response::{BODY_BYTES_MAX, Head},
};

/// A timer that fires later than this was kept waiting by our own machine, and so may the answer have been.
const LATENESS_MAX: Duration = Duration::from_millis(250);

/// How long an exchange may take, and by whose word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) time: Duration,
    /// Whether the lead's time ends before the destination's own.
    pub(super) is_ours: bool,
}

impl Limit {
    /// * `left`: real time left for the lead.
    pub(super) fn of(target: &Target, left: Duration) -> Self {
        let own = Duration::from_millis(target.timeout_ms.into()).min(EXCHANGE_TIMEOUT_MAX);
        Self {
            time: own.min(left),
            is_ours: left < own,
        }
    }

    /// What it means that the time is up: only a destination that had all of its own time has failed.
    pub(super) fn passed(self, elapsed: Duration, leaving: &Leaving) -> Outcome {
        let is_ours = self.is_ours || elapsed > self.time + LATENESS_MAX;
        match (leaving.never_began(), is_ours) {
            (true, true) => Outcome::NotSent {
                why: NotSent::NoTime,
            },
            (true, false) => Outcome::NotSent {
                why: NotSent::TimedOut,
            },
            (false, true) => Outcome::Unknown {
                why: Unknown::CutOff,
            },
            (false, false) => Outcome::Unknown {
                why: Unknown::TimedOut,
            },
        }
    }
}

/// The part of the response that has arrived. It outlives the deadline, so that a late answer can be shown.
#[derive(Debug, Default)]
pub(super) struct Received {
    pub(super) head: Option<Head>,
    pub(super) encoding: Encoding,
    pub(super) bytes: Vec<u8>,
}

impl Received {
    /// Reads up to the limit; says whether more would come.
    pub(super) async fn read(&mut self, mut response: Response) -> Result<bool, reqwest::Error> {
        let retry_after = response.headers().get(RETRY_AFTER);
        self.head = Some(Head {
            status: response.status().as_u16(),
            asks_to_wait: retry_after.is_some(),
            retry_after_s: retry_after
                .and_then(|value| value.to_str().ok())
                .and_then(|text| seconds_to_wait(text.trim())),
        });
        let encodings = response.headers().get_all(CONTENT_ENCODING).into_iter();
        self.encoding = Encoding::parse(encodings.map(HeaderValue::as_bytes));
        while let Some(chunk) = response.chunk().await? {
            let room = BODY_BYTES_MAX - self.bytes.len();
            self.bytes
                .extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What a `Retry-After` comes to, in seconds or as a date.
fn seconds_to_wait(text: &str) -> Option<u64> {
    let seconds = text.parse().ok();
    seconds.or_else(|| {
        let at = httpdate::parse_http_date(text).ok()?;
        let left = at.duration_since(SystemTime::now()).unwrap_or_default();
        Some(left.as_secs() + u64::from(left.subsec_nanos() > 0))
    })
}

/// Whether the first byte of a request may have left.
#[derive(Debug, Clone)]
pub(super) struct Leaving {
    /// Set when the connection asks for the body, before it writes anything.
    body_asked_for: Arc<AtomicBool>,
    /// Unknown for a request without a body.
    is_blind: bool,
}

impl Leaving {
    pub(super) fn new(target: &Target) -> Self {
        Self {
            body_asked_for: Arc::default(),
            is_blind: target.format == Format::Query,
        }
    }

    pub(super) fn begin(&self) {
        self.body_asked_for.store(true, Ordering::Release);
    }

    pub(super) fn never_began(&self) -> bool {
        !self.is_blind && !self.body_asked_for.load(Ordering::Acquire)
    }
}
