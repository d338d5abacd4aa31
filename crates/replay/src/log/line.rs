//! One row of a log being read: what is wrong with it is noted, and reading goes on.

use std::{borrow::Cow, collections::BTreeMap};

use pointsman_lead::{Problem, Timestamp};
use pointsman_ledger::OrderNames;
use pointsman_router::Answer;

use super::{
    Available, Numbers, answer_from_word,
    cells::{Cells, Unreadable},
    columns::Names,
    csv::{Flaw, FlawKind},
    findings::{Findings, Noted},
    shown,
    times::{TimeError, Times},
};

/// A probability below this is a mistake of the log: in a log that anybody has written, nothing so unlikely was done.
const PROPENSITY_MIN: f64 = 1e-12;
const PROPENSITY_HINT: &str = "log the probability with which the destination was chosen; without it a log cannot be replayed";
/// A probability that is a sum may end a rounding above 1. It is taken as it is: a replay compares bits.
pub(super) const SURE_MAX: f64 = 1.0 + 1e-12;

/// A row, and whether everything in it could be read so far.
pub(crate) struct Line<'a> {
    /// Counted from 1; the header of a CSV is not counted.
    number: u64,
    findings: &'a mut Findings,
    is_sound: bool,
    numbers: Numbers,
}

impl<'a> Line<'a> {
    pub(crate) fn new(number: u64, findings: &'a mut Findings) -> Self {
        Self {
            number,
            findings,
            is_sound: true,
            numbers: Numbers::Plain,
        }
    }

