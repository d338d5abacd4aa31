//! One column of a batch, read cell by cell whatever its kind.

use std::borrow::Cow;

use polars::prelude::{
    BooleanChunked, DataFrame, DataType, Float64Chunked, Int64Chunked, ListChunked, PolarsResult,
    StringChunked, TimeUnit,
};

use pointsman_lead::Timestamp;

/// A column in one of the few kinds that logs need.
#[derive(Debug, Clone)]
pub(crate) enum Cells {
    Text(StringChunked),
    Number(Float64Chunked),
    Integer(Int64Chunked),
    Boolean(BooleanChunked),
    /// Points in time, with the microseconds of one unit as a ratio: nanoseconds are 1 by 1,000.
    Time(Int64Chunked, (i64, i64)),
    /// Lists of any of these.
    List(ListChunked),
    /// The file has no such column: every cell is empty.
    Absent,
}

/// A cell that cannot be read as what it should be: the text that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) String);

impl Cells {
    /// The named column of a batch; [`Cells::Absent`] if there is none.
    ///
    /// # Errors
    ///
    /// If polars cannot bring the column into one of our kinds.
    pub(crate) fn of(frame: &DataFrame, column: &str) -> PolarsResult<Self> {
        let Ok(column) = frame.column(column) else {
            return Ok(Self::Absent);
        };
        Self::from_series(&column.as_materialized_series().rechunk())
    }

    fn from_series(series: &polars::prelude::Series) -> PolarsResult<Self> {
        Ok(match series.dtype() {
            DataType::String => Self::Text(series.str()?.clone()),
            DataType::Boolean => Self::Boolean(series.bool()?.clone()),
            DataType::Float32 | DataType::Float64 => {
                Self::Number(series.cast(&DataType::Float64)?.f64()?.clone())
            }
            DataType::Datetime(unit, _) => {
                let ratio = match unit {
                    TimeUnit::Nanoseconds => (1, 1_000),
                    TimeUnit::Microseconds => (1, 1),
                    TimeUnit::Milliseconds => (1_000, 1),
                };
                Self::Time(series.to_physical_repr().i64()?.clone(), ratio)
            }
            DataType::Date => {
                let days = series.to_physical_repr().cast(&DataType::Int64)?;
                Self::Time(days.i64()?.clone(), (86_400_000_000, 1))
            }
            DataType::List(_) => Self::List(series.list()?.clone()),
            kind if kind.is_integer() => {
                Self::Integer(series.strict_cast(&DataType::Int64)?.i64()?.clone())
            }
            DataType::Null => Self::Absent,
            _ => Self::Text(series.strict_cast(&DataType::String)?.str()?.clone()),
        })
    }

    /// The cell as text; `None` if it is empty.
    pub(crate) fn text(&self, row: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(cells) => cells
                .get(row)
                .filter(|text| !text.is_empty())
                .map(Cow::Borrowed),
            Self::Number(cells) => cells.get(row).map(|number| Cow::Owned(number.to_string())),
            Self::Integer(cells) => cells.get(row).map(|number| Cow::Owned(number.to_string())),
            Self::Boolean(cells) => cells
                .get(row)
                .map(|truth| Cow::Borrowed(if truth { "true" } else { "false" })),
            Self::Time(..) => {
                let time = self.time(row).ok().flatten()?;
                Some(Cow::Owned(time.to_string()))
            }
            Self::List(_) | Self::Absent => None,
        }
    }

    /// The cell as a number; `None` if it is empty. Not a number is unreadable, also as a float.
    pub(crate) fn number(&self, row: usize) -> Result<Option<f64>, Unreadable> {
        match self {
            Self::Number(cells) => finite(cells.get(row)),
            #[expect(
                clippy::cast_precision_loss,
                reason = "rewards and ordinals are far below 2^53"
            )]
            Self::Integer(cells) => Ok(cells.get(row).map(|number| number as f64)),
            Self::Boolean(cells) => Ok(cells.get(row).map(f64::from)),
            Self::Text(_) => match self.text(row) {
                None => Ok(None),
                Some(text) => match text.trim().parse::<f64>() {
                    Ok(number) if number.is_finite() => Ok(Some(number)),
                    _ => Err(Unreadable(text.into_owned())),
                },
            },
            Self::Time(..) | Self::List(_) => Err(Unreadable("a time or list".to_owned())),
            Self::Absent => Ok(None),
        }
    }

    /// The cell as a point in time: a time column, RFC 3339 text, or microseconds since 1970.
    pub(crate) fn time(&self, row: usize) -> Result<Option<Timestamp>, Unreadable> {
        match self {
            Self::Time(cells, (by, over)) => Ok(cells
                .get(row)
                .map(|units| Timestamp(units.saturating_mul(*by).div_euclid(*over)))),
            Self::Integer(cells) => Ok(cells.get(row).map(Timestamp)),
            Self::Absent => Ok(None),
            _ => match self.text(row) {
                None => Ok(None),
                Some(text) => text
                    .parse::<Timestamp>()
                    .or_else(|_| text.parse::<i64>().map(Timestamp))
                    .map(Some)
                    .map_err(|_| Unreadable(text.into_owned())),
            },
        }
    }

    /// The cell as a list of cells; in CSV a list is JSON text. `None` if it is empty.
    pub(crate) fn list(&self, row: usize) -> Result<Option<Self>, Unreadable> {
        match self {
            Self::List(cells) => match cells.get_as_series(row) {
                None => Ok(None),
                Some(series) => Self::from_series(&series)
                    .map(Some)
                    .map_err(|error| Unreadable(error.to_string())),
            },
            Self::Text(_) => match self.text(row) {
                None => Ok(None),
                Some(text) => serde_json::from_str::<Vec<serde_json::Value>>(&text)
                    .map(|entries| Some(Self::from_json(&entries)))
                    .map_err(|_| Unreadable(text.into_owned())),
            },
            Self::Absent => Ok(None),
            _ => Err(Unreadable(self.text(row).unwrap_or_default().into_owned())),
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

    /// How many cells there are; 0 for an absent column.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(cells) => cells.len(),
            Self::Number(cells) => cells.len(),
            Self::Integer(cells) | Self::Time(cells, _) => cells.len(),
            Self::Boolean(cells) => cells.len(),
            Self::List(cells) => cells.len(),
            Self::Absent => 0,
        }
    }
}

fn finite(number: Option<f64>) -> Result<Option<f64>, Unreadable> {
    match number {
        Some(number) if !number.is_finite() => Err(Unreadable(number.to_string())),
        number => Ok(number),
    }
}
