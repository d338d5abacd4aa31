//! Reports as one self-contained HTML page: no script, no network.

use maud::{Markup, html};

use super::{Report, moves, page, page::pixels, stateful, sweep};
use crate::{
    assumed::Assumed,
    estimate::{Estimate, Readout},
};

/// The reports as one HTML page with plots.
///
/// * `title`: heading of the page, plain text.
pub fn render_html(title: &str, reports: &[Report]) -> String {
    page(
        title,
        &html! { @for report in reports { (section(report)) } },
    )
}

fn section(report: &Report) -> Markup {
    let Report {
        run,
        unit,
        n_offers,
        candidate,
        verdict,
        warnings,
        ..
    } = report;
    html! {
        section {
            h2 { (run) }
            p.verdict { (verdict.kind.word()) }
            ul {
                @for reason in &verdict.because { li { (reason) } }
            }
            p.soft { (candidate.n) " leads, " (n_offers) " offers; " (unit) " a lead" }
            @if let Some(assumed) = &report.assumed {
                (assumed_values(assumed))
            } @else {
                (intervals(report))
                (table(report))
                (doubly_robust(report))
                @for (what, reason) in reasons(report) {
                    p.soft { (what) ": " (reason) }
                }
                (weights(report))
                (moves::section(report))
                @if let Some(sweep) = &report.sweep { (sweep::section(sweep, report)) }
            }
            @if let Some(report) = &report.stateful { (stateful::section(report)) }
            @for warning in warnings { p.warning { (warning) } }
        }
    }
}

/// The values of a log without propensities.
fn assumed_values(assumed: &Assumed) -> Markup {
    let known = |value: Option<f64>| {
        value.map_or_else(|| "not known".to_owned(), |value| format!("{value:.6}"))
    };
    let rows = [
        ("candidate", &assumed.candidate),
        ("baseline", &assumed.baseline),
        ("difference", &assumed.difference),
    ];
    html! {
        table {
            tr { @for column in ["", "matched", "95 % interval", "direct method", "unmatched"] { th { (column) } } }
            @for (name, value) in rows {
                tr {
                    td { (name) }
                    td { (known(value.matched)) }
                    (interval(value.matched_ci95, None))
                    td { (known(value.direct)) }
                    td { (format!("{:.2} %", 100.0 * value.unmatched_share)) }
                }
            }
        }
        p.soft { "Assumption: " (assumed.assumption) "." }
    }
}

fn table(report: &Report) -> Markup {
    const COLUMNS: [&str; 8] = [
        "",
        "value",
        "95 % interval",
        "SNIPS",
        "ESS",
        "mean weight",
        "largest weight",
        "unsupported",
    ];
    let Report {
        candidate,
        baseline,
        difference,
        ..
    } = report;
    html! {
        table {
            tr { @for column in COLUMNS { th { (column) } } }
            (row("candidate", candidate))
            (row("baseline", baseline))
            tr {
                td { "difference" }
                td { (format!("{:+.6}", difference.diff)) }
                (interval(difference.ci95, difference.interval_reason.as_deref()))
                td {} td {} td {} td {} td {}
            }
        }
    }
}

/// The doubly robust values of both policies, and which value to read first.
fn doubly_robust(report: &Report) -> Markup {
    const COLUMNS: [&str; 6] = [
        "",
        "DR",
        "95 % interval",
        "SNDR",
        "95 % interval",
        "default",
    ];
    let rows = [
        ("candidate", &report.candidate),
        ("baseline", &report.baseline),
    ];
    html! {
        table {
            tr { @for column in COLUMNS { th { (column) } } }
            @for (name, estimate) in rows {
                @let reason = estimate.dr_reason.as_ref().or(estimate.interval_reason.as_ref());
                @let reason = reason.map(String::as_str);
                tr {
                    td { (name) }
                    td { (format!("{:.6}", estimate.dr)) }
                    (interval(estimate.dr_ci95, reason))
                    td { (format!("{:.6}", estimate.sndr)) }
                    (interval(estimate.sndr_ci95, reason))
                    td { (estimate.default_readout.map_or("none", Readout::word)) }
                }
            }
        }
    }
}

/// The reasons for figures that are not known, each with what is missing.
fn reasons(report: &Report) -> impl Iterator<Item = (&'static str, &String)> {
    let Report {
        candidate,
        baseline,
        difference,
        ..
    } = report;
    let reasons = [
        ("no interval for the candidate", &candidate.interval_reason),
        ("no interval for the baseline", &baseline.interval_reason),
        (
            "no interval for the difference",
            &difference.interval_reason,
        ),
        ("no DR for the candidate", &candidate.dr_reason),
        ("no DR for the baseline", &baseline.dr_reason),
        ("unsupported decisions", &candidate.unsupported_reason),
    ];
    reasons
        .into_iter()
        .filter_map(|(what, reason)| Some((what, reason.as_ref()?)))
}

