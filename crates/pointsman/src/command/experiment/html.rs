//! A readout as one self-contained HTML page: no script, no network.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use pointsman_control::Experiment;
use pointsman_experiment::{Comparison, Effect, Metric, Readout};

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5b6b7b; --line: #d4dbe2; --paper: #ffffff; --mark: #1f6feb; --other: #8a97a5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ee; --soft: #9aa8b6; --line: #35404b; --paper: #12171c; --mark: #6ea8ff; --other: #75828f; } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; } th:first-child, td:first-child { text-align: left; }
.advice { font-weight: 600; } .soft { color: var(--soft); }
svg { width: 100%; height: auto; } svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
";

/// The page.
pub(super) fn page(experiment: &Experiment, readout: &Readout) -> String {
    let title = format!("Experiment {}", experiment.name);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
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
            }
        }
    };
    page.into_string()
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
    if metric.is_rate() {
        format!("{:.2} %", value * 100.0)
    } else {
        format!("{value:.4}")
    }
}
