//! What a step of a walk was waiting for: the result of its offer, or bids.

use std::time::Duration;

use pointsman_delivery::{Exchange, NotSent, Outcome, QuoteEnd, Unknown};
use pointsman_flow::{Pays, ProgramDestination};
use pointsman_history::{AttemptOutcome, record::BidRecord};
use pointsman_lead::{AMOUNT_MAX, Micros};

use crate::active_lead::ActiveLead;

/// What a step of a walk was waiting for.
#[derive(Debug, Clone)]
pub(crate) enum StepResult {
    /// What came of its offer.
    Offer(OfferResult),
    /// What was bid.
    Bids(Vec<BidRecord>),
    /// Its offer was surely not sent, and is made again after this time.
    Later(OfferResult, Duration),
    /// Its offer is about to be made again.
    Again,
}

impl StepResult {
    /// Nothing is known of what a lead's walk was waiting for.
    ///
    /// * `reason`: what happened to it here.
    pub(crate) fn unknown(active: &ActiveLead, reason: &str) -> Self {
        let Some(pinging) = &active.pinging else {
            return Self::Offer(OfferResult {
                reason: Some(reason.to_owned()),
                ..OfferResult::interrupted()
            });
        };
        let no_bid = |destination: &ProgramDestination| BidRecord {
            destination: destination.name.clone(),
            bid: None,
            ping_id: None,
            end: QuoteEnd::Failed,
            reason: Some(reason.to_owned()),
            status: None,
            latency_ms: 0,
            response_excerpt: None,
        };
        Self::Bids(pinging.destinations.iter().map(no_bid).collect())
    }
}

/// What came of one offer, with the record of its exchange.
#[derive(Debug, Clone)]
pub(crate) struct OfferResult {
    pub(crate) outcome: AttemptOutcome,
    pub(crate) price: Option<Micros>,
    pub(crate) redirect_url: Option<String>,
    pub(crate) reason: Option<String>,
    /// The HTTP status, if one came back.
    pub(crate) status: Option<u16>,
    pub(crate) latency_ms: u64,
    pub(crate) response_excerpt: Option<String>,
    /// What was odd about the answer.
    pub(crate) finding: Option<String>,
    /// The destination's own id of the lead.
    pub(crate) reference: Option<String>,
}

impl OfferResult {
    /// Reads an exchange with a destination.
    ///
    /// * `bid`: what it has bid; an acceptance that names no price is worth that.
    pub(crate) fn of(
        exchange: Exchange,
        destination: &ProgramDestination,
        bid: Option<Micros>,
    ) -> Self {
        let Exchange {
            outcome,
            status,
            latency_ms,
            response_excerpt,
            note,
            reference,
        } = exchange;
        let blank = Self {
            status,
            latency_ms,
            response_excerpt,
            finding: note,
            reference,
            reason: None,
            ..Self::interrupted()
        };
        match outcome {
            Outcome::Accepted {
                price,
                redirect_url,
            } => Self {
                outcome: AttemptOutcome::Accepted,
                price: match destination.settings.pays {
                    // A price of an early release may be beyond what is taken now.
                    Pays::Accept => price
                        .or(bid)
                        .or(destination.settings.price)
                        .map(|price| price.min(AMOUNT_MAX)),
                    Pays::Conversion => None,
                },
                redirect_url,
                ..blank
            },
            Outcome::Rejected { reason, busy, .. } => Self {
                outcome: if busy {
                    AttemptOutcome::Busy
                } else {
                    AttemptOutcome::Rejected
                },
                reason: Some(reason),
                ..blank
            },
            Outcome::NotSent { why } => Self {
                outcome: not_sent(&why),
                reason: Some(why.to_string()),
                ..blank
            },
            Outcome::Unknown { why } => Self {
                outcome: if why == Unknown::CutOff {
                    AttemptOutcome::CutOff
                } else {
                    AttemptOutcome::Unknown
                },
                reason: Some(why.to_string()),
                ..blank
            },
        }
    }

    /// The result of an offer whose process died before it was answered.
    pub(crate) fn interrupted() -> Self {
        Self {
            outcome: AttemptOutcome::Interrupted,
            price: None,
            redirect_url: None,
            reason: Some("the service restarted before the answer".to_owned()),
            status: None,
            latency_ms: 0,
            response_excerpt: None,
            finding: None,
            reference: None,
        }
    }
}

fn not_sent(why: &NotSent) -> AttemptOutcome {
    match why {
        NotSent::Blocked { .. }
        | NotSent::Unbuildable { .. }
        | NotSent::NoToken {
            is_its_doing: false,
            ..
        } => AttemptOutcome::Blocked,
        NotSent::Busy => AttemptOutcome::DestinationBusy,
        NotSent::NoTime => AttemptOutcome::NoTime,
        NotSent::Local { .. } | NotSent::Dns { certain: false, .. } => AttemptOutcome::LocalFault,
        NotSent::Dns { certain: true, .. }
        | NotSent::Connect { .. }
        | NotSent::Tls { .. }
        | NotSent::TimedOut
        | NotSent::Deferred { .. }
        | NotSent::NoToken { .. } => AttemptOutcome::NotSent,
    }
}

#[cfg(test)]
mod tests {
    use pointsman_flow::Destination;

    use super::*;

    fn result_of(outcome: Outcome) -> OfferResult {
        let exchange = Exchange {
            outcome,
            status: None,
            latency_ms: 0,
            response_excerpt: None,
            note: None,
            reference: None,
        };
        let destination = ProgramDestination {
            name: "acme".to_owned(),
            settings: Destination::default(),
        };
        OfferResult::of(exchange, &destination, None)
    }

    fn not_sent(why: NotSent) -> Outcome {
        Outcome::NotSent { why }
    }

    #[test]
    fn the_stored_word_says_whether_an_attempt_speaks_against_the_destination() {
        let (host, detail) = ("acme.example".to_owned(), String::new());
        let dns = |certain| NotSent::Dns {
            host: host.clone(),
            certain,
        };
        let rejected = |busy| Outcome::Rejected {
            reason: String::new(),
            busy,
            retry_after_s: None,
        };
        let unknown = |why| Outcome::Unknown { why };
        let (connect, tls) = (detail.clone(), detail.clone());
        let theirs = [
            rejected(true),
            not_sent(dns(true)),
            not_sent(NotSent::Connect { detail: connect }),
            not_sent(NotSent::Tls { detail: tls }),
            not_sent(NotSent::TimedOut),
            unknown(Unknown::TimedOut),
            unknown(Unknown::Status(500)),
        ];
        let ours = [
            rejected(false),
            not_sent(dns(false)),
            not_sent(NotSent::Busy),
            not_sent(NotSent::NoTime),
            not_sent(NotSent::Local { detail }),
            not_sent(NotSent::Blocked { host }),
            unknown(Unknown::CutOff),
        ];
        let theirs = theirs.into_iter().map(|outcome| (outcome, true));
        for (outcome, counts) in theirs.chain(ours.into_iter().map(|outcome| (outcome, false))) {
            let shown = format!("{outcome:?}");
            assert_eq!(outcome.is_failure(), counts, "{shown}");
            let stored = AttemptOutcome::from_word(result_of(outcome).outcome.word()).unwrap();
            assert_eq!(stored.is_failure(), counts, "{shown}");
        }
        assert!(!OfferResult::interrupted().outcome.is_failure());
    }
}
