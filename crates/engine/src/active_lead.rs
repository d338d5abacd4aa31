//! A lead on its way: everything that the next step of its walk needs.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use pointsman_delivery::{Exchange, NotSent, Offer, Outcome, Unknown};
use pointsman_flow::{Pays, ProgramDestination};
use pointsman_history::{Reports, RewardAttribution, Route, record::BidRecord};
use pointsman_lead::{AMOUNT_MAX, Micros, Timestamp};
use pointsman_router::{Answer, Context, Subject, Walk};
use serde_json::{Map, Value};

use crate::{LeadOutcome, Mode};

/// A lead between its first step and the end of its walk.
#[derive(Debug, Clone)]
pub(crate) struct ActiveLead {
    pub(crate) lead_id: String,
    pub(crate) decision_id: String,
    pub(crate) source: String,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) fingerprint: String,
    pub(crate) mode: Mode,
    pub(crate) is_test: bool,
    pub(crate) received_at: Timestamp,
    pub(crate) fields: Arc<Map<String, Value>>,
    pub(crate) unit_key: String,
    pub(crate) route: Route,
    pub(crate) epoch: u64,
    pub(crate) subject: Arc<Subject>,
    pub(crate) walk: Walk,
    pub(crate) attribution: RewardAttribution,
    pub(crate) n_steps: i64,
    pub(crate) n_offers: usize,
    /// Real time after which no further offer is made.
    pub(crate) deadline: Instant,
    pub(crate) current: Option<Current>,
    pub(crate) pinging: Option<Pinging>,
    /// What destinations have bid for it, by name.
    pub(crate) bids: BTreeMap<String, BidRecord>,
    pub(crate) sold: Option<Sold>,
    /// What was reported of its offers so far, and its attribution knows.
    pub(crate) reported: Reports,
    pub(crate) last_reason: Option<String>,
}

/// The offer that awaits its answer.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub(crate) delivery_id: String,
    pub(crate) click_id: String,
    pub(crate) destination: ProgramDestination,
    /// Position of the offer in the walk, from 0.
    pub(crate) offer: usize,
}

/// The destinations whose bids are awaited.
#[derive(Debug, Clone)]
pub(crate) struct Pinging {
    /// Number of the step that asks them.
    pub(crate) step: i64,
    pub(crate) destinations: Vec<ProgramDestination>,
    /// How long the auction waits, in milliseconds.
    pub(crate) deadline_ms: u32,
}

/// The first destination that took the lead.
#[derive(Debug, Clone)]
pub(crate) struct Sold {
    pub(crate) destination: String,
    pub(crate) price: Option<Micros>,
    pub(crate) redirect_url: Option<String>,
}

impl ActiveLead {
    /// The program and the lead prepared for it.
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            program: &self.route.program,
            subject: &self.subject,
        }
    }

    /// Keeps what was bid for the offers that follow.
    pub(crate) fn remember(&mut self, bids: &[BidRecord]) {
        for record in bids.iter().filter(|record| record.bid.is_some()) {
            self.bids.insert(record.destination.clone(), record.clone());
        }
    }

    /// What a destination has bid, if it was asked and did.
    pub(crate) fn bid_of(&self, destination: &str) -> Option<Micros> {
        self.bids.get(destination)?.bid
    }

    /// What the current destination may see of the lead.
    pub(crate) fn offer(&self, current: &Current) -> Offer {
        let bid = self.bids.get(&current.destination.name);
        Offer {
            delivery_id: current.delivery_id.clone(),
            click_id: current.click_id.clone(),
            lead_id: self.lead_id.clone(),
            destination: current.destination.name.clone(),
            fields: Map::clone(&self.fields),
            price: current.destination.settings.price,
            bid: bid.and_then(|record| record.bid),
            ping_id: bid.and_then(|record| record.ping_id.clone()),
            currency: self.route.program.document().currency,
        }
    }

    /// What its source is told, in this status.
    pub(crate) fn outcome(&self, status: &str, reason: Option<&str>) -> LeadOutcome {
        let sold = self.sold.as_ref();
        LeadOutcome {
            lead_id: self.lead_id.clone(),
            decision_id: self.decision_id.clone(),
            status: status.to_owned(),
            destination: sold.map(|sold| sold.destination.clone()),
            price: sold.and_then(|sold| sold.price),
            currency: self.route.program.document().currency,
            redirect_url: sold.and_then(|sold| sold.redirect_url.clone()),
            reason: reason.map(ToOwned::to_owned),
            replayed: false,
        }
    }
}

