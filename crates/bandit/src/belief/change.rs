//! The alarm: when an arm's rates have changed, what came before says little of what comes.

use super::ArmStream;
use crate::delay_laws::DelayLaws;
use crate::facts::Facts;
use crate::rate::Prior;

/// Of the recent trials' events, at least this share must have come: what is wrong in the belief in the delay would look
/// like a change before.
const MATURE: f64 = 0.5;

/// Trials, and those of them that had the event.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    /// Trials, whether their event would have come or not.
    given: f64,
    /// Those whose event would have come.
    n: f64,
    events: f64,
}

impl Count {
    fn plus(self, other: Self) -> Self {
        Self {
            given: self.given + other.given,
            n: self.n + other.n,
            events: self.events + other.events,
        }
    }

    /// Largest logarithm of the likelihood of a rate.
    fn ln_likelihood(self) -> f64 {
        let n = self.n.max(self.events);
        let entropy = |part: f64| {
            if part > 0.0 {
                part * (part / n).ln()
            } else {
                0.0
            }
        };
        if n <= 0.0 {
            return 0.0;
        }
        entropy(self.events) + entropy(n - self.events)
    }
}

/// By how much two rates are likelier than one, in logarithms, at the best place to part them: and the place.
fn parted(counts: &[Count]) -> (f64, usize) {
    let whole = counts.iter().copied().fold(Count::default(), Count::plus);
    let together = whole.ln_likelihood();
    let mut best = (0.0, 0);
    let mut recent = Count::default();
    for (i, count) in counts.iter().enumerate() {
        recent = recent.plus(*count);
        if recent.n < MATURE * recent.given {
            continue;
        }
        let before = Count {
            given: 0.0,
            n: (whole.n - recent.n).max(0.0),
            events: (whole.events - recent.events).max(0.0),
        };
        let gain = recent.ln_likelihood() + before.ln_likelihood() - together;
        if gain > best.0 {
            best = (gain, i + 1);
        }
    }
    best
}

/// Days ago of the last change of a rate; none if no rate seems to have changed.
///
/// The share of taken leads is looked at, and every later stream of the arm's own, its trials counted for the share that would
/// have come by what is believed of its delay.
///
/// * `alarm`: by how much likelier a change must be than none, in logarithms.
///
/// # Source
///
/// The generalised likelihood ratio of Willsky and Jones, 1976, over the place of one change.
pub(super) fn last(
    laws: &DelayLaws,
    facts: &Facts,
    streams: &[Option<ArmStream>],
    prior: Prior,
    alarm: f64,
) -> Option<f64> {
    let taken: Vec<Count> = facts
        .cohorts
        .iter()
        .map(|cohort| Count {
            given: cohort.trials,
            n: cohort.trials,
            events: cohort.taken,
        })
        .collect();
    let own = streams.iter().take(4).flatten();
    let later = own.map(|stream| {
        let belief = prior.believe(
            laws,
            &stream.ln_laws,
            None,
            &stream.exposed,
            &stream.ln_delays,
        );
        let groups = stream.exposed.by_group(laws, &belief).into_iter();
        groups
            .map(|(given, n, events)| Count { given, n, events })
            .collect()
    });
    let mut last: Option<usize> = None;
    for counts in std::iter::once(taken).chain(later) {
        let (gain, place) = parted(&counts);
        if gain > alarm && place < counts.len() {
            last = Some(last.map_or(place, |last| last.min(place)));
        }
    }
    last.map(|place| f64::midpoint(facts.cohorts[place - 1].age, facts.cohorts[place].age))
}
