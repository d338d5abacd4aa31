//! What this process has done, counted for whoever watches it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use crate::{LeadState, Refused};

/// Destinations that are counted by name; the others are counted together.
const DESTINATIONS_MAX: usize = 100;
/// What the others are counted as.
const REST: &str = "(other)";
/// Ends of ranges of time, in seconds. They are the same for ever, so that figures of all releases add up.
const SECONDS: [f64; 14] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0,
];
/// Ends of ranges of numbers of commands.
const COMMANDS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// One label.
type OneLabel = [(&'static str, &'static str); 1];
/// A destination, and with counts how offers to it ended.
type Labels = Vec<(&'static str, String)>;

/// Counters and histograms of one process. Cheap to clone; clones are the same.
#[derive(Debug, Clone)]
pub struct Figures {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    leads: Family<OneLabel, Counter>,
    refused: Family<OneLabel, Counter>,
    answers: Histogram,
    offers: Family<Labels, Counter>,
    offer_times: Family<Labels, Histogram, fn() -> Histogram>,
    trackers: Family<OneLabel, Counter>,
    batches: Histogram,
    commits: Histogram,
    failed: Counter,
    /// The destinations that are counted by name.
    named: Mutex<BTreeSet<String>>,
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            inner: Arc::new(Inner {
                leads: Family::default(),
                refused: Family::default(),
                answers: seconds(),
                offers: Family::default(),
                offer_times: Family::new_with_constructor(seconds),
                trackers: Family::default(),
                batches: Histogram::new(COMMANDS),
                commits: seconds(),
                failed: Counter::default(),
                named: Mutex::default(),
            }),
        }
    }
}

impl Figures {
    /// Shows them under their names.
    pub fn register(&self, registry: &mut Registry) {
        let Inner {
            leads,
            refused,
            answers,
            offers,
            offer_times,
            trackers,
            batches,
            commits,
            failed,
            named: _,
        } = &*self.inner;
        registry.register(
            "leads",
            "Leads whose walk has ended, by outcome",
            leads.clone(),
        );
        registry.register(
            "leads_refused",
            "Leads that were not taken, by cause; nothing of them is stored",
            refused.clone(),
        );
        registry.register(
            "lead_answer_seconds",
            "Time from a lead to the answer to its source",
            answers.clone(),
        );
        registry.register(
            "offers",
            "Offers to destinations, by destination and outcome",
            offers.clone(),
        );
        registry.register(
            "offer_seconds",
            "Time of offers to destinations",
            offer_times.clone(),
        );
        registry.register(
            "source_postback_attempts",
            "Postbacks sent to trackers of sources, by what came of the attempt",
            trackers.clone(),
        );
        registry.register(
            "batch_commands",
            "Leads, answers and postbacks of one transaction",
            batches.clone(),
        );
        registry.register(
            "batch_seconds",
            "Time of a transaction, from its begin to the end of its commit",
            commits.clone(),
        );
        registry.register(
            "batches_failed",
            "Transactions that failed and were tried again or refused",
            failed.clone(),
        );
    }

    /// The walk of a lead has ended, and that is on disk.
    pub(crate) fn ended(&self, state: LeadState) {
        let outcome = self.inner.leads.get_or_create(&[("outcome", state.word())]);
        outcome.inc();
    }

    /// A lead was answered, or refused.
    pub(crate) fn answered<T>(&self, answer: &Result<T, Refused>, took: Duration) {
        match answer {
            Ok(_) => self.inner.answers.observe(took.as_secs_f64()),
            Err(refused) => {
                let cause = self
                    .inner
                    .refused
                    .get_or_create(&[("cause", cause(refused))]);
                cause.inc();
            }
        }
    }

    /// An offer to a destination has ended.
    pub(crate) fn offered(&self, destination: &str, outcome: &'static str, took: Duration) {
        let destination = self.named(destination);
        let times = vec![("destination", destination.clone())];
        let labels = vec![
            ("destination", destination),
            ("outcome", outcome.to_owned()),
        ];
        self.inner.offers.get_or_create(&labels).inc();
        let times = self.inner.offer_times.get_or_create(&times);
        times.observe(took.as_secs_f64());
    }

