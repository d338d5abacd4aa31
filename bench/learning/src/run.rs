//! One run of a world under one policy: leads come, arms are drawn, money arrives when it does.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use anyhow::Result;
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;

use crate::law::choose;
use crate::policy::{Change, Draw, Earned, Policy, Trial};
use crate::truth::{Buyer, Market, Truth};
use crate::world::{Fallback, World};

/// Microseconds in a day.
pub(crate) const DAY: f64 = 86_400e6;

/// What a run has come to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// Expected money of the leads of each day, given the arms drawn.
    pub(crate) money: Vec<f64>,
    /// The same if all arms are drawn evenly.
    pub(crate) even: Vec<f64>,
    /// The same if the best arm has each lead first.
    pub(crate) best: Vec<f64>,
    /// Leads of each day.
    pub(crate) leads: Vec<f64>,
    /// Leads of each quarter of the run, and those among them whose first arm was the best.
    pub(crate) by_quarter: [[f64; 2]; 4],
    /// Part of the leads that belong to segments in which another arm than the best is favoured at the end.
    pub(crate) wrong_at_end: f64,
    /// Leads that each arm was given first.
    pub(crate) drawn: Vec<f64>,
}

/// When its outcomes are shown to a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reveal {
    /// When they arrive.
    OnArrival,
    /// All with the lead: nobody can know that, but it says what delay costs.
    AtOnce,
}

/// Money that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct UnderWay {
    at: i64,
    lead: usize,
    /// Order of what arrives for one lead at one time.
    number: usize,
    micros: i64,
    by: usize,
    is_later: bool,
}

/// Makes the policy of a run; those that are told something see the truth.
pub(crate) type Make<'a> = &'a dyn Fn(&World, &Truth) -> Result<Box<dyn Policy>>;

/// A run: `seed` and `run` fix everything, and the truth does not depend on the policy.
pub(crate) fn run(
    world: &World,
    seed: u64,
    run: u64,
    make: Make<'_>,
    reveal: Reveal,
) -> Result<Outcome> {
    let truth = Truth::draw(world, &mut generator(seed, run, 0))?;
    let mut policy = make(world, &truth)?;
    let mut course = Course::new(world, &truth, reveal);
    course.go(policy.as_mut(), &mut generator(seed, run, 1));
    course.judge(policy.as_mut(), &mut generator(seed, run, 2));
    Ok(course.outcome)
}

fn generator(seed: u64, run: u64, purpose: u64) -> Pcg64 {
    Pcg64::seed_from_u64(
        seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (run.wrapping_mul(1_000_003) << 2) ^ purpose,
    )
}

struct Course<'a> {
    world: &'a World,
    truth: &'a Truth,
    reveal: Reveal,
    under_way: BinaryHeap<Reverse<UnderWay>>,
    trials: Vec<(Trial, Earned)>,
    open: Vec<bool>,
    offered_today: Vec<u32>,
    order: Vec<usize>,
    outcome: Outcome,
}

impl<'a> Course<'a> {
    fn new(world: &'a World, truth: &'a Truth, reveal: Reveal) -> Self {
        let n_days = whole(world.days.ceil()).max(1);
        let arms = world.arms.len();
        Self {
            world,
            truth,
            reveal,
            under_way: BinaryHeap::new(),
            trials: Vec::with_capacity(world.n_leads()),
            open: vec![true; arms],
            offered_today: vec![0; arms],
            order: Vec::with_capacity(arms),
            outcome: Outcome {
                money: vec![0.0; n_days],
                even: vec![0.0; n_days],
                best: vec![0.0; n_days],
                leads: vec![0.0; n_days],
                drawn: vec![0.0; arms],
                ..Outcome::default()
            },
        }
    }

    fn go(&mut self, policy: &mut dyn Policy, rng: &mut Pcg64) {
        let spacing = DAY / self.world.leads_a_day;
        let update = (self.world.update_minutes * 60e6).max(0.0);
        let (mut due, mut today) = (0.0, 0);
        for lead in 0..self.world.n_leads() {
            // Somewhere in its slot, so that no delay keeps step with the leads.
            let time = (float(lead) + rng.random::<f64>()) * spacing;
            if update == 0.0 {
                self.deliver(policy, micros(time));
                policy.update(micros(time));
            }
            while update > 0.0 && due <= time {
                self.deliver(policy, micros(due));
                policy.update(micros(due));
                due += update;
            }
            self.deliver(policy, micros(time));
            let day = whole(time / DAY).min(self.outcome.leads.len() - 1);
            if day != today {
                today = day;
                self.offered_today.fill(0);
            }
            self.lead(policy, lead, micros(time), time / DAY, day, rng);
        }
    }

    /// Shows the policy all money that has arrived.
    fn deliver(&mut self, policy: &mut dyn Policy, now: i64) {
        while let Some(Reverse(it)) = self.under_way.peek().copied() {
            if it.at > now {
                break;
            }
            self.under_way.pop();
            self.arrive(policy, it);
        }
    }

    fn arrive(&mut self, policy: &mut dyn Policy, it: UnderWay) {
        let (trial, earned) = &mut self.trials[it.lead];
        let elsewhere = it.by != trial.arm;
        let after = Earned {
            accepted: true,
            converted: earned.converted || (it.is_later && it.micros > 0),
            micros: earned.micros + it.micros,
            elsewhere: earned.elsewhere + if elsewhere { it.micros } else { 0 },
            only_elsewhere: elsewhere,
        };
        let change = Change {
            trial: *trial,
            at: it.at,
            before: *earned,
            after,
            is_later: it.is_later,
        };
        *earned = after;
        policy.change(&change);
    }

