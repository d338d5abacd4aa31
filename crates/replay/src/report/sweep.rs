//! Sweeps in reports: a table, and a curve with its band.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::{Report, page::pixels, text::interval};
use crate::curve::{Sweep, SweepPoint};

/// The left and the right end of the axis of values, and the top and the foot of that of money.
const LEFT: f64 = 90.0;
const RIGHT: f64 = 710.0;
const TOP: f64 = 16.0;
const FOOT: f64 = 220.0;

/// The points as a table for a terminal.
pub(super) fn render_sweep(sweep: &Sweep, text: &mut String) -> std::fmt::Result {
    let Sweep {
        parameter,
        present,
        points,
        findings,
        band,
    } = sweep;
    writeln!(text, "  sweep of {parameter}, which is {present}")?;
    writeln!(
        text,
        "  {:>12} {:>12} {:>26} {:>12} {:>26}",
        "", "value", "95 % interval", "difference", "95 % band of all"
    )?;
    for point in points {
        let SweepPoint {
            value,
            ips,
            ips_ci95,
            diff,
            diff_band95,
            reason,
            ..
        } = point;
        match (ips, diff, reason) {
            (Some(ips), Some(diff), None) => writeln!(
                text,
                "  {value:>12} {ips:>12.6} {:>26} {diff:>+12.6} {:>26}",
                interval(*ips_ci95),
                interval(*diff_band95)
            )?,
            (.., reason) => writeln!(
                text,
                "  {value:>12} not supported: {}",
                reason.as_deref().unwrap_or("the log does not tell")
            )?,
        }
    }
    for sentence in findings.iter().chain([band]) {
        writeln!(text, "  {sentence}")?;
    }
    Ok(())
}

/// The points as a section of a page.
pub(super) fn section(sweep: &Sweep, report: &Report) -> Markup {
    let Sweep {
        parameter,
        present,
        points,
        findings,
        band,
    } = sweep;
    html! {
        h3 { "Sweep of " (parameter) ", which is " (present) }
        ul { @for finding in findings { li { (finding) } } }
        (curve(sweep, report))
        table {
            tr { th { (parameter) } th { "value" } th { "95 % interval" } th { "difference" } th { "95 % interval" } th { "95 % band of all" } }
            @for point in points { (row(point)) }
        }
        p { (band) }
    }
}

fn row(point: &SweepPoint) -> Markup {
    html! {
        tr {
            td { (point.value) }
            @match (point.ips, point.diff) {
                (Some(ips), Some(diff)) => {
                    td { (format!("{ips:.6}")) }
                    td { (interval(point.ips_ci95)) }
                    td { (format!("{diff:+.6}")) }
                    @for ci95 in [point.diff_ci95, point.diff_band95] {
                        td title=(point.difference_reason.as_deref().unwrap_or_default()) { (interval(ci95)) }
                    }
                },
                _ => td colspan="5" { "not supported: " (point.reason.as_deref().unwrap_or("the log does not tell")) },
            }
        }
    }
}

/// From a value of the parameter or an amount of money to a place in the picture.
struct Axes {
    from: f64,
    to: f64,
    low: f64,
    high: f64,
}

impl Axes {
    fn of(sweep: &Sweep, baseline: f64) -> Option<Self> {
        let (from, to) = (sweep.points.first()?.at, sweep.points.last()?.at);
        let reach = |point: &SweepPoint| point.ips_ci95.or(point.ips.map(|ips| [ips, ips]));
        let ends = sweep.points.iter().filter_map(reach).flatten();
        let ends = ends.chain([baseline]).filter(|end| end.is_finite());
        let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| {
            (low.min(end), high.max(end))
        });
        (low < high && from < to).then_some(Self {
            from,
            to,
            low,
            high,
        })
    }

    fn x(&self, at: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * (at - self.from) / (self.to - self.from)
    }

    fn y(&self, money: f64) -> f64 {
        FOOT - (FOOT - TOP) * (money - self.low) / (self.high - self.low)
    }
}

/// A line through the values with its band. Where the log supports nothing there is a gap.
fn curve(sweep: &Sweep, report: &Report) -> Markup {
    let baseline = report.baseline.ips;
    let Some(axes) = Axes::of(sweep, baseline) else {
        return html! {};
    };
    let pieces = sweep.points.split(|point| point.ips.is_none());
    let pieces: Vec<&[SweepPoint]> = pieces.filter(|piece| !piece.is_empty()).collect();
    let present = sweep.present.parse::<f64>().ok();
    let present = present.filter(|at| (axes.from..=axes.to).contains(at));
    html! {
        svg viewBox="0 0 740 260" role="img" aria-label={ "value a lead against " (sweep.parameter) } {
            @for piece in &pieces {
                polygon points=(outline(piece, &axes)) fill="var(--mark)" opacity="0.18" {}
                polyline points=(line(piece, &axes)) fill="none" stroke="var(--mark)" stroke-width="2" {}
            }
            line x1=(LEFT) x2=(RIGHT) y1=(pixels(axes.y(baseline))) y2=(pixels(axes.y(baseline))) stroke="var(--other)" stroke-dasharray="5 4" {}
            text x=(RIGHT) y=(pixels(axes.y(baseline) - 5.0)) text-anchor="end" { "baseline" }
            @if let Some(at) = present {
                line x1=(pixels(axes.x(at))) x2=(pixels(axes.x(at))) y1=(TOP) y2=(FOOT) stroke="var(--other)" stroke-dasharray="2 4" {}
            }
            @for point in &sweep.points {
                @if let Some(ips) = point.ips {
                    circle cx=(pixels(axes.x(point.at))) cy=(pixels(axes.y(ips))) r="4" fill="var(--mark)" {
                        title { (point.value) ": " (format!("{ips:.6}")) }
                    }
                } @else {
                    text x=(pixels(axes.x(point.at))) y=(FOOT) text-anchor="middle" {
                        title { (point.value) " is not supported" }
                        "×"
                    }
                }
            }
            line x1=(LEFT) x2=(RIGHT) y1=(FOOT + 6.0) y2=(FOOT + 6.0) stroke="var(--line)" {}
            @for (at, anchor) in [(axes.from, "start"), (axes.to, "end")] {
                text x=(pixels(axes.x(at))) y=(FOOT + 24.0) text-anchor=(anchor) { (at) }
            }
            @for money in [axes.low, axes.high] {
                text x="0" y=(pixels(axes.y(money) + 4.0)) { (format!("{money:.5}")) }
            }
        }
    }
}

fn outline(piece: &[SweepPoint], axes: &Axes) -> String {
    let limits = piece
        .iter()
        .filter_map(|point| Some((point.at, point.ips_ci95?)));
    let upper = limits.clone().map(|(at, [_, upper])| (at, upper));
    let lower = limits.rev().map(|(at, [lower, _])| (at, lower));
    corners(upper.chain(lower), axes)
}

fn line(piece: &[SweepPoint], axes: &Axes) -> String {
    corners(
        piece
            .iter()
            .filter_map(|point| Some((point.at, point.ips?))),
        axes,
    )
}

fn corners(points: impl Iterator<Item = (f64, f64)>, axes: &Axes) -> String {
    let corners =
        points.map(|(at, money)| format!("{},{}", pixels(axes.x(at)), pixels(axes.y(money))));
    corners.collect::<Vec<_>>().join(" ")
}
