//! One column of a row group, a batch at a time.

use std::ops::Range;

use ::parquet::{
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::{ByteArray, DataType, FixedLenByteArray, Int96},
    errors::ParquetError,
};

use super::kinds::{Kind, Shape};
use crate::log::{cells::Cells, texts::Texts};

/// A column under way.
pub(super) struct Column {
    pub(super) shape: Shape,
    pub(super) reader: ColumnReader,
}

/// Why a column cannot be read on.
#[derive(Debug)]
pub(super) enum ColumnError {
    Parquet(ParquetError),
    /// There are fewer rows than the file says.
    Short(usize),
    /// A value that is not what its kind says.
    Value(String),
}

impl From<ParquetError> for ColumnError {
    fn from(error: ParquetError) -> Self {
        Self::Parquet(error)
    }
}

/// The values of some rows, not yet told apart.
struct Levels<T> {
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    values: Vec<T>,
}

/// The values of some rows, and the lists that they are in.
struct Spread<T> {
    values: Vec<Option<T>>,
    lists: Option<Vec<Option<Range<usize>>>>,
}

impl Column {
    /// The next rows.
    pub(super) fn read(&mut self, n_rows: usize) -> Result<Cells, ColumnError> {
        let Self { shape, reader } = self;
        match reader {
            ColumnReader::BoolColumnReader(reader) => {
                spread(reader, n_rows, *shape)?.cells(|values| Ok(Cells::Boolean(values)))
            }
            ColumnReader::Int32ColumnReader(reader) => {
                let kind = shape.kind;
                spread(reader, n_rows, *shape)?.cells(|values| Ok(of_int32(values, kind)))
            }
            ColumnReader::Int64ColumnReader(reader) => {
                let kind = shape.kind;
                spread(reader, n_rows, *shape)?.cells(|values| Ok(of_int64(values, kind)))
            }
            ColumnReader::Int96ColumnReader(reader) => {
                spread(reader, n_rows, *shape)?.cells(|values| of_int96(&values, *shape))
            }
            ColumnReader::FloatColumnReader(reader) => {
                spread(reader, n_rows, *shape)?.cells(|values| Ok(of_float(values)))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                spread(reader, n_rows, *shape)?.cells(|values| Ok(Cells::Number(values)))
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                let kind = shape.kind;
                spread(reader, n_rows, *shape)?.cells(|values: Vec<Option<ByteArray>>| {
                    of_bytes(&values, ByteArray::data, kind)
                })
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                let kind = shape.kind;
                spread(reader, n_rows, *shape)?.cells(|values: Vec<Option<FixedLenByteArray>>| {
                    of_bytes(&values, |value| value.data(), kind)
                })
            }
        }
    }
}

fn spread<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    n_rows: usize,
    shape: Shape,
) -> Result<Spread<T::T>, ColumnError> {
    let mut levels = Levels {
        definitions: Vec::new(),
        repetitions: Vec::new(),
        values: Vec::new(),
    };
    let (n_read, ..) = reader.read_records(
        n_rows,
        Some(&mut levels.definitions),
        Some(&mut levels.repetitions),
        &mut levels.values,
    )?;
    if n_read < n_rows {
        return Err(ColumnError::Short(n_read));
    }
    Ok(match shape.list {
        None => levels.plain(shape.there),
        Some((list, entry)) => levels.lists(shape.there, list, entry),
    })
}

impl<T> Levels<T> {
    fn plain(self, there: i16) -> Spread<T> {
        let mut values = self.values.into_iter();
        let values = if there == 0 {
            values.map(Some).collect()
        } else {
            let definitions = self.definitions.into_iter();
            definitions
                .map(|level| (level == there).then(|| values.next()).flatten())
                .collect()
        };
        Spread {
            values,
            lists: None,
        }
    }

    fn lists(self, there: i16, list: i16, entry: i16) -> Spread<T> {
        let mut values = self.values.into_iter();
        let mut entries: Vec<Option<T>> = Vec::new();
        let mut lists: Vec<Option<Range<usize>>> = Vec::new();
        for (definition, repetition) in self.definitions.into_iter().zip(self.repetitions) {
            if repetition == 0 {
                let begin = entries.len();
                lists.push((definition >= list).then_some(begin..begin));
            }
            if definition >= entry {
                entries.push((definition == there).then(|| values.next()).flatten());
                if let Some(Some(range)) = lists.last_mut() {
                    range.end = entries.len();
                }
            }
        }
        Spread {
            values: entries,
            lists: Some(lists),
        }
    }
}

impl<T> Spread<T> {
    fn cells(
        self,
        of: impl FnOnce(Vec<Option<T>>) -> Result<Cells, ColumnError>,
    ) -> Result<Cells, ColumnError> {
        let cells = of(self.values)?;
        Ok(match self.lists {
            None => cells,
            Some(lists) => Cells::List(lists, Box::new(cells)),
        })
    }
}

fn mapped<T, U>(values: Vec<Option<T>>, of: impl Fn(T) -> U) -> Vec<Option<U>> {
    values.into_iter().map(|value| value.map(&of)).collect()
}

fn of_int32(values: Vec<Option<i32>>, kind: Kind) -> Cells {
    match kind {
        Kind::Unsigned => Cells::Integer(mapped(values, |value| i64::from(value.cast_unsigned()))),
        _ => of_int64(mapped(values, i64::from), kind),
    }
}

