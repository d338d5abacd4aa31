//! Made-up leads, added up as a database would.

use std::collections::BTreeMap;

use pointsman_experiment::{
    Assigned, Counts, CovariateSums, Evidence, MetricSums, UnitSums, UnitTotals,
};
use pointsman_lead::Timestamp;

/// A generator with known draws: `SplitMix64`.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0xD134_2543_DE82_EF95));
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits are all that a float holds"
    )]
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    pub(crate) fn index(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// What came of a lead.
#[derive(Clone, Copy)]
pub(crate) struct Sold {
    is_accepted: bool,
    is_returned: bool,
    revenue: f64,
    latency_ms: f64,
    /// What was known of it before its draw; 0 where nothing was, or nobody asks.
    known: f64,
    is_unknown: bool,
}

impl Sold {
    pub(crate) fn at_once(is_accepted: bool, price: f64) -> Self {
        Self {
            is_accepted,
            is_returned: false,
            latency_ms: 0.0,
            known: 0.0,
            is_unknown: false,
            revenue: if is_accepted { price } else { 0.0 },
        }
    }

    /// The same lead, with a field that was known before its draw or missing.
    pub(crate) fn knowing(self, known: Option<f64>) -> Self {
        Self {
            known: known.unwrap_or(0.0),
            is_unknown: known.is_none(),
            ..self
        }
    }

    /// The same lead, that was on its way for so long.
    pub(crate) fn taking(self, latency_ms: f64) -> Self {
        Self { latency_ms, ..self }
    }

    /// The same lead, of which something was taken back or not.
    pub(crate) fn returned(self, is_returned: bool) -> Self {
        Self {
            is_returned,
            ..self
        }
    }
}

#[derive(Default)]
struct Unit {
    leads: u64,
    accepted: f64,
    returned: f64,
    revenue: f64,
    latency: f64,
    /// What was known of its leads, and how many of them it was not known of.
    known: [f64; 2],
}

type Weights = BTreeMap<String, u32>;

/// Leads by weights, arm and unit.
#[derive(Default)]
pub(crate) struct Leads {
    units: BTreeMap<(Weights, String), BTreeMap<u64, Unit>>,
}

/// A day in microseconds: how long all leads take to come.
const DAY: i64 = 86_400_000_000;

impl Leads {
    pub(crate) fn add(&mut self, unit: u64, weights: &[(&str, u32)], arm: &str, sold: Sold) {
        let weights = weights
            .iter()
            .map(|(arm, weight)| ((*arm).to_owned(), *weight));
        let of_arm = self.units.entry((weights.collect(), arm.to_owned()));
        let unit = of_arm.or_default().entry(unit).or_default();
        unit.leads += 1;
        unit.accepted += f64::from(u8::from(sold.is_accepted));
        unit.returned += f64::from(u8::from(sold.is_returned));
        unit.revenue += sold.revenue;
        unit.latency += sold.latency_ms;
        unit.known[0] += sold.known;
        unit.known[1] += f64::from(u8::from(sold.is_unknown));
    }

    #[expect(clippy::cast_precision_loss, reason = "few leads")]
    pub(crate) fn evidence(&self) -> Evidence {
        let sums = |units: &BTreeMap<u64, Unit>, of: fn(&Unit) -> f64| MetricSums {
            sum: units.values().map(of).sum(),
            squared: units.values().map(|it| of(it) * of(it)).sum(),
            leads: units.values().map(|it| of(it) * it.leads as f64).sum(),
        };
        let units = self.units.iter().map(|((weights, arm), units)| UnitSums {
            weights: weights.clone(),
            arm: arm.clone(),
            units: units.len() as u64,
            leads: units.values().map(|it| it.leads).sum(),
            leads_squared: units.values().map(|it| (it.leads * it.leads) as f64).sum(),
            accepted: sums(units, |it| it.accepted),
            converted: MetricSums::default(),
            returned: sums(units, |it| it.returned),
            revenue: sums(units, |it| it.revenue),
            latency: sums(units, |it| it.latency),
            slow: MetricSums::default(),
            few: few(units),
            covariates: covariates(units),
        });
        let units: Vec<UnitSums> = units.collect();
        let assigned = units.iter().map(|it| Assigned {
            weights: it.weights.clone(),
            arm: it.arm.clone(),
            units: it.units,
        });
        let counts = units.iter().map(|it| Counts {
            arm: it.arm.clone(),
            is_comparable: true,
            is_mature: true,
            leads: it.leads,
            crossed: 0,
            first_at: 0,
            last_at: DAY,
        });
        Evidence {
            assigned: assigned.collect(),
            counts: counts.collect(),
            adaptive: None,
            units,
            n_versions: 1,
            n_behind: 0,
            started_at: Some(Timestamp(0)),
            as_of: Timestamp(DAY),
        }
    }
}

/// What one covariate comes to.
#[expect(clippy::cast_precision_loss, reason = "few leads")]
fn covariates(units: &BTreeMap<u64, Unit>) -> CovariateSums {
    let sum = |column: usize, times: &dyn Fn(&Unit) -> f64| -> f64 {
        units.values().map(|it| it.known[column] * times(it)).sum()
    };
    let both = |times: &dyn Fn(&Unit) -> f64| vec![sum(0, times), sum(1, times)];
    CovariateSums {
        sums: both(&|_| 1.0),
        leads: both(&|it| it.leads as f64),
        metrics: vec![
            both(&|it| it.accepted),
            both(&|_| 0.0),
            both(&|it| it.returned),
            both(&|it| it.revenue),
            both(&|it| it.latency),
            both(&|_| 0.0),
        ],
        products: vec![both(&|it| it.known[0]), both(&|it| it.known[1])],
    }
}

/// Units one by one, where a database would give them.
#[expect(clippy::cast_precision_loss, reason = "few leads")]
fn few(units: &BTreeMap<u64, Unit>) -> Vec<UnitTotals> {
    let totals = units.values().map(|it| UnitTotals {
        leads: it.leads as f64,
        accepted: it.accepted,
        converted: 0.0,
        returned: it.returned,
        revenue: it.revenue,
        latency: it.latency,
        slow: 0.0,
    });
    match units.len() {
        0..200 => totals.collect(),
        _ => Vec::new(),
    }
}

/// Leads of two arms with these accept rates, half of them each.
pub(crate) fn two_arms(seed: u64, n: u64, accept: [f64; 2]) -> Leads {
    let mut leads = Leads::default();
    let mut chance = Chance::new(seed);
    for unit in 0..n {
        let is_second = chance.below(0.5);
        let arm = if is_second { "zenith" } else { "acme" };
        let sold = chance.below(accept[usize::from(is_second)]);
        let weights = [("acme", 500_000), ("zenith", 500_000)];
        leads.add(unit, &weights, arm, Sold::at_once(sold, 1.0));
    }
    leads
}
