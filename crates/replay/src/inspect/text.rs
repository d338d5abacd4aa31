//! An inspection as text for a terminal.

use std::fmt::Write as _;

use super::{GuessedKey, InspectedColumn, Inspection};

/// What was found, what was guessed, and what to ask whom.
pub fn render_inspection(inspection: &Inspection) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = render(inspection, &mut text);
    text
}

fn render(inspection: &Inspection, text: &mut String) -> std::fmt::Result {
    let Inspection {
        path,
        kind,
        n_rows,
        is_cut,
        language,
        columns,
        guesses,
        missing,
        refusals,
        ..
    } = inspection;
    let more = if *is_cut {
        " at least, which were looked at"
    } else {
        ""
    };
    writeln!(
        text,
        "{path}: {kind}; {n_rows} rows{more}; headers in {language}\n"
    )?;
    writeln!(
        text,
        "  {:<28} {:<30} {:>8} {:>9}  {:<22} examples",
        "column", "holds", "missing", "distinct", "taken for"
    )?;
    for column in columns {
        render_column(column, text)?;
    }
    if !missing.is_empty() {
        writeln!(text, "\nNot in the log:")?;
        for missing in missing {
            writeln!(text, "  {missing}")?;
        }
    }
    if !refusals.is_empty() {
        return Ok(());
    }
    writeln!(text, "\nGuesses; each is a line of scenario.toml:")?;
    for (number, guess) in (1..).zip(guesses) {
        let GuessedKey {
            key,
            value,
            because,
            question,
            otherwise,
        } = guess;
        writeln!(text, "  {number}. {key} = {value}")?;
        writeln!(
            text,
            "     {question} (guessed by: {because}; if not: {otherwise})"
        )?;
    }
    Ok(())
}

fn render_column(column: &InspectedColumn, text: &mut String) -> std::fmt::Result {
    let InspectedColumn {
        name,
        kind,
        role,
        missing_share,
        distinct,
        distinct_is_exact,
        examples,
    } = column;
    let more = if *distinct_is_exact { "" } else { "+" };
    let cut = |text: &str, n: usize| -> String {
        let shown: String = text
            .chars()
            .map(|char| if char.is_control() { ' ' } else { char })
            .take(n)
            .collect();
        shown
    };
    let examples: Vec<String> = examples.iter().map(|example| cut(example, 24)).collect();
    writeln!(
        text,
        "  {:<28} {:<30} {:>6.1} % {:>9}  {:<22} {}",
        cut(name, 28),
        cut(kind, 30),
        100.0 * missing_share,
        format!("{distinct}{more}"),
        role.as_deref().unwrap_or("-"),
        examples.join(" · ")
    )
}
