//! Foreign Parquet files: every kind of column is read, or named where it is used.

use std::sync::Arc;

use parquet::{
    basic::Compression,
    data_type::{
        ByteArray, ByteArrayType, DoubleType, FixedLenByteArrayType, Int32Type, Int64Type, Int96,
        Int96Type,
    },
    file::{
        properties::WriterProperties,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::parser::parse_message_type,
};

use crate::cells::{COLUMNS, FLOW, n_read, refused, replayed, run};

/// Writes the values of one column.
type Write<'a> = Box<dyn Fn(&mut SerializedColumnWriter<'_>) + 'a>;

/// A file of four rows with the columns of a flat log, and more.
///
/// * `more`: schema of each further column, and what writes its leaves.
pub(crate) fn file(more: &[(&str, Write<'_>)]) -> Vec<u8> {
    let columns: Vec<&str> = more.iter().map(|(schema, _)| *schema).collect();
    let message = format!(
        "message log {{ required binary b (STRING); required double p; {} }}",
        columns.join(" ")
    );
    let schema = Arc::new(parse_message_type(&message).unwrap());
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut writes: Vec<Write<'_>> = vec![
        Box::new(|column| texts(column, &["a", "b", "a", "b"], None, None)),
        Box::new(|column| {
            column
                .typed::<DoubleType>()
                .write_batch(&[0.5; 4], None, None)
                .unwrap();
        }),
    ];
    writes.extend(
        more.iter()
            .map(|(_, write)| -> Write<'_> { Box::new(move |column| write(column)) }),
    );
    for write in writes {
        let mut column = group.next_column().unwrap().unwrap();
        write(&mut column);
        column.close().unwrap();
    }
    while let Some(mut column) = group.next_column().unwrap() {
        // The other leaves of a nested column.
        column
            .typed::<Int32Type>()
            .write_batch(&[1; 4], None, None)
            .unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

fn texts(
    column: &mut SerializedColumnWriter<'_>,
    texts: &[&str],
    definitions: Option<&[i16]>,
    repetitions: Option<&[i16]>,
) {
    let values: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(*text)).collect();
    column
        .typed::<ByteArrayType>()
        .write_batch(&values, definitions, repetitions)
        .unwrap();
}

fn int32(values: [i32; 4]) -> Write<'static> {
    Box::new(move |column| {
        column
            .typed::<Int32Type>()
            .write_batch(&values, None, None)
            .unwrap();
    })
}

fn int64(values: [i64; 4]) -> Write<'static> {
    Box::new(move |column| {
        column
            .typed::<Int64Type>()
            .write_batch(&values, None, None)
            .unwrap();
    })
}

fn fixed(values: [Vec<u8>; 4]) -> Write<'static> {
    Box::new(move |column| {
        let values: Vec<_> = values
            .iter()
            .map(|bytes| ByteArray::from(bytes.clone()).into())
            .collect();
        column
            .typed::<FixedLenByteArrayType>()
            .write_batch(&values, None, None)
            .unwrap();
    })
}

/// The mean reward of a file whose rewards stand in a column of this kind.
#[track_caller]
fn value(schema: &str, write: Write<'_>) -> f64 {
    let report = replayed("log.parquet", &file(&[(schema, write)]), "", COLUMNS);
    let report = report.unwrap_or_else(|problems| panic!("{schema}: {problems:#?}"));
    assert_eq!(report.candidate.n, 4);
    report.candidate.ips
}

#[track_caller]
fn assert_value(schema: &str, write: Write<'_>, expected: f64) {
    let found = value(schema, write);
    assert!(
        (found - expected).abs() < 1e-9,
        "{schema}: {found} {expected}"
    );
}

#[test]
fn decimals_are_rewards_digit_by_digit_however_they_are_stored() {
    // 12.50, 0.01, 3 and 4 in each of them.
    let (cents, expected) = ([1_250_i32, 1, 300, 400], 4.8775);
    let bytes = |cents: i32, n: usize| {
        let mut bytes = vec![0_u8; n - 4];
        bytes.extend(cents.to_be_bytes());
        bytes
    };
    let any_length: Write<'_> = Box::new(|column| {
        let values: Vec<ByteArray> = cents
            .iter()
            .map(|cents| ByteArray::from(cents.to_be_bytes().to_vec()))
            .collect();
        let column = column.typed::<ByteArrayType>();
        column.write_batch(&values, None, None).unwrap();
    });
    assert_value("required int32 r (DECIMAL(9, 2));", int32(cents), expected);
    let wide = int64(cents.map(i64::from));
    assert_value("required int64 r (DECIMAL(18, 2));", wide, expected);
    let nine = fixed(cents.map(|it| bytes(it, 9)));
    assert_value(
        "required fixed_len_byte_array(9) r (DECIMAL(20, 2));",
        nine,
        expected,
    );
    let sixteen = fixed(cents.map(|it| bytes(it, 16)));
    assert_value(
        "required fixed_len_byte_array(16) r (DECIMAL(38, 2));",
        sixteen,
        expected,
    );
    assert_value("required binary r (DECIMAL(20, 2));", any_length, expected);
    assert_value("required int32 r (DECIMAL(9, 2));", int32([-100; 4]), -1.0);
}

