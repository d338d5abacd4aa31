//! Stateful replays in reports: figures, and the weights over time as a picture.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::page::pixels;
use crate::stateful::{
    Differences, Interval, Seeds, StatefulDifference, StatefulOutcome, StatefulReport, WeightCurve,
};

/// The left and the right end of the axis of times, and the top and the foot of that of weights.
const LEFT: f64 = 60.0;
const RIGHT: f64 = 600.0;
const TOP: f64 = 12.0;
const FOOT: f64 = 150.0;
/// What tells arms apart, beside their names.
const DASHES: [&str; 6] = ["none", "6 3", "2 3", "9 3 2 3", "12 4", "1 4"];

/// Everything as text for a terminal.
pub(super) fn render_stateful(report: &StatefulReport, text: &mut String) -> std::fmt::Result {
    writeln!(
        text,
        "  in the order of time, with a state: {}",
        report.meaning
    )?;
    writeln!(text, "  {}", report.learning)?;
    for (name, outcome) in outcomes(report) {
        writeln!(text, "  {name}: {}", sentence(outcome))?;
        for line in details(outcome) {
            writeln!(text, "    {line}")?;
        }
    }
    writeln!(text, "  the log brought {:.2}", report.logged_revenue)?;
    for line in money(report) {
        writeln!(text, "  {line}")?;
    }
    if let Some(service) = &report.service {
        writeln!(text, "  as it served: {}", service.sentence())?;
        for reason in &service.because {
            writeln!(text, "    {reason}")?;
        }
    }
    for note in &report.notes {
        writeln!(text, "  {note}")?;
    }
    Ok(())
}

/// Everything as a section of a page.
pub(super) fn section(report: &StatefulReport) -> Markup {
    html! {
        h3 { "In the order of time, with a state" }
        p.soft { (report.meaning) ". " (report.learning) "." }
        @for (name, outcome) in outcomes(report) {
            p { b { (name) } ": " (sentence(outcome)) }
            ul { @for line in details(outcome) { li { (line) } } }
        }
        ul {
            li { "the log brought " (format!("{:.2}", report.logged_revenue)) }
            @for line in money(report) { li { (line) } }
            @if let Some(service) = &report.service {
                li { "as it served: " (service.sentence()) }
                @for reason in &service.because { li { (reason) } }
            }
        }
        @for (name, outcome) in outcomes(report) {
            @for curve in &outcome.weights { (picture(name, curve)) }
        }
        @for note in &report.notes { p.soft { (note) } }
    }
}

fn outcomes(report: &StatefulReport) -> impl Iterator<Item = (&'static str, &StatefulOutcome)> {
    let baseline = report.baseline.as_ref();
    std::iter::once(("candidate", &report.candidate))
        .chain(baseline.map(|baseline| ("baseline", baseline)))
}

fn sentence(outcome: &StatefulOutcome) -> String {
    let StatefulOutcome {
        leads,
        offers,
        sold,
        revenue,
        ..
    } = outcome;
    format!("{leads} leads, {offers} offers, {sold} sold, {revenue:.2}")
}

fn details(outcome: &StatefulOutcome) -> Vec<String> {
    let mut lines = Vec::new();
    if outcome.not_known_leads > 0 {
        lines.push(format!(
            "{} leads ({:.2} %) depend on an answer that nobody knows; in the log they brought {:.2} % of the money",
            outcome.not_known_leads,
            100.0 * outcome.not_known_share,
            100.0 * outcome.not_known_money_share
        ));
    }
    if let Some(Differences {
        leads,
        availability,
        turns,
        weights,
    }) = outcome.differs_from_stateless
    {
        lines.push(format!(
            "{leads} leads go another way because of other leads: {availability} by caps and breakers, {turns} by turns, {weights} by weights that were learnt"
        ));
    }
    for limited in &outcome.limited {
        lines.push(format!(
            "`{}` was not free at {} steps because of other leads",
            limited.destination, limited.steps
        ));
    }
    if outcome.looks > 0 {
        lines.push(format!(
            "bandits looked {} times, and made {} allocations",
            outcome.looks, outcome.epoch
        ));
    }
    lines
}