    /// The same with numbers that are written in another way.
    pub(crate) fn with_numbers(self, numbers: Numbers) -> Self {
        Self { numbers, ..self }
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.is_sound
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Notes a mistake; the row is not to be used.
    pub(crate) fn note(
        &mut self,
        code: &'static str,
        column: &str,
        hint: Option<&'static str>,
        message: impl FnOnce() -> String,
    ) {
        self.is_sound = false;
        self.findings.note(code, column, self.number, hint, message);
    }

    /// Notes a mistake whose way out depends on the value.
    pub(crate) fn note_with(
        &mut self,
        code: &'static str,
        column: &str,
        told: impl FnOnce() -> (String, Option<String>),
    ) {
        self.is_sound = false;
        self.findings.note_with(code, column, self.number, told);
    }

    /// A number, if the cell holds something.
    pub(crate) fn float(&mut self, cells: &Cells, row: usize, column: &str) -> Option<f64> {
        let numbers = self.numbers;
        cells
            .number_written(row, numbers)
            .unwrap_or_else(|Unreadable(text)| {
                self.note_with("not_a_number", column, || {
                    let message = format!("{} is not a number", shown::value(&text));
                    (message, Some(number_hint(&text, numbers)))
                });
                None
            })
    }

    /// A whole number from 0 on, if the cell holds something.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be whole and not negative"
    )]
    pub(crate) fn count(&mut self, cells: &Cells, row: usize, column: &str) -> Option<u64> {
        let number = self.float(cells, row, column)?;
        if number >= 0.0 && number.fract() == 0.0 && number < 9e15 {
            return Some(number as u64);
        }
        self.note("not_a_count", column, None, || {
            format!("{number} is not a whole number from 0 on")
        });
        None
    }

    /// A point in time, if the cell holds something.
    ///
    /// * `doubtful`: gets the row if the local clock showed the time twice, or never.
    pub(crate) fn time(
        &mut self,
        cells: &Cells,
        row: usize,
        column: &str,
        times: &Times,
        doubtful: &mut Noted,
    ) -> Option<Timestamp> {
        match cells.time(row, times) {
            Ok(time) => {
                let time = time?;
                if time.is_doubtful {
                    doubtful.see(self.number);
                }
                Some(time.at)
            }
            Err(error) => {
                let (code, message, hint) = time_problem(&error);
                self.note_with(code, column, || (message, Some(hint)));
                None
            }
        }
    }

    /// A text that must be there, and is noted where it is not.
    pub(crate) fn there<'c>(
        &mut self,
        cells: &'c Cells,
        row: usize,
        column: &str,
        hint: &'static str,
    ) -> Option<Cow<'c, str>> {
        let text = cells.text(row);
        if text.is_none() {
            self.note("value_missing", column, Some(hint), || {
                "a row holds nothing here".to_owned()
            });
        }
        text
    }

    /// A probability in (0, 1] that must be there.
    pub(crate) fn propensity(&mut self, cells: &Cells, row: usize, column: &str) -> f64 {
        let was_sound = self.is_sound;
        self.is_sound = true;
        let propensity = self.float(cells, row, column);
        let is_number = self.is_sound;
        self.is_sound &= was_sound;
        match propensity {
            Some(propensity) if (PROPENSITY_MIN..=SURE_MAX).contains(&propensity) => propensity,
            Some(propensity) if propensity > 0.0 && propensity < PROPENSITY_MIN => {
                let hint = "log the probability itself, not its logarithm or a density; a choice that is all but impossible cannot be lead_weight";
                self.note("propensity_tiny", column, Some(hint), || {
                    format!("{propensity:e} is below {PROPENSITY_MIN:e}, and no log has seen such a choice")
                });
                1.0
            }
            Some(propensity) => {
                self.note(
                    "propensity_out_of_range",
                    column,
                    Some(PROPENSITY_HINT),
                    || format!("{propensity} is not a probability above 0 and up to 1"),
                );
                1.0
            }
            None => {
                if is_number {
                    self.note("propensity_missing", column, Some(PROPENSITY_HINT), || {
                        "an offer has no propensity".to_owned()
                    });
                }
                1.0
            }
        }
    }

    /// An answer, if the cell holds one.
    ///
    /// * `known`: words of the log beside our own.
    pub(crate) fn answer(
        &mut self,
        cells: &Cells,
        row: usize,
        column: &str,
        known: &BTreeMap<String, Answer>,
    ) -> Option<Answer> {
        let word = cells.text(row)?;
        let answer = known
            .get(&*word)
            .copied()
            .or_else(|| answer_from_word(&word));
        if answer.is_none() {
            self.note_with("answer_unknown", column, || {
                let message = format!("{} is not an answer", shown::value(&word));
                let key = toml::Value::from(word.chars().take(60).collect::<String>());
                let hint = format!(
                    "write accepted, rejected, not_sent or unknown, or say which of them it is below [columns.answers]: {key} = \"rejected\""
                );
                (message, Some(hint))
            });
        }
        answer
    }

    /// The orders of rotations, if the cell holds them.
    pub(crate) fn orders(&mut self, cells: &Cells, row: usize, column: &str) -> Option<OrderNames> {
        let text = cells.text(row)?;
        let orders = serde_json::from_str(&text).ok();
        if orders.is_none() {
            let hint = r#"write it like {"fair": ["zenith", "acme"]}"#;
            self.note("orders_unreadable", column, Some(hint), || {
                let text = shown::value(&text);
                format!("{text} does not say the orders of rotations")
            });
        }
        orders
    }

    /// A set of destinations, if the cell holds one.
    pub(crate) fn available(
        &mut self,
        cells: &Cells,
        row: usize,
        column: &str,
        names: &mut Names,
    ) -> Option<Available> {
        if let Cells::List(..) = cells {
            let list = cells.list(row).ok()??;
            return Some(
                (0..list.len())
                    .filter_map(|entry| list.cells().text(list.row(entry)))
                    .map(|text| names.name(&text))
                    .collect(),
            );
        }
        let text = cells.text(row)?;
        let set = names.set(&text);
        if set.is_none() {
            let hint = "write names separated by |, or a JSON list of names";
            self.note("available_unreadable", column, Some(hint), || {
                format!("{} is not a set of destinations", shown::value(&text))
            });
        }
        set
    }
}

/// Notes a row that cannot be told from its neighbours.
pub(crate) fn note_flaw(flaw: &Flaw, findings: &mut Findings) {
    let Flaw {
        row,
        line,
        kind,
        excerpt,
    } = flaw;
    let (code, what, hint) = flaw_words(*kind);
    findings.note_with(code, "rows", *row, || {
        (
            format!("line {line}: {what}: {excerpt}"),
            Some(hint.to_owned()),
        )
    });
}

/// The flaw of a header: without it nothing can be read.
pub(crate) fn flaw_problem(flaw: &Flaw) -> Problem {
    let (code, what, hint) = flaw_words(flaw.kind);
    let message = format!("line {}, the header: {what}: {}", flaw.line, flaw.excerpt);
    Problem::new(code, "log.rows", message).hint(hint)
}