#[test]
fn numbers_of_every_width_are_rewards() {
    let small = [
        "INTEGER(8, true)",
        "INTEGER(16, true)",
        "INTEGER(32, true)",
        "INTEGER(8, false)",
        "INTEGER(16, false)",
        "INTEGER(32, false)",
        "UINT_8",
        "INT_16",
    ];
    for kind in small {
        let schema = format!("required int32 r ({kind});");
        assert_value(&schema, int32([1, 2, 3, 100]), 26.5);
    }
    let unsigned = "required int32 r (INTEGER(32, false));";
    assert_value(unsigned, int32([-1; 4]), f64::from(u32::MAX));
    let wide = "required int64 r (INTEGER(64, false));";
    assert_value(wide, int64([1, 2, 3, 100]), 26.5);
    // 2^64 - 1 is no signed integer, and still a number.
    assert!(value(wide, int64([-1; 4])) > 1.8e19);
    let half = |bits: u16| bits.to_le_bytes().to_vec();
    let halves = fixed([half(0x3800), half(0x3c00), half(0), half(0)]);
    assert_value(
        "required fixed_len_byte_array(2) r (FLOAT16);",
        halves,
        0.375,
    );
}

#[test]
fn what_no_log_holds_is_named_where_it_is_used_and_no_matter_elsewhere() {
    let nested: [(&str, &str, Write<'_>); 4] = [
        (
            "required group r { required int32 x; required int32 y; }",
            "several values in one",
            int32([1; 4]),
        ),
        (
            "required group r { required int32 x; }",
            "nested values",
            int32([1; 4]),
        ),
        (
            "required fixed_len_byte_array(12) r (INTERVAL);",
            "intervals",
            fixed([(); 4].map(|()| vec![0; 12])),
        ),
        (
            "required fixed_len_byte_array(3) r;",
            "bytes of a fixed length",
            fixed([(); 4].map(|()| vec![0; 3])),
        ),
    ];
    for (schema, what, write) in nested {
        let bytes = file(&[(schema, write)]);
        let told = refused(replayed("log.parquet", &bytes, "", COLUMNS));
        assert!(
            told.starts_with(&format!(
                "column_kind_unreadable log.r: column `r` holds {what}"
            )),
            "{told}"
        );
        let unused = "[columns]\ndestination = \"b\"\npropensity = \"p\"\n";
        assert_eq!(
            n_read(replayed("log.parquet", &bytes, "", unused)),
            4,
            "{schema}"
        );
    }
    let bytes = file(&[(
        "required binary r;",
        Box::new(|column| {
            let values = vec![ByteArray::from(vec![0xff, 0xfe]); 4];
            column
                .typed::<ByteArrayType>()
                .write_batch(&values, None, None)
                .unwrap();
        }),
    )]);
    let told = refused(replayed("log.parquet", &bytes, "", COLUMNS));
    assert!(
        told.contains("column `r` holds bytes that are no text (rows 1 to 4)"),
        "{told}"
    );
}

#[test]
fn a_number_that_is_none_is_refused_or_taken_for_unknown() {
    let bytes = file(&[(
        "required double r;",
        Box::new(|column| {
            column
                .typed::<DoubleType>()
                .write_batch(&[1.0, f64::NAN, 3.0, 4.0], None, None)
                .unwrap();
        }),
    )]);
    let told = refused(replayed("log.parquet", &bytes, "", COLUMNS));
    assert!(
        told.starts_with("not_a_number log.r: `NaN` is not a number; first in row 2"),
        "{told}"
    );
    assert_eq!(
        n_read(replayed(
            "log.parquet",
            &bytes,
            "null_values = [\"NaN\"]",
            COLUMNS
        )),
        4
    );
}

#[test]
fn times_of_every_kind_are_read_by_their_unit_and_zone() {
    let micros = 1_769_851_800_000_000_i64;
    let utc = |unit: &str| format!("required int64 at (TIMESTAMP({unit}, true));");
    let local = "required int64 at (TIMESTAMP(MICROS, false));";
    let flow = FLOW.replace(r#""root": "s", "nodes": {"#, r#""root": "w", "nodes": {"w": {"kind": "when", "if": "hour(received_at, 'UTC') == 9", "then": "a", "otherwise": "b"},"#);
    let columns = "[columns]\ndestination = \"b\"\npropensity = \"p\"\nat = \"at\"\n";
    let folder = tempfile::tempdir().unwrap();
    let of = |schema: &str, write: Write<'_>, above: &str| {
        std::fs::write(folder.path().join("log.parquet"), file(&[(schema, write)])).unwrap();
        run(folder.path(), "log.parquet", &flow, above, columns)
    };
    let mut day = Int96::new();
    day.set_data(0xd5c1_6000, 0x1f1a, 2_461_072);
    for (schema, write, above) in [
        (utc("MILLIS"), int64([micros / 1_000; 4]), ""),
        (utc("MICROS"), int64([micros; 4]), ""),
        (utc("NANOS"), int64([micros * 1_000; 4]), ""),
        (local.to_owned(), int64([micros; 4]), "time_zone = \"UTC\""),
        (
            "required int64 at;".to_owned(),
            int64([micros / 1_000_000; 4]),
            "time_unit = \"s\"",
        ),
        (
            "required int32 at (DATE);".to_owned(),
            int32([20_484; 4]),
            "time_zone = \"Etc/GMT+9\"",
        ),
        (
            "required int96 at;".to_owned(),
            Box::new(move |column| {
                column
                    .typed::<Int96Type>()
                    .write_batch(&[day; 4], None, None)
                    .unwrap();
            }),
            "",
        ),
    ] {
        let report =
            of(&schema, write, above).unwrap_or_else(|problems| panic!("{schema}: {problems:#?}"));
        // At nine in UTC `a` is sure, and two of four rows went there at a half.
        assert!(
            (report.candidate.mean_weight - 1.0).abs() < 1e-12,
            "{schema}"
        );
    }
    for (schema, write, shown) in [
        (local, int64([micros; 4]), "2026-01-31T09:30:00"),
        (
            "required int32 at (DATE);",
            int32([20_484; 4]),
            "2026-01-31",
        ),
    ] {
        let told = refused(of(schema, write, ""));
        assert!(
            told.starts_with(&format!(
                "time_zone_missing log.at: `{shown}` does not say its zone"
            )),
            "{told}"
        );
    }
}

#[test]
fn availability_as_a_list_of_texts_is_read_whatever_its_encoding() {
    let write = |column: &mut SerializedColumnWriter<'_>| {
        // [a, b], [b], [] and nothing: written with a dictionary, as categories and enums are.
        texts(
            column,
            &["a", "b", "b"],
            Some(&[3, 3, 3, 1, 0]),
            Some(&[0, 1, 0, 0, 0]),
        );
    };
    let bytes = file(&[(
        "optional group free (LIST) { repeated group list { optional binary element (STRING); } }",
        Box::new(write),
    )]);
    let columns = "[columns]\ndestination = \"b\"\npropensity = \"p\"\navailable = \"free\"\n";
    let report = replayed("log.parquet", &bytes, "", columns).unwrap();
    // A half where both or nobody knows who was free, one where `b` alone was, and nothing where nobody was.
    assert!(
        (report.candidate.mean_weight - (1.0 + 2.0 + 0.0 + 1.0) / 4.0).abs() < 1e-12,
        "{:?}",
        report.candidate
    );
}

