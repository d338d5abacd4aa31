//! The keys of rows, by which the server knows what was sent before.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_lead::Problem;
use sha2::{Digest as _, Sha256};

/// Most bytes of an id.
const ID_BYTES_MAX: usize = 255;
/// Most rows that are told of.
const PROBLEMS_MAX: usize = 100;

/// Makes the keys of rows, in their order.
pub(super) struct Keys {
    column: Option<usize>,
    header: Vec<String>,
    /// How often each content was there.
    seen: BTreeMap<[u8; 16], u32>,
}

impl Keys {
    /// * `column`: the column with ids, if there is one.
    pub(super) fn new(column: Option<&String>, header: &[String]) -> Self {
        Self {
            column: place(column, header),
            header: header.to_vec(),
            seen: BTreeMap::new(),
        }
    }

    /// The key of the next row: its id, else what it says and how many rows before it say the same.
    ///
    /// A row keeps such a key when others are mended, so that a file that is imported again after that sends nothing twice.
    pub(super) fn next(&mut self, cells: &[String]) -> String {
        if let Some(column) = self.column {
            return cells
                .get(column)
                .map(|id| id.trim().to_owned())
                .unwrap_or_default();
        }
        let mut sha = Sha256::new();
        for text in self.header.iter().zip(cells).flat_map(|(a, b)| [a, b]) {
            sha.update(text.len().to_le_bytes());
            sha.update(text);
        }
        let content = short(sha.finalize().into());
        let n_before = self.seen.entry(content).or_default();
        let content = u128::from_be_bytes(content);
        let key = format!("import:{content:032x}:{n_before}");
        *n_before += 1;
        key
    }
}

/// Looks for ids that would make several rows one lead, or none.
pub(super) struct Ids {
    column: Option<usize>,
    seen: BTreeSet<[u8; 16]>,
    problems: Vec<Problem>,
}

impl Ids {
    /// * `column`: the column with ids, if there is one.
    pub(super) fn new(column: Option<&String>, header: &[String]) -> Self {
        Self {
            column: place(column, header),
            seen: BTreeSet::new(),
            problems: Vec::new(),
        }
    }

    pub(super) fn look_at(&mut self, line: u64, cells: &[String]) {
        let Some(column) = self.column else {
            return;
        };
        let id = cells.get(column).map_or("", |cell| cell.trim());
        let place = format!("line {line}");
        let problem = if id.is_empty() {
            Problem::new("missing_key", place, "this row has no id")
        } else if id.len() > ID_BYTES_MAX || !is_plain(id) {
            let message =
                format!("an id is at most {ID_BYTES_MAX} characters of ASCII, without quotes");
            Problem::new("bad_key", place, message)
        } else if !self.seen.insert(short(Sha256::digest(id).into())) {
            Problem::new("duplicate_key", place, "another row has the id of this one")
        } else {
            return;
        };
        if self.problems.len() < PROBLEMS_MAX {
            let hint = "give each row an id of its own, or leave out --key-column";
            self.problems.push(problem.hint(hint));
        }
    }

    /// # Errors
    ///
    /// The first hundred mistakes.
    pub(super) fn finish(self) -> Result<(), Vec<Problem>> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(self.problems)
        }
    }
}

fn place(column: Option<&String>, header: &[String]) -> Option<usize> {
    header.iter().position(|name| Some(name) == column)
}

/// Whether a text arrives in a header as it was sent.
fn is_plain(id: &str) -> bool {
    id.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !id.starts_with('"')
}

fn short(hash: [u8; 32]) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&hash[..16]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_row_keeps_its_key_when_others_change_and_equal_rows_have_keys_of_their_own() {
        let keys = |rows: &[[&str; 2]]| -> Vec<String> {
            let mut keys = Keys::new(None, &texts(&["phone", "name"]));
            rows.iter().map(|row| keys.next(&texts(row))).collect()
        };
        let before = keys(&[["1", "Ada"], ["x", "Bo"], ["1", "Ada"], ["", "1Ada"]]);
        let distinct: BTreeSet<&String> = before.iter().collect();
        assert_eq!(distinct.len(), 4);
        let mended = keys(&[["2", "Bo"], ["1", "Ada"], ["", "1Ada"], ["1", "Ada"]]);
        assert_eq!(
            mended[1..],
            [&before[0], &before[3], &before[2]].map(Clone::clone)
        );
        assert!(!before.contains(&mended[0]));
    }

    #[test]
    fn ids_are_there_plain_and_each_of_one_row() {
        let header = texts(&["name", "id"]);
        let mut ids = Ids::new(Some(&header[1]), &header);
        let long = "x".repeat(256);
        let rows = ["a", " a ", "", "caf\u{e9}", "\"b\"", &long, "c d"];
        for (line, id) in (2..).zip(rows) {
            ids.look_at(line, &texts(&["Ada", id]));
        }
        let told = |it: &Problem| format!("{} {}", it.code, it.path);
        let told: Vec<String> = ids.finish().unwrap_err().iter().map(told).collect();
        assert_eq!(
            told,
            [
                "duplicate_key line 3",
                "missing_key line 4",
                "bad_key line 5",
                "bad_key line 6",
                "bad_key line 7"
            ]
        );
    }
}
