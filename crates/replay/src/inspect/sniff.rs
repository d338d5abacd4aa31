//! How a delimited text is written, told from how it begins.

use std::{
    io::{self, Read},
    path::Path,
};

use crate::log::{Dialect, Encoding, Packing, Unpacked};

/// Bytes that are looked at.
const BYTES: usize = 1 << 18;
/// Lines that are looked at.
const LINES: usize = 200;
/// Lines before a header at most.
const SKIPPED_MAX: usize = 30;
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What a text begins like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sniffed {
    pub(super) dialect: Dialect,
    pub(super) has_mark: bool,
}

/// Reads the beginning of a text file, also a packed one.
///
/// # Errors
///
/// A file that cannot be read or unpacked.
pub(super) fn sniff(path: &Path) -> io::Result<Sniffed> {
    let mut magic = Vec::new();
    std::fs::File::open(path)?.take(4).read_to_end(&mut magic)?;
    let packing = match magic[..] {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] => Packing::Zstd,
        _ => Packing::Plain,
    };
    let encoding = if packing == Packing::Plain && magic.starts_with(b"\xff\xfe") {
        Encoding::Utf16Le
    } else {
        Encoding::Utf8
    };
    let mut bytes = Vec::new();
    let unpacked = Unpacked::open(path, packing, encoding)?;
    unpacked.take(BYTES as u64).read_to_end(&mut bytes)?;
    Ok(of_bytes(&bytes, encoding))
}

fn of_bytes(bytes: &[u8], encoding: Encoding) -> Sniffed {
    let has_mark = bytes.starts_with(b"\xef\xbb\xbf");
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_whole = bytes.len() < BYTES - 3;
    let encoding = match std::str::from_utf8(bytes) {
        Ok(_) => encoding,
        // A character that is cut at the end of what is looked at.
        Err(error) if error.error_len().is_none() && !is_whole => encoding,
        Err(_) => Encoding::Windows1252,
    };
    let mut lines: Vec<&[u8]> = bytes
        .split(|byte| *byte == b'\n' || *byte == b'\r')
        .take(2 * LINES)
        .collect();
    if !is_whole && lines.len() < 2 * LINES {
        lines.pop();
    }
    let mut dialect = Dialect {
        encoding,
        ..Dialect::default()
    };
    if let Some(separator) = lines.first().and_then(|line| named_separator(line)) {
        dialect.separator = separator;
        dialect.skip_lines = 1;
        return Sniffed { dialect, has_mark };
    }
    if lines.first().is_some_and(|line| line.starts_with(b"#")) {
        dialect.comment = Some(b'#');
        lines.retain(|line| !line.starts_with(b"#"));
    }
    let (separator, n_cells) = best_separator(&lines);
    dialect.separator = separator;
    dialect.skip_lines = title_lines(bytes, separator, n_cells) as u64;
    Sniffed { dialect, has_mark }
}

/// The separator of `sep=;`, which spreadsheets write and read.
fn named_separator(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    match line.strip_prefix(b"sep=")? {
        [separator, ..] => Some(*separator),
        [] => Some(b'\t'),
    }
}

/// The separator that cuts most lines into equally many cells, and how many.
fn best_separator(lines: &[&[u8]]) -> (u8, usize) {
    let lines: Vec<&&[u8]> = lines.iter().filter(|line| !line.is_empty()).collect();
    let scored = SEPARATORS.map(|separator| {
        let counts: Vec<usize> = lines.iter().map(|line| n_cells(line, separator)).collect();
        let usual = most_frequent(&counts);
        let n_usual = counts.iter().filter(|count| **count == usual).count();
        let score = if usual < 2 {
            0
        } else {
            n_usual * 1_000 + usual.min(999)
        };
        (score, separator, usual)
    });
    // Of equals the first one: a comma is the usual separator.
    let best = scored.into_iter().rev().max_by_key(|(score, ..)| *score);
    match best {
        Some((score, separator, usual)) if score > 0 => (separator, usual),
        _ => (b',', 1),
    }
}

fn most_frequent(counts: &[usize]) -> usize {
    let n = |wanted: usize| counts.iter().filter(|count| **count == wanted).count();
    counts
        .iter()
        .copied()
        .max_by_key(|count| n(*count))
        .unwrap_or(0)
}

/// Cells of a line; separators between quotes are none.
fn n_cells(line: &[u8], separator: u8) -> usize {
    let mut is_quoted = false;
    let mut n = 1;
    for byte in line {
        is_quoted ^= *byte == b'"';
        n += usize::from(*byte == separator && !is_quoted);
    }
    n
}

/// Lines before the first one with the usual number of cells, blank ones too: titles.
fn title_lines(bytes: &[u8], separator: u8, usual: usize) -> usize {
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let is_header = |line: &[u8]| {
        !line.is_empty() && n_cells(line, separator) == usual && !line.starts_with(b"#")
    };
    let n = lines.take(SKIPPED_MAX + 1).position(is_header);
    n.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniffed(text: &[u8]) -> String {
        let Sniffed { dialect, has_mark } = of_bytes(text, Encoding::Utf8);
        format!(
            "{} {} {} {has_mark}",
            dialect.encoding.word(),
            char::from(dialect.separator),
            dialect.skip_lines
        )
    }

    #[test]
    fn separators_titles_and_encodings_are_told() {
        for (text, expected) in [
            (&b"a,b\n1,2\n"[..], "utf-8 , 0 false"),
            (b"\xef\xbb\xbfa;b\r\n1,5;2,5\r\n", "utf-8 ; 0 true"),
            (b"a\tb\tc\n1\t2,2\t3\n", "utf-8 \t 0 false"),
            (b"sep=|\na|b\n1|2\n", "utf-8 | 1 false"),
            (
                b"Report of May\n\nK\xe4ufer;b\n1;2\n3;4\n",
                "windows-1252 ; 2 false",
            ),
            (b"a;b\n\"x,y,z\";1\n\"u,v,w\";2\n", "utf-8 ; 0 false"),
            (b"alone\n1\n", "utf-8 , 0 false"),
        ] {
            assert_eq!(
                sniffed(text),
                expected,
                "{:?}",
                String::from_utf8_lossy(text)
            );
        }
    }
}
