//! What many runs come to: means, their standard errors, and what was expected of them.

use serde::Serialize;

use crate::run::Outcome;
use crate::world::{Expectation, World};

/// Below this part of the best money, arms count as equal and a share of the gain means nothing.
const EQUAL: f64 = 1e-9;

/// One policy in one world.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) world: String,
    pub(crate) policy: String,
    /// (money − even) / (best arm first − even) over all runs; absent where all arms are worth the same.
    pub(crate) gain_share: Option<f64>,
    /// Expected money of a lead given the arms drawn.
    pub(crate) money_a_lead: f64,
    /// Standard error of `gain_share`.
    pub(crate) se: Option<f64>,
    /// Standard error of `money_a_lead − even_a_lead`.
    pub(crate) money_se: f64,
    /// What even draws earn.
    pub(crate) even_a_lead: f64,
    /// What the best arm first earns.
    pub(crate) best_a_lead: f64,
    /// Part of the leads that the best arm had first, in each quarter of a run.
    pub(crate) best_share_by_quarter: [f64; 4],
    /// Part of the runs that favour another arm than the best at the end; weighed by segment.
    pub(crate) wrong_at_end: f64,
    pub(crate) reps: usize,
    /// Mean of what a run forgoes against the best arm first.
    pub(crate) regret: f64,
    pub(crate) regret_se: f64,
    /// What one run in twenty exceeds.
    pub(crate) regret_p95: f64,
    /// The same as for `ours_no_delay`, if that was run too.
    pub(crate) regret_over_no_delay: Option<f64>,
    /// The share of the gain on each day.
    pub(crate) gain_by_day: Vec<Option<f64>>,
    /// Days after the last drift until half of the gain is made on a day, and from then on.
    pub(crate) days_to_half_gain: Option<f64>,
    /// Part of the leads that each arm had first, in the order of the file.
    pub(crate) drawn: Vec<f64>,
    /// What the world's file expects.
    pub(crate) expected: Vec<Expected>,
}

/// One expectation and whether it was met.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Expected {
    pub(crate) of: String,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) found: Option<f64>,
    pub(crate) met: bool,
    pub(crate) source: String,
}

/// Sums up the runs of a policy.
pub(crate) fn row(world: &World, policy: &str, runs: &[Outcome]) -> Row {
    let totals: Vec<[f64; 4]> = runs
        .iter()
        .map(|run| [&run.money, &run.even, &run.best, &run.leads].map(|days| days.iter().sum()))
        .collect();
    let each = |f: &dyn Fn(&[f64; 4]) -> f64| totals.iter().map(f).collect::<Vec<f64>>();
    let money = mean(&each(&|t| t[0] / t[3]));
    let even = mean(&each(&|t| t[1] / t[3]));
    let best = mean(&each(&|t| t[2] / t[3]));
    let gained = each(&|t| (t[0] - t[1]) / t[3]);
    let possible = each(&|t| (t[2] - t[1]) / t[3]);
    let at_stake = mean(&possible);
    let differs = at_stake > EQUAL * best.abs().max(EQUAL);
    let share = mean(&gained) / at_stake;
    // The delta method for a ratio of means.
    let rests: Vec<f64> = gained
        .iter()
        .zip(&possible)
        .map(|(gained, possible)| (gained - share * possible) / at_stake)
        .collect();
    let mut regrets = each(&|t| t[2] - t[0]);
    let (regret, regret_se) = (mean(&regrets), standard_error(&regrets));
    regrets.sort_by(f64::total_cmp);
    let quarters = [0, 1, 2, 3].map(|k| {
        let sum = |what: usize| runs.iter().map(|run| run.by_quarter[k][what]).sum::<f64>();
        sum(1) / sum(0).max(1.0)
    });
    let gain_by_day = by_day(runs);
    let wrong: Vec<f64> = runs.iter().map(|run| run.wrong_at_end).collect();
    Row {
        world: world.name.clone(),
        policy: policy.to_owned(),
        gain_share: differs.then_some(share),
        money_a_lead: money,
        se: differs.then(|| standard_error(&rests)),
        money_se: standard_error(&gained),
        even_a_lead: even,
        best_a_lead: best,
        best_share_by_quarter: quarters,
        wrong_at_end: mean(&wrong),
        reps: runs.len(),
        regret,
        regret_se,
        regret_p95: regrets[(regrets.len() * 19 / 20).min(regrets.len() - 1)],
        regret_over_no_delay: None,
        days_to_half_gain: days_to_half_gain(world, &gain_by_day),
        gain_by_day,
        drawn: drawn(world, runs),
        expected: Vec::new(),
    }
}

/// Part of the leads that each arm had first.
fn drawn(world: &World, runs: &[Outcome]) -> Vec<f64> {
    let sum = |i: usize| runs.iter().map(|run| run.drawn[i]).sum::<f64>();
    let sums: Vec<f64> = (0..world.arms.len()).map(sum).collect();
    let all: f64 = sums.iter().sum();
    sums.iter().map(|sum| sum / all).collect()
}

