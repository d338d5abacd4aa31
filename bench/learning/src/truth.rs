//! What is true in one run of a world: what each arm is worth to whom and when, and what even draws and the best arm earn.

use anyhow::{Result, ensure};
use rand::Rng;

use crate::law::{Delay, Payout};
use crate::world::{Arm, Fallback, World};

/// The arms of one run in one segment, between two changes.
#[derive(Debug, Clone)]
pub(crate) struct Market {
    pub(crate) arms: Vec<Buyer>,
    /// Arm that earns most if it gets the lead first and the rest is drawn evenly.
    pub(crate) best: usize,
    /// Expected money of a lead whose first arm is that.
    pub(crate) best_first: f64,
    /// Expected money of a lead whose arms are all drawn evenly.
    pub(crate) even: f64,
}

/// An arm with all its numbers.
#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    pub(crate) accept: f64,
    pub(crate) no_answer: f64,
    pub(crate) at_once: Payout,
    pub(crate) conversions: Vec<Kind>,
    /// Factor of all that it pays.
    pub(crate) payout_factor: f64,
    /// Expected money of an accepted lead.
    pub(crate) value: f64,
}

/// A kind of conversion with its numbers.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) rate: f64,
    pub(crate) payout: Payout,
    pub(crate) delay: Delay,
}

impl Buyer {
    fn refuses(&self) -> f64 {
        (1.0 - self.accept - self.no_answer).max(0.0)
    }

    /// Expected money of a lead offered to it alone.
    pub(crate) fn worth(&self) -> f64 {
        self.accept * self.value
    }
}

/// All that is true in one run.
#[derive(Debug, Clone)]
pub(crate) struct Truth {
    /// Day from which each row of `markets` holds; the first is 0.
    starts: Vec<f64>,
    /// One row a period, one market a segment.
    markets: Vec<Vec<Market>>,
}

impl Truth {
    /// Draws what the world leaves open.
    pub(crate) fn draw(world: &World, rng: &mut impl Rng) -> Result<Self> {
        let base: Vec<Vec<Buyer>> = world
            .segments
            .iter()
            .map(|segment| {
                let arms = world.arms.iter();
                arms.map(|arm| buyer(arm, &segment.name, rng)).collect()
            })
            .collect();
        let mut starts: Vec<f64> = world.drift.iter().map(|drift| drift.day).collect();
        starts.push(0.0);
        starts.sort_by(f64::total_cmp);
        starts.dedup();
        let mut markets = Vec::with_capacity(starts.len());
        for &start in &starts {
            let mut row = Vec::with_capacity(base.len());
            for buyers in &base {
                row.push(Market::new(world, changed(world, buyers, start))?);
            }
            markets.push(row);
        }
        Ok(Self { starts, markets })
    }

    /// The market of a segment on a day.
    pub(crate) fn market(&self, segment: usize, day: f64) -> &Market {
        let period = self.starts.partition_point(|start| *start <= day);
        &self.markets[period.max(1) - 1][segment]
    }
}

fn buyer(arm: &Arm, segment: &str, rng: &mut impl Rng) -> Buyer {
    let own = arm.segments.get(segment);
    let accept = own.and_then(|it| it.accept).unwrap_or(arm.accept);
    let no_answer = own.and_then(|it| it.no_answer).unwrap_or(arm.no_answer);
    let at_once = own.and_then(|it| it.at_once.as_ref());
    let conversions = own.and_then(|it| it.conversions.as_ref());
    let conversions = conversions.unwrap_or(&arm.conversions).iter();
    Buyer {
        accept: accept.draw(rng),
        no_answer: no_answer.draw(rng),
        at_once: at_once.unwrap_or(&arm.at_once).clone(),
        conversions: conversions
            .map(|it| Kind {
                rate: it.rate.draw(rng),
                payout: it.payout.clone(),
                delay: it.delay.clone(),
            })
            .collect(),
        payout_factor: 1.0,
        value: 0.0,
    }
}

/// The arms after all changes until a day.
fn changed(world: &World, buyers: &[Buyer], day: f64) -> Vec<Buyer> {
    let mut buyers = buyers.to_vec();
    for (buyer, arm) in buyers.iter_mut().zip(&world.arms) {
        for drift in world.drift.iter().filter(|it| it.arm == arm.name) {
            if drift.day <= day {
                buyer.accept *= drift.accept;
                buyer.payout_factor *= drift.payout;
                for kind in &mut buyer.conversions {
                    kind.rate *= drift.rate;
                }
            }
        }
        let later = buyer.conversions.iter();
        let later: f64 = later.map(|kind| kind.rate * kind.payout.mean()).sum();
        buyer.value = buyer.payout_factor * (buyer.at_once.mean() + later);
    }
    buyers
}