fn of_int64(values: Vec<Option<i64>>, kind: Kind) -> Cells {
    match kind {
        // Beyond what a signed integer holds, and so an integer with room above.
        Kind::Unsigned => {
            Cells::Decimal(mapped(values, |value| i128::from(value.cast_unsigned())), 0)
        }
        Kind::Decimal(scale) => Cells::Decimal(mapped(values, i128::from), scale),
        Kind::Time(clock) => Cells::Time(values, clock),
        Kind::TimeOfDay(ratio) => {
            let text = |value: &Option<i64>| value.map(|value| time_of_day(value, ratio));
            Cells::Text(values.iter().map(text).collect())
        }
        _ => Cells::Integer(values),
    }
}

fn of_float(values: Vec<Option<f32>>) -> Cells {
    // By its shortest digits: 0.1 in four bytes means 0.1, and not 0.10000000149011612.
    let widen = |value: f32| value.to_string().parse().unwrap_or(f64::from(value));
    Cells::Number(mapped(values, widen))
}

fn of_int96(values: &[Option<Int96>], shape: Shape) -> Result<Cells, ColumnError> {
    let Kind::Time(clock) = shape.kind else {
        return Err(ColumnError::Value("12 bytes that are no time".to_owned()));
    };
    let micros = values
        .iter()
        .map(|value| value.map(|value| value.to_micros()));
    Ok(Cells::Time(micros.collect(), clock))
}

fn of_bytes<T>(
    values: &[Option<T>],
    data: impl Fn(&T) -> &[u8],
    kind: Kind,
) -> Result<Cells, ColumnError> {
    let bytes = values.iter().map(|value| value.as_ref().map(&data));
    match kind {
        Kind::Decimal(scale) => {
            let units = bytes.map(|bytes| bytes.map(big_endian).transpose());
            Ok(Cells::Decimal(units.collect::<Result<_, _>>()?, scale))
        }
        Kind::HalfFloat => {
            let numbers = bytes.map(|bytes| bytes.map(half).transpose());
            Ok(Cells::Number(numbers.collect::<Result<_, _>>()?))
        }
        Kind::Uuid => Ok(Cells::Text(
            bytes.map(|bytes| bytes.map(uuid)).collect::<Texts>(),
        )),
        _ => {
            let mut texts = Texts::default();
            for bytes in bytes {
                let text = bytes.map(std::str::from_utf8).transpose();
                texts.push(
                    text.map_err(|_| ColumnError::Value("bytes that are no text".to_owned()))?,
                );
            }
            Ok(Cells::Text(texts))
        }
    }
}

/// An integer out of its bytes, the highest first, in two's complement.
fn big_endian(bytes: &[u8]) -> Result<i128, ColumnError> {
    let is_negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
    let fill = if is_negative { 0xff } else { 0 };
    let n_over = bytes.len().saturating_sub(16);
    let (over, bytes) = bytes.split_at(n_over);
    let mut whole = [fill; 16];
    whole[16 - bytes.len()..].copy_from_slice(bytes);
    let units = i128::from_be_bytes(whole);
    if over.iter().all(|byte| *byte == fill) && (n_over == 0 || (units < 0) == is_negative) {
        Ok(units)
    } else {
        Err(ColumnError::Value(
            "a decimal of more than 38 digits".to_owned(),
        ))
    }
}

/// IEEE 754 in two bytes.
fn half(bytes: &[u8]) -> Result<f64, ColumnError> {
    let Ok(bytes) = <[u8; 2]>::try_from(bytes) else {
        return Err(ColumnError::Value(
            "a number that is not two bytes long".to_owned(),
        ));
    };
    Ok(half::f16::from_le_bytes(bytes).to_f64())
}

fn uuid(bytes: &[u8]) -> String {
    let digit = |byte: u8| char::from_digit(u32::from(byte), 16).unwrap_or('?');
    let digits: String = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)])
        .collect();
    match digits.len() {
        32 => [0..8, 8..12, 12..16, 16..20, 20..32]
            .map(|range| &digits[range])
            .join("-"),
        _ => digits,
    }
}

fn time_of_day(units: i64, (by, over): (i64, i64)) -> String {
    let micros = units.saturating_mul(by) / over;
    let (seconds, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let (hours, minutes) = (
        seconds.div_euclid(3_600),
        seconds.div_euclid(60).rem_euclid(60),
    );
    let seconds = seconds.rem_euclid(60);
    match fraction {
        0 => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        _ => format!("{hours:02}:{minutes:02}:{seconds:02}.{fraction:06}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_of_any_length_are_read_by_their_bytes() {
        assert_eq!(big_endian(&[0x01, 0x00]).unwrap(), 256);
        assert_eq!(big_endian(&[0xff]).unwrap(), -1);
        assert_eq!(big_endian(&[]).unwrap(), 0);
        assert_eq!(big_endian(&[0xff; 20]).unwrap(), -1);
        assert_eq!(big_endian(&[0; 32]).unwrap(), 0);
        let mut wide = [0; 17];
        wide[1] = 0x80;
        assert!(big_endian(&wide).is_err());
        wide[0] = 1;
        assert!(big_endian(&wide).is_err());
    }

    #[test]
    fn half_floats_uuids_and_times_of_day_are_what_they_stand_for() {
        assert!((half(&[0x00, 0x38]).unwrap() - 0.5).abs() < 1e-12);
        assert!(half(&[1, 2, 3]).is_err());
        assert_eq!(uuid(&[0x12; 16]), "12121212-1212-1212-1212-121212121212");
        assert_eq!(time_of_day(34_200_000, (1_000, 1)), "09:30:00");
        assert_eq!(time_of_day(34_200_250_000, (1, 1)), "09:30:00.250000");
    }
}
