//! Reports as a table for a terminal.

use std::fmt::Write as _;

use super::{Report, moves::render_moves, stateful::render_stateful, sweep::render_sweep};
use crate::{
    assumed::Assumed,
    estimate::{Estimate, Readout},
};

/// The reports as text, at most 100 columns wide but for the reasons.
pub fn render_text(reports: &[Report]) -> String {
    let mut text = String::new();
    for (position, report) in reports.iter().enumerate() {
        if position > 0 {
            text.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = render(report, &mut text);
    }
    text
}

fn render(report: &Report, text: &mut String) -> std::fmt::Result {
    let Report {
        run,
        unit,
        n_offers,
        candidate,
        verdict,
        warnings,
        ..
    } = report;
    writeln!(text, "{run}: {}", verdict.kind.word())?;
    for reason in &verdict.because {
        writeln!(text, "  {reason}")?;
    }
    writeln!(
        text,
        "  {} leads, {n_offers} offers; {unit} a lead",
        candidate.n
    )?;
    if let Some(assumed) = &report.assumed {
        render_assumed(assumed, text)?;
    } else {
        render_values(report, text)?;
        render_reasons(report, text)?;
        render_moves(report, text)?;
        if let Some(sweep) = &report.sweep {
            render_sweep(sweep, text)?;
        }
    }
    if let Some(stateful) = &report.stateful {
        render_stateful(stateful, text)?;
    }
    for warning in warnings {
        writeln!(text, "  warning: {warning}")?;
    }
    Ok(())
}

/// The values of a log without propensities.
fn render_assumed(assumed: &Assumed, text: &mut String) -> std::fmt::Result {
    writeln!(
        text,
        "  {:<12} {:>12} {:>26} {:>12} {:>10}",
        "", "matched", "95 % interval", "direct", "unmatched"
    )?;
    for (name, value) in [
        ("candidate", &assumed.candidate),
        ("baseline", &assumed.baseline),
        ("difference", &assumed.difference),
    ] {
        writeln!(
            text,
            "  {name:<12} {:>12} {:>26} {:>12} {:>8.2} %",
            known(value.matched),
            interval(value.matched_ci95),
            known(value.direct),
            100.0 * value.unmatched_share
        )?;
    }
    if !assumed.matched_by.is_empty() {
        writeln!(text, "  alike by     {}", assumed.matched_by.join(", "))?;
    }
    Ok(())
}

fn known(value: Option<f64>) -> String {
    value.map_or_else(|| "not known".to_owned(), |value| format!("{value:.6}"))
}

/// The values of both policies and their difference.
fn render_values(report: &Report, text: &mut String) -> std::fmt::Result {
    let Report {
        candidate,
        baseline,
        difference,
        ..
    } = report;
    writeln!(
        text,
        "  {:<12} {:>12} {:>26} {:>12} {:>9} {:>9} {:>8}",
        "", "value", "95 % interval", "SNIPS", "ESS", "mean w", "max w"
    )?;
    for (name, estimate) in [("candidate", candidate), ("baseline", baseline)] {
        let Estimate {
            ips,
            ips_ci95,
            snips,
            ess,
            mean_weight,
            max_weight,
            ..
        } = estimate;
        writeln!(
            text,
            "  {name:<12} {ips:>12.6} {:>26} {snips:>12.6} {ess:>9.0} {mean_weight:>9.4} {max_weight:>8.2}",
            interval(*ips_ci95)
        )?;
    }
    writeln!(
        text,
        "  {:<12} {:>+12.6} {:>26}",
        "difference",
        difference.diff,
        interval(difference.ci95)
    )?;
    render_doubly_robust(report, text)
}

/// The doubly robust values of both policies, and which value to read first.
fn render_doubly_robust(report: &Report, text: &mut String) -> std::fmt::Result {
    writeln!(
        text,
        "  {:<12} {:>12} {:>25} {:>12} {:>25} {:>7}",
        "", "DR", "95 % interval", "SNDR", "95 % interval", "default"
    )?;
    for (name, estimate) in [
        ("candidate", &report.candidate),
        ("baseline", &report.baseline),
    ] {
        let Estimate {
            dr,
            dr_ci95,
            sndr,
            sndr_ci95,
            default_readout,
            ..
        } = estimate;
        writeln!(
            text,
            "  {name:<12} {dr:>12.6} {:>25} {sndr:>12.6} {:>25} {:>7}",
            interval(*dr_ci95),
            interval(*sndr_ci95),
            default_readout.map_or("none", Readout::word)
        )?;
    }
    Ok(())
}

/// Why intervals are missing, and which decisions are unsupported.
fn render_reasons(report: &Report, text: &mut String) -> std::fmt::Result {
    let Report {
        candidate,
        baseline,
        difference,
        ..
    } = report;
    let reasons = [
        ("candidate", &candidate.interval_reason),
        ("baseline", &baseline.interval_reason),
        ("difference", &difference.interval_reason),
    ];
    for (who, reason) in reasons {
        if let Some(reason) = reason {
            writeln!(text, "  no interval  {who}: {reason}")?;
        }
    }
    for (who, estimate) in [("candidate", candidate), ("baseline", baseline)] {
        if let Some(reason) = &estimate.dr_reason {
            writeln!(text, "  no DR        {who}: {reason}")?;
        }
    }
    match (candidate.unsupported_share, &candidate.unsupported_reason) {
        (Some(share), reason) => {
            let how = reason.as_ref().map(|reason| format!(", {reason}"));
            writeln!(
                text,
                "  unsupported  {:.2} % of the candidate's decisions{}",
                100.0 * share,
                how.unwrap_or_default()
            )?;
        }
        (None, Some(reason)) => writeln!(text, "  unsupported  not known: {reason}")?,
        (None, None) => {}
    }
    Ok(())
}

pub(super) fn interval(ci95: Option<[f64; 2]>) -> String {
    ci95.map_or_else(
        || "not known".to_owned(),
        |[lower, upper]| format!("[{lower:.6}, {upper:.6}]"),
    )
}
