//! NDJSON as a stream of batches: an object a line, its members as columns.

use std::{
    io::{self, BufRead, BufReader, Read},
    path::PathBuf,
};

use serde_json::{Map, Value};

use super::{
    batch::{BATCH_ROWS, Batch},
    cells::Cells,
    csv::{Encoding, Flaw, FlawKind, Packing, Unpacked},
    shown,
    texts::Texts,
};

/// Lines that are looked at for the names of members.
const LINES_LOOKED_AT: usize = 1_000;
/// Bytes of the longest line.
const LINE_BYTES_MAX: u64 = 1 << 22;
/// Broken lines after which a file is given up.
const FLAWS_MAX: usize = 100;

/// A file with an object a line.
#[derive(Debug, Clone)]
pub(crate) struct NdjsonFile {
    pub(crate) path: PathBuf,
    pub(crate) packing: Packing,
    /// Names of the members of the first lines, those of objects in objects with points between.
    pub(crate) columns: Vec<String>,
}

impl NdjsonFile {
    /// Looks at the first lines.
    pub(crate) fn open(path: PathBuf, packing: Packing) -> io::Result<Self> {
        let mut file = Self {
            path,
            packing,
            columns: Vec::new(),
        };
        let mut lines = file.lines()?;
        for _ in 0..LINES_LOOKED_AT {
            match lines.next()? {
                None => break,
                Some((_, Err(_))) => {}
                Some((_, Ok(object))) => {
                    for (name, _) in flattened(object) {
                        if !file.columns.contains(&name) {
                            file.columns.push(name);
                        }
                    }
                }
            }
        }
        Ok(file)
    }

    /// Reads all rows, a batch at a time, until `push` says that it has enough.
    pub(crate) fn read(
        &self,
        columns: &[String],
        push: &mut dyn FnMut(Batch) -> bool,
    ) -> io::Result<()> {
        let mut lines = self.lines()?;
        let (mut row, mut n_flaws, mut is_end) = (0, 0, false);
        while !is_end {
            let mut numbers = Vec::with_capacity(BATCH_ROWS);
            let mut texts = vec![Texts::default(); columns.len()];
            let mut flaws = Vec::new();
            while numbers.len() + flaws.len() < BATCH_ROWS && !is_end {
                match lines.next()? {
                    None => is_end = true,
                    Some((line, Err(excerpt))) => {
                        row += 1;
                        n_flaws += 1;
                        is_end = n_flaws > FLAWS_MAX;
                        let kind = FlawKind::NotAnObject;
                        flaws.push(Flaw {
                            row,
                            line,
                            kind,
                            excerpt,
                        });
                    }
                    Some((_, Ok(object))) => {
                        row += 1;
                        numbers.push(row);
                        let members = flattened(object);
                        for (texts, column) in texts.iter_mut().zip(columns) {
                            let member = members.iter().find(|(name, _)| name == column);
                            texts.push(member.and_then(|(_, text)| text.as_deref()));
                        }
                    }
                }
            }
            let batch = Batch {
                numbers,
                columns: columns
                    .iter()
                    .cloned()
                    .zip(texts.into_iter().map(Cells::Text))
                    .collect(),
                flaws,
                bytes_done: lines.input.get_ref().n_bytes(),
            };
            if batch.n_rows() > 0 && !push(batch) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn lines(&self) -> io::Result<Lines> {
        let input = Unpacked::open(&self.path, self.packing, Encoding::Utf8)?;
        Ok(Lines {
            input: BufReader::new(input),
            number: 0,
        })
    }
}

/// The lines of a file that are not blank.
struct Lines {
    input: BufReader<Unpacked>,
    number: u64,
}

impl Lines {
    /// Number of the line and its object, or how it begins if it is none.
    #[expect(
        clippy::type_complexity,
        reason = "a line that is none is no failure of the reading"
    )]
    fn next(&mut self) -> io::Result<Option<(u64, Result<Map<String, Value>, String>)>> {
        loop {
            let mut line = Vec::new();
            let mut limited = (&mut self.input).take(LINE_BYTES_MAX);
            if limited.read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            let mut text = &line[..];
            if self.number == 1 {
                text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
            }
            if text.trim_ascii().is_empty() {
                continue;
            }
            let object = serde_json::from_slice(text).map_err(|_| {
                let begin = String::from_utf8_lossy(&text[..text.len().min(400)]);
                shown::value(begin.trim_end())
            });
            return Ok(Some((self.number, object)));
        }
    }
}

/// The members of an object as texts, those of objects in it with points between the names. `null` is nothing.
fn flattened(object: Map<String, Value>) -> Vec<(String, Option<String>)> {
    let mut members = Vec::with_capacity(object.len());
    for (name, value) in object {
        match value {
            Value::Null => members.push((name, None)),
            Value::String(text) => members.push((name, Some(text))),
            Value::Object(inner) => {
                let inner = flattened(inner).into_iter();
                members.extend(inner.map(|(member, text)| (format!("{name}.{member}"), text)));
            }
            other => members.push((name, Some(other.to_string()))),
        }
    }
    members
}
