//! A readout for a terminal.

use std::fmt::Write as _;

use crate::{Adjustment, ArmReadout, Comparison, Metric, Readout, Role, Verdict};

impl Readout {
    /// The readout in lines of plain text.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n\n", self.advice.sentence);
        let names = self.arms.iter().map(|arm| arm.arm.chars().count());
        let width = names.max().unwrap_or(0).max(3);
        for arm in &self.arms {
            arm_line(&mut text, arm, width);
        }
        text.push('\n');
        for comparison in &self.comparisons {
            comparison_line(&mut text, comparison);
        }
        if let Some(p_value) = self.split.p_value {
            let word = if self.split.is_broken {
                "broken"
            } else {
                "as the weights say"
            };
            let _ = writeln!(text, "split: {word} (p = {p_value:.3})");
        }
        for note in &self.notes {
            let _ = writeln!(text, "note: {note}");
        }
        text
    }
}

fn arm_line(text: &mut String, arm: &ArmReadout, width: usize) {
    let _ = write!(
        text,
        "{:width$}  {} leads, {} waiting",
        arm.arm, arm.leads, arm.waiting
    );
    for measured in &arm.measured {
        let value = match (measured.value, measured.se) {
            (Some(value), Some(se)) => {
                let [value, se] = [value, se].map(|it| amount(measured.metric, it));
                format!("{value} ± {se}")
            }
            _ => "no evidence".to_owned(),
        };
        let _ = write!(text, "; {} {value}", measured.metric.words());
    }
    text.push('\n');
}

fn comparison_line(text: &mut String, comparison: &Comparison) {
    let Comparison {
        arm,
        metric,
        role,
        verdict,
        effect,
        why_not,
        adjusted,
        why_not_adjusted,
    } = comparison;
    let role = match role {
        Role::Primary => "primary",
        Role::Guardrail => "guardrail",
        Role::Secondary => "secondary",
    };
    let verdict = match verdict {
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::NoMatter => "no difference that matters",
        Verdict::NotYet => "not known yet",
    };
    let _ = write!(text, "{arm}, {} ({role}): {verdict}", metric.words());
    match (effect, why_not) {
        (Some(effect), _) => {
            let [low, high] = effect.interval.map(|it| amount(*metric, it));
            let difference = amount(*metric, effect.difference);
            let _ = writeln!(
                text,
                "; difference {difference} ({low} to {high}), chance to win {:.3}",
                effect.chance_to_win
            );
        }
        (None, Some(why)) => {
            let _ = writeln!(text, "; {why}");
        }
        (None, None) => text.push('\n'),
    }
    if let Some(Adjustment {
        effect,
        variance_removed,
        by,
    }) = adjusted
    {
        let [low, high] = effect.interval.map(|it| amount(*metric, it));
        let _ = writeln!(
            text,
            "  adjusted by {}: difference {} ({low} to {high}), {:.1} % of the variance removed",
            by.join(", "),
            amount(*metric, effect.difference),
            variance_removed * 100.0
        );
    }
    if let Some(why) = why_not_adjusted {
        let _ = writeln!(text, "  not adjusted: {why}");
    }
}

fn amount(metric: Metric, value: f64) -> String {
    metric.size_words(value)
}
