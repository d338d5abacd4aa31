//! What came of one HTTP exchange, in the classes that decide fallback, retry and sale.

use std::fmt;

use pointsman_lead::Micros;

/// What one [`Client::post`](crate::Client::post) learned. It holds no secret of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The class, on which the walk goes on or stops.
    pub outcome: Outcome,
    /// The HTTP status, if the destination answered with one.
    pub status: Option<u16>,
    /// Milliseconds of real time from the start to the verdict, rounded down. Waiting for a place
    /// among the exchanges under way is not part of it.
    pub latency_ms: u64,
    /// The start of the answer's body, at most 4,000 characters, with secrets blotted out.
    pub response_excerpt: Option<String>,
    /// What the owner should know although the class stands, such as an accepted lead whose price
    /// could not be read.
    pub note: Option<String>,
    /// The destination's own id of the lead, if it gave one; at most 200 characters.
    pub reference: Option<String>,
}

/// The class of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The destination took the lead.
    Accepted {
        /// What it says it pays, in micro-units of the flow's currency; `None` when it does not say.
        price: Option<Micros>,
        /// Where the person should be sent, an http or https address.
        redirect_url: Option<String>,
    },
    /// The destination said no: the lead is free for others.
    Rejected {
        /// Its reason if one could be read, else its status; at most 300 characters.
        reason: String,
        /// No to this moment and not to the lead: 429, or 503 with `Retry-After`. Counts for a breaker.
        busy: bool,
        /// Whole seconds that a busy destination asked us to wait.
        retry_after_s: Option<u64>,
    },
    /// No byte of the lead left: it is free for others.
    NotSent {
        /// What was in the way.
        why: NotSent,
    },
    /// The destination may have the lead, or not. Selling it again might sell it twice.
    Unknown {
        /// Why it is unknown.
        why: Unknown,
    },
}

impl Outcome {
    /// The stable name of the class, as stored and counted: `accepted`, `rejected`, `not_sent`, `unknown`.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Rejected { .. } => "rejected",
            Self::NotSent { .. } => "not_sent",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Whether this speaks against the destination's health, for a circuit breaker.
    ///
    /// Only what the destination did counts. The lead's own deadline, our own limits, our own machine, an
    /// address that our policy blocks and a request that could not be built say nothing about it.
    pub fn is_failure(&self) -> bool {
        match self {
            Self::Accepted { .. } => false,
            Self::Rejected { busy, .. } => *busy,
            Self::NotSent { why } => why.is_its_doing(),
            Self::Unknown { why } => *why != Unknown::CutOff,
        }
    }
}

/// Why nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSent {
    /// The address is not one that the policy allows.
    Blocked {
        /// The host as the target names it.
        host: String,
    },
    /// The host name has no address.
    Dns {
        /// The host as the target names it.
        host: String,
        /// Whether it is known to have none. Otherwise the resolver gave no answer, which may be ours
        /// to mend.
        certain: bool,
    },
    /// The connection was not answered, or refused.
    Connect {
        /// What the system says.
        detail: String,
    },
    /// The TLS handshake failed.
    Tls {
        /// What the handshake says.
        detail: String,
    },
    /// The destination's own time was up before it let anything be sent.
    TimedOut,
    /// It answered that it did not take the lead and may be offered it again.
    Deferred {
        /// Its reason if one could be read, else its status; at most 300 characters.
        reason: String,
        /// Whole seconds that it asked us to wait.
        retry_after_s: Option<u64>,
    },
    /// There was no token to send the lead with.
    NoToken {
        /// What was in the way, without any value in it.
        detail: String,
        /// Whether the server of tokens is what was in the way, and not what we send it.
        is_its_doing: bool,
    },
    /// The lead's time was up before anything could be sent.
    NoTime,
    /// As many exchanges as we allow were under way, and none of them ended while the lead waited.
    Busy,
    /// Our own machine was in the way: no descriptor, no port, no network.
    Local {
        /// What the system says.
        detail: String,
    },
    /// The target and this lead make no valid request.
    Unbuildable {
        /// Which part, without any value in it.
        detail: String,
    },
}

impl NotSent {
    /// Whether the same offer may be made again: what was in the way may pass by itself.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Dns { .. }
            | Self::Connect { .. }
            | Self::Tls { .. }
            | Self::TimedOut
            | Self::Deferred { .. }
            | Self::NoToken { .. }
            | Self::Busy
            | Self::Local { .. } => true,
            Self::Blocked { .. } | Self::NoTime | Self::Unbuildable { .. } => false,
        }
    }

    /// Whole seconds that the destination asked us to wait.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Deferred { retry_after_s, .. } => *retry_after_s,
            _ => None,
        }
    }

    /// Whether the destination is what was in the way.
    fn is_its_doing(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Tls { .. } | Self::TimedOut | Self::Deferred { .. } => {
                true
            }
            Self::Dns { certain, .. } => *certain,
            Self::NoToken { is_its_doing, .. } => *is_its_doing,
            Self::Blocked { .. }
            | Self::NoTime
            | Self::Busy
            | Self::Local { .. }
            | Self::Unbuildable { .. } => false,
        }
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocked { host } => write!(
                formatter,
                "`{host}` is not a public address; allow its network if it is meant"
            ),
            Self::Dns {
                host,
                certain: true,
            } => write!(formatter, "`{host}` has no address"),
            Self::Dns {
                host,
                certain: false,
            } => write!(formatter, "the address of `{host}` could not be looked up"),
            Self::Connect { detail } => write!(formatter, "no connection: {detail}"),
            Self::Tls { detail } => write!(formatter, "no TLS: {detail}"),
            Self::TimedOut => formatter.write_str("no connection in time"),
            Self::Deferred { reason, .. } => write!(formatter, "deferred: {reason}"),
            Self::NoToken { detail, .. } => write!(formatter, "no token: {detail}"),
            Self::NoTime => formatter.write_str("the lead's time was up before anything was sent"),
            Self::Busy => formatter
                .write_str("as many offers as allowed are under way; the lead did not wait longer"),
            Self::Local { detail } => write!(formatter, "our own machine is in the way: {detail}"),
            Self::Unbuildable { detail } => write!(formatter, "no valid request: {detail}"),
        }
    }
}

/// Why it is unknown whether the destination has the lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// The destination's own time was up after the request had begun to leave.
    TimedOut,
    /// The lead's time was up after the request had begun to leave, before the destination's was: it
    /// may still have been about to answer.
    CutOff,
    /// The connection broke after the request had begun to leave.
    Broken {
        /// What the connection says.
        detail: String,
    },
    /// A status that says neither yes nor no: 1xx, 3xx or 5xx.
    Status(u16),
    /// The answer matches no rule, or cannot be read as the rules need it.
    Unreadable {
        /// What was missing.
        detail: String,
    },
}

impl fmt::Display for Unknown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => formatter.write_str("no answer in time"),
            Self::CutOff => formatter.write_str("no answer before the lead's time was up"),
            Self::Broken { detail } => write!(formatter, "the connection broke: {detail}"),
            Self::Status(status) => write!(formatter, "status {status} says neither yes nor no"),
            Self::Unreadable { detail } => write!(formatter, "unreadable answer: {detail}"),
        }
    }
}