    fn lead(
        &mut self,
        policy: &mut dyn Policy,
        lead: usize,
        at: i64,
        time_days: f64,
        day: usize,
        rng: &mut Pcg64,
    ) {
        let segment = self.segment(time_days, rng);
        let market = self.truth.market(segment, time_days);
        self.close_full();
        let depth = match self.world.fallback {
            Fallback::Redraw => self.world.arms.len(),
            _ => 1,
        };
        self.order.clear();
        let draw = Draw {
            segment,
            at,
            open: &self.open,
            depth,
        };
        policy.draw(draw, rng, &mut self.order);
        self.fall_back(rng);
        self.note(market, lead, day);
        let answered = self.offer(market, lead, at, rng);
        let trial = Trial {
            segment,
            arm: self.order[0],
            at,
            answered,
        };
        self.trials.push((trial, Earned::default()));
        policy.trial(&trial);
        if self.reveal == Reveal::AtOnce {
            self.deliver(policy, at);
        }
    }

    fn segment(&self, day: f64, rng: &mut Pcg64) -> usize {
        let segments = &self.world.segments;
        if segments.len() == 1 {
            return 0;
        }
        let shares: Vec<f64> = segments
            .iter()
            .map(|it| if it.from_day <= day { it.share } else { 0.0 })
            .collect();
        choose(&shares, rng)
    }

    /// Closes the arms that have had their leads of the day; all stay open if all are full.
    fn close_full(&mut self) {
        for (i, arm) in self.world.arms.iter().enumerate() {
            self.open[i] = arm.cap_a_day.is_none_or(|cap| self.offered_today[i] < cap);
        }
        if !self.open.contains(&true) {
            self.open.fill(true);
        }
    }

    /// Adds the arms that get the lead if the first one refuses, where the policy does not choose them.
    fn fall_back(&mut self, rng: &mut Pcg64) {
        let fallback = self.world.fallback;
        if !matches!(fallback, Fallback::Evenly | Fallback::Listed) {
            return;
        }
        self.order.truncate(1);
        let first = self.order[0];
        self.order
            .extend((0..self.world.arms.len()).filter(|i| *i != first));
        if fallback == Fallback::Evenly {
            for i in (2..self.order.len()).rev() {
                let j = rng.random_range(1..=i);
                self.order.swap(i, j);
            }
        }
    }

    fn note(&mut self, market: &Market, lead: usize, day: usize) {
        let first = self.order[0];
        let outcome = &mut self.outcome;
        outcome.money[day] += market.money(&self.order);
        outcome.even[day] += market.even;
        outcome.best[day] += market.best_first;
        outcome.leads[day] += 1.0;
        outcome.drawn[first] += 1.0;
        self.offered_today[first] += 1;
        let quarter = &mut outcome.by_quarter[(4 * lead / self.world.n_leads()).min(3)];
        quarter[0] += 1.0;
        quarter[1] += f64::from(u8::from(first == market.best));
    }

    /// Offers the lead to the arms in turn, and sends the money of the one that accepts on its way.
    ///
    /// Says whether the first one has answered.
    fn offer(&mut self, market: &Market, lead: usize, at: i64, rng: &mut Pcg64) -> bool {
        for k in 0..self.order.len() {
            let by = self.order[k];
            let buyer = &market.arms[by];
            let answer = rng.random::<f64>();
            if answer < buyer.accept {
                self.pay(buyer, by, lead, at, rng);
                return true;
            }
            if answer < buyer.accept + buyer.no_answer {
                return k > 0;
            }
        }
        true
    }

    fn pay(&mut self, buyer: &Buyer, by: usize, lead: usize, at: i64, rng: &mut Pcg64) {
        let at_once = buyer.payout_factor * buyer.at_once.draw(rng);
        let mut number = 0;
        let mut send = |at: i64, money: f64, is_later: bool| {
            let money = UnderWay {
                at,
                lead,
                number,
                micros: micros(money * 1e6),
                by,
                is_later,
            };
            self.under_way.push(Reverse(money));
            number += 1;
        };
        send(at, at_once, false);
        for it in &buyer.conversions {
            if rng.random::<f64>() < it.rate {
                let delay = it.delay.draw_days(rng) * DAY;
                let money = buyer.payout_factor * it.payout.draw(rng);
                let delay = match self.reveal {
                    Reveal::AtOnce => 0,
                    Reveal::OnArrival => micros(delay.min(1e15)),
                };
                send(at + delay, money, true);
            }
        }
    }

    /// Which arm is favoured in the end, with all that has arrived by then.
    fn judge(&mut self, policy: &mut dyn Policy, rng: &mut Pcg64) {
        let end = micros(self.world.days * DAY);
        self.deliver(policy, end);
        policy.update(end);
        let (mut wrong, mut all) = (0.0, 0.0);
        for (segment, it) in self.world.segments.iter().enumerate() {
            let market = self.truth.market(segment, self.world.days);
            let favourite = policy.favourite(segment, end, rng);
            all += it.share;
            // Arms that are worth the same are all best.
            let worth = |i: usize| market.arms[i].worth();
            let equal = (worth(favourite) - worth(market.best)).abs() <= 1e-9;
            if favourite != market.best && !equal {
                wrong += it.share;
            }
        }
        self.outcome.wrong_at_end = wrong / all;
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "times and money of a run are far below 2⁶³"
)]
fn micros(value: f64) -> i64 {
    value.round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "leads are far fewer than 2⁵³")]
fn float(n: usize) -> f64 {
    n as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "days are few and not negative"
)]
fn whole(value: f64) -> usize {
    value as usize
}

#[cfg(test)]
mod tests;
