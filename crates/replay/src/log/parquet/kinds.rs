//! What the columns of a Parquet file hold, told from its schema before a page is touched.

use ::parquet::{
    basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical},
    schema::types::{ColumnDescriptor, SchemaDescriptor, Type},
};

use crate::log::times::Clock;

/// How the values of a leaf are to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Integer,
    /// Stored in the bits of a signed integer.
    Unsigned,
    Float,
    /// Two bytes.
    HalfFloat,
    /// An integer of `10^-scale`, in binary or big-endian bytes.
    Decimal(u32),
    Time(Clock),
    /// Since midnight, with the microseconds of one unit as a ratio.
    TimeOfDay((i64, i64)),
    /// UTF-8.
    Text,
    /// 16 bytes.
    Uuid,
}

/// A column that can be read: its leaf, and how its levels tell rows, lists and missing values apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) leaf_idx: usize,
    pub(super) kind: Kind,
    /// The definition level of a value that is there.
    pub(super) there: i16,
    /// Of a list: the level from which on the list is there, and the one from which on it has an entry.
    pub(super) list: Option<(i16, i16)>,
}

/// The columns of a file by name, in its order: how to read each, or what it holds that no log does.
pub(super) fn columns(schema: &SchemaDescriptor) -> Vec<(String, Result<Shape, String>)> {
    let roots = schema.root_schema().get_fields();
    let mut leaves: Vec<Vec<usize>> = vec![Vec::new(); roots.len()];
    for leaf_idx in 0..schema.num_columns() {
        leaves[schema.get_column_root_idx(leaf_idx)].push(leaf_idx);
    }
    let column = |(root, leaves): (&std::sync::Arc<Type>, Vec<usize>)| {
        let shape = match leaves.as_slice() {
            [leaf_idx] => shape(root, schema.column(*leaf_idx).as_ref(), *leaf_idx),
            _ => Err("several values in one".to_owned()),
        };
        (root.name().to_owned(), shape)
    };
    roots.iter().zip(leaves).map(column).collect()
}

fn shape(root: &Type, leaf: &ColumnDescriptor, leaf_idx: usize) -> Result<Shape, String> {
    let list = list_levels(root)?;
    Ok(Shape {
        leaf_idx,
        kind: kind(leaf)?,
        there: leaf.max_def_level(),
        list,
    })
}

/// The levels of a list; none for a plain value.
fn list_levels(root: &Type) -> Result<Option<(i16, i16)>, String> {
    let nested = || Err("nested values".to_owned());
    let repetition = |of: &Type| {
        let info = of.get_basic_info();
        info.has_repetition().then(|| info.repetition())
    };
    let present = i16::from(repetition(root) == Some(Repetition::OPTIONAL));
    if repetition(root) == Some(Repetition::REPEATED) {
        return if root.is_primitive() {
            Ok(Some((0, 1)))
        } else {
            nested()
        };
    }
    if root.is_primitive() {
        return Ok(None);
    }
    let [repeated] = root.get_fields() else {
        return nested();
    };
    if repetition(repeated) != Some(Repetition::REPEATED) {
        return nested();
    }
    let is_plain = repeated.is_primitive()
        || matches!(repeated.get_fields(), [entry] if entry.is_primitive() && repetition(entry) != Some(Repetition::REPEATED));
    if is_plain {
        Ok(Some((present, present + 1)))
    } else {
        nested()
    }
}

fn kind(leaf: &ColumnDescriptor) -> Result<Kind, String> {
    let physical = leaf.physical_type();
    if let Some(logical) = leaf.logical_type_ref() {
        return logical_kind(logical, physical, leaf);
    }
    let micros = |kind: fn(Clock) -> Kind| kind(clock((1, 1), true));
    let millis = |kind: fn(Clock) -> Kind| kind(clock((1_000, 1), true));
    Ok(match leaf.converted_type() {
        ConvertedType::DECIMAL => decimal(leaf)?,
        ConvertedType::DATE => Kind::Time(DATE),
        ConvertedType::TIMESTAMP_MILLIS => millis(Kind::Time),
        ConvertedType::TIMESTAMP_MICROS => micros(Kind::Time),
        ConvertedType::TIME_MILLIS => Kind::TimeOfDay((1_000, 1)),
        ConvertedType::TIME_MICROS => Kind::TimeOfDay((1, 1)),
        ConvertedType::UINT_8
        | ConvertedType::UINT_16
        | ConvertedType::UINT_32
        | ConvertedType::UINT_64 => Kind::Unsigned,
        ConvertedType::INTERVAL => return Err("intervals".to_owned()),
        ConvertedType::BSON => return Err("BSON".to_owned()),
        _ => physical_kind(physical)?,
    })
}

fn logical_kind(
    logical: &LogicalType,
    physical: Physical,
    leaf: &ColumnDescriptor,
) -> Result<Kind, String> {
    Ok(match logical {
        LogicalType::Decimal(_) => decimal(leaf)?,
        LogicalType::Date => Kind::Time(DATE),
        LogicalType::Time(time) => Kind::TimeOfDay(ratio(time.unit)),
        LogicalType::Timestamp(timestamp) => {
            Kind::Time(clock(ratio(timestamp.unit), timestamp.is_adjusted_to_u_t_c))
        }
        LogicalType::Integer(integer) if !integer.is_signed => Kind::Unsigned,
        LogicalType::Float16 => Kind::HalfFloat,
        LogicalType::Uuid => Kind::Uuid,
        LogicalType::String
        | LogicalType::Enum
        | LogicalType::Json
        | LogicalType::Integer(_)
        | LogicalType::Unknown => physical_kind(physical)?,
        other => {
            let name = format!("{other:?}");
            let word = name.split(['(', ' ', '{']).next().unwrap_or_default();
            return Err(format!("values of the kind {word}"));
        }
    })
}

fn physical_kind(physical: Physical) -> Result<Kind, String> {
    Ok(match physical {
        Physical::BOOLEAN => Kind::Boolean,
        Physical::INT32 | Physical::INT64 => Kind::Integer,
        // Nanoseconds since a day of the Julian calendar: what Impala and old Spark write, in UTC.
        Physical::INT96 => Kind::Time(clock((1, 1), true)),
        Physical::FLOAT | Physical::DOUBLE => Kind::Float,
        Physical::BYTE_ARRAY => Kind::Text,
        Physical::FIXED_LEN_BYTE_ARRAY => return Err("bytes of a fixed length".to_owned()),
    })
}

fn decimal(leaf: &ColumnDescriptor) -> Result<Kind, String> {
    let scale = leaf.type_scale();
    match u32::try_from(scale) {
        Ok(scale) if scale <= 38 => Ok(Kind::Decimal(scale)),
        _ => Err(format!("decimals of the scale {scale}")),
    }
}

/// A day begins at midnight of a zone that the file does not name.
const DATE: Clock = Clock {
    ratio: (86_400_000_000, 1),
    is_utc: false,
    is_date: true,
};

fn clock(ratio: (i64, i64), is_utc: bool) -> Clock {
    Clock {
        ratio,
        is_utc,
        is_date: false,
    }
}

fn ratio(unit: TimeUnit) -> (i64, i64) {
    match unit {
        TimeUnit::MILLIS => (1_000, 1),
        TimeUnit::MICROS => (1, 1),
        TimeUnit::NANOS => (1, 1_000),
    }
}
