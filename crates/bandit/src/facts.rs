//! What is known of an arm as of a moment, summed up for beliefs.

use std::collections::BTreeMap;

use crate::delay_laws::days;
use crate::state::{ArmState, Bucket, Kind, Place};

/// How many streams there are: each kind of money from each place, and conversions whatever they pay.
pub(crate) const STREAMS: usize = 13;

/// The stream of conversions, which are counted and not paid.
pub(crate) const CONVERSIONS: usize = 12;

/// Position of a stream of money.
pub(crate) fn stream(place: Place, kind: Kind) -> usize {
    let place = match place {
        Place::Own => 0,
        Place::Refused => 1,
        Place::Shared => 2,
    };
    let kind = match kind {
        Kind::AtOnce => 0,
        Kind::Sale => 1,
        Kind::Rebill => 2,
        Kind::Return => 3,
    };
    4 * place + kind
}

/// Where the money of a stream comes from, and how; conversions count as sales.
pub(crate) fn place_and_kind(stream: usize) -> (Place, Kind) {
    let place = match stream / 4 {
        1 => Place::Refused,
        2 => Place::Shared,
        _ => Place::Own,
    };
    let kind = match stream {
        CONVERSIONS => Kind::Sale,
        _ => [Kind::AtOnce, Kind::Sale, Kind::Rebill, Kind::Return][stream % 4],
    };
    (place, kind)
}

/// Whether what exposes to a stream is a refusal by the arm, rather than a trial.
pub(crate) fn is_after_refusal(stream: usize) -> bool {
    stream / 4 == 1
}

/// Trials of about one age.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cohort {
    /// Days since they were drawn, on average.
    pub(crate) age: f64,
    pub(crate) trials: f64,
    /// Trials that were refused; for what they earned elsewhere, those of long ago count less.
    pub(crate) refused: f64,
    pub(crate) taken: f64,
    pub(crate) accepted: f64,
    pub(crate) events: [f64; STREAMS],
}

/// What one stream has brought.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sums {
    pub(crate) events: f64,
    pub(crate) money: f64,
    pub(crate) squares: f64,
    /// Events by the step of their delay.
    pub(crate) delays: Vec<f64>,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.money += other.money;
        self.squares += other.squares;
        if self.delays.len() < other.delays.len() {
            self.delays.resize(other.delays.len(), 0.0);
        }
        for (sum, more) in self.delays.iter_mut().zip(&other.delays) {
            *sum += more;
        }
    }

    /// Amounts without those of a part; delays are left out.
    pub(crate) fn less(&self, part: &Self) -> Self {
        Self {
            events: (self.events - part.events).max(0.0),
            money: (self.money - part.money).max(0.0),
            squares: (self.squares - part.squares).max(0.0),
            delays: Vec::new(),
        }
    }
}

/// Everything that beliefs of an arm rest on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// Trials, each counted once.
    pub(crate) n: u64,
    /// Trials accepted by now, converted by now, and payments at once and of first conversions; each counted once.
    pub(crate) successes: [i64; 3],
    /// Trials, faded; those without an answer count for as much as they have matured.
    pub(crate) trials: f64,
    pub(crate) taken: f64,
    pub(crate) accepted: f64,
    /// Taken leads that payments at once are spread over: also those before a change.
    pub(crate) paid: f64,
    /// Refusals, as far as what they earned elsewhere still tells something.
    pub(crate) elsewhere_refused: f64,
    pub(crate) streams: [Sums; STREAMS],
    /// From the youngest to the oldest.
    pub(crate) cohorts: Vec<Cohort>,
}

/// How facts are taken from a state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    /// Epoch microseconds.
    pub(crate) as_of: i64,
    /// Trials of buckets that begin before are left out, epoch microseconds.
    pub(crate) since: i64,
    /// After how many days a trial counts half.
    pub(crate) half_life: Option<f64>,
    /// Delay steps that are looked at.
    pub(crate) n_steps: usize,
    /// Days in which half of the leads without an answer become failures.
    pub(crate) unanswered_half_life: f64,
    /// After how many days what was earned elsewhere counts half.
    pub(crate) elsewhere_half_life: f64,
}

impl View {
    /// When it was so many days ago, epoch microseconds.
    pub(crate) fn time_of(&self, age: f64) -> i64 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast of a float ends at the ends of the integer"
        )]
        let micros = (age * crate::delay_laws::MICROS_A_DAY) as i64;
        self.as_of.saturating_sub(micros)
    }
}

/// Trials of one cohort differ in age by at most about this factor.
const SPAN: f64 = 1.15;
/// And by this many days, however young.
const SPAN_MIN: f64 = 0.045;

