//! Ways to choose an arm. All see the same: trials, and the money of each as it arrives.

mod exact;
mod greedy;
mod index;
mod ours;
mod steady;
mod thompson;
mod tracker;

use anyhow::{Result, bail};
use rand::{Rng, RngExt as _};
use rand_distr::{Distribution as _, Exp1};
use rand_pcg::Pcg64;

use crate::run::Reveal;
use crate::truth::Truth;
use crate::world::World;

/// A lead that was given to an arm first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trial {
    pub(crate) segment: usize,
    pub(crate) arm: usize,
    /// Microseconds since the start.
    pub(crate) at: i64,
    /// Whether the arm has answered: taken the lead or refused it.
    pub(crate) answered: bool,
}

/// What a lead has brought so far, whoever paid it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Earned {
    pub(crate) accepted: bool,
    pub(crate) converted: bool,
    /// Money in millionths.
    pub(crate) micros: i64,
    /// The part of it that other arms have paid, after the trial's had refused.
    pub(crate) elsewhere: i64,
    /// Whether another arm than the trial's has the lead.
    pub(crate) only_elsewhere: bool,
}

/// The outcome of a trial changes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) trial: Trial,
    pub(crate) at: i64,
    pub(crate) before: Earned,
    pub(crate) after: Earned,
    /// Whether a conversion changes it, rather than the answer to an offer.
    pub(crate) is_later: bool,
}

/// What is asked for: arms in the order in which they are to be offered the lead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw<'a> {
    pub(crate) segment: usize,
    pub(crate) at: i64,
    /// Which arms may be drawn; at least one.
    pub(crate) open: &'a [bool],
    /// How many arms are wanted: 1, or all that are open.
    pub(crate) depth: usize,
}

/// A way to choose arms.
pub(crate) trait Policy {
    /// A lead was given to an arm.
    fn trial(&mut self, trial: &Trial);
    /// Money has arrived, or was taken back.
    fn change(&mut self, change: &Change);
    /// The time for new weights.
    fn update(&mut self, at: i64);
    /// Adds the arms to offer the lead to.
    fn draw(&mut self, draw: Draw<'_>, rng: &mut Pcg64, order: &mut Vec<usize>);
    /// The arm that it takes for the best.
    fn favourite(&mut self, segment: usize, at: i64, rng: &mut Pcg64) -> usize;
}

/// The names of all policies, in the order of the tables.
pub(crate) const NAMES: [&str; 12] = [
    "ours",
    "ours_no_delay",
    "even",
    "best",
    "thompson",
    "thompson_no_delay",
    "exact",
    "tracker_24h",
    "ucb1",
    "ucb_tuned",
    "kl_ucb",
    "epsilon_greedy",
];

/// Those that run if none are named: all but `exact`, which takes a second for a thousand leads.
pub(crate) const USUAL: [&str; 11] = [
    "ours",
    "ours_no_delay",
    "even",
    "best",
    "thompson",
    "thompson_no_delay",
    "tracker_24h",
    "ucb1",
    "ucb_tuned",
    "kl_ucb",
    "epsilon_greedy",
];

/// The policy of a name, and what it gets to see.
///
/// # Errors
///
/// For a name that is none, and for settings that our bandit does not have.
pub(crate) fn make(name: &str, world: &World, truth: &Truth) -> Result<Box<dyn Policy>> {
    Ok(match name {
        "ours" | "ours_no_delay" => Box::new(ours::Ours::new(world)?),
        "even" => Box::new(steady::Even::new(world.arms.len())),
        "best" => Box::new(steady::Best::new(truth.clone())),
        "thompson" | "thompson_no_delay" => Box::new(thompson::Thompson::new(world, truth)),
        "exact" => Box::new(exact::Exact::new(world, truth)),
        "tracker_24h" => Box::new(tracker::Tracker::new(world)),
        "ucb1" => Box::new(index::Indexed::new(world, truth, index::Rule::Ucb1)),
        "ucb_tuned" => Box::new(index::Indexed::new(world, truth, index::Rule::UcbTuned)),
        "kl_ucb" => Box::new(index::Indexed::new(world, truth, index::Rule::KlUcb)),
        "epsilon_greedy" => Box::new(greedy::EpsilonGreedy::new(world)),
        _ => bail!("no policy is called {name}; there are {}", NAMES.join(", ")),
    })
}

/// When a policy sees the money of a lead.
pub(crate) fn reveal(name: &str) -> Reveal {
    if name.ends_with("_no_delay") {
        Reveal::AtOnce
    } else {
        Reveal::OnArrival
    }
}

/// Draws arms without putting them back, in the proportions of their weights.
///
/// The first of independent exponential times with these rates is one in these proportions, and so is the next.
fn draw_weighted(draw: Draw<'_>, weights: &[f64], rng: &mut Pcg64, order: &mut Vec<usize>) {
    if draw.depth == 1 {
        let open = |i: usize| if draw.open[i] { weights[i] } else { 0.0 };
        let whole: f64 = (0..weights.len()).map(open).sum();
        let mut rest = whole * rng.random::<f64>();
        let mut drawn = None;
        for i in (0..weights.len()).filter(|&i| draw.open[i]) {
            drawn = Some(i);
            rest -= weights[i];
            if rest < 0.0 {
                break;
            }
        }
        order.extend(drawn);
        return;
    }
    let times: Vec<f64> = weights
        .iter()
        .map(|weight| {
            let one: f64 = Exp1.sample(rng);
            one / weight.max(1e-12)
        })
        .collect();
    order.extend((0..weights.len()).filter(|&i| draw.open[i]));
    order.sort_by(|&i, &j| times[i].total_cmp(&times[j]));
}

/// Orders the open arms by a value, the highest first; equal ones in random order.
fn highest_first(draw: Draw<'_>, values: &[f64], rng: &mut Pcg64, order: &mut Vec<usize>) {
    order.extend((0..values.len()).filter(|&i| draw.open[i]));
    for i in (1..order.len()).rev() {
        order.swap(i, rng.random_range(0..=i));
    }
    if draw.depth == 1 {
        let best = order.iter().copied();
        let best = best.reduce(|i, j| if values[j] > values[i] { j } else { i });
        order.clear();
        order.extend(best);
    } else {
        order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
    }
}

/// Position of the largest value, the first on ties.
fn largest(values: impl IntoIterator<Item = f64>) -> usize {
    let all = values.into_iter().enumerate();
    let best = all.reduce(|best, it| if it.1 > best.1 { it } else { best });
    best.map_or(0, |(i, _)| i)
}

/// Sums of what the trials of an arm have brought, as they stand now; a young lead counts like an old one.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n: f64,
    /// Trials that have earned something.
    successes: f64,
    money: f64,
    money_sq: f64,
}

