//! One column of a batch, read cell by cell whatever its kind.

use std::{borrow::Cow, ops::Range};

use pointsman_lead::Timestamp;

use super::{
    Numbers,
    texts::Texts,
    times::{Clock, LogTime, TimeError, Times},
};

/// A column in one of the few kinds that logs need.
#[derive(Debug, Clone)]
pub(crate) enum Cells {
    Text(Texts),
    Number(Vec<Option<f64>>),
    Integer(Vec<Option<i64>>),
    /// Integers of `10^-scale`.
    Decimal(Vec<Option<i128>>, u32),
    Boolean(Vec<Option<bool>>),
    /// Points in time.
    Time(Vec<Option<i64>>, Clock),
    /// Lists of any of these: where the entries of each cell are.
    List(Vec<Option<Range<usize>>>, Box<Cells>),
    /// The file has no such column: every cell is empty.
    Absent,
}

/// A cell that cannot be read as what it should be: the text that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) String);

/// The entries of a list.
#[derive(Debug, Clone)]
pub(crate) struct Entries<'a> {
    cells: Cow<'a, Cells>,
    range: Range<usize>,
}

impl Entries<'_> {
    /// No entries.
    pub(crate) fn none() -> Self {
        Self {
            cells: Cow::Owned(Cells::Absent),
            range: 0..0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.range.len()
    }

    /// The cells that hold the entries.
    pub(crate) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// Where in the cells an entry is; past all of them if there are not so many.
    pub(crate) fn row(&self, entry: usize) -> usize {
        if entry < self.len() {
            self.range.start + entry
        } else {
            usize::MAX
        }
    }
}

