//! The report as one self-contained HTML page: no script, no network.

use maud::{Markup, html};
use pointsman_bandit::Posterior;
use pointsman_history::WeightsPoint;

use super::{
    Learned,
    plot::{Line, chart, colour, legend},
    text::{SEGMENTS, by_time, favourite, minute, percent, stream_words},
};

/// Most arms that have a figure of their own.
const ARMS_MAX: usize = 12;

/// The page.
pub(super) fn page(flow: &str, learned: &[Learned]) -> String {
    let title = format!("What the bandits of {flow} have learned");
    pointsman_replay::page(
        &title,
        &html! { @for learned in learned { (bandit(learned)) } },
    )
}

fn bandit(learned: &Learned) -> Markup {
    let weights = &learned.weights;
    let key = &weights.key;
    html! {
        h2 {
            "Bandit " (key.node)
            @if !key.segment.is_empty() { ", segment " (key.segment) }
        }
        @match learned.last() {
            None => p { "No weights in this time." },
            Some(last) => {
                p.soft {
                    (minute(weights.from)) " to " (minute(weights.until)) ", " (weights.points.len()) " points"
                    @if weights.is_thinned { ", changes between them left out" }
                    "; last epoch " (last.epoch) " of " (minute(last.as_of))
                    @if !last.is_own { "; the segment has no weights of its own, so these are those of all such segments" }
                }
                (now(learned, last))
                (figures(learned))
                (streams(learned, last))
                (segments(learned))
            }
        }
    }
}

fn now(learned: &Learned, last: &WeightsPoint) -> Markup {
    let worth = |value: f64| format!("{:.2}", learned.worth(value));
    let mut arms: Vec<(&String, &u32)> = last.entry.arms.iter().collect();
    arms.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    html! {
        table {
            tr {
                th { "arm" } th { "weight" } th { "probability to be best" } th { "trials" }
                th { "worth of a lead, " (learned.unit) } th { "5 % to 95 %" } th { "at once" } th { "later" } th { "waiting" }
            }
            @for (name, weight) in arms {
                tr {
                    td { (name) } td { (percent(f64::from(*weight) / 1e6)) }
                    @match last.posteriors.get(name) {
                        None => td colspan="7" { "not known" },
                        Some(arm) => {
                            @let (at_once, later) = by_time(arm);
                            td { (format!("{:.3}", arm.best)) } td { (arm.trials) } td { (worth(arm.mean_value)) }
                            td { (worth(arm.quantiles[0])) " to " (worth(arm.quantiles[2])) }
                            td { (worth(at_once)) } td { (worth(later)) }
                            td { @if let Some(share) = arm.waiting_share() { (percent(share)) } }
                        }
                    }
                }
            }
        }
        p.soft {
            "Worth is the money of the whole walk that begins with the arm, what a refused lead earns elsewhere included. "
            "Waiting is the share of what past leads are believed to bring that has not come yet."
        }
        @if let Some(cost) = last.exploration_cost() {
            p {
                "Exploring costs " (format!("{:.4}", learned.worth(cost))) " " (learned.unit)
                " a lead against the best arm first."
            }
        }
    }
}

