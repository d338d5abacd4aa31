//! Reports as one page that needs nothing else: no script, no network.

use std::fmt::{self, Write as _};

use super::Report;
use crate::estimate::Estimate;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5b6b7b; --line: #d4dbe2; --paper: #ffffff; --mark: #1f6feb; --other: #8a97a5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ee; --soft: #9aa8b6; --line: #35404b; --paper: #12171c; --mark: #6ea8ff; --other: #75828f; } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; } th:first-child, td:first-child { text-align: left; }
.verdict { font-weight: 600; } .soft, .warning { color: var(--soft); }
svg { width: 100%; height: auto; } svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
";

/// The reports as one HTML page with plots.
///
/// * `title`: heading of the page, plain text.
pub fn render_html(title: &str, reports: &[Report]) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write_page(title, reports, &mut page);
    page
}

fn write_page(title: &str, reports: &[Report], page: &mut String) -> fmt::Result {
    let title = escape(title);
    write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    )?;
    for report in reports {
        write_report(report, page)?;
    }
    page.push_str("</body>\n</html>\n");
    Ok(())
}

fn write_report(report: &Report, page: &mut String) -> fmt::Result {
    let Report {
        run,
        unit,
        n_offers,
        candidate,
        baseline,
        difference,
        verdict,
        warnings,
        ..
    } = report;
    writeln!(page, "<section>\n<h2>{}</h2>", escape(run))?;
    writeln!(
        page,
        "<p class=\"verdict\">{}</p>\n<ul>",
        verdict.kind.word()
    )?;
    for reason in &verdict.because {
        writeln!(page, "<li>{}</li>", escape(reason))?;
    }
    writeln!(
        page,
        "</ul>\n<p class=\"soft\">{} leads, {n_offers} offers; {} a lead</p>",
        candidate.n,
        escape(unit)
    )?;
    write_intervals(report, page)?;
    page.push_str("<table>\n<tr><th></th><th>value</th><th>95 % interval</th><th>SNIPS</th><th>ESS</th><th>mean weight</th><th>largest weight</th><th>unsupported</th></tr>\n");
    for (name, estimate) in [("candidate", candidate), ("baseline", baseline)] {
        write_row(name, estimate, page)?;
    }
    writeln!(
        page,
        "<tr><td>difference</td><td>{:+.6}</td>{}<td></td><td></td><td></td><td></td><td></td></tr>\n</table>",
        difference.diff,
        interval(difference.ci95, difference.interval_reason.as_deref())
    )?;
    write_reasons(report, page)?;
    write_weights(report, page)?;
    for warning in warnings {
        writeln!(page, "<p class=\"warning\">{}</p>", escape(warning))?;
    }
    page.push_str("</section>\n");
    Ok(())
}

/// Why what is not known is not, and how what was learnt was.
fn write_reasons(report: &Report, page: &mut String) -> fmt::Result {
    let reasons = [
        (
            "no interval for the candidate",
            &report.candidate.interval_reason,
        ),
        (
            "no interval for the baseline",
            &report.baseline.interval_reason,
        ),
        (
            "no interval for the difference",
            &report.difference.interval_reason,
        ),
        (
            "unsupported decisions",
            &report.candidate.unsupported_reason,
        ),
    ];
    for (what, reason) in reasons {
        if let Some(reason) = reason {
            writeln!(page, "<p class=\"soft\">{what}: {}</p>", escape(reason))?;
        }
    }
    Ok(())
}

fn interval(ci95: Option<[f64; 2]>, reason: Option<&str>) -> String {
    match ci95 {
        Some([lower, upper]) => format!("<td>{lower:.6} to {upper:.6}</td>"),
        None => format!(
            "<td title=\"{}\">not known</td>",
            escape(reason.unwrap_or_default())
        ),
    }
}

fn write_row(name: &str, estimate: &Estimate, page: &mut String) -> fmt::Result {
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
    let unsupported = match (unsupported_share, unsupported_reason) {
        (Some(share), _) => format!("{:.2} %", 100.0 * share),
        (None, reason) => format!(
            "<span title=\"{}\">not known</span>",
            escape(reason.as_deref().unwrap_or_default())
        ),
    };
    writeln!(
        page,
        "<tr><td>{name}</td><td>{ips:.6}</td>{}<td>{snips:.6}</td><td>{ess:.0}</td><td>{mean_weight:.4}</td><td>{max_weight:.2}</td><td>{unsupported}</td></tr>",
        interval(*ips_ci95, interval_reason.as_deref())
    )
}

/// A dot and its interval for both policies on one axis.
fn write_intervals(report: &Report, page: &mut String) -> fmt::Result {
    let rows = [
        ("candidate", &report.candidate, "--mark"),
        ("baseline", &report.baseline, "--other"),
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
        if value.is_finite() {
            90.0 + 620.0 * (value - low) / span
        } else {
            90.0
        }
    };
    page.push_str(
        "<svg viewBox=\"0 0 740 90\" role=\"img\" aria-label=\"values with 95 % intervals\">\n",
    );
    writeln!(
        page,
        "<line x1=\"90\" y1=\"68\" x2=\"710\" y2=\"68\" stroke=\"var(--line)\"/>"
    )?;
    for (end, anchor) in [(low, "start"), (high, "end")] {
        writeln!(
            page,
            "<text x=\"{:.1}\" y=\"84\" text-anchor=\"{anchor}\">{end:.5}</text>",
            x(end)
        )?;
    }
    for (y, (name, estimate, colour)) in [22, 48].into_iter().zip(rows) {
        let [lower, upper] = reach(estimate);
        writeln!(page, "<text x=\"0\" y=\"{}\">{name}</text>", y + 4)?;
        writeln!(
            page,
            "<line x1=\"{:.1}\" y1=\"{y}\" x2=\"{:.1}\" y2=\"{y}\" stroke=\"var({colour})\" stroke-width=\"2\"/>",
            x(lower),
            x(upper)
        )?;
        writeln!(
            page,
            "<circle cx=\"{:.1}\" cy=\"{y}\" r=\"5\" fill=\"var({colour})\"/>",
            x(estimate.ips)
        )?;
    }
    page.push_str("</svg>\n");
    Ok(())
}

/// Bars for the candidate's weights.
fn write_weights(report: &Report, page: &mut String) -> fmt::Result {
    let histogram = &report.weight_histogram;
    let most = histogram.counts.iter().max().copied().unwrap_or(0).max(1);
    let n_bins = histogram.counts.len();
    page.push_str("<svg viewBox=\"0 0 740 150\" role=\"img\" aria-label=\"leads by the candidate's weight\">\n");
    for (bin, count) in histogram.counts.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "pixels need no more")]
        let (x, width, height) = (
            740.0 * bin as f64 / n_bins as f64,
            740.0 / n_bins as f64 - 3.0,
            100.0 * *count as f64 / most as f64,
        );
        let label = match histogram.up_to.get(bin) {
            Some(bound) if *bound > 0.0 && *bound < 1.0 => format!("1/{:.0}", 1.0 / bound),
            Some(bound) => format!("{bound}"),
            None => "more".to_owned(),
        };
        writeln!(
            page,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"var(--mark)\"><title>{count} leads with a weight up to {label}</title></rect>\n<text x=\"{:.1}\" y=\"128\" text-anchor=\"middle\">{label}</text>",
            110.0 - height,
            x + width / 2.0
        )?;
    }
    page.push_str("<text x=\"0\" y=\"146\">leads by the candidate's weight, up to the number below each bar</text>\n</svg>\n");
    Ok(())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
