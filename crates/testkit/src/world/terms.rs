//! What the five destinations want, pay, and how long they take.

use pointsman_lead::Micros;

use super::people::Traits;

/// A minute in microseconds.
const MINUTE: i64 = 60_000_000;

/// One destination's true behaviour.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) name: &'static str,
    /// Chance that it takes a lead of usual quality, by credit, best first.
    accept: [f64; 4],
    /// What one unit of a source's quality adds to that.
    accept_per_quality: f64,
    pub(crate) pays: Pays,
}

/// What a destination pays for, in cents.
#[derive(Debug)]
pub(crate) enum Pays {
    /// The same for each lead it takes.
    Accept { cents: i64 },
    /// What it bids for this lead, by credit; each bid varies by up to a fifth.
    Bid { cents: [i64; 4] },
    /// For each sale it makes.
    Sale {
        cents: i64,
        /// Chance of a sale from a taken lead of usual quality, by credit.
        rate: [f64; 4],
        delay: Delay,
    },
}

/// How long a sale takes: share of the sales that have come, after so many minutes. Straight lines
/// between.
pub(crate) type Delay = &'static [(f64, i64)];

const FAST: Delay = &[
    (0.0, 1),
    (0.35, 30),
    (0.6, 240),
    (0.85, 1_080),
    (1.0, 5_760),
];
/// A fifth within a day, half within four, all within three weeks.
const SLOW: Delay = &[
    (0.0, 60),
    (0.1, 720),
    (0.2, 1_440),
    (0.5, 5_760),
    (0.8, 12_960),
    (1.0, 30_240),
];

/// The five destinations. The best of them pays by the sale, days later.
pub(crate) const TERMS: [Terms; 5] = [
    Terms {
        name: "acme",
        accept: [0.85, 0.78, 0.62, 0.35],
        accept_per_quality: 0.10,
        pays: Pays::Accept { cents: 1_600 },
    },
    Terms {
        name: "zenith",
        accept: [0.95, 0.95, 0.95, 0.94],
        accept_per_quality: 0.0,
        pays: Pays::Accept { cents: 900 },
    },
    Terms {
        name: "harbor",
        accept: [0.46, 0.43, 0.37, 0.30],
        accept_per_quality: 0.08,
        pays: Pays::Sale {
            cents: 8_000,
            rate: [0.26, 0.22, 0.16, 0.08],
            delay: FAST,
        },
    },
    Terms {
        name: "meridian",
        accept: [0.65, 0.62, 0.55, 0.42],
        accept_per_quality: 0.10,
        pays: Pays::Bid {
            cents: [1_900, 1_600, 1_200, 800],
        },
    },
    Terms {
        name: "lakeside",
        accept: [0.88, 0.85, 0.80, 0.68],
        accept_per_quality: 0.12,
        pays: Pays::Sale {
            cents: 15_000,
            rate: [0.21, 0.17, 0.08, 0.03],
            delay: SLOW,
        },
    },
];

/// Names of the destinations of every world.
pub const DESTINATIONS: [&str; 5] = [
    TERMS[0].name,
    TERMS[1].name,
    TERMS[2].name,
    TERMS[3].name,
    TERMS[4].name,
];

impl Terms {
    /// Position and terms of the destination of this name.
    pub(crate) fn find(name: &str) -> Option<(u64, &'static Self)> {
        (0_u64..).zip(&TERMS).find(|(_, terms)| terms.name == name)
    }

    /// The one price, if it pays every lead alike.
    pub(crate) fn fixed_price(&self) -> Option<Micros> {
        match self.pays {
            Pays::Accept { cents } => Some(micros(cents)),
            Pays::Bid { .. } | Pays::Sale { .. } => None,
        }
    }

    /// Whether it pays for sales and not for leads.
    pub(crate) fn pays_by_the_sale(&self) -> bool {
        matches!(self.pays, Pays::Sale { .. })
    }

    /// Chance that it takes such a lead.
    pub(crate) fn accept(&self, traits: &Traits) -> f64 {
        let p = self.accept[traits.credit as usize];
        (p + self.accept_per_quality * (traits.quality - 1.0)).clamp(0.02, 0.98)
    }

    /// Chance that such a lead, once taken, becomes a sale; 0 where sales do not count.
    pub(crate) fn convert(&self, traits: &Traits) -> f64 {
        let Pays::Sale { rate, .. } = &self.pays else {
            return 0.0;
        };
        let ready = if traits.currently_insured { 1.05 } else { 0.85 };
        let settled = if traits.home_owner { 1.05 } else { 0.92 };
        (rate[traits.credit as usize] * traits.quality * ready * settled).min(0.6)
    }
}

pub(crate) fn micros(cents: i64) -> Micros {
    Micros(cents * 10_000)
}

/// The time by which this share of sales has come, in microseconds.
pub(crate) fn delay_at(delay: Delay, share: f64) -> i64 {
    let after = delay.partition_point(|&(upto, _)| upto <= share);
    let after = after.clamp(1, delay.len() - 1);
    let ((low, from), (high, to)) = (delay[after - 1], delay[after]);
    let within = (share - low) / (high - low);
    let span = (to - from) * MINUTE;
    from * MINUTE + scaled(span, within)
}

/// The share of sales that has come by this age in microseconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "a share needs no more than 53 bits"
)]
pub(crate) fn share_by(delay: Delay, age: i64) -> f64 {
    let after = delay.partition_point(|&(_, minutes)| minutes * MINUTE <= age);
    match after {
        0 => 0.0,
        _ if after == delay.len() => 1.0,
        _ => {
            let ((low, from), (high, to)) = (delay[after - 1], delay[after]);
            let within = (age - from * MINUTE) as f64 / ((to - from) * MINUTE) as f64;
            low + (high - low) * within
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a fraction of three weeks in microseconds"
)]
pub(crate) fn scaled(span: i64, within: f64) -> i64 {
    (span as f64 * within) as i64
}