fn by_day(runs: &[Outcome]) -> Vec<Option<f64>> {
    let days = 0..runs[0].leads.len();
    days.map(|day| {
        let sum = |of: fn(&Outcome) -> &Vec<f64>| runs.iter().map(|run| of(run)[day]).sum::<f64>();
        let even = sum(|run| &run.even);
        let (gained, possible) = (sum(|run| &run.money) - even, sum(|run| &run.best) - even);
        (possible > EQUAL * even.abs().max(EQUAL)).then(|| gained / possible)
    })
    .collect()
}

/// Days from the last drift to the end of the first day from which on half of the gain is made.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "days are few and not negative"
)]
fn days_to_half_gain(world: &World, gain_by_day: &[Option<f64>]) -> Option<f64> {
    let drift = world.drift.iter().map(|it| it.day).reduce(f64::max)?;
    let since = gain_by_day.get(drift.ceil() as usize..)?;
    (0..since.len()).find_map(|k| {
        let rest: Vec<f64> = since[k..].iter().copied().flatten().collect();
        let recovered = since[k].is_some_and(|gain| gain >= 0.5) && mean(&rest) >= 0.5;
        recovered.then_some((k + 1) as f64 + drift.ceil() - drift)
    })
}

/// Fills in what compares a row with others, and holds it against the world's expectations.
pub(crate) fn compare(world: &World, rows: &mut [Row]) {
    let no_delay = rows.iter().find(|row| row.policy == "ours_no_delay");
    let no_delay = no_delay.map(|row| row.regret);
    for row in rows {
        if row.policy == "ours" {
            row.regret_over_no_delay = no_delay.map(|regret| row.regret / regret);
        }
        let own = world.expect.iter().filter(|it| it.policy == row.policy);
        row.expected = own.map(|it| held_against(it, row)).collect();
        if row.policy == "ours" {
            row.expected.push(no_worse_than_even(row));
        }
    }
}

fn held_against(expectation: &Expectation, row: &Row) -> Expected {
    let Expectation {
        of,
        min,
        max,
        source,
        policy: _,
    } = expectation.clone();
    let (found, se) = match of.as_str() {
        "gain_share" => (row.gain_share, row.se.unwrap_or(0.0)),
        "money_over_best" => (
            Some(row.money_a_lead / row.best_a_lead),
            row.money_se / row.best_a_lead,
        ),
        "money_a_lead" => (Some(row.money_a_lead), row.money_se),
        "regret" => (Some(row.regret), row.regret_se),
        "regret_p95" => (Some(row.regret_p95), 0.0),
        "regret_over_no_delay" => (row.regret_over_no_delay, 0.0),
        "days_to_half_gain" => (row.days_to_half_gain, 0.0),
        "wrong_at_end" => (Some(row.wrong_at_end), 0.0),
        _ => (None, 0.0),
    };
    let met = found.is_some_and(|found| {
        if of == "wrong_at_end" {
            return max.is_none_or(|max| !is_far_above(found, row.reps, max));
        }
        min.is_none_or(|min| found + 2.0 * se >= min)
            && max.is_none_or(|max| found - 2.0 * se <= max)
    });
    Expected {
        of,
        min,
        max,
        found,
        met,
        source,
    }
}

/// What holds in every world: our policy must not earn less than even draws.
fn no_worse_than_even(row: &Row) -> Expected {
    let found = row.money_a_lead - row.even_a_lead;
    Expected {
        of: "money_over_even".to_owned(),
        min: Some(0.0),
        max: None,
        found: Some(found),
        // Rounding alone tells arms apart that are worth the same.
        met: found + 3.0 * row.money_se >= -EQUAL * row.even_a_lead.abs(),
        source: "every world, within 3 se".to_owned(),
    }
}

/// Whether as many of `n` as this would come by chance less than once in a thousand, were the true part `most`.
fn is_far_above(part: f64, n: usize, most: f64) -> bool {
    let n = f64::from(u32::try_from(n).expect("runs are few"));
    let k = (part * n).round();
    // P(X < k) by adding up terms of the binomial law.
    let (mut term, mut below, mut i) = ((1.0 - most).powf(n), 0.0, 0.0);
    while i < k {
        below += term;
        term *= (n - i) / (i + 1.0) * most / (1.0 - most);
        i += 1.0;
    }
    1.0 - below < 1e-3
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values)
}

fn standard_error(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (count(values) - 1.0).max(1.0) / count(values)).sqrt()
}

#[expect(clippy::cast_precision_loss, reason = "runs are far fewer than 2⁵³")]
fn count(values: &[f64]) -> f64 {
    values.len() as f64
}

#[cfg(test)]
mod tests;
