//! Logs that nobody has written: bytes changed at random. Whatever they are, they are read or refused.

use proptest::prelude::*;

use crate::{
    cells::{COLUMNS, replayed},
    parquet,
};

/// What is done to a file.
#[derive(Debug, Clone)]
enum Change {
    Set(usize, u8),
    Flip(usize, u8),
    Cut(usize),
    Insert(usize, Vec<u8>),
    Repeat(usize, usize),
}

fn any_change() -> impl Strategy<Value = Change> {
    let place = any::<prop::sample::Index>().prop_map(|idx| idx.index(1 << 16));
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..6),
        prop::sample::select(vec![
            "\"", "\n", "\r", ",", "\"\n\"", "\0", "é", "1e999", "#"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        (place.clone(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (place.clone(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        place.clone().prop_map(Change::Cut),
        (place.clone(), bytes).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (place, 1..40_usize).prop_map(|(at, n)| Change::Repeat(at, n)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        let n = bytes.len();
        match change {
            Change::Set(at, byte) => bytes[at % n] = *byte,
            Change::Flip(at, bit) => bytes[at % n] ^= 1 << bit,
            Change::Cut(at) => bytes.truncate(at % n),
            Change::Insert(at, new) => {
                bytes.splice(at % n..at % n, new.iter().copied());
            }
            Change::Repeat(at, length) => {
                let end = (at % n + length).min(n);
                let again = bytes[at % n..end].to_vec();
                bytes.splice(end..end, again);
            }
        }
    }
    bytes
}

/// A log of some rows with quotes, blanks and line breaks in it.
fn text() -> Vec<u8> {
    "b,p,r,at,note\na,0.5,1,2026-01-31T09:30:00Z,\"two\nlines\"\n\nb,0.5,,2026-01-31T09:30:01Z,5\" screen\r\na,0.5,2,2026-01-31T09:30:02Z,\"a \"\"word\"\"\"\n"
        .as_bytes()
        .to_vec()
}

fn columns() -> String {
    format!("{COLUMNS}at = \"at\"\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_changed_text_is_read_with_all_of_its_rows_or_refused(changes in prop::collection::vec(any_change(), 1..4)) {
        let bytes = changed(text(), &changes);
        match replayed("log.csv", &bytes, "", &columns()) {
            Ok(report) => prop_assert!(report.candidate.n <= bytes.len() as u64),
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    prop_assert!(problem.message.len() < 2_000 && !problem.code.is_empty(), "{problem}");
                }
            }
        }
    }

    #[test]
    fn a_changed_parquet_file_is_read_with_all_of_its_rows_or_refused(changes in prop::collection::vec(any_change(), 1..4)) {
        let bytes = changed(parquet::sound(), &changes);
        match replayed("log.parquet", &bytes, "", COLUMNS) {
            Ok(report) => prop_assert!(report.candidate.n == 4, "{} rows", report.candidate.n),
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }
}
