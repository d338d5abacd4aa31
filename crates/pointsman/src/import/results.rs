//! The file of results: what became of each row, a line each.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use anyhow::{Context as _, anyhow, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an import is of: the first line of its results. One of something else must not go on from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ImportOf {
    /// Of the content of the file.
    pub(super) file_sha256: String,
    pub(super) source: String,
    pub(super) key_column: Option<String>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RowResult {
    /// Its number, counted from 1 without the header.
    pub(super) row: u64,
    /// Its first line in the file.
    pub(super) line: u64,
    #[serde(flatten)]
    pub(super) ended: Ended,
}

/// How a row ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Ended {
    /// The lead that it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lead_id: Option<String>,
    /// That of the lead, or `refused`.
    pub(super) status: String,
    /// Why it was refused: all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) problems: Vec<Value>,
}

/// The status of a row that became no lead.
pub(super) const REFUSED: &str = "refused";

impl Ended {
    pub(super) fn refused(problems: Vec<Value>) -> Self {
        Self {
            lead_id: None,
            status: REFUSED.to_owned(),
            problems,
        }
    }
}

/// The file, open to be added to.
#[derive(Debug)]
pub(super) struct Results {
    file: File,
}

impl Results {
    /// Opens the results of an import, or begins them, and gives those that are there.
    ///
    /// A last line that a kill has cut is taken away: its row is sent again.
    ///
    /// # Errors
    ///
    /// Results of another import, a line that is none, and a file that cannot be read or written.
    pub(super) fn open(path: &Path, run: &ImportOf) -> anyhow::Result<(Self, Vec<RowResult>)> {
        let cannot = || format!("the results in {}", path.display());
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let file = options.open(path).with_context(cannot)?;
        // Two imports at once would write into each other's lines.
        if file.try_lock().is_err() {
            bail!("another import is writing to {}", path.display());
        }
        let (known, whole) = read(&file, run).with_context(cannot)?;
        let mut results = Self { file };
        results.file.set_len(whole).with_context(cannot)?;
        results.file.seek(SeekFrom::End(0)).with_context(cannot)?;
        if whole == 0 {
            results.write(run)?;
        }
        Ok((results, known))
    }

    /// Keeps what became of a row. A kill afterwards does not lose it; of a crash of the machine the row is sent again.
    pub(super) fn keep(&mut self, result: &RowResult) -> anyhow::Result<()> {
        self.write(result)
    }

    fn write<T: Serialize>(&mut self, line: &T) -> anyhow::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.file.write_all(&text).context("writing the results")
    }

    /// Has everything on disk.
    pub(super) fn finish(&mut self) -> anyhow::Result<()> {
        self.file.sync_all().context("writing the results")
    }
}

/// The results that are there, and how many bytes of the file are whole lines.
fn read(file: &File, run: &ImportOf) -> anyhow::Result<(Vec<RowResult>, u64)> {
    let mut lines = BufReader::new(file);
    let (mut known, mut whole, mut line) = (Vec::new(), 0, Vec::new());
    loop {
        line.clear();
        let n_read = lines.read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            return Ok((known, whole));
        }
        if whole == 0 {
            let of: ImportOf = serde_json::from_slice(&line)
                .map_err(|_| anyhow!("it does not begin as results do; name another file"))?;
            if of != *run {
                bail!(
                    "they are of another file, source or --key-column; name another file with --results"
                );
            }
        } else {
            let number = known.len() + 2;
            let result = serde_json::from_slice(&line);
            known.push(result.with_context(|| format!("line {number} is no result"))?);
        }
        whole += u64::try_from(n_read)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(hash: &str) -> ImportOf {
        ImportOf {
            file_sha256: hash.to_owned(),
            source: "web".to_owned(),
            key_column: None,
        }
    }

    fn sold(row: u64) -> RowResult {
        let ended = Ended {
            lead_id: Some(format!("lead_{row}")),
            status: "sold".to_owned(),
            problems: Vec::new(),
        };
        let line = row + 1;
        RowResult { row, line, ended }
    }

    #[test]
    fn results_go_on_behind_the_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.ndjson");
        let (mut results, known) = Results::open(&path, &run("a")).unwrap();
        assert_eq!(known, []);
        results.keep(&sold(1)).unwrap();
        results.keep(&sold(2)).unwrap();
        assert!(Results::open(&path, &run("a")).is_err(), "two at once");
        drop(results);
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let (mut results, known) = Results::open(&path, &run("a")).unwrap();
            let n_known = known.len();
            assert_eq!(known, (1..).map(sold).take(n_known).collect::<Vec<_>>());
            results.keep(&sold(9)).unwrap();
            drop(results);
            let (_, known) = Results::open(&path, &run("a")).unwrap();
            assert_eq!(known.len(), n_known + 1, "cut at {cut}");
        }
    }

    #[test]
    fn results_of_something_else_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.ndjson");
        drop(Results::open(&path, &run("a")).unwrap());
        let before = std::fs::read(&path).unwrap();
        assert!(Results::open(&path, &run("b")).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), before);
        std::fs::write(&path, "name,age\nAda,41\n").unwrap();
        assert!(Results::open(&path, &run("a")).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"name,age\nAda,41\n");
    }
}
