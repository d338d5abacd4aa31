//! Results as tables or as JSON.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Result;

use crate::score::Row;
use crate::world::World;

/// Prints results to standard output.
pub(crate) fn print(worlds: &[World], rows: &[Row], json: bool) -> Result<()> {
    if json {
        return out(&format!("{}\n", serde_json::to_string_pretty(rows)?));
    }
    let mut text = String::new();
    for world in worlds {
        writeln!(text, "## {}\n\n{}\n", world.name, world.about)?;
        text.push_str(
            "| policy | gain share | ± 2 se | money a lead | best arm by quarter | wrong at end | regret | 95 % | runs |\n\
             | --- | --: | --: | --: | --- | --: | --: | --: | --: |\n",
        );
        for row in rows.iter().filter(|row| row.world == world.name) {
            let percent = |part: Option<f64>| {
                part.map_or("–".to_owned(), |part| format!("{:.1} %", 100.0 * part))
            };
            let quarters = row.best_share_by_quarter;
            let quarters = quarters.map(|share| format!("{:.0}", 100.0 * share));
            writeln!(
                text,
                "| {} | {} | {} | {:.3} | {} | {} | {:.1} | {:.1} | {} |",
                row.policy,
                percent(row.gain_share),
                percent(row.se.map(|se| 2.0 * se)),
                row.money_a_lead,
                quarters.join(" "),
                percent(Some(row.wrong_at_end)),
                row.regret,
                row.regret_p95,
                row.reps,
            )?;
        }
        text.push('\n');
    }
    expectations(&mut text, rows)?;
    out(&text)
}

/// What the worlds' files expect, and what was found.
fn expectations(text: &mut String, rows: &[Row]) -> Result<()> {
    if rows.iter().all(|row| row.expected.is_empty()) {
        return Ok(());
    }
    text.push_str(
        "## Expectations\n\n| world | policy | of | at least | at most | found | met | source |\n\
         | --- | --- | --- | --: | --: | --: | --- | --- |\n",
    );
    for row in rows {
        for it in &row.expected {
            let number =
                |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.4}"));
            writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                row.world,
                row.policy,
                it.of,
                number(it.min),
                number(it.max),
                number(it.found),
                if it.met { "yes" } else { "**no**" },
                it.source,
            )?;
        }
    }
    Ok(())
}

/// Writes to standard output.
pub(crate) fn out(text: &str) -> Result<()> {
    Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
}

/// Writes a line to standard error.
pub(crate) fn note(text: &str) {
    // Nobody can be told that nobody can be told.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
