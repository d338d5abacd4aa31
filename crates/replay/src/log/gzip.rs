//! Gzipped CSV, unpacked a piece at a time.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use flate2::read::MultiGzDecoder;

/// Bytes that a piece has at least, but for the last one.
const PIECE_MIN: u64 = 1 << 20;

/// Pieces of a CSV file that are whole lines, each with the header in front.
///
/// A piece at a time is in memory: logs compress well, and unpacked they may not fit.
pub(super) struct Pieces {
    reader: MultiGzDecoder<File>,
    header: Vec<u8>,
    rest: Vec<u8>,
    is_done: bool,
}

impl Pieces {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut pieces = Self {
            reader: MultiGzDecoder::new(File::open(path)?),
            header: Vec::new(),
            rest: Vec::new(),
            is_done: false,
        };
        while pieces.header.is_empty() && !pieces.is_done {
            pieces.fill()?;
            let end = first_line(&pieces.rest).unwrap_or(if pieces.is_done {
                pieces.rest.len()
            } else {
                0
            });
            pieces.header = pieces.rest.drain(..end).collect();
        }
        Ok(pieces)
    }

    /// The first line.
    pub(super) fn header(&self) -> &[u8] {
        &self.header
    }

    fn fill(&mut self) -> io::Result<()> {
        let n_read = self
            .reader
            .by_ref()
            .take(PIECE_MIN)
            .read_to_end(&mut self.rest)?;
        self.is_done = n_read == 0;
        Ok(())
    }
}

impl Iterator for Pieces {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut end = 0;
        while end == 0 && !self.is_done {
            if let Err(error) = self.fill() {
                self.is_done = true;
                self.rest.clear();
                return Some(Err(error));
            }
            end = last_line(&self.rest);
        }
        if self.is_done {
            end = self.rest.len();
        }
        if end == 0 {
            return None;
        }
        let mut piece = self.header.clone();
        piece.extend(self.rest.drain(..end));
        Some(Ok(piece))
    }
}

/// Ends of the lines of a CSV. A newline in quotes ends nothing.
fn line_ends(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let mut in_quotes = false;
    (1..).zip(bytes).filter_map(move |(end, byte)| {
        in_quotes ^= *byte == b'"';
        (*byte == b'\n' && !in_quotes).then_some(end)
    })
}

fn first_line(bytes: &[u8]) -> Option<usize> {
    line_ends(bytes).next()
}

fn last_line(bytes: &[u8]) -> usize {
    line_ends(bytes).last().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn pieces_are_whole_lines_and_lose_nothing() {
        let row = "1,\"two\nlines, and a \"\"word\"\"\",3\n".repeat(200_000);
        let text = format!("a,b,c\n{row}4,5,6");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv.gz");
        let mut encoder = GzEncoder::new(File::create(&path).unwrap(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap();
        let pieces: Vec<Vec<u8>> = Pieces::open(&path).unwrap().map(Result::unwrap).collect();
        assert!(pieces.len() > 2);
        let mut whole = b"a,b,c\n".to_vec();
        for (position, piece) in pieces.iter().enumerate() {
            let body = piece.strip_prefix(b"a,b,c\n").unwrap();
            assert!(position == 0 || body.starts_with(b"1,") || body.starts_with(b"4,"));
            whole.extend(body);
        }
        assert_eq!(whole, text.as_bytes());
    }

    #[test]
    fn a_header_alone_has_no_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv.gz");
        let mut encoder = GzEncoder::new(File::create(&path).unwrap(), Compression::fast());
        encoder.write_all(b"a,b").unwrap();
        encoder.finish().unwrap();
        let mut pieces = Pieces::open(&path).unwrap();
        assert_eq!(pieces.header(), b"a,b");
        assert!(pieces.next().is_none());
    }
}