/// What one offer came to, in the words of the database.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    pub(crate) answer: Answer,
    /// Whether it speaks against the destination's health.
    pub(crate) failed: bool,
    pub(crate) price: Option<Micros>,
    pub(crate) redirect_url: Option<String>,
    pub(crate) reason: Option<String>,
    /// Stored with the attempt: the answer and whether it was a failure, in one word.
    pub(crate) word: &'static str,
}

impl Verdict {
    /// Reads the outcome of an exchange with a destination.
    ///
    /// * `bid`: what it has bid; an acceptance that names no price is worth that.
    pub(crate) fn of(
        exchange: &Exchange,
        destination: &ProgramDestination,
        bid: Option<Micros>,
    ) -> Self {
        let failed = exchange.outcome.is_failure();
        let blank = Self {
            answer: Answer::Unknown,
            failed,
            price: None,
            redirect_url: None,
            reason: None,
            word: "unknown",
        };
        match &exchange.outcome {
            Outcome::Accepted {
                price,
                redirect_url,
            } => Self {
                answer: Answer::Accepted,
                price: match destination.settings.pays {
                    // A price of an early release may be beyond what is taken now.
                    Pays::Accept => price
                        .or(bid)
                        .or(destination.settings.price)
                        .map(|price| price.min(AMOUNT_MAX)),
                    Pays::Conversion => None,
                },
                redirect_url: redirect_url.clone(),
                word: "accepted",
                ..blank
            },
            Outcome::Rejected { reason, busy, .. } => Self {
                answer: Answer::Rejected,
                reason: Some(reason.clone()),
                word: if *busy { "busy" } else { "rejected" },
                ..blank
            },
            Outcome::NotSent { why } => Self {
                answer: Answer::NotSent,
                reason: Some(why.to_string()),
                word: match why {
                    NotSent::Blocked { .. } | NotSent::Unbuildable { .. } => "blocked",
                    NotSent::Busy => "destination_busy",
                    NotSent::NoTime => "no_time",
                    NotSent::Local { .. } | NotSent::Dns { certain: false, .. } => "local_fault",
                    NotSent::Dns { certain: true, .. }
                    | NotSent::Connect { .. }
                    | NotSent::Tls { .. }
                    | NotSent::TimedOut => "not_sent",
                },
                ..blank
            },
            Outcome::Unknown { why } => Self {
                reason: Some(why.to_string()),
                word: if *why == Unknown::CutOff {
                    "cut_off"
                } else {
                    "unknown"
                },
                ..blank
            },
        }
    }

    /// An offer whose process died before it was answered.
    pub(crate) fn interrupted() -> Self {
        Self {
            answer: Answer::Unknown,
            failed: false,
            price: None,
            redirect_url: None,
            reason: Some("the service restarted before the answer".to_owned()),
            word: "interrupted",
        }
    }
}

#[cfg(test)]
mod tests {
    use pointsman_flow::Destination;
    use pointsman_history::is_failure;

    use super::*;

    fn verdict(outcome: Outcome) -> Verdict {
        let exchange = Exchange {
            outcome,
            status: None,
            latency_ms: 0,
            response_excerpt: None,
            note: None,
        };
        let destination = ProgramDestination {
            name: "acme".to_owned(),
            settings: Destination::default(),
        };
        Verdict::of(&exchange, &destination, None)
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
            let told = format!("{outcome:?}");
            let verdict = verdict(outcome);
            assert_eq!(verdict.failed, counts, "{told}");
            assert_eq!(is_failure(verdict.word), counts, "{told}");
        }
        assert!(!is_failure(Verdict::interrupted().word));
    }
}
