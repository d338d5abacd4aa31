//! A readout as one self-contained HTML page: no script, no network.

use maud::{Markup, html};
use pointsman_control::Experiment;
use pointsman_experiment::{Comparison, Effect, Metric, Readout};

/// The page.
pub(super) fn page(experiment: &Experiment, readout: &Readout) -> String {
    let title = format!("Experiment {}", experiment.name);
    let body = html! {
        p.soft { "Flow " (experiment.flow) ", read at " (readout.as_of) }
        p { (experiment.plan.hypothesis) }
        p.advice { (readout.advice.sentence) }
        @if let Some(conclusion) = &experiment.conclusion {
            p { "Concluded by " (conclusion.by) ": " (conclusion.reason) }
        }
        (arms(readout))
        @for comparison in &readout.comparisons { (compared(comparison)) }
        @if !readout.notes.is_empty() {
            h2 { "What to know" }
            ul { @for note in &readout.notes { li { (note) } } }
        }
    };
    pointsman_replay::page(&title, &body)
}

fn arms(readout: &Readout) -> Markup {
    let metrics: Vec<Metric> = readout.arms.first().map_or_else(Vec::new, |arm| {
        arm.measured.iter().map(|it| it.metric).collect()
    });
    html! {
        h2 { "Arms" }
        table {
            tr {
                th { "arm" } th { "leads" } th { "units" } th { "waiting" }
                @for metric in &metrics { th { (metric.words()) } }
            }
            @for arm in &readout.arms {
                tr {
                    td { (arm.arm) } td { (arm.leads) } td { (arm.units) } td { (arm.waiting) }
                    @for measured in &arm.measured {
                        td {
                            @match measured.value {
                                Some(value) => (amount(measured.metric, value)),
                                None => "no evidence",
                            }
                        }
                    }
                }
            }
        }
        @if let Some(p_value) = readout.split.p_value {
            p.soft {
                @if readout.split.is_broken { "The split is broken" } @else { "The split is as the weights say" }
                " (p = " (format!("{p_value:.3}")) ")."
            }
        }
    }
}

fn compared(comparison: &Comparison) -> Markup {
    let metric = comparison.metric;
    html! {
        h2 { (comparison.arm) ": " (metric.words()) }
        @match (&comparison.effect, &comparison.why_not) {
            (Some(effect), _) => {
                (interval(metric, effect))
                p.soft {
                    "Difference " (amount(metric, effect.difference)) " a lead, between "
                    (amount(metric, effect.interval[0])) " and " (amount(metric, effect.interval[1]))
                    " however often one looks; chance to win " (format!("{:.3}", effect.chance_to_win))
                    "; expected loss of choosing it " (amount(metric, effect.expected_loss)) " a lead."
                }
            }
            (None, Some(why)) => p.soft { "No evidence: " (why) "." },
            (None, None) => {}
        }
        @if let Some(adjusted) = &comparison.adjusted {
            (interval(metric, &adjusted.effect))
            p.soft {
                "Adjusted by " (adjusted.by.join(", ")) ": difference " (amount(metric, adjusted.effect.difference))
                " a lead, between " (amount(metric, adjusted.effect.interval[0])) " and "
                (amount(metric, adjusted.effect.interval[1])) "; " (format!("{:.1}", adjusted.variance_removed * 100.0))
                " % of the variance removed. The verdict is by this one."
            }
        }
        @if let Some(why) = &comparison.why_not_adjusted { p.soft { "Not adjusted: " (why) "." } }
    }
}

/// The difference as a point with both of its intervals around it, and a line at 0.
fn interval(metric: Metric, effect: &Effect) -> Markup {
    let [low, high] = effect.interval;
    let (low, high) = (low.min(0.0), high.max(0.0));
    let span = (high - low).max(f64::MIN_POSITIVE);
    let x = |value: f64| format!("{:.1}", 30.0 + 680.0 * (value - low) / span);
    html! {
        svg viewBox="0 0 740 70" role="img" aria-label="difference with its interval" {
            line x1=(x(0.0)) y1="6" x2=(x(0.0)) y2="46" stroke="var(--line)" stroke-width="2" {}
            line x1=(x(effect.interval[0])) y1="26" x2=(x(effect.interval[1])) y2="26" stroke="var(--other)" stroke-width="2" {}
            line x1=(x(effect.fixed_interval[0])) y1="26" x2=(x(effect.fixed_interval[1])) y2="26" stroke="var(--mark)" stroke-width="4" {}
            circle cx=(x(effect.difference)) cy="26" r="6" fill="var(--mark)" {}
            text x=(x(low)) y="62" text-anchor="start" { (amount(metric, low)) }
            text x=(x(high)) y="62" text-anchor="end" { (amount(metric, high)) }
        }
    }
}

fn amount(metric: Metric, value: f64) -> String {
    metric.size_words(value)
}