fn interval(ci95: Option<[f64; 2]>, reason: Option<&str>) -> Markup {
    html! {
        @match ci95 {
            Some([lower, upper]) => td { (format!("{lower:.6} to {upper:.6}")) },
            None => td title=(reason.unwrap_or_default()) { "not known" },
        }
    }
}

fn row(name: &str, estimate: &Estimate) -> Markup {
    let Estimate {
        ips,
        ips_ci95,
        interval_reason,
        snips,
        ess,
        mean_weight,
        max_weight,
        unsupported_share,
        unsupported_reason,
        ..
    } = estimate;
    html! {
        tr {
            td { (name) }
            td { (format!("{ips:.6}")) }
            (interval(*ips_ci95, interval_reason.as_deref()))
            td { (format!("{snips:.6}")) }
            td { (format!("{ess:.0}")) }
            td { (format!("{mean_weight:.4}")) }
            td { (format!("{max_weight:.2}")) }
            td {
                @match unsupported_share {
                    Some(share) => (format!("{:.2} %", 100.0 * share)),
                    None => span title=(unsupported_reason.as_deref().unwrap_or_default()) { "not known" },
                }
            }
        }
    }
}

/// A dot and its interval for both policies on one axis.
fn intervals(report: &Report) -> Markup {
    let rows = [
        ("candidate", &report.candidate, "var(--mark)"),
        ("baseline", &report.baseline, "var(--other)"),
    ];
    let reach = |estimate: &Estimate| estimate.ips_ci95.unwrap_or([estimate.ips; 2]);
    let ends = rows.iter().flat_map(|(_, estimate, _)| reach(estimate));
    let (low, high) = ends
        .filter(|end| end.is_finite())
        .fold((0.0_f64, 0.0_f64), |(low, high), end| {
            (low.min(end), high.max(end))
        });
    let span = if high > low { high - low } else { 1.0 };
    let x = |value: f64| {
        let x = if value.is_finite() {
            90.0 + 620.0 * (value - low) / span
        } else {
            90.0
        };
        format!("{x:.1}")
    };
    html! {
        svg viewBox="0 0 740 90" role="img" aria-label="values with 95 % intervals" {
            line x1="90" y1="68" x2="710" y2="68" stroke="var(--line)" {}
            @for (end, anchor) in [(low, "start"), (high, "end")] {
                text x=(x(end)) y="84" text-anchor=(anchor) { (format!("{end:.5}")) }
            }
            @for (y, (name, estimate, colour)) in [22, 48].into_iter().zip(rows) {
                @let [lower, upper] = reach(estimate);
                text x="0" y=(y + 4) { (name) }
                line x1=(x(lower)) y1=(y) x2=(x(upper)) y2=(y) stroke=(colour) stroke-width="2" {}
                circle cx=(x(estimate.ips)) cy=(y) r="5" fill=(colour) {}
            }
        }
    }
}

/// Bars for the candidate's weights.
fn weights(report: &Report) -> Markup {
    let histogram = &report.weight_histogram;
    let most = histogram.counts.iter().max().copied().unwrap_or(0).max(1);
    #[expect(clippy::cast_precision_loss, reason = "pixels need no more")]
    let step = 740.0 / histogram.counts.len() as f64;
    #[expect(clippy::cast_precision_loss, reason = "pixels need no more")]
    let bars = histogram.counts.iter().enumerate().map(|(bin, count)| {
        (
            step * bin as f64,
            100.0 * *count as f64 / most as f64,
            count,
            bound_label(histogram.up_to.get(bin).copied()),
        )
    });
    let width = step - 3.0;
    html! {
        svg viewBox="0 0 740 150" role="img" aria-label="leads by the candidate's weight" {
            @for (x, height, count, label) in bars {
                rect x=(pixels(x)) y=(pixels(110.0 - height)) width=(pixels(width)) height=(pixels(height)) fill="var(--mark)" {
                    title { (count) " leads with a weight up to " (label) }
                }
                text x=(pixels(x + width / 2.0)) y="128" text-anchor="middle" { (label) }
            }
            text x="0" y="146" { "leads by the candidate's weight, up to the number below each bar" }
        }
    }
}

/// The upper bound of a bar, such as `1/8`; `more` for the last one.
fn bound_label(bound: Option<f64>) -> String {
    match bound {
        Some(bound) if bound > 0.0 && bound < 1.0 => format!("1/{:.0}", 1.0 / bound),
        Some(bound) => bound.to_string(),
        None => "more".to_owned(),
    }
}
