//! Delimited texts: a row is read, or refused with its number, and none is lost.

use std::{fmt::Write as _, io::Write as _};

use flate2::{Compression, write::GzEncoder};

use crate::cells::{COLUMNS, FLOW, n_read, refused, replayed, run, told};

/// A log of this many sound rows, with a column that nobody uses.
fn rows(n: usize) -> String {
    let mut text = "b,p,r,note\n".to_owned();
    for row in 0..n {
        let name = if row % 2 == 0 { "a" } else { "b" };
        writeln!(text, "{name},0.5,{},fine", row % 7).unwrap();
    }
    text
}

fn csv(text: &str) -> Result<pointsman_replay::Report, Vec<pointsman_lead::Problem>> {
    replayed("log.csv", text.as_bytes(), "", COLUMNS)
}

fn csv_with(
    text: &str,
    above: &str,
) -> Result<pointsman_replay::Report, Vec<pointsman_lead::Problem>> {
    replayed("log.csv", text.as_bytes(), above, COLUMNS)
}

/// A sound log with one line behind its header changed.
fn with_line(n: usize, line: usize, text: &str) -> String {
    let mut lines: Vec<String> = rows(n).lines().map(str::to_owned).collect();
    text.clone_into(&mut lines[line]);
    lines.join("\n")
}

#[test]
fn a_stray_quote_inside_a_cell_costs_no_row() {
    let text = with_line(6_000, 1_000, "a,0.5,1,5\" screen");
    assert_eq!(n_read(csv(&text)), 6_000);
}

#[test]
fn a_stray_quote_at_the_beginning_of_a_cell_is_refused_with_its_row() {
    let text = with_line(6_000, 1_000, "a,0.5,1,\"5 inch screen");
    assert_eq!(
        refused(csv(&text)),
        "csv_quote log.rows: line 1001: a quoted cell does not end: `a,0.5,1,\"5 inch screen`; first in row 1000, in all 1 row | write a quote inside a quoted cell twice; if quotes are characters like any other in this file, write quote = \"\" above the tables of scenario.toml"
    );
    assert_eq!(n_read(csv_with(&text, "quote = \"\"")), 6_000);
}

#[test]
fn two_stray_quotes_swallow_no_rows_between_them() {
    let mut lines: Vec<String> = rows(6_000).lines().map(str::to_owned).collect();
    "a,0.5,1,\"5 inch".clone_into(&mut lines[10]);
    "a,0.5,1,5 inch\"".clone_into(&mut lines[2_000]);
    let text = lines.join("\n");
    let told = refused(csv(&text));
    assert!(
        told.starts_with("csv_rows_in_quotes log.rows: line 11:"),
        "{told}"
    );
    assert!(told.contains("first in row 10"), "{told}");
    assert_eq!(n_read(csv_with(&text, "quote = \"\"")), 6_000);
    assert_eq!(
        n_read(csv_with(&text, "line_breaks_in_quotes = true")),
        6_000 - 1_990
    );
}

#[test]
fn line_breaks_and_separators_in_quotes_are_part_of_their_cell() {
    let text = with_line(100, 50, "a,0.5,1,\"two\nlines, and a \"\"word\"\"\"");
    assert_eq!(n_read(csv(&text)), 100);
}

#[test]
fn a_line_with_a_cell_too_many_or_too_few_is_refused_with_its_row() {
    for (line, cells) in [("a,0.5,1", 3), ("a,0.5,1,fine,fine", 5), ("# a remark", 1)] {
        let told = refused(csv(&with_line(100, 50, line)));
        let expected = format!(
            "csv_uneven log.rows: line 51: {cells} cells where the header has 4: `{line}`; first in row 50, in all 1 row"
        );
        assert!(told.starts_with(&expected), "{told}");
    }
    let text = with_line(100, 50, "# a remark");
    assert_eq!(n_read(csv_with(&text, "comment = \"#\"")), 99);
}

#[test]
fn any_end_of_line_and_blank_lines_are_read() {
    let text = rows(100);
    for end in ["\r\n", "\r", "\n\n", "\r\n\r\n"] {
        assert_eq!(n_read(csv(&text.replace('\n', end))), 100, "{end:?}");
    }
    assert_eq!(n_read(csv(text.trim_end())), 100);
    assert_eq!(n_read(csv(&format!("\u{feff}{text}"))), 100);
}