impl Market {
    fn new(world: &World, arms: Vec<Buyer>) -> Result<Self> {
        for (buyer, arm) in arms.iter().zip(&world.arms) {
            ensure!(
                buyer.accept + buyer.no_answer <= 1.0 + 1e-12,
                "{} accepts more leads than there are",
                arm.name
            );
        }
        let firsts: Vec<f64> = (0..arms.len())
            .map(|i| arms[i].worth() + arms[i].refuses() * rest(world.fallback, &arms, i))
            .collect();
        let best = (0..arms.len()).max_by(|&i, &j| firsts[i].total_cmp(&firsts[j]));
        let best = best.expect("a world has an arm");
        let mut market = Self {
            best,
            best_first: firsts[best],
            even: firsts.iter().sum::<f64>() / count(arms.len()),
            arms,
        };
        if world.arms.iter().any(|arm| arm.cap_a_day.is_some()) {
            ensure!(
                world.fallback == Fallback::None && world.segments.len() == 1,
                "caps are for worlds without fallback and segments"
            );
            market.capped(world);
        }
        Ok(market)
    }

    /// Expected money of a lead that is offered to these arms in turn, until one does not refuse.
    pub(crate) fn money(&self, order: &[usize]) -> f64 {
        let (mut reached, mut money) = (1.0, 0.0);
        for &i in order {
            money += reached * self.arms[i].worth();
            reached *= self.arms[i].refuses();
        }
        money
    }

    /// Under caps the best is the knapsack's: dearest arms first, each up to its cap. Even draws fill up evenly.
    fn capped(&mut self, world: &World) {
        let share = |i: usize| {
            let cap = world.arms[i].cap_a_day.map_or(f64::INFINITY, f64::from);
            (cap / world.leads_a_day).min(1.0)
        };
        let mut dearest: Vec<usize> = (0..self.arms.len()).collect();
        dearest.sort_by(|&i, &j| self.arms[j].worth().total_cmp(&self.arms[i].worth()));
        let (mut left, mut best) = (1.0_f64, 0.0);
        for &i in &dearest {
            let part = share(i).min(left);
            left -= part;
            best += part * self.arms[i].worth();
        }
        let mut smallest: Vec<usize> = (0..self.arms.len()).collect();
        smallest.sort_by(|&i, &j| share(i).total_cmp(&share(j)));
        let (mut left, mut even) = (1.0_f64, 0.0);
        for (k, &i) in smallest.iter().enumerate() {
            let part = share(i).min(left / count(smallest.len() - k));
            left -= part;
            even += part * self.arms[i].worth();
        }
        (self.best_first, self.even) = (best, even);
    }
}

/// Expected money of a lead that arm `first` has refused.
fn rest(fallback: Fallback, arms: &[Buyer], first: usize) -> f64 {
    let others: Vec<&Buyer> = (0..arms.len())
        .filter(|i| *i != first)
        .map(|i| &arms[i])
        .collect();
    match fallback {
        Fallback::None => 0.0,
        Fallback::Listed => {
            let (mut reached, mut money) = (1.0, 0.0);
            for buyer in others {
                money += reached * buyer.worth();
                reached *= buyer.refuses();
            }
            money
        }
        Fallback::Redraw | Fallback::Evenly => in_even_order(&others),
    }
}

/// Expected money of a lead offered to all arms in a random order.
///
/// Each arm has its turn at a time drawn evenly from [0, 1]; an arm whose turn is at t gets the lead if each of the
/// others is later or has refused it: `∫ Σ_j w_j Π_{l≠j} (1 − t (1 − r_l)) dt`, by Simpson's rule.
fn in_even_order(arms: &[&Buyer]) -> f64 {
    const STEPS: u32 = 512;
    let at = |t: f64| {
        let keeps = |l: usize| 1.0 - t * (1.0 - arms[l].refuses());
        let reached =
            |j: usize| -> f64 { (0..arms.len()).filter(|l| *l != j).map(keeps).product() };
        (0..arms.len())
            .map(|j| arms[j].worth() * reached(j))
            .sum::<f64>()
    };
    let sum: f64 = (0..=STEPS)
        .map(|k| {
            let weight = match k {
                0 | STEPS => 1.0,
                _ if k % 2 == 1 => 4.0,
                _ => 2.0,
            };
            weight * at(f64::from(k) / f64::from(STEPS))
        })
        .sum();
    sum / (3.0 * f64::from(STEPS))
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).expect("arms are few"))
}

#[cfg(test)]
mod tests;