impl Cells {
    /// The cell as text; `None` if it is empty.
    pub(crate) fn text(&self, row: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(cells) => cells
                .get(row)
                .filter(|text| !text.is_empty())
                .map(Cow::Borrowed),
            Self::Number(cells) => at(cells, row).map(|number| Cow::Owned(number.to_string())),
            Self::Integer(cells) => at(cells, row).map(|number| Cow::Owned(number.to_string())),
            Self::Decimal(cells, scale) => {
                at(cells, row).map(|units| Cow::Owned(digits(units, *scale)))
            }
            Self::Boolean(cells) => {
                at(cells, row).map(|truth| Cow::Borrowed(if truth { "true" } else { "false" }))
            }
            Self::Time(cells, clock) => at(cells, row).map(|units| Cow::Owned(clock.text(units))),
            Self::List(..) | Self::Absent => None,
        }
    }

    /// Whether the cell holds something that has a text.
    pub(crate) fn has(&self, row: usize) -> bool {
        self.text(row).is_some()
    }

    /// The cell as a number; `None` if it is empty. Not a number is unreadable, also as a float.
    pub(crate) fn number(&self, row: usize) -> Result<Option<f64>, Unreadable> {
        match self {
            Self::Number(cells) => finite(at(cells, row)),
            #[expect(
                clippy::cast_precision_loss,
                reason = "rewards and ordinals are far below 2^53"
            )]
            Self::Integer(cells) => Ok(at(cells, row).map(|number| number as f64)),
            // By its digits, as the text would be read: a division would round twice.
            Self::Decimal(cells, scale) => {
                let text = at(cells, row).map(|units| digits(units, *scale));
                finite(text.and_then(|text| text.parse().ok()))
            }
            Self::Boolean(cells) => Ok(at(cells, row).map(f64::from)),
            Self::Text(_) => match self.text(row) {
                None => Ok(None),
                Some(text) => match text.trim().parse::<f64>() {
                    Ok(number) if number.is_finite() => Ok(Some(number)),
                    _ => Err(Unreadable(text.into_owned())),
                },
            },
            Self::Time(..) => match self.text(row) {
                None => Ok(None),
                Some(text) => Err(Unreadable(text.into_owned())),
            },
            Self::List(cells, _) => match at(cells, row) {
                None => Ok(None),
                Some(_) => Err(Unreadable("[…]".to_owned())),
            },
            Self::Absent => Ok(None),
        }
    }

    /// The cell as a number that is written in some way, where it is a text.
    pub(crate) fn number_written(
        &self,
        row: usize,
        numbers: Numbers,
    ) -> Result<Option<f64>, Unreadable> {
        if numbers == Numbers::Plain || !matches!(self, Self::Text(_)) {
            return self.number(row);
        }
        let Some(text) = self.text(row) else {
            return Ok(None);
        };
        let number = numbers.plain(&text).and_then(|plain| plain.parse().ok());
        match number {
            Some(number) => finite(Some(number)),
            None => Err(Unreadable(text.into_owned())),
        }
    }

    /// The cell as a point in time; `None` if it is empty.
    ///
    /// # Errors
    ///
    /// What keeps the value from being one, above all a unit or a zone that the scenario does not name.
    pub(crate) fn time(&self, row: usize, times: &Times) -> Result<Option<LogTime>, TimeError> {
        match self {
            Self::Time(cells, clock) => at(cells, row)
                .map(|units| times.of_clock(units, *clock))
                .transpose(),
            Self::Integer(cells) => at(cells, row)
                .map(|units| times.of_integer(units))
                .transpose(),
            Self::Absent => Ok(None),
            _ => match self.text(row) {
                None => Ok(None),
                Some(text) => times.of_text(&text).map(Some),
            },
        }
    }

    /// The time of a cell, where it has one that can be read.
    pub(crate) fn known_time(&self, row: usize, times: &Times) -> Option<Timestamp> {
        let moment = self.time(row, times).ok().flatten()?;
        Some(moment.at)
    }

    /// The cell as a list of cells; in CSV a list is JSON text. `None` if it is empty.
    pub(crate) fn list(&self, row: usize) -> Result<Option<Entries<'_>>, Unreadable> {
        match self {
            Self::List(cells, entries) => Ok(at(cells, row).map(|range| Entries {
                cells: Cow::Borrowed(&**entries),
                range,
            })),
            Self::Text(_) => match self.text(row) {
                None => Ok(None),
                Some(text) => serde_json::from_str::<Vec<serde_json::Value>>(&text)
                    .map(|entries| {
                        Some(Entries {
                            range: 0..entries.len(),
                            cells: Cow::Owned(Self::from_json(&entries)),
                        })
                    })
                    .map_err(|_| Unreadable(text.into_owned())),
            },
            Self::Absent => Ok(None),
            _ => match self.text(row) {
                None => Ok(None),
                Some(text) => Err(Unreadable(text.into_owned())),
            },
        }
    }

    fn from_json(entries: &[serde_json::Value]) -> Self {
        let texts = entries.iter().map(|entry| match entry {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        });
        Self::Text(texts.collect())
    }

    /// The same cells without those whose text means that nothing is known.
    pub(crate) fn without(self, null_values: &[String]) -> Self {
        let is_null = |text: &str| null_values.iter().any(|null| null == text);
        match self {
            Self::Text(cells) if !null_values.is_empty() => {
                let kept = |row| cells.get(row).filter(|text| !is_null(text));
                Self::Text((0..cells.len()).map(kept).collect())
            }
            Self::Number(cells) if is_null("NaN") || is_null("nan") => {
                let kept = |number: Option<f64>| number.filter(|number| !number.is_nan());
                Self::Number(cells.into_iter().map(kept).collect())
            }
            Self::List(cells, entries) => Self::List(cells, Box::new(entries.without(null_values))),
            other => other,
        }
    }
}

fn at<T: Clone>(cells: &[Option<T>], row: usize) -> Option<T> {
    cells.get(row).cloned().flatten()
}

fn finite(number: Option<f64>) -> Result<Option<f64>, Unreadable> {
    match number {
        Some(number) if !number.is_finite() => Err(Unreadable(number.to_string())),
        number => Ok(number),
    }
}

/// Units of `10^-scale` as plain digits: -5 at scale 2 is `-0.05`.
pub(crate) fn digits(units: i128, scale: u32) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let scale = scale as usize;
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if scale == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}
