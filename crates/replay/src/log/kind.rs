//! What a file holds, told from its first bytes.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use pointsman_lead::Problem;

use super::{
    Format,
    csv::{Encoding, Packing, Unpacked},
};

/// What the first bytes of a file say that it is.
pub(super) enum FileKind {
    Parquet,
    Text(Packing),
    Lines(Packing),
}

/// What a file is: by its first bytes, and where they are plain text by its name.
pub(super) fn kind(path: &Path, format: &Format) -> io::Result<Result<FileKind, Problem>> {
    let is_wide = format.dialect.encoding == Encoding::Utf16Le;
    let mut first = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut first)?;
    let refused = |what: &str, hint: &str| {
        let message = format!("`{}` is {what}", path.display());
        Ok(Err(
            Problem::new("log_kind_unknown", "log", message).hint(hint)
        ))
    };
    if first.is_empty() {
        let message = format!("`{}` is empty", path.display());
        return Ok(Err(Problem::new("log_empty", "log", message)));
    }
    if first.starts_with(b"PAR1") {
        return Ok(Ok(FileKind::Parquet));
    }
    for (magic, packing) in PACKED {
        if first.starts_with(magic) {
            let is_lines = begins_with_object(path, packing)?;
            return Ok(Ok(if is_lines {
                FileKind::Lines(packing)
            } else {
                FileKind::Text(packing)
            }));
        }
    }
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    if text.trim_ascii_start().starts_with(b"{") {
        return Ok(Ok(FileKind::Lines(Packing::Plain)));
    }
    if is_wide {
        return Ok(Ok(FileKind::Text(Packing::Plain)));
    }
    for (magic, what) in FOREIGN {
        if first.starts_with(magic) {
            return refused(
                what,
                "a log is a Parquet file or a CSV in UTF-8, also packed with gzip or zstd",
            );
        }
    }
    if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") || first.contains(&0) {
        return refused(
            "not UTF-8 but UTF-16, or not a text at all",
            "save it as UTF-8, or write encoding = \"utf-16le\" above the tables of scenario.toml",
        );
    }
    match extension(path).as_str() {
        "csv" | "tsv" | "txt" | "gz" | "zst" => Ok(Ok(FileKind::Text(Packing::Plain))),
        "parquet" => refused(
            "called .parquet, but does not begin as such a file does",
            "name a CSV .csv",
        ),
        _ => {
            let message = format!("`{}` does not say what it holds", path.display());
            Ok(Err(Problem::new("log_kind_unknown", "log", message)
                .hint("name it .parquet, .csv or .csv.gz")))
        }
    }
}

/// How files begin that are often taken for a log.
const FOREIGN: [(&[u8], &str); 11] = [
    (b"PARE", "an encrypted Parquet file"),
    (b"PK\x03\x04", "a ZIP archive or an Excel sheet"),
    (b"\xd0\xcf\x11\xe0", "an old Excel sheet"),
    (b"BZh", "packed with bzip2"),
    (b"\xfd7zXZ\0", "packed with xz"),
    (b"ARROW1", "an Arrow file"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"[{", "a JSON list and not NDJSON, an object a line"),
    (b"<", "HTML or XML"),
];

/// How packed texts begin.
const PACKED: [(&[u8], Packing); 2] = [
    (b"\x1f\x8b", Packing::Gzip),
    (b"\x28\xb5\x2f\xfd", Packing::Zstd),
];

/// Whether what is packed is NDJSON. What cannot be unpacked is told when it is read.
fn begins_with_object(path: &Path, packing: Packing) -> io::Result<bool> {
    let mut first = Vec::new();
    let unpacked = Unpacked::open(path, packing, Encoding::Utf8)?;
    let read = unpacked.take(16).read_to_end(&mut first);
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    Ok(read.is_ok() && text.trim_ascii_start().starts_with(b"{"))
}

fn extension(path: &Path) -> String {
    let extension = path.extension().unwrap_or_default();
    extension.to_string_lossy().to_lowercase()
}