impl Sums {
    fn trial(&mut self) {
        self.n += 1.0;
    }

    fn change(&mut self, change: &Change) {
        let money = |earned: Earned| as_money(earned.micros);
        let (before, after) = (money(change.before), money(change.after));
        let success = |money: f64| f64::from(u8::from(money > 0.0));
        self.successes += success(after) - success(before);
        self.money += after - before;
        self.money_sq += after * after - before * before;
    }

    fn mean(&self) -> f64 {
        self.money / self.n.max(1.0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "money of a lead is below 2⁵³")]
fn as_money(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// The most that a trial of each arm may bring, by segment; what index policies have to be told.
fn scales(world: &World, truth: &Truth) -> Vec<Vec<f64>> {
    let by_segment = (0..world.segments.len()).map(|segment| {
        let market = truth.market(segment, 0.0);
        let own = market.arms.iter().map(|buyer| {
            let later = buyer
                .conversions
                .iter()
                .map(|it| it.payout.scale().max(0.0));
            (buyer.at_once.scale() + later.sum::<f64>()).max(f64::MIN_POSITIVE)
        });
        let own: Vec<f64> = own.collect();
        if world.fallback == crate::world::Fallback::None {
            return own;
        }
        // After a refusal any arm may pay.
        let most = own.iter().copied().fold(0.0, f64::max);
        vec![most; own.len()]
    });
    by_segment.collect()
}

/// A number for each segment and arm.
fn grid<T: Clone>(world: &World, value: T) -> Vec<Vec<T>> {
    vec![vec![value; world.arms.len()]; world.segments.len()]
}

/// A random arm among those that may be drawn, evenly.
fn any_open(draw: Draw<'_>, rng: &mut impl Rng) -> usize {
    let open: Vec<usize> = (0..draw.open.len()).filter(|&i| draw.open[i]).collect();
    open[rng.random_range(0..open.len())]
}
