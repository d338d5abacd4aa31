//! A market of leads and destinations in which every answer is known beforehand.

use pointsman_lead::{Micros, Schema, Timestamp};
use serde_json::{Map, Value};

mod arrivals;
pub(crate) mod chance;
mod people;
mod postbacks;
mod schema;
mod terms;
mod walks;

use chance::{Purpose, below, stream, unit};
pub use people::{Credit, Traits};
pub use postbacks::Postback;
pub use terms::DESTINATIONS;
pub(crate) use terms::Terms;
use terms::{Pays, delay_at, micros, scaled, share_by};

/// One sale of twenty is taken back, one to six days later.
const CANCELLED: f64 = 0.05;
const DAY: i64 = 24 * arrivals::HOUR;

/// A market of one vertical, auto insurance, with six sources and five destinations.
///
/// Everything about a lead follows from the seed and its number, and every answer from the seed,
/// the number and the destination. Two programs that meet the same leads in another order, or at
/// another speed, meet the same truth.
///
/// Over all leads `lakeside` is worth most, but it pays by the sale and takes days: who counts what
/// came within 24 hours prefers `acme`. Among people of poor credit `zenith` is best.
///
/// ```
/// let world = pointsman_testkit::World::new(7);
/// let lead = world.leads(1_000).next().unwrap();
/// assert_eq!(world.accepts(&lead, "acme"), world.accepts(&lead, "acme"));
/// assert_eq!(world.best_arm(), "lakeside");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    seed: u64,
    days: u32,
}

/// A lead as its source would send it.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedLead {
    /// Names the lead in its world, such as `w7-0000012`. Good as an idempotency key; buyers find
    /// their answer by it, so it travels as `sub_id_5`.
    pub key: String,
    /// Position in its world, from 0.
    pub number: u64,
    /// Who sends it.
    pub source: &'static str,
    /// The source's placement.
    pub sub_id_1: String,
    /// When it comes in.
    pub at: Timestamp,
    /// The declared fields by name.
    pub fields: Map<String, Value>,
}

impl GeneratedLead {
    /// All five sub ids, the first one first.
    pub fn sub_ids(&self) -> [Option<String>; 5] {
        let (first, last) = (self.sub_id_1.clone(), self.key.clone());
        [Some(first), None, None, None, Some(last)]
    }
}

/// A sale that a destination reports, and pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversion {
    /// Microseconds from the moment it took the lead to the sale.
    pub after: i64,
    /// What it pays.
    pub revenue: Micros,
    /// Microseconds from the moment it took the lead until it takes the sale back, if it does.
    pub cancelled_after: Option<i64>,
}

impl World {
    /// The world of a seed, 120 days long.
    pub fn new(seed: u64) -> Self {
        Self { seed, days: 120 }
    }

    /// The same world with its leads spread over another number of days; the n-th lead stays who
    /// it is.
    ///
    /// # Panics
    ///
    /// If `days` is 0.
    #[must_use]
    pub fn over_days(self, days: u32) -> Self {
        assert!(days > 0, "a world has at least one day");
        Self { days, ..self }
    }

    /// Its seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Exactly `n` leads over the world's days, in the order in which they come.
    pub fn leads(&self, n: u64) -> Leads {
        Leads {
            world: *self,
            counts: arrivals::counts(self.seed, self.days, n)
                .into_iter()
                .enumerate(),
            moments: Vec::new().into_iter(),
            number: 0,
        }
    }

    /// The schema that all of them fit.
    pub fn schema(&self) -> Schema {
        schema::schema()
    }

    /// The same as the JSON document to register.
    ///
    /// # Panics
    ///
    /// Never: a schema has only texts, numbers and lists.
    pub fn schema_json(&self) -> Value {
        serde_json::to_value(self.schema()).expect("a schema is plain JSON")
    }

    fn lead(&self, number: u64, at: Timestamp) -> GeneratedLead {
        let traits = Traits::of(self.seed, number);
        let mut placement = stream(self.seed, Purpose::Placement, number, 0);
        // The smaller of two draws: a few placements bring most leads.
        let placement = below(&mut placement, 8).min(below(&mut placement, 8)) + 1;
        GeneratedLead {
            key: format!("w{}-{number:07}", self.seed),
            number,
            source: traits.source,
            sub_id_1: format!("p{placement}"),
            at,
            fields: people::fields(self.seed, number, &traits),
        }
    }

