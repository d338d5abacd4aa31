//! Logs with a mistake each: refused, with what is wrong, where, and what would help.

use std::path::{Path, PathBuf};

use crate::cells::{FLOW, run, told};

const COLUMNS: &str = "[columns]\nlead_id = \"id\"\nat = \"at\"\ndestination = \"b\"\npropensity = \"p\"\nreward = \"r\"\nanswer = \"s\"\n";

/// Each file, the code and place of its mistake, a part of the message that shows where, and a part of the hint.
const MISTAKES: [(&str, &str, &str, &str); 29] = [
    (
        "answer-unknown.csv",
        "answer_unknown log.s",
        "first in row 3",
        "\"Sold!\" = \"rejected\"",
    ),
    (
        "broken-line.ndjson",
        "ndjson_line log.rows",
        "line 2",
        "an object a line",
    ),
    (
        "column-missing.csv",
        "column_missing columns.propensity",
        "it has id, at, b, prob, r, s",
        "",
    ),
    (
        "date-either-way.csv",
        "date_order_missing log.at",
        "first in row 3",
        "date_order = \"day_first\"",
    ),
    (
        "decimal-comma.csv",
        "not_a_number log.r",
        "`1.234,50`",
        "numbers = \"1.234,56\"",
    ),
    (
        "destination-empty.csv",
        "value_missing log.b",
        "first in row 3",
        "unsold_rows = true",
    ),
    (
        "infinite-reward.csv",
        "not_a_number log.r",
        "`1e999`",
        "null_values = [\"1e999\"]",
    ),
    (
        "latin-1.csv",
        "not_utf8 log.rows",
        "line 4",
        "encoding = \"windows-1252\"",
    ),
    (
        "lead-id-empty.csv",
        "value_missing log.id",
        "first in row 3",
        "each row names its lead",
    ),
    (
        "local-time.csv",
        "time_zone_missing log.at",
        "first in row 3",
        "time_zone = \"UTC\"",
    ),
    ("no-rows.csv", "log_empty log.rows", "no rows", ""),
    (
        "not-a-time.csv",
        "not_a_time log.at",
        "`soon`",
        "null_values = [\"soon\"]",
    ),
    ("nothing.csv", "log_empty log", "is empty", ""),
    (
        "nul-byte.csv",
        "not_a_text log.rows",
        "line 4",
        "without it",
    ),
    (
        "offer-repeated.csv",
        "offer_repeated log.rows",
        "of row 1 again",
        "repeated_offers = \"first\"",
    ),
    (
        "open-quote.csv",
        "csv_quote log.rows",
        "line 4",
        "write a quote inside a quoted cell twice",
    ),
    (
        "other-separator.csv",
        "csv_separator log",
        "id;at;b;p;r;s",
        "separator = \";\"",
    ),
    (
        "page.csv",
        "log_kind_unknown log",
        "HTML",
        "a log is a Parquet file or a CSV",
    ),
    (
        "propensity-0.csv",
        "propensity_out_of_range log.p",
        "first in row 3",
        "log the probability",
    ),
    (
        "propensity-above-1.csv",
        "propensity_out_of_range log.p",
        "50 is not a probability",
        "log the probability",
    ),
    (
        "propensity-density.csv",
        "propensity_tiny log.p",
        "1e-40",
        "not its logarithm or a density",
    ),
    (
        "propensity-empty.csv",
        "propensity_missing log.p",
        "first in row 3",
        "log the probability",
    ),
    (
        "rows-in-quotes.csv",
        "csv_rows_in_quotes log.rows",
        "line 4",
        "put right the stray quote",
    ),
    (
        "sheet.csv",
        "log_kind_unknown log",
        "Excel",
        "a CSV in UTF-8",
    ),
    (
        "stray-quote.csv",
        "csv_quote log.rows",
        "line 4",
        "write a quote inside a quoted cell twice",
    ),
    (
        "text-for-number.csv",
        "not_a_number log.r",
        "`much`",
        "null_values = [\"much\"]",
    ),
    (
        "time-without-unit.csv",
        "time_unit_missing log.at",
        "1769851800",
        "time_unit = \"s\"",
    ),
    (
        "uneven-row.csv",
        "csv_uneven log.rows",
        "5 cells where the header has 6",
        "put cells that hold the separator in quotes",
    ),
    (
        "utf-16.csv",
        "log_kind_unknown log",
        "UTF-16",
        "encoding = \"utf-16le\"",
    ),
];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/bad")
        .join(name)
}

/// All that is wrong with a log.
#[track_caller]
fn problems(name: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(data(name), folder.path().join(name)).unwrap();
    match run(folder.path(), name, FLOW, "", COLUMNS) {
        Ok(_) => panic!("{name} is read"),
        Err(problems) => told(&problems),
    }
}

#[test]
fn each_bad_log_is_refused_with_place_and_hint() {
    for (name, code_and_place, message, hint) in MISTAKES {
        let found = problems(name);
        assert_eq!(found.len(), 1, "{name}: {found:#?}");
        let (said, helps) = found[0].split_once(" | ").unwrap();
        assert!(
            said.starts_with(&format!("{code_and_place}: ")),
            "{name}: {said}"
        );
        assert!(said.contains(message), "{name}: {said}");
        assert!(helps.contains(hint), "{name}: {helps}");
        assert!(found[0].len() < 1_000, "{name}: {}", found[0]);
    }
}

#[test]
fn every_file_of_the_folder_is_tried() {
    let folder = std::fs::read_dir(data("")).unwrap();
    let mut names: Vec<String> = folder
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut tried: Vec<&str> = MISTAKES.iter().map(|(name, ..)| *name).collect();
    tried.push("many-at-once.csv");
    tried.sort_unstable();
    assert_eq!(names, tried);
}

#[test]
fn all_mistakes_of_a_log_come_at_once() {
    let found = problems("many-at-once.csv");
    let codes: Vec<&str> = found
        .iter()
        .filter_map(|line| line.split(": ").next())
        .collect();
    assert_eq!(
        codes,
        [
            "answer_unknown log.s",
            "date_order_missing log.at",
            "not_a_number log.r",
            "not_a_time log.at",
            "propensity_missing log.p",
            "propensity_out_of_range log.p",
            "time_zone_missing log.at",
            "value_missing log.b",
        ]
    );
}

#[test]
fn what_the_hints_say_mends_the_log() {
    for (name, above) in [
        ("latin-1.csv", "encoding = \"windows-1252\""),
        ("local-time.csv", "time_zone = \"UTC\""),
        ("not-a-time.csv", "null_values = [\"soon\"]"),
        ("text-for-number.csv", "null_values = [\"much\"]"),
        ("offer-repeated.csv", "repeated_offers = \"sum_rewards\""),
        ("other-separator.csv", "separator = \";\""),
        ("time-without-unit.csv", "time_unit = \"s\""),
        ("utf-16.csv", "encoding = \"utf-16le\""),
        (
            "date-either-way.csv",
            "date_order = \"day_first\"\ntime_zone = \"UTC\"",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(data(name), folder.path().join(name)).unwrap();
        let report = run(folder.path(), name, FLOW, above, COLUMNS);
        let report = report.unwrap_or_else(|problems| panic!("{name}: {:#?}", told(&problems)));
        assert!(report.candidate.n >= 2, "{name}");
    }
}