fn figures(learned: &Learned) -> Markup {
    let weights = &learned.weights;
    let times: Vec<i64> = weights.points.iter().map(|point| point.at.0).collect();
    let until = weights.until.0;
    let arms = weights.arms();
    let shares = lines(learned, &arms, |point, name| {
        point.entry.arms.get(name).map(|ppm| f64::from(*ppm) / 1e6)
    });
    let best = lines(learned, &arms, |point, name| {
        point.posteriors.get(name).map(|arm| arm.best)
    });
    let cost = weights.points.iter().map(WeightsPoint::exploration_cost);
    let cost = Line {
        name: "exploration cost".to_owned(),
        colour: "var(--mark)".to_owned(),
        values: cost
            .map(|cost| cost.map(|cost| learned.worth(cost)))
            .collect(),
        range: Vec::new(),
    };
    let whole = |share: f64| format!("{:.0} %", 100.0 * share);
    let money = |value: f64| format!("{value:.2}");
    html! {
        h3 { "Weights" }
        (chart("weights of the arms over time", &times, until, &shares, whole))
        (legend(&shares))
        h3 { "Probability to be best" }
        (chart("probability of each arm to be best over time", &times, until, &best, whole))
        h3 { "Cost of exploring, " (learned.unit) " a lead" }
        (chart("cost of exploring over time", &times, until, &[cost], money))
        h3 { "Worth of a lead, " (learned.unit) ", with 90 % of the belief" }
        @for (position, name) in arms.iter().enumerate().take(ARMS_MAX) {
            @let line = worth(learned, name, position);
            p { (name) }
            (chart(&format!("worth of {name} over time"), &times, until, &[line], money))
        }
        @if arms.len() > ARMS_MAX { p.soft { (arms.len() - ARMS_MAX) " more arms are in the table alone." } }
    }
}

/// A line for each arm.
fn lines(
    learned: &Learned,
    arms: &[&str],
    value: impl Fn(&WeightsPoint, &str) -> Option<f64>,
) -> Vec<Line> {
    let points = &learned.weights.points;
    let line = |(position, name): (usize, &&str)| Line {
        name: (*name).to_owned(),
        colour: colour(position),
        values: points.iter().map(|point| value(point, name)).collect(),
        range: Vec::new(),
    };
    arms.iter().enumerate().map(line).collect()
}

/// What a lead given to an arm is believed to be worth.
fn worth(learned: &Learned, name: &str, position: usize) -> Line {
    let points = learned.weights.points.iter();
    let beliefs: Vec<Option<&Posterior>> = points.map(|point| point.posteriors.get(name)).collect();
    let mean = |arm: Option<&Posterior>| arm.map(|arm| learned.worth(arm.mean_value));
    let range = |arm: Option<&Posterior>| {
        arm.map(|arm| {
            (
                learned.worth(arm.quantiles[0]),
                learned.worth(arm.quantiles[2]),
            )
        })
    };
    Line {
        name: name.to_owned(),
        colour: colour(position),
        values: beliefs.iter().copied().map(mean).collect(),
        range: beliefs.iter().copied().map(range).collect(),
    }
}

/// What the worth of each arm is made of.
fn streams(learned: &Learned, last: &WeightsPoint) -> Markup {
    let worth = |value: f64| format!("{:.2}", learned.worth(value));
    html! {
        h3 { "What the worth is made of" }
        table {
            tr {
                th { "arm" } th { "what comes" } th { "so far" } th { "adds, " (learned.unit) } th { "5 % to 95 %" }
                th { "after, days" } th { "still expected" }
            }
            @for (name, arm) in &last.posteriors {
                @for stream in &arm.streams {
                    tr {
                        td { (name) } td { (stream_words(stream)) } td { (format!("{:.0}", stream.events)) }
                        td { (worth(stream.mean_value)) }
                        td { @if let Some([low, _, high]) = stream.quantiles { (worth(low)) " to " (worth(high)) } }
                        td { (format!("{:.1}", stream.delay_days)) } td { (percent(stream.waiting)) }
                    }
                }
            }
        }
    }
}

fn segments(learned: &Learned) -> Markup {
    let segments = &learned.segments;
    html! {
        @if !segments.is_empty() {
            h3 { "Segments with weights of their own" }
            table {
                tr { th { "segment" } th { "largest weight" } }
                @for segment in segments.iter().take(SEGMENTS) {
                    tr { td { (segment.key.segment) } td { (favourite(segment).unwrap_or_default()) } }
                }
            }
            @if segments.len() > SEGMENTS { p.soft { "… and " (segments.len() - SEGMENTS) " more." } }
        }
    }
}