    /// The number behind a key. A key from elsewhere gets a number from its text,
    /// so that leads made by hand are answered too, and always alike.
    pub(crate) fn number(&self, key: &str) -> u64 {
        let own = key.strip_prefix(&format!("w{}-", self.seed));
        own.and_then(|digits| digits.parse().ok())
            .unwrap_or_else(|| {
                // FNV-1a, with the highest bit set: no generated lead has that number.
                key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
                }) | 1 << 63
            })
    }

    /// What destinations look at in this lead.
    pub fn traits(&self, lead: &GeneratedLead) -> Traits {
        Traits::of(self.seed, lead.number)
    }

    /// Whether the destination takes the lead; false for a destination that there is not.
    pub fn accepts(&self, lead: &GeneratedLead, destination: &str) -> bool {
        self.takes(lead.number, destination)
    }

    pub(crate) fn takes(&self, number: u64, destination: &str) -> bool {
        Terms::find(destination).is_some_and(|(position, terms)| {
            let draw = unit(&mut stream(self.seed, Purpose::Accept, number, position));
            draw < terms.accept(&Traits::of(self.seed, number))
        })
    }

    /// What the destination pays for taking the lead, if that is what it pays for.
    pub fn price(&self, lead: &GeneratedLead, destination: &str) -> Option<Micros> {
        self.bid(lead.number, destination)
    }

    pub(crate) fn bid(&self, number: u64, destination: &str) -> Option<Micros> {
        let (position, terms) = Terms::find(destination)?;
        match terms.pays {
            Pays::Accept { cents } => Some(micros(cents)),
            Pays::Bid { cents } => {
                let traits = Traits::of(self.seed, number);
                let mut rng = stream(self.seed, Purpose::Price, number, position);
                // 80 to 120 percent in steps of ten, so that the mean is the bid exactly.
                let percent = 80 + 10 * i64::try_from(below(&mut rng, 5)).unwrap_or(2);
                Some(micros(cents[traits.credit as usize] * percent / 100))
            }
            Pays::Sale { .. } => None,
        }
    }

    /// The sale that comes of the lead if it is offered to this destination; `None` if the
    /// destination would not take it, makes no sale of it, or does not pay by the sale.
    pub fn conversion(&self, lead: &GeneratedLead, destination: &str) -> Option<Conversion> {
        let (position, terms) = Terms::find(destination)?;
        let Pays::Sale { cents, delay, .. } = terms.pays else {
            return None;
        };
        let draw = |purpose| unit(&mut stream(self.seed, purpose, lead.number, position));
        let sells = draw(Purpose::Convert) < terms.convert(&self.traits(lead));
        if !sells || !self.accepts(lead, destination) {
            return None;
        }
        let after = delay_at(delay, draw(Purpose::Delay));
        let cancel = draw(Purpose::Cancel);
        let cancelled_after =
            (cancel < CANCELLED).then(|| after + DAY + scaled(5 * DAY, cancel / CANCELLED));
        Some(Conversion {
            after,
            revenue: micros(cents),
            cancelled_after,
        })
    }

    /// What offering the lead to this destination brings in the end, after cancellations.
    pub fn net_revenue(&self, lead: &GeneratedLead, destination: &str) -> Micros {
        if !self.accepts(lead, destination) {
            return Micros(0);
        }
        let sale = || self.conversion(lead, destination);
        let kept = |sale: &Conversion| sale.cancelled_after.is_none();
        self.price(lead, destination)
            .or_else(|| sale().filter(kept).map(|sale| sale.revenue))
            .unwrap_or_default()
    }

    /// Mean net revenue of a lead offered to this destination first, in main units of the currency:
    /// the exact mean over everybody, without chance. 0 for a destination that there is not.
    pub fn expected_value(&self, destination: &str) -> f64 {
        self.expected_value_where(destination, |_| true)
    }

    /// The same among the leads that `segment` picks; 0 if there are none.
    pub fn expected_value_where(
        &self,
        destination: &str,
        segment: impl Fn(&Traits) -> bool,
    ) -> f64 {
        mean(segment, |traits| value(destination, traits, i64::MAX))
    }

    /// What a lead offered to this destination has brought by an age in microseconds, on average:
    /// what a rule would believe that waits no longer.
    pub fn value_by(&self, destination: &str, age: i64) -> f64 {
        mean(|_| true, |traits| value(destination, traits, age))
    }

    /// Mean share of leads that the destination takes.
    pub fn accept_rate(&self, destination: &str) -> f64 {
        let terms = Terms::find(destination);
        mean(
            |_| true,
            |traits| terms.map_or(0.0, |(_, terms)| terms.accept(traits)),
        )
    }

    /// The destination with the highest expected value.
    pub fn best_arm(&self) -> &'static str {
        self.best_arm_where(|_| true)
    }

    /// The same among the leads that `segment` picks.
    pub fn best_arm_where(&self, segment: impl Fn(&Traits) -> bool) -> &'static str {
        let values = DESTINATIONS.map(|name| (self.expected_value_where(name, &segment), name));
        let best = values.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
        best.map_or(DESTINATIONS[0], |(_, name)| name)
    }
}

/// Mean over everybody in the segment.
fn mean(segment: impl Fn(&Traits) -> bool, value: impl Fn(&Traits) -> f64) -> f64 {
    let (mut sum, mut share) = (0.0, 0.0);
    for (traits, p) in Traits::all().filter(|(traits, _)| segment(traits)) {
        sum += p * value(&traits);
        share += p;
    }
    if share > 0.0 { sum / share } else { 0.0 }
}

/// What such a lead has brought by an age, on average, in main units.
fn value(destination: &str, traits: &Traits, age: i64) -> f64 {
    let Some((_, terms)) = Terms::find(destination) else {
        return 0.0;
    };
    let paid = match &terms.pays {
        Pays::Accept { cents } => main_units(*cents),
        Pays::Bid { cents } => main_units(cents[traits.credit as usize]),
        Pays::Sale { cents, delay, .. } => {
            let kept = if age == i64::MAX {
                1.0 - CANCELLED
            } else {
                1.0
            };
            main_units(*cents) * terms.convert(traits) * share_by(delay, age) * kept
        }
    };
    terms.accept(traits) * paid
}

#[expect(clippy::cast_precision_loss, reason = "prices are small")]
fn main_units(cents: i64) -> f64 {
    cents as f64 / 100.0
}

/// The leads of a world, in order of time.
#[derive(Debug, Clone)]
pub struct Leads {
    world: World,
    counts: std::iter::Enumerate<std::vec::IntoIter<u32>>,
    moments: std::vec::IntoIter<Timestamp>,
    number: u64,
}

impl Iterator for Leads {
    type Item = GeneratedLead;

    fn next(&mut self) -> Option<GeneratedLead> {
        let at = loop {
            if let Some(at) = self.moments.next() {
                break at;
            }
            let (hour, count) = self.counts.next()?;
            self.moments = arrivals::moments(self.world.seed, hour, count).into_iter();
        };
        let lead = self.world.lead(self.number, at);
        self.number += 1;
        Some(lead)
    }
}

#[cfg(test)]
mod tests;