#[test]
fn another_separator_is_told_with_the_key_to_write() {
    for (separator, key) in [(";", ";"), ("\t", "\\t"), ("|", "|")] {
        let text = rows(100).replace(',', separator);
        let told = refused(csv(&text));
        assert!(told.starts_with("csv_separator log:"), "{told}");
        let hint = format!("write separator = \"{key}\" above the tables of scenario.toml");
        assert!(told.ends_with(&hint), "{told}");
        assert_eq!(
            n_read(csv_with(&text, &format!("separator = \"{key}\""))),
            100
        );
    }
}

#[test]
fn a_comment_for_a_header_is_told_with_the_key_to_write() {
    let text = format!("# exported by hand\n{}", rows(100));
    let told = refused(csv(&text));
    assert!(told.starts_with("csv_comment log:"), "{told}");
    assert!(told.contains("write comment = \"#\""), "{told}");
    assert_eq!(n_read(csv_with(&text, "comment = \"#\"")), 100);
}

#[test]
fn keys_that_toml_puts_into_a_table_are_sent_above_it() {
    let columns = format!("{COLUMNS}separator = \";\"\n");
    let told = refused(replayed("log.csv", rows(10).as_bytes(), "", &columns));
    assert!(told.starts_with("unknown_key columns.separator"), "{told}");
    assert!(told.contains("write it above the first table"), "{told}");
}

#[test]
fn packed_texts_are_told_by_their_bytes_and_not_by_their_name() {
    let text = rows(5_000);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for (file, bytes) in [
        ("log.csv", &gzip),
        ("log.csv.gz", &gzip),
        ("log.csv", &zstd),
        ("log.csv.gz", &zstd),
    ] {
        assert_eq!(n_read(replayed(file, bytes, "", COLUMNS)), 5_000, "{file}");
    }
    assert_eq!(
        n_read(replayed("log.csv.gz", text.as_bytes(), "", COLUMNS)),
        5_000
    );
    // Half a packed file is not a whole one.
    for bytes in [&gzip, &zstd] {
        let told = refused(replayed("log.csv", &bytes[..bytes.len() / 2], "", COLUMNS));
        assert!(told.starts_with("log_unreadable log:"), "{told}");
    }
}

#[test]
fn what_is_no_text_is_told_by_its_bytes() {
    let utf16: Vec<u8> = rows(3).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_bom = [&[0xff, 0xfe], utf16.as_slice()].concat();
    for (bytes, expected) in [
        (utf16.as_slice(), "not UTF-8 but UTF-16"),
        (with_bom.as_slice(), "not UTF-8 but UTF-16"),
        (
            b"PK\x03\x04....".as_slice(),
            "a ZIP archive or an Excel sheet",
        ),
        (b"SQLite format 3\0".as_slice(), "an SQLite database"),
        (b"[{\"b\": \"a\"}]".as_slice(), "a JSON list"),
    ] {
        let told = refused(replayed("log.csv", bytes, "", COLUMNS));
        assert!(
            told.starts_with("log_kind_unknown log:") && told.contains(expected),
            "{told}"
        );
    }
    let told = refused(replayed("log.csv", b"", "", COLUMNS));
    assert!(told.starts_with("log_empty log:"), "{told}");
    let told = refused(replayed("log.parquet", rows(3).as_bytes(), "", COLUMNS));
    assert!(
        told.contains("called .parquet, but does not begin as such a file does"),
        "{told}"
    );
}

#[test]
fn a_cell_that_is_no_utf_8_is_refused_where_it_is_used() {
    let mut bytes = rows(100).into_bytes();
    bytes.extend_from_slice(b"a,0.5,1,caf\xe9\n");
    assert_eq!(n_read(replayed("log.csv", &bytes, "", COLUMNS)), 101);
    bytes.extend_from_slice(b"caf\xe9,0.5,1,fine\na\0,0.5,1,fine\n");
    let problems = replayed("log.csv", &bytes, "", COLUMNS).unwrap_err();
    let lines = told(&problems);
    assert!(
        lines[0].starts_with(
            "not_a_text log.rows: line 104: a cell holds a NUL: `a\\u{0}` in column `b`"
        ),
        "{lines:#?}"
    );
    assert!(
        lines[1].starts_with(
            "not_utf8 log.rows: line 103: a cell is not UTF-8: `caf\u{fffd}` in column `b`"
        ),
        "{lines:#?}"
    );
}

