//! What the trials of one hour or day have brought.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::delay_step;
use crate::observation::Outcome;

/// Money beyond this, in micro-units, counts as this: a billion units.
///
/// It bounds the sums: squares are at most 10³⁰, and an `i128` holds more than 10⁸ of them per bucket.
const MONEY_MAX: i64 = 1_000_000_000_000_000;

/// An answer that comes later than this after the draw brings its money later, not at once: half an hour.
const AT_ONCE: i64 = 1_800_000_000;

/// Where money of a trial comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The arm's own destinations.
    Own,
    /// Offers after the arm's own had refused the lead.
    Refused,
    /// Offers after one of the arm's own had taken the lead, which was sold again.
    Shared,
}

/// How money of a trial comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// With the answer.
    AtOnce,
    /// With the first conversion.
    Sale,
    /// With a further conversion of a lead that is sold already.
    Rebill,
    /// Taken back.
    Return,
}

/// What one stream of money has brought: events, each counted once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// How often money came.
    pub events: u64,
    /// Sum of the amounts in micro-units, each above 0; for returns what was taken back.
    pub money: i128,
    /// Sum of the squares of the amounts, in square micro-units.
    pub squares: i128,
    /// Number of the delay step after the trial, to events.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub delays: BTreeMap<u8, u64>,
}

impl Flow {
    fn add(&mut self, amount: i64, delay: Option<i64>) {
        let amount = i128::from(amount);
        self.events += 1;
        self.money += amount;
        self.squares += amount * amount;
        if let Some(delay) = delay {
            *self.delays.entry(delay_step::step(delay)).or_default() += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        let Self {
            events,
            money,
            squares,
            delays,
        } = other;
        self.events += events;
        self.money += money;
        self.squares += squares;
        for (step, count) in delays {
            *self.delays.entry(*step).or_default() += count;
        }
    }
}

/// What the trials of one hour, or of one day long ago, have brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Leads given to the arm and answered.
    pub trials: u64,
    /// Sum over the trials of the microseconds since the bucket's start; their mean age follows from it.
    pub offsets: u64,
    /// Leads given to the arm of which it is not known whether they were taken.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub unanswered: i64,
    /// Trials that a destination of the arm took.
    pub taken: i64,
    /// Trials that any destination took.
    pub accepted: i64,
    /// Trials that are converted now.
    pub converted: i64,
    /// Delay steps of conversions, to how many there were.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conversion_delays: BTreeMap<u8, u64>,
    /// What each stream of money has brought.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "rows")]
    pub streams: BTreeMap<(Place, Kind), Flow>,
}

impl Bucket {
    /// Counts a trial, so many microseconds after the start.
    pub(super) fn count(&mut self, offset: u64) {
        self.trials += 1;
        self.offsets += offset;
    }

    /// Takes in what became of a trial.
    ///
    /// * `delay`: microseconds from the draw to the change.
    pub(super) fn reward(&mut self, before: &Outcome, after: &Outcome, delay: i64, is_later: bool) {
        let change = |flag: fn(&Outcome) -> bool| i64::from(flag(after)) - i64::from(flag(before));
        self.taken += change(Outcome::is_taken);
        self.accepted += change(|outcome| outcome.accepted);
        let converted = change(|outcome| outcome.converted);
        self.converted += converted;
        if converted > 0 {
            let step = delay_step::step(delay);
            *self.conversion_delays.entry(step).or_default() += 1;
        }
        let elsewhere = money(after.elsewhere) - money(before.elsewhere);
        let all = money(after.revenue) - money(before.revenue);
        let is_later = is_later || delay > AT_ONCE;
        let mut add = |place: Place, amount: i64| {
            let kind = match (amount.signum(), is_later, before.converted) {
                (0, _, _) => return,
                (-1, _, _) => Kind::Return,
                (_, false, _) => Kind::AtOnce,
                (_, true, false) => Kind::Sale,
                (_, true, true) => Kind::Rebill,
            };
            let delay = (kind != Kind::AtOnce).then_some(delay);
            let flow = self.streams.entry((place, kind)).or_default();
            flow.add(amount.saturating_abs(), delay);
        };
        add(Place::Own, all - elsewhere);
        let place = if before.is_taken() {
            Place::Shared
        } else {
            Place::Refused
        };
        add(place, elsewhere);
    }

    /// Adds another bucket that begins `later` microseconds after this one.
    pub(super) fn merge(&mut self, other: &Self, later: u64) {
        let Self {
            trials,
            offsets,
            unanswered,
            taken,
            accepted,
            converted,
            conversion_delays,
            streams,
        } = other;
        self.trials += trials;
        self.offsets += offsets + later * trials;
        self.unanswered += unanswered;
        self.taken += taken;
        self.accepted += accepted;
        self.converted += converted;
        for (step, count) in conversion_delays {
            *self.conversion_delays.entry(*step).or_default() += count;
        }
        for (stream, flow) in streams {
            self.streams.entry(*stream).or_default().merge(flow);
        }
    }
}

fn money(micros: i64) -> i64 {
    micros.clamp(-MONEY_MAX, MONEY_MAX)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_nothing(count: &i64) -> bool {
    *count == 0
}

/// Streams as a list: JSON has only text as the key of a map.
mod rows {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Flow, Kind, Place};

    pub(super) fn serialize<S: Serializer>(
        streams: &BTreeMap<(Place, Kind), Flow>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            streams
                .iter()
                .map(|((place, kind), flow)| (place, kind, flow)),
        )
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<(Place, Kind), Flow>, D::Error> {
        let rows = Vec::<(Place, Kind, Flow)>::deserialize(deserializer)?;
        Ok(rows
            .into_iter()
            .map(|(place, kind, flow)| ((place, kind), flow))
            .collect())
    }
}