    /// A postback was sent to the tracker of a source.
    pub(crate) fn told_tracker(&self, outcome: &'static str) {
        let outcome = self.inner.trackers.get_or_create(&[("outcome", outcome)]);
        outcome.inc();
    }

    /// A transaction was committed.
    pub(crate) fn committed(&self, n_commands: usize, took: Duration) {
        let n_commands = u32::try_from(n_commands).unwrap_or(u32::MAX);
        self.inner.batches.observe(f64::from(n_commands));
        self.inner.commits.observe(took.as_secs_f64());
    }

    /// A transaction has failed.
    pub(crate) fn failed(&self) {
        self.inner.failed.inc();
    }

    /// The name that a destination is counted under: labels are bounded, whatever people configure.
    fn named(&self, destination: &str) -> String {
        let mut named = self
            .inner
            .named
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if named.contains(destination) {
            return destination.to_owned();
        }
        if named.len() >= DESTINATIONS_MAX {
            return REST.to_owned();
        }
        named.insert(destination.to_owned());
        destination.to_owned()
    }
}

/// Why a lead was not taken, in a word.
fn cause(refused: &Refused) -> &'static str {
    match refused {
        Refused::Problems(problems) if problems.iter().any(|it| it.code == "suppressed") => {
            "suppressed"
        }
        Refused::Problems(_) => "problems",
        Refused::UnknownFlow(_) => "unknown_flow",
        Refused::FlowStopped(_) | Refused::SourceStopped(_) => "stopped",
        Refused::TooFast { .. } => "too_fast",
        Refused::KeyReused(_) | Refused::InProgress(_) => "key",
        Refused::Busy => "busy",
        Refused::Unstorable(_) | Refused::Unreadable { .. } => "unstorable",
        Refused::Unavailable(_) => "unavailable",
        Refused::Stopping => "stopping",
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;

    use super::*;

    fn shown(figures: &Figures) -> String {
        let mut registry = Registry::default();
        figures.register(&mut registry);
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        text
    }

    #[test]
    fn however_many_destinations_there_are_the_labels_are_bounded() {
        let figures = Figures::default();
        for n in 0..1_000 {
            let name = format!("d{n}");
            figures.offered(&name, "accepted", Duration::from_millis(3));
            figures.offered("d0", "rejected", Duration::from_millis(3));
        }
        let text = shown(&figures);
        let lines = text.lines().filter(|line| line.starts_with("offers_total"));
        assert_eq!(lines.count(), DESTINATIONS_MAX + 2, "{text}");
        let rest = r#"offers_total{destination="(other)",outcome="accepted"} 900"#;
        assert!(text.contains(rest), "{text}");
        let first = r#"offers_total{destination="d0",outcome="rejected"} 1000"#;
        assert!(text.contains(first), "{text}");
    }

    #[test]
    fn a_name_with_marks_stays_one_label() {
        let figures = Figures::default();
        figures.offered("a\"b\\c\nd", "accepted", Duration::ZERO);
        let text = shown(&figures);
        let line = r#"offers_total{destination="a\"b\\c\nd",outcome="accepted"} 1"#;
        assert!(text.contains(line), "{text}");
    }

    #[test]
    fn leads_and_refusals_are_told_apart() {
        let figures = Figures::default();
        figures.ended(LeadState::Sold);
        figures.answered(&Ok(()), Duration::from_millis(15));
        figures.answered::<()>(&Err(Refused::Busy), Duration::ZERO);
        figures.committed(7, Duration::from_micros(1_500));
        let text = shown(&figures);
        for line in [
            r#"leads_total{outcome="sold"} 1"#,
            r#"leads_refused_total{cause="busy"} 1"#,
            r#"lead_answer_seconds_bucket{le="0.02"} 1"#,
            "lead_answer_seconds_count 1",
            r#"batch_commands_bucket{le="8.0"} 1"#,
            r#"batch_seconds_bucket{le="0.002"} 1"#,
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
    }
}