fn flaw_words(kind: FlawKind) -> (&'static str, String, &'static str) {
    let quote_hint = "write a quote inside a quoted cell twice; if quotes are characters like any other in this file, write quote = \"\" above the tables of scenario.toml";
    match kind {
        FlawKind::QuoteInside => (
            "csv_quote",
            "text follows the quote that ends a cell".to_owned(),
            quote_hint,
        ),
        FlawKind::QuoteOpen => (
            "csv_quote",
            "a quoted cell does not end".to_owned(),
            quote_hint,
        ),
        FlawKind::RowsInQuotes => (
            "csv_rows_in_quotes",
            "a quoted cell holds what looks like further rows".to_owned(),
            "put right the stray quote, or write quote = \"\" above the tables of scenario.toml; if such line breaks are meant, write line_breaks_in_quotes = true",
        ),
        FlawKind::Uneven { n_cells, n_columns } => (
            "csv_uneven",
            format!("{n_cells} cells where the header has {n_columns}"),
            "put cells that hold the separator in quotes; for lines that are not rows write comment = \"#\", for another separator separator = \";\" above the tables of scenario.toml",
        ),
        FlawKind::TooLong => (
            "csv_too_long",
            "a row of more than 4 MB".to_owned(),
            "a log has a row a line",
        ),
        FlawKind::NotUtf8 => (
            "not_utf8",
            "a cell is not UTF-8".to_owned(),
            "save the file as UTF-8, or, if it is in Latin-1 or Windows-1252, write encoding = \"windows-1252\" above the tables of scenario.toml",
        ),
        FlawKind::NotAnObject => (
            "ndjson_line",
            "the line is no JSON object".to_owned(),
            "NDJSON has an object a line, each on a line of its own",
        ),
        FlawKind::Nul => (
            "not_a_text",
            "a cell holds a NUL".to_owned(),
            "write the file again without it",
        ),
    }
}

/// Code, message and way out of a value that is no time.
pub(crate) fn time_problem(error: &TimeError) -> (&'static str, String, String) {
    let above = "above the tables of scenario.toml";
    match error {
        TimeError::NotATime(text) => (
            "not_a_time",
            format!("{} is not a point in time", shown::value(text)),
            format!(
                "write it like 2026-01-31T09:30:00Z, or as a number with a time_unit; {}",
                null_hint(text)
            ),
        ),
        TimeError::NoUnit(text, Some((unit, at))) => (
            "time_unit_missing",
            format!(
                "{} does not say what it counts; in {unit} it would be {at}",
                shown::value(text)
            ),
            format!("if it is, write time_unit = \"{unit}\" {above}"),
        ),
        TimeError::NoUnit(text, None) => (
            "time_unit_missing",
            format!(
                "{} does not say what it counts, and is a time of our days in no unit",
                shown::value(text)
            ),
            format!("write time_unit = \"s\", \"ms\", \"us\" or \"ns\" {above}, since 1970"),
        ),
        TimeError::NoOrder(text) => (
            "date_order_missing",
            format!(
                "{} does not say whether the day or the month comes first",
                shown::value(text)
            ),
            format!("write date_order = \"day_first\" or \"month_first\" {above}"),
        ),
        TimeError::NoZone(text) => (
            "time_zone_missing",
            format!("{} does not say its zone", shown::value(text)),
            format!("write time_zone = \"UTC\", or an IANA name such as America/New_York, {above}"),
        ),
    }
}

/// What to write if a text means that nothing is known.
pub(crate) fn null_hint(text: &str) -> String {
    let null_values: toml::Value = vec![text.chars().take(60).collect::<String>()].into();
    format!(
        "if it means that nothing is known, write null_values = {null_values} above the tables of scenario.toml"
    )
}

fn number_hint(text: &str, numbers: Numbers) -> String {
    let others = Numbers::WORDS.iter().filter(|(other, _)| *other != numbers);
    let fitting: Vec<String> = others
        .filter(|(other, _)| {
            let plain = other.plain(text);
            plain.is_some_and(|plain| plain.parse::<f64>().is_ok())
        })
        .map(|(_, word)| format!("numbers = \"{word}\""))
        .collect();
    if fitting.is_empty() {
        return null_hint(text);
    }
    format!(
        "if all numbers are written so, write {} above the tables of scenario.toml",
        fitting.join(" or ")
    )
}