#[test]
fn what_is_not_a_number_is_told_with_value_row_and_key() {
    for (cell, expected) in [
        ("NA", "null_values = [\"NA\"]"),
        ("nan", "null_values = [\"nan\"]"),
        ("inf", "null_values = [\"inf\"]"),
        ("\"1,234.50\"", "numbers = \"1,234.56\""),
        ("12€", "numbers = \"1.234,56\""),
    ] {
        let told = refused(csv(&with_line(100, 50, &format!("a,0.5,{cell},fine"))));
        let shown = cell.trim_matches('"');
        assert!(
            told.starts_with(&format!(
                "not_a_number log.r: `{shown}` is not a number; first in row 50"
            )),
            "{told}"
        );
        assert!(told.contains(expected), "{told}");
    }
    assert_eq!(
        n_read(csv_with(
            &with_line(100, 50, "a,0.5,NA,fine"),
            "null_values = [\"NA\", \"null\"]"
        )),
        100
    );
    assert_eq!(n_read(csv(&with_line(100, 50, "a,5e-1,1e5,fine"))), 100);
}

#[test]
fn a_propensity_that_no_log_can_have_is_refused() {
    for (cell, expected) in [
        ("0", "propensity_out_of_range"),
        ("-0.5", "propensity_out_of_range"),
        ("1.5", "propensity_out_of_range"),
        ("1e-160", "propensity_tiny log.p: 1e-160 is below 1e-12"),
        ("", "propensity_missing"),
        ("NaN", "not_a_number"),
    ] {
        let told = refused(csv(&with_line(100, 50, &format!("a,{cell},1,fine"))));
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn messages_are_short_whatever_the_log_holds() {
    let long = "x".repeat(300_000);
    let header: Vec<String> = (0..20_000).map(|n| format!("column{n}")).collect();
    for text in [
        with_line(10, 5, &format!("a,{long},1,fine")),
        with_line(10, 5, &format!("a,0.5,1,fine,{long}")),
        with_line(10, 5, &format!("a,0.5,{long},fine")),
        format!("{long},p\n1,2\n"),
        format!("{}\n", header.join(",")),
    ] {
        for line in told(&csv(&text).unwrap_err()) {
            assert!(line.len() < 1_500, "{} bytes: {}", line.len(), &line[..500]);
        }
    }
}

#[test]
fn a_text_in_a_field_of_numbers_is_told_beside_the_flow_that_takes_it_for_a_number() {
    let flow = FLOW.replace(r#""root": "s", "nodes": {"#, r#""root": "w", "nodes": {"w": {"kind": "when", "if": "age >= 35", "then": "a", "otherwise": "s"},"#);
    let columns = format!("{COLUMNS}[columns.fields]\nage = \"age\"\n");
    let folder = tempfile::tempdir().unwrap();
    for (odd, mend) in [
        ("NA", "null_values = [\"NA\"]"),
        (
            "9223372036854775808",
            "null_values = [\"9223372036854775808\"]",
        ),
    ] {
        let text = format!("b,p,r,age\na,0.5,1,30\nb,0.5,0,40\na,0.5,1,{odd}\n");
        std::fs::write(folder.path().join("log.csv"), text).unwrap();
        let lines = told(&run(folder.path(), "log.csv", &flow, "", &columns).unwrap_err());
        let expected = format!(
            "field_mixed log.age: `{odd}` in row 3 is not a whole number, as 2 of 3 values are: the field `age` is read as text"
        );
        let found = lines.iter().find(|line| line.starts_with(&expected));
        assert!(found.is_some_and(|line| line.contains(mend)), "{lines:#?}");
        assert_eq!(
            n_read(run(folder.path(), "log.csv", &flow, mend, &columns)),
            3
        );
    }
}

#[test]
fn columns_that_are_asked_for_and_stand_there_twice_are_refused() {
    let told = refused(csv("b,p,r,r\na,0.5,1,2\n"));
    assert!(
        told.starts_with("column_twice log.r: 2 columns are called `r`"),
        "{told}"
    );
    assert_eq!(n_read(csv("b,p,r,x,x\na,0.5,1,2,3\n")), 1);
}
