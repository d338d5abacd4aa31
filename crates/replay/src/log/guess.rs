//! A guess at the kind of a field, from all values of its column.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use pointsman_lead::{Field, FieldKind, Problem, Required};

use super::{cells::Cells, line::null_hint, shown, times::Times};

/// Distinct texts of which a column remembers what they look like.
const KNOWN_MAX: usize = 65_536;

/// Misfits after which a kind is given up, if they are more than what fits.
const MISFITS_MIN: u64 = 100;

/// What a column seems to hold.
#[derive(Debug, Clone)]
pub(crate) struct Guess {
    // What the values may be, the narrowest first.
    candidates: Vec<Candidate>,
    scale: u8,
    n_values: u64,
    // A text looks the same wherever it stands, so that each distinct one is looked at once.
    texts: HashMap<String, Look, RandomState>,
    integers: HashMap<i64, Look, RandomState>,
}

/// What a text looks like.
#[derive(Debug, Clone, Copy)]
struct Look {
    /// Whether each kind fits, in the order of [`Shape::ALL`].
    fits: [bool; 4],
    scale: u8,
}

/// A kind that values may be of, and those that are not.
#[derive(Debug, Clone)]
struct Candidate {
    shape: Shape,
    n_misfits: u64,
    first_misfit: Option<(String, u64)>,
}

/// A kind that a text may look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Boolean,
    Integer,
    Decimal,
    Timestamp,
}

impl Shape {
    const ALL: [Self; 4] = [Self::Boolean, Self::Integer, Self::Decimal, Self::Timestamp];

    fn fits(self, text: &str, times: &Times) -> bool {
        let plain = || times.numbers.plain(text);
        match self {
            Self::Boolean => matches!(text, "true" | "false"),
            // `007` is a code and not a number: it must not become 7.
            Self::Integer => plain().is_some_and(|plain| is_integer(&plain)),
            Self::Decimal => {
                plain().is_some_and(|plain| is_integer(&plain) || decimals(&plain).is_some())
            }
            Self::Timestamp => text.len() >= 10 && times.of_text(text).is_ok(),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Decimal => "a number",
            Self::Timestamp => "a time",
        }
    }
}

impl Look {
    fn of(text: &str, times: &Times) -> Self {
        let plain = times.numbers.plain(text);
        let scale = plain.and_then(|plain| decimals(&plain));
        Self {
            fits: Shape::ALL.map(|shape| shape.fits(text, times)),
            scale: scale.unwrap_or(0),
        }
    }
}

impl Guess {
    pub(crate) fn new() -> Self {
        let candidate = |shape| Candidate {
            shape,
            n_misfits: 0,
            first_misfit: None,
        };
        Self {
            candidates: Shape::ALL.map(candidate).into(),
            scale: 0,
            n_values: 0,
            texts: HashMap::default(),
            integers: HashMap::default(),
        }
    }

    /// Takes in the cells of a batch.
    pub(crate) fn see_batch(&mut self, cells: &Cells, numbers: &[u64], times: &Times) {
        for (row, number) in numbers.iter().enumerate() {
            if let Cells::Integer(integers) = cells {
                if let Some(integer) = integers.get(row).copied().flatten() {
                    self.see_integer(integer, *number, times);
                }
            } else if let Some(text) = cells.text(row) {
                self.see(&text, *number, times);
            }
        }
    }

    pub(crate) fn see(&mut self, text: &str, row: u64, times: &Times) {
        let look = self.texts.get(text).copied().unwrap_or_else(|| {
            let look = Look::of(text, times);
            if self.texts.len() < KNOWN_MAX {
                self.texts.insert(text.to_owned(), look);
            }
            look
        });
        self.take(look, row, || text.to_owned());
    }

    fn see_integer(&mut self, integer: i64, row: u64, times: &Times) {
        let look = self.integers.get(&integer).copied().unwrap_or_else(|| {
            let look = Look::of(&integer.to_string(), times);
            if self.integers.len() < KNOWN_MAX {
                self.integers.insert(integer, look);
            }
            look
        });
        self.take(look, row, || integer.to_string());
    }

    fn take(&mut self, look: Look, row: u64, text: impl Fn() -> String) {
        self.n_values += 1;
        self.scale = self.scale.max(look.scale);
        let mut all_fit = true;
        for candidate in &mut self.candidates {
            if !look.fits[candidate.shape as usize] {
                all_fit = false;
                candidate.n_misfits += 1;
                candidate.first_misfit.get_or_insert_with(|| (text(), row));
            }
        }
        if all_fit {
            return;
        }
        let n_values = self.n_values;
        self.candidates.retain(|candidate| {
            candidate.n_misfits < MISFITS_MIN || 2 * candidate.n_misfits <= n_values
        });
    }

    /// A field of this kind; text where nothing else fits.
    pub(crate) fn field(&self, name: &str) -> Field {
        let fits = |candidate: &&Candidate| candidate.n_misfits == 0 && self.n_values > 0;
        let kind = match self.candidates.iter().find(fits).map(|found| found.shape) {
            Some(Shape::Boolean) => FieldKind::Boolean,
            Some(Shape::Integer) => FieldKind::Integer {
                min: None,
                max: None,
            },
            Some(Shape::Decimal) => FieldKind::Decimal { scale: self.scale },
            Some(Shape::Timestamp) => FieldKind::Timestamp,
            None => FieldKind::text(1_024),
        };
        Field {
            name: name.to_owned(),
            kind,
            required: Required::Never,
            pii: false,
        }
    }

    /// What keeps most values of a column from being more than texts; nothing where that is plain.
    pub(crate) fn doubt(&self, field: &str, column: &str) -> Option<Problem> {
        let is_sure = self
            .candidates
            .iter()
            .any(|candidate| candidate.n_misfits == 0);
        let likely = self
            .candidates
            .iter()
            .filter(|candidate| 2 * candidate.n_misfits < self.n_values)
            .min_by_key(|candidate| candidate.n_misfits)?;
        let (text, row) = likely.first_misfit.as_ref().filter(|_| !is_sure)?;
        let Candidate {
            shape, n_misfits, ..
        } = likely;
        let message = format!(
            "{} in row {row} is not {}, as {} of {} values are: the field `{field}` is read as text",
            shown::value(text),
            shape.word(),
            self.n_values - n_misfits,
            self.n_values,
        );
        let path = format!("log.{}", shown::names([column]));
        let why = match shape {
            Shape::Integer | Shape::Decimal if is_code(text) => {
                "leading zeros make it a code; ".to_owned()
            }
            Shape::Integer | Shape::Decimal if is_digits(text) => {
                "it is larger than a field holds; ".to_owned()
            }
            _ => String::new(),
        };
        Some(Problem::new("field_mixed", path, message).hint(format!(
            "{why}{}; otherwise say the kind of the field in `schema`",
            null_hint(text)
        )))
    }
}

fn is_integer(text: &str) -> bool {
    text.parse::<i64>()
        .is_ok_and(|number| number.to_string() == text)
}

fn is_code(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0') && is_digits(text)
}

/// Digits after the point of a plain decimal number; `None` for anything else.
fn decimals(text: &str) -> Option<u8> {
    let (whole, fraction) = text.strip_prefix('-').unwrap_or(text).split_once('.')?;
    let is_plain = is_digits(whole) && is_digits(fraction) && fraction.len() <= 9;
    is_plain.then(|| u8::try_from(fraction.len()).unwrap_or(9))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