impl Facts {
    pub(crate) fn of(arm: &ArmState, view: &View) -> Self {
        let mut facts = Self::default();
        let mut eldest = f64::NEG_INFINITY;
        for (start, bucket) in arm
            .buckets
            .range(view.since.min(view.as_of)..=view.as_of)
            .rev()
        {
            let mean_offset = bucket.offsets.checked_div(bucket.trials).unwrap_or(0);
            let mean = start.saturating_add_unsigned(mean_offset);
            let age = days(view.as_of.saturating_sub(mean)).max(0.0);
            if age > eldest {
                eldest = (age * SPAN).max(age + SPAN_MIN);
                facts.cohorts.push(Cohort::default());
            }
            facts.take(bucket, age, view);
        }
        for cohort in &mut facts.cohorts {
            cohort.age /= cohort.trials.max(1e-9);
        }
        facts.count();
        facts.paid = facts.taken;
        facts
    }

    /// Takes a bucket into the last cohort.
    fn take(&mut self, bucket: &Bucket, age: f64, view: &View) {
        let Some(cohort) = self.cohorts.last_mut() else {
            return;
        };
        let half_life = view.half_life.unwrap_or(f64::INFINITY);
        let fade = (-age / half_life).exp2();
        let elsewhere = (-age / view.elsewhere_half_life).exp2();
        let matured = 1.0 - (-age / view.unanswered_half_life).exp2();
        let trials = fade * (whole(bucket.trials) + matured * signed(bucket.unanswered));
        let taken = fade * signed(bucket.taken);
        let refused = elsewhere * (trials - taken).max(0.0);
        cohort.age += trials * age;
        cohort.trials += trials;
        cohort.refused += refused;
        cohort.taken += taken;
        cohort.accepted += fade * signed(bucket.accepted);
        self.elsewhere_refused += refused;
        self.n += bucket.trials;
        let paying = [Kind::AtOnce, Kind::Sale].map(|kind| bucket.streams.get(&(Place::Own, kind)));
        let payments: u64 = paying.into_iter().flatten().map(|flow| flow.events).sum();
        let payments = i64::try_from(payments).unwrap_or(i64::MAX);
        let successes = [bucket.accepted, bucket.converted, payments];
        for (sum, more) in self.successes.iter_mut().zip(successes) {
            *sum += more;
        }
        for ((place, kind), flow) in &bucket.streams {
            let k = stream(*place, *kind);
            let sums = &mut self.streams[k];
            let fade = if is_after_refusal(k) {
                fade * elsewhere
            } else {
                fade
            };
            let share = counted(&flow.delays, view.n_steps, flow.events, sums, fade);
            let events = fade * share * whole(flow.events);
            sums.events += events;
            sums.money += fade * share * wide(flow.money);
            sums.squares += fade * share * wide(flow.squares);
            cohort.events[k] += events;
        }
        let sums = &mut self.streams[CONVERSIONS];
        counted(&bucket.conversion_delays, view.n_steps, 1, sums, fade);
        let converted = fade * signed(bucket.converted).max(0.0);
        sums.events += converted;
        cohort.events[CONVERSIONS] += converted;
    }

    /// Sums of another arm taken in; cohorts are left as they are.
    pub(crate) fn add(&mut self, other: &Self) {
        self.trials += other.trials;
        self.taken += other.taken;
        self.accepted += other.accepted;
        self.paid += other.paid;
        self.elsewhere_refused += other.elsewhere_refused;
        for (sums, more) in self.streams.iter_mut().zip(&other.streams) {
            sums.add(more);
        }
    }

    /// Judges rates by the trials of the last days alone. What was paid, and after which delays, stays known.
    pub(crate) fn forget_before(&mut self, age: f64) {
        self.cohorts.retain(|cohort| cohort.age < age);
        self.count();
    }

    fn count(&mut self) {
        let sum = |of: fn(&Cohort) -> f64| self.cohorts.iter().map(of).sum::<f64>();
        (self.trials, self.accepted) = (sum(|cohort| cohort.trials), sum(|cohort| cohort.accepted));
        // An arm that has paid for a lead has taken it.
        let paid = sum(|cohort| cohort.events[stream(Place::Own, Kind::AtOnce)]);
        self.taken = sum(|cohort| cohort.taken).max(paid);
    }
}

/// Takes in delays that lie within the window, and says which share of the events they are.
fn counted(
    delays: &BTreeMap<u8, u64>,
    n_steps: usize,
    events: u64,
    sums: &mut Sums,
    fade: f64,
) -> f64 {
    if delays.is_empty() {
        return 1.0;
    }
    if sums.delays.len() < n_steps {
        sums.delays.resize(n_steps, 0.0);
    }
    let mut within = 0;
    for (step, count) in delays {
        if let Some(sum) = sums.delays.get_mut(usize::from(*step)) {
            *sum += fade * whole(*count);
            within += count;
        }
    }
    (whole(within) / whole(events.max(1))).min(1.0)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a belief needs no more than 15 digits of a sum"
)]
fn wide(sum: i128) -> f64 {
    sum as f64
}

fn signed(n: i64) -> f64 {
    wide(n.into())
}

pub(crate) fn whole(n: u64) -> f64 {
    wide(n.into())
}
