use std::io::Cursor;

use super::*;

/// The rows of a text, each cell in brackets, and its flaws.
fn rows(text: &str, dialect: Dialect) -> Vec<String> {
    let mut records = Records::new(Cursor::new(text.as_bytes()), dialect);
    let mut rows = Vec::new();
    loop {
        match records.next().unwrap() {
            Next::End => break,
            Next::Row => {
                let cells = (0..records.n_cells())
                    .map(|idx| format!("[{}]", String::from_utf8_lossy(records.cell(idx))));
                rows.push(cells.collect());
            }
            Next::Flaw(flaw) => rows.push(format!("{} {} {:?}", flaw.row, flaw.line, flaw.kind)),
        }
    }
    rows
}

fn usual(text: &str) -> Vec<String> {
    rows(text, Dialect::default())
}

#[test]
fn rows_are_told_apart_by_the_rules() {
    for (text, expected) in [
        ("", vec![]),
        ("a,b", vec!["[a][b]"]),
        ("\u{feff}a,b\n", vec!["[a][b]"]),
        ("a,b\r\n\r\n1,\r\n,2\r\n", vec!["[a][b]", "[1][]", "[][2]"]),
        ("a,b\r1,2\r3,4", vec!["[a][b]", "[1][2]", "[3][4]"]),
        ("a,b\n\"1,\"\"x\"\"\",\"\"\n", vec!["[a][b]", "[1,\"x\"][]"]),
        (
            "a,b\n\"two\nlines\",2\n3,4\n",
            vec!["[a][b]", "[two\nlines][2]", "[3][4]"],
        ),
    ] {
        assert_eq!(usual(text), expected, "{text:?}");
    }
}

#[test]
fn a_quote_inside_a_plain_cell_is_a_character() {
    assert_eq!(
        usual("a,b,c\n5\" screen,2,3\n4,5,6 \"\n7,8\",9\n"),
        [
            "[a][b][c]",
            "[5\" screen][2][3]",
            "[4][5][6 \"]",
            "[7][8\"][9]"
        ]
    );
}

#[test]
fn a_stray_quote_costs_its_own_row_and_no_other() {
    assert_eq!(
        usual("a,b,c\n\"5\" screen\",2,3\n4,5,6\n"),
        ["[a][b][c]", "1 2 QuoteInside", "[4][5][6]"]
    );
    assert_eq!(
        usual("a,b,c\n1,2,\"3\n4,5,6\n7,8,9"),
        ["[a][b][c]", "1 2 QuoteOpen", "[4][5][6]", "[7][8][9]"]
    );
    // Two of them in one column: the row between would be gone, and nothing else would look wrong.
    assert_eq!(
        usual("a,b,c\n1,2,\"3\n4,5,6\n7,8,9\"\n"),
        ["[a][b][c]", "1 2 RowsInQuotes", "[4][5][6]", "[7][8][9\"]"]
    );
    assert_eq!(
        usual("a,b,c\n1,\"2,3\n4,5\",6\n"),
        ["[a][b][c]", "1 2 RowsInQuotes", "[4][5\"][6]"]
    );
    assert_eq!(
        usual("a,b,c\n\"1,2,3\n4,\"5\",6\n"),
        ["[a][b][c]", "1 2 QuoteInside", "[4][5][6]"]
    );
}

#[test]
fn line_breaks_that_look_like_rows_can_be_meant() {
    let dialect = Dialect {
        has_line_breaks: true,
        ..Dialect::default()
    };
    assert_eq!(
        rows("a,b\n\"hello, you\nthere\",2\n", dialect),
        ["[a][b]", "[hello, you\nthere][2]"]
    );
}

#[test]
fn a_line_with_a_cell_too_many_or_too_few_is_named() {
    assert_eq!(
        usual("a,b\n1,2\n# a comment\n1,2,3\n\n4,5\n"),
        [
            "[a][b]",
            "[1][2]",
            "2 3 Uneven { n_cells: 1, n_columns: 2 }",
            "3 4 Uneven { n_cells: 3, n_columns: 2 }",
            "[4][5]"
        ]
    );
}

#[test]
fn separator_quote_and_comment_are_what_the_scenario_says() {
    let dialect = Dialect {
        separator: b';',
        quote: Some(b'\''),
        comment: Some(b'#'),
        ..Dialect::default()
    };
    assert_eq!(
        rows("# made by hand\na;b\n'1;2';3\n#4;5\n\"6\";7", dialect),
        ["[a][b]", "[1;2][3]", "[\"6\"][7]"]
    );
    let no_quotes = Dialect {
        quote: None,
        ..Dialect::default()
    };
    assert_eq!(rows("a,b\n\"1,2\"\n", no_quotes), ["[a][b]", "[\"1][2\"]"]);
}

#[test]
fn a_file_of_open_quotes_is_given_up() {
    let text = format!("a,b\n{}", "\"1,2\n".repeat(1_001));
    let found = usual(&text);
    assert!(found.len() < 200, "{}", found.len());
}

#[test]
fn a_row_without_end_is_not_held() {
    let text = format!("a,b\n1,{}", "x".repeat(6 * ROW_BYTES_MAX));
    let mut records = Records::new(Cursor::new(text.as_bytes()), Dialect::default());
    assert_eq!(records.next().unwrap(), Next::Row);
    let Next::Flaw(flaw) = records.next().unwrap() else {
        panic!("a row of {} bytes", text.len())
    };
    assert_eq!(flaw.kind, FlawKind::TooLong);
    assert!(records.buffer.capacity() < text.len());
}

mod oracle {
    use proptest::prelude::*;

    use super::*;

    /// The rows as the crate `csv` reads them, where it can be trusted: what a writer has written.
    fn written(rows: &[Vec<String>], terminator: csv::Terminator) -> (String, Vec<Vec<String>>) {
        let mut writer = csv::WriterBuilder::new()
            .terminator(terminator)
            .from_writer(Vec::new());
        for row in rows {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        let read = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect());
        let read = read.collect();
        (text, read)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn what_a_writer_has_written_is_read_as_the_csv_crate_reads_it(
            rows in prop::collection::vec(prop::collection::vec("[a,\"\\n\\r 5é#]{0,6}", 3), 1..8),
            is_crlf: bool,
        ) {
            let terminator = if is_crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let (text, expected) = written(&rows, terminator);
            let dialect = Dialect { has_line_breaks: true, ..Dialect::default() };
            let mut records = Records::new(Cursor::new(text.as_bytes()), dialect);
            let mut found: Vec<Vec<String>> = Vec::new();
            while let Next::Row = records.next().unwrap() {
                found.push((0..records.n_cells()).map(|idx| String::from_utf8_lossy(records.cell(idx)).into_owned()).collect());
            }
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn whatever_the_bytes_every_line_is_accounted_for(
            text in "[ab,;\"\\n\\r#]{0,80}",
        ) {
            let mut records = Records::new(Cursor::new(text.as_bytes()), Dialect::default());
            let mut n_rows = 0;
            while records.next().unwrap() != Next::End {
                n_rows += 1;
            }
            let unix = text.replace("\r\n", "\n").replace('\r', "\n");
            let n_lines = unix.lines().count() as u64;
            prop_assert_eq!(records.counts().n_lines(), n_lines, "{:?}", text);
            prop_assert_eq!(records.counts().rows, n_rows);
        }
    }
}