#[test]
fn a_file_that_is_cut_or_lies_about_itself_is_refused() {
    let bytes = file(&[("required int32 r;", int32([1; 4]))]);
    for length in [4, 8, 12, bytes.len() / 2, bytes.len() - 9, bytes.len() - 1] {
        let told = refused(replayed("log.parquet", &bytes[..length], "", COLUMNS));
        assert!(told.starts_with("log_unreadable log:"), "{told}");
    }
    // A footer longer than the file.
    let mut lying = bytes.clone();
    let end = lying.len();
    lying[end - 8..end - 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let told = refused(replayed("log.parquet", &lying, "", COLUMNS));
    assert!(told.starts_with("log_unreadable log:"), "{told}");
}

/// A file in which nothing is wrong.
pub(crate) fn sound() -> Vec<u8> {
    let list = |column: &mut SerializedColumnWriter<'_>| {
        texts(
            column,
            &["a", "b", "b"],
            Some(&[3, 3, 3, 1, 0]),
            Some(&[0, 1, 0, 0, 0]),
        );
    };
    file(&[
        ("required int32 r (DECIMAL(9, 2));", int32([1, 2, 3, 4])),
        (
            "required int64 at (TIMESTAMP(MICROS, true));",
            int64([1_769_851_800_000_000; 4]),
        ),
        (
            "optional group free (LIST) { repeated group list { optional binary element (STRING); } }",
            Box::new(list),
        ),
    ])
}
