//! One row of a log being read: what is wrong with it is noted, and reading goes on.

use pointsman_lead::Timestamp;
use pointsman_router::{Answer, OrderNames};

use super::{
    Available, answer_from_word,
    cells::{Cells, Unreadable},
    columns::Names,
    findings::Findings,
};

/// A row, and whether everything in it could be read so far.
pub(crate) struct Line<'a> {
    /// Counted from 1; the header of a CSV is not counted.
    number: u64,
    findings: &'a mut Findings,
    is_sound: bool,
}

/// Below this an offer would not be in a log of all leads of the world.
const PROPENSITY_MIN: f64 = 1e-12;

impl<'a> Line<'a> {
    pub(crate) fn new(number: u64, findings: &'a mut Findings) -> Self {
        Self {
            number,
            findings,
            is_sound: true,
        }
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

    /// A number, if the cell holds something.
    pub(crate) fn float(&mut self, cells: &Cells, row: usize, column: &str) -> Option<f64> {
        cells.number(row).unwrap_or_else(|Unreadable(text)| {
            self.note("not_a_number", column, None, || {
                format!("`{text}` is not a number")
            });
            None
        })
    }

    /// A point in time, if the cell holds something.
    pub(crate) fn time(&mut self, cells: &Cells, row: usize, column: &str) -> Option<Timestamp> {
        cells.time(row).unwrap_or_else(|Unreadable(text)| {
            let hint = "write it like 2026-01-31T09:30:00Z, or as microseconds since 1970";
            self.note("not_a_time", column, Some(hint), || {
                format!("`{text}` is not a point in time")
            });
            None
        })
    }

    /// A text that must be there; the empty text where it is not.
    pub(crate) fn needed(
        &mut self,
        cells: &Cells,
        row: usize,
        column: &str,
        hint: &'static str,
    ) -> String {
        if let Some(text) = cells.text(row) {
            return text.into_owned();
        }
        self.note("value_missing", column, Some(hint), || {
            "a row holds nothing here".to_owned()
        });
        String::new()
    }

    /// A probability in (0, 1] that must be there.
    pub(crate) fn propensity(&mut self, cells: &Cells, row: usize, column: &str) -> f64 {
        let was_sound = self.is_sound;
        self.is_sound = true;
        let propensity = self.float(cells, row, column);
        let is_number = self.is_sound;
        self.is_sound &= was_sound;
        match propensity {
            Some(propensity) if (PROPENSITY_MIN..=1.0).contains(&propensity) => propensity,
            Some(propensity) if propensity > 0.0 && propensity < PROPENSITY_MIN => {
                let hint = "what is this unlikely is in no log: write the probability with which the destination was chosen";
                self.note("propensity_too_small", column, Some(hint), || {
                    format!("{propensity:e} is below {PROPENSITY_MIN:e}")
                });
                1.0
            }
            Some(propensity) => {
                let hint = "log the probability with which the destination was chosen; without it a log cannot be replayed";
                self.note("propensity_out_of_range", column, Some(hint), || {
                    format!("{propensity} is not a probability above 0 and up to 1")
                });
                1.0
            }
            None => {
                if is_number {
                    let hint = "log the probability with which the destination was chosen; without it a log cannot be replayed";
                    self.note("propensity_missing", column, Some(hint), || {
                        "an offer has no propensity".to_owned()
                    });
                }
                1.0
            }
        }
    }

    /// An answer, if the cell holds one.
    pub(crate) fn answer(&mut self, cells: &Cells, row: usize, column: &str) -> Option<Answer> {
        let word = cells.text(row)?;
        let answer = answer_from_word(&word);
        if answer.is_none() {
            let hint = "write accepted, rejected, not_sent or unknown";
            self.note("answer_unknown", column, Some(hint), || {
                format!("`{word}` is not an answer")
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
                format!("`{text}` does not say the orders of rotations")
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
        if let Cells::List(_) = cells {
            let list = cells.list(row).ok()??;
            return Some(
                (0..list.len())
                    .filter_map(|entry| list.text(entry))
                    .map(|text| names.name(&text))
                    .collect(),
            );
        }
        let text = cells.text(row)?;
        let set = names.set(&text);
        if set.is_none() {
            let hint = "write names separated by |, or a JSON list of names";
            self.note("available_unreadable", column, Some(hint), || {
                format!("`{text}` is not a set of destinations")
            });
        }
        set
    }
}
