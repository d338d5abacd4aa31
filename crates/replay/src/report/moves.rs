//! What a candidate moves, which of its rules are cold, and what would decide a question, in reports.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::Report;
use crate::{
    rules::ColdRule,
    transitions::{MoneyMove, MoneyMoves},
};

/// Moves that a terminal shows, and a page.
const TEXT_MAX: usize = 8;
const PAGE_MAX: usize = 40;
/// Cold rules that a terminal shows.
const COLD_MAX: usize = 10;

/// The moves and rules as lines for a terminal.
pub(super) fn render_moves(report: &Report, text: &mut String) -> std::fmt::Result {
    for need in &report.decidable {
        writeln!(text, "  to decide it: {need}")?;
    }
    for it in &report.unsupported_destinations {
        writeln!(
            text,
            "  unsupported  {:.2} % of the leads at `{}`{}",
            100.0 * it.share,
            it.destination,
            examples(&it.examples)
        )?;
    }
    if let Some(moves) = &report.moves {
        let MoneyMoves { n_moved, n, .. } = moves;
        writeln!(
            text,
            "  {n_moved:.0} of {n} leads go elsewhere first{}",
            untold(moves)
        )?;
        for cell in moved(moves).take(TEXT_MAX) {
            writeln!(
                text,
                "    {:>10.0}  {} to {}: {}",
                cell.leads,
                name(cell.from.as_deref()),
                name(cell.to.as_deref()),
                money(cell)
            )?;
        }
    }
    for rule in report.cold_rules.iter().take(COLD_MAX) {
        writeln!(text, "  cold: {}", cold(rule))?;
    }
    if let Some(more) = report
        .cold_rules
        .len()
        .checked_sub(COLD_MAX)
        .filter(|n| *n > 0)
    {
        writeln!(text, "  cold: {more} more rules")?;
    }
    Ok(())
}

/// The moves and rules as a part of a page.
pub(super) fn section(report: &Report) -> Markup {
    html! {
        @if !report.decidable.is_empty() {
            p { "What would decide it" }
            ul { @for need in &report.decidable { li { (need) } } }
        }
        @if !report.unsupported_destinations.is_empty() {
            table {
                tr { th { "unsupported at" } th { "leads, %" } th { "such as" } }
                @for it in &report.unsupported_destinations {
                    tr { td { (it.destination) } td { (format!("{:.2}", 100.0 * it.share)) } td { (it.examples.join(", ")) } }
                }
            }
        }
        @if let Some(moves) = &report.moves {
            p.soft { (format!("{:.0}", moves.n_moved)) " of " (moves.n) " leads go elsewhere first" (untold(moves)) }
            table {
                tr { th { "from" } th { "to" } th { "leads" } th { "difference a lead of the log" } }
                @for cell in moved(moves).take(PAGE_MAX) {
                    tr {
                        td { (name(cell.from.as_deref())) }
                        td { (name(cell.to.as_deref())) }
                        td { (format!("{:.0}", cell.leads)) }
                        td { (money(cell)) }
                    }
                }
            }
        }
        @if !report.cold_rules.is_empty() {
            p { "Cold rules" }
            ul { @for rule in &report.cold_rules { li { (cold(rule)) } } }
        }
    }
}

fn moved(moves: &MoneyMoves) -> impl Iterator<Item = &MoneyMove> {
    moves.cells.iter().filter(|cell| cell.from != cell.to)
}

fn untold(moves: &MoneyMoves) -> String {
    match moves.n_untold {
        0 => String::new(),
        n => format!("; of {n} it is not known where they could have gone"),
    }
}

fn money(cell: &MoneyMove) -> String {
    let se = cell.diff_se.map(|se| format!(" ± {se:.6}"));
    format!("{:+.6}{}", cell.diff, se.unwrap_or_default())
}

fn name(first: Option<&str>) -> &str {
    first.unwrap_or("nobody")
}

fn examples(examples: &[String]) -> String {
    if examples.is_empty() {
        String::new()
    } else {
        format!(", such as {}", examples.join(", "))
    }
}

fn cold(rule: &ColdRule) -> String {
    let ColdRule {
        node,
        rule,
        to,
        is_dead,
    } = rule;
    let why = if *is_dead {
        "no lead can come to it"
    } else {
        "no lead of the log comes to it"
    };
    format!("{rule} of `{node}`, to `{to}`: {why}")
}
