//! The bytes of a text file, unpacked, and counted on both sides.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::read::MultiGzDecoder;

use super::Encoding;

/// How a text file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zstd,
}

/// A file that says how much of it has been read.
struct Metered {
    file: File,
    n_bytes: Arc<AtomicU64>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.file.read(buffer)?;
        self.n_bytes.fetch_add(n_read as u64, Ordering::Relaxed);
        Ok(n_read)
    }
}

/// The unpacked text of a file. Counts its lines by itself: what is made of the rows is compared with that.
pub(crate) struct Unpacked {
    input: Box<dyn Read + Send>,
    n_bytes: Arc<AtomicU64>,
    n_line_ends: u64,
    last: Option<u8>,
}

impl Unpacked {
    pub(crate) fn open(path: &Path, packing: Packing, encoding: Encoding) -> io::Result<Self> {
        let n_bytes = Arc::new(AtomicU64::new(0));
        let file = Metered {
            file: File::open(path)?,
            n_bytes: Arc::clone(&n_bytes),
        };
        let unpacked: Box<dyn Read + Send> = match packing {
            Packing::Plain => Box::new(file),
            Packing::Gzip => Box::new(MultiGzDecoder::new(BufReader::new(file))),
            Packing::Zstd => Box::new(zstd::stream::read::Decoder::new(file)?),
        };
        Ok(Self {
            input: encoding.to_utf8(unpacked),
            n_bytes,
            n_line_ends: 0,
            last: None,
        })
    }

    /// Bytes of the packed file that have been read so far.
    pub(crate) fn n_bytes(&self) -> u64 {
        self.n_bytes.load(Ordering::Relaxed)
    }

    /// Lines so far; the last one need not end.
    pub(super) fn n_lines(&self) -> u64 {
        let is_open = self.last.is_some_and(|last| last != b'\n' && last != b'\r');
        self.n_line_ends + u64::from(is_open)
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.input.read(buffer)?;
        for byte in &buffer[..n_read] {
            let is_second_half = *byte == b'\n' && self.last == Some(b'\r');
            let is_end = (*byte == b'\n' || *byte == b'\r') && !is_second_half;
            self.n_line_ends += u64::from(is_end);
            self.last = Some(*byte);
        }
        Ok(n_read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        for (text, n_lines) in [
            ("", 0),
            ("a", 1),
            ("a\n", 1),
            ("a\r\nb\r\n", 2),
            ("a\rb\rc", 3),
            ("a\n\r\n\nb", 4),
        ] {
            let mut read = Unpacked {
                input: Box::new(io::Cursor::new(text.to_owned())),
                n_bytes: Arc::default(),
                n_line_ends: 0,
                last: None,
            };
            // A byte at a time, so that every end of line is torn apart.
            while read.read(&mut [0; 1]).unwrap() > 0 {}
            assert_eq!(read.n_lines(), n_lines, "{text:?}");
        }
    }
}