fn money(report: &StatefulReport) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(StatefulDifference {
        leads,
        not_compared,
        candidate,
        baseline,
        diff,
        leads_that_differ,
        ..
    }) = &report.difference
    {
        lines.push(format!(
            "over the {leads} leads that are known under both: {candidate:.2} against {baseline:.2}, {diff:+.2}; {leads_that_differ} leads bring another amount, {not_compared} are not compared"
        ));
    }
    if let Some(Seeds {
        n,
        candidate,
        baseline,
        difference,
        ..
    }) = &report.seeds
    {
        let of = |name: &str, interval: &Interval| {
            let range = interval.range95.map_or_else(
                || "too few seeds for a range".to_owned(),
                |[low, high]| format!("95 of 100 seeds from {low:.2} to {high:.2}"),
            );
            format!("{name} under {n} seeds: {:.2}, {range}", interval.mean)
        };
        lines.push(of("candidate", candidate));
        lines.extend(baseline.iter().map(|baseline| of("baseline", baseline)));
        lines.extend(difference.iter().map(|it| of("difference", it)));
    }
    lines
}

/// The weights of a bandit over time: a step for each change, a line for each arm.
fn picture(name: &str, curve: &WeightCurve) -> Markup {
    let (Some(first), Some(last)) = (curve.points.first(), curve.points.last()) else {
        return html! {};
    };
    #[expect(clippy::cast_precision_loss, reason = "pixels need no more")]
    let x = |at: i64| {
        let span = (last.at.0 - first.at.0).max(1);
        LEFT + (RIGHT - LEFT) * (at - first.at.0) as f64 / span as f64
    };
    let y = |ppm: u32| FOOT - (FOOT - TOP) * f64::from(ppm) / 1e6;
    let line = |arm: usize| {
        let mut corners = Vec::with_capacity(2 * curve.points.len());
        let mut before = None;
        for point in &curve.points {
            let weight = point.weights.get(arm).copied().unwrap_or_default();
            let at = pixels(x(point.at.0));
            if let Some(before) = before {
                corners.push(format!("{at},{}", pixels(y(before))));
            }
            corners.push(format!("{at},{}", pixels(y(weight))));
            before = Some(weight);
        }
        corners.push(format!("{RIGHT},{}", pixels(y(before.unwrap_or_default()))));
        corners.join(" ")
    };
    let end = |arm: usize| y(last.weights.get(arm).copied().unwrap_or_default());
    let segment = if curve.segment.is_empty() {
        String::new()
    } else {
        format!(", {}", curve.segment)
    };
    let title = format!("{name}: weights of {}/{}{segment}", curve.flow, curve.node);
    html! {
        svg viewBox="0 0 740 180" role="img" aria-label=(title) {
            text x=(LEFT) y="10" { (title) }
            @for (ppm, label) in [(0, "0 %"), (500_000, "50 %"), (1_000_000, "100 %")] {
                line x1=(LEFT) x2=(RIGHT) y1=(pixels(y(ppm))) y2=(pixels(y(ppm))) stroke="var(--line)" {}
                text x="0" y=(pixels(y(ppm) + 4.0)) { (label) }
            }
            @for (arm, name) in curve.arms.iter().enumerate() {
                polyline points=(line(arm)) fill="none" stroke=(if arm % 2 == 0 { "var(--mark)" } else { "var(--other)" })
                    stroke-width="2" stroke-dasharray=(DASHES[arm % DASHES.len()]) { title { (name) } }
                text x=(RIGHT + 6.0) y=(pixels(end(arm) + 4.0)) { (name) }
            }
            text x=(LEFT) y="172" { (first.at) }
            text x=(RIGHT) y="172" text-anchor="end" { (last.at) }
        }
    }
}
