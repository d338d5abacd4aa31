//! What to do, in one sentence.

use std::fmt::Write as _;

use pointsman_stats::experiment::always_valid::ConfidenceSequence;
use serde::{Deserialize, Serialize};

use crate::{Comparison, Effect, Evidence, Metric, Plan, Readout, Role, Verdict, evidence::count};

/// Microseconds of a day.
const DAY: f64 = 86_400e6;
/// Longest wait that is told in days; beyond, the experiment asks for too small an effect.
const DAYS_MAX: f64 = 365.0;
/// How often the duration is made a fifth longer in search of the end.
const LONGER_MAX: u32 = 60;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Wait for more leads.
    #[default]
    Wait,
    /// Put the arm in place of the first one.
    Ship,
    /// Keep the first arm.
    Keep,
    /// Stop: an arm harms what it must not.
    Stop,
    /// Find out why leads were not split as the weights say; nothing else can be believed before.
    Repair,
}

/// What to do, and why.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Advice {
    /// What to do.
    pub action: Action,
    /// The arm that it is about, where it is about one.
    pub arm: Option<String>,
    /// The same for people.
    pub sentence: String,
    /// How many days more the decision takes at the rate so far, if the difference is the smallest that matters; absent
    /// where nothing is waited for or the rate is not known.
    pub days_more: Option<f64>,
}

pub(crate) fn advise(plan: &Plan, evidence: &Evidence, readout: &Readout) -> Advice {
    if let Some(p_value) = readout.split.p_value.filter(|_| readout.split.is_broken) {
        let sentence = format!(
            "Leads were not split as the weights say (p = {p_value:.2e}); look for leads that are lost or repeated in one \
             arm before you believe any difference"
        );
        return told(Action::Repair, None, sentence);
    }
    if let Some(broken) = readout.broken_guardrail() {
        let arm = readout
            .comparisons
            .iter()
            .find(|it| it.role == Role::Guardrail && it.verdict == Verdict::Worse);
        let arm = arm.map(|it| it.arm.as_str());
        return told(Action::Stop, arm, format!("Stop: {broken}"));
    }
    let primary = readout.comparisons.iter();
    let primary: Vec<&Comparison> = primary.filter(|it| it.role == Role::Primary).collect();
    let first = plan.subject.arms()[0];
    let better = primary.iter().filter(|it| it.verdict == Verdict::Better);
    let gain = |it: &Comparison| it.deciding().map_or(0.0, |it| it.difference.abs());
    let best = better.max_by(|a, b| gain(a).total_cmp(&gain(b)));
    if let Some((best, effect)) = best.and_then(|best| Some((best, best.deciding()?))) {
        return ship(plan, &best.arm, effect);
    }
    if primary.iter().all(|it| it.verdict == Verdict::Worse) {
        let sentence = format!(
            "Keep `{first}`: the {} of every other arm is worse",
            plan.primary.words()
        );
        return told(Action::Keep, Some(first), sentence);
    }
    let is_decided = |it: &&Comparison| matches!(it.verdict, Verdict::Worse | Verdict::NoMatter);
    if primary.iter().all(is_decided) {
        let sentence = format!(
            "Keep `{first}`: no other arm differs by the {} % that matter",
            plan.smallest_effect() * 100.0
        );
        return told(Action::Keep, Some(first), sentence);
    }
    wait(plan, evidence, &primary)
}

fn told(action: Action, arm: Option<&str>, sentence: String) -> Advice {
    Advice {
        action,
        arm: arm.map(str::to_owned),
        sentence,
        days_more: None,
    }
}

fn ship(plan: &Plan, arm: &str, effect: &Effect) -> Advice {
    let [low, high] = effect.interval;
    let sentence = format!(
        "Ship `{arm}`: its {} is {} ({} to {})",
        plan.primary.words(),
        signed(plan.primary, effect.difference),
        signed(plan.primary, low),
        signed(plan.primary, high),
    );
    told(Action::Ship, Some(arm), sentence)
}

fn amount(metric: Metric, value: f64) -> String {
    if metric.is_rate() {
        format!("{:.2} points", value * 100.0)
    } else {
        metric.size_words(value)
    }
}

fn signed(metric: Metric, value: f64) -> String {
    let sign = if value < 0.0 { '-' } else { '+' };
    format!("{sign}{}", amount(metric, value.abs()))
}

fn wait(plan: &Plan, evidence: &Evidence, primary: &[&Comparison]) -> Advice {
    let waited = primary.iter().filter(|it| it.verdict == Verdict::NotYet);
    let waited: Vec<&&Comparison> = waited.collect();
    let days = waited.iter().map(|it| {
        let effect = it.deciding()?;
        days_more(plan, evidence, effect)
    });
    let days: Option<Vec<f64>> = days.collect();
    let days = days.and_then(|days| days.into_iter().reduce(f64::max));
    let mut sentence = match days {
        Some(days) if days <= DAYS_MAX => {
            format!(
                "Not enough yet: about {} more days at this rate",
                days.ceil().max(1.0)
            )
        }
        Some(_) => format!(
            "Not enough yet, and at this rate not within a year: a difference of {} % is too small for so few leads",
            plan.smallest_effect() * 100.0
        ),
        None => {
            let why = waited.iter().find_map(|it| it.why_not.as_deref());
            format!("Not enough yet: {}", why.unwrap_or("too few leads count"))
        }
    };
    if let Some(effect) = waited.first().and_then(|it| it.deciding()) {
        let arm = &waited[0].arm;
        let _ = write!(
            sentence,
            "; if you ship `{arm}` now and are wrong you lose {} a lead on average",
            amount(plan.primary, effect.expected_loss)
        );
    }
    Advice {
        action: Action::Wait,
        arm: None,
        sentence,
        days_more: days.filter(|days| *days <= DAYS_MAX),
    }
}

/// How many days more it takes at the rate so far until an interval around the smallest difference that matters leaves
/// out 0.
fn days_more(plan: &Plan, evidence: &Evidence, effect: &Effect) -> Option<f64> {
    let base = effect.difference / effect.relative.filter(|it| *it != 0.0)?;
    let matters = base.abs() * plan.smallest_effect();
    let counts = evidence
        .counts
        .iter()
        .filter(|it| it.is_comparable && it.is_mature);
    let (first, last) = counts.fold((i64::MAX, i64::MIN), |(first, last), it| {
        (first.min(it.first_at), last.max(it.last_at))
    });
    #[expect(clippy::cast_precision_loss, reason = "spans of time, to be rounded")]
    let days = (last.saturating_sub(first)) as f64 / DAY;
    if days <= 0.0 || matters <= 0.0 {
        return None;
    }
    let n_others = plan.subject.arms().len() as u64 - 1;
    let confidence = 1.0 - plan.alpha() / count(n_others);
    let sequence = ConfidenceSequence::new(confidence, 5_000).ok()?;
    let reaches = |factor: f64| {
        let se = effect.se / factor.sqrt();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of units"
        )]
        let units = (count(effect.units) * factor) as u64;
        sequence
            .reach(units)
            .is_ok_and(|reach| reach * se <= matters)
    };
    let mut factor = 1.0;
    for _ in 0..LONGER_MAX {
        if reaches(factor) {
            break;
        }
        factor *= 1.2;
    }
    Some(days * (factor - 1.0))
}
