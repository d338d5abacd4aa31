//! Cuts the chunks of a body into lines.

use std::mem;

use axum::body::{BodyDataStream, Bytes};
use futures_util::StreamExt as _;

use crate::{LEAD_BYTES_MAX, failure::Failure};

/// What stands in one line, or why it cannot be read.
pub(super) type Line = Result<Vec<u8>, Failure>;

/// Cuts chunks into lines. A line that is too long is reported once and its rest passed over.
///
/// Each byte is looked at once and copied once, however many lines a chunk holds and however many chunks a
/// line is spread over.
pub(super) struct Splitter {
    /// `None` once the body has ended.
    chunks: Option<BodyDataStream>,
    /// What is left of the chunk at hand.
    chunk: Bytes,
    /// The beginning of a line whose end has not come yet.
    begun: Vec<u8>,
    number: u64,
    /// Whether the line at hand was reported as too long.
    skipping: bool,
}

impl Splitter {
    pub(super) fn new(chunks: BodyDataStream) -> Self {
        Self {
            chunks: Some(chunks),
            chunk: Bytes::new(),
            begun: Vec::new(),
            number: 0,
            skipping: false,
        }
    }

    /// How many lines have ended so far.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line that is not empty, with its number.
    pub(super) async fn next(&mut self) -> Option<(u64, Line)> {
        loop {
            let end = self.chunk.iter().position(|byte| *byte == b'\n');
            let part = match end {
                Some(end) => self.chunk.split_to(end + 1).slice(..end),
                None => mem::take(&mut self.chunk),
            };
            if !self.skipping {
                if self.begun.len() + part.len() > LEAD_BYTES_MAX {
                    self.skipping = true;
                    self.begun = Vec::new();
                    // The rest of it is passed over when this is called again.
                    let number = self.number + 1;
                    if end.is_some() {
                        self.finish();
                    }
                    return Some((number, Err(Failure::too_large(LEAD_BYTES_MAX))));
                }
                self.begun.extend_from_slice(&part);
            }
            if end.is_some() {
                if let Some(line) = self.finish() {
                    return Some(line);
                }
                continue;
            }
            match self.chunks.as_mut()?.next().await {
                Some(Ok(chunk)) => self.chunk = chunk,
                Some(Err(_)) => {
                    self.chunks = None;
                    let failure = Failure::malformed("the body broke off");
                    return Some((self.number + 1, Err(failure)));
                }
                None => {
                    self.chunks = None;
                    let is_over = self.begun.is_empty() && !self.skipping;
                    return if is_over { None } else { self.finish() };
                }
            }
        }
    }

    /// Counts a line; `None` for one that is empty or was reported before.
    fn finish(&mut self) -> Option<(u64, Line)> {
        let line = mem::take(&mut self.begun);
        self.number += 1;
        if mem::take(&mut self.skipping) || line.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        Some((self.number, Ok(line)))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::Body;
    use futures_util::stream;

    use super::*;

    /// Cuts a body that arrives in chunks, and shows each line or its failure.
    async fn cut(chunks: Vec<Vec<u8>>) -> Vec<String> {
        let chunks = stream::iter(chunks).map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
        let mut splitter = Splitter::new(Body::from_stream(chunks).into_data_stream());
        let mut shown = Vec::new();
        while let Some((number, line)) = splitter.next().await {
            shown.push(match line {
                Ok(line) => format!("{number} {}", String::from_utf8_lossy(&line)),
                Err(_) => format!("{number} refused"),
            });
        }
        shown
    }

    #[tokio::test]
    async fn lines_are_cut_wherever_chunks_end() {
        let chunks = ["{\"a\"", ":1}\n\n{\"b\":", "2}\r\n", "", "{\"c\":3}"];
        let chunks = chunks
            .iter()
            .map(|chunk| chunk.as_bytes().to_vec())
            .collect();
        assert_eq!(
            cut(chunks).await,
            ["1 {\"a\":1}", "3 {\"b\":2}\r", "4 {\"c\":3}"]
        );
        assert_eq!(cut(vec![]).await, [""; 0]);
        assert_eq!(cut(vec![b"\n".to_vec()]).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_reported_once_and_the_next_one_is_read() {
        let long = vec![b'x'; LEAD_BYTES_MAX];
        let chunks = vec![long.clone(), long.clone(), long.clone(), b"\n{}\n".to_vec()];
        assert_eq!(cut(chunks).await, ["1 refused", "2 {}"]);
        let whole = [vec![b'x'; LEAD_BYTES_MAX + 1], b"\n{}\n".to_vec()].concat();
        assert_eq!(cut(vec![whole]).await, ["1 refused", "2 {}"]);
        let last = vec![long, b"x".to_vec()];
        assert_eq!(cut(last).await, ["1 refused"]);
    }

    #[tokio::test]
    async fn many_lines_in_one_chunk_cost_what_their_bytes_cost() {
        let n = 200_000;
        let chunk = b"{}\n".repeat(n);
        let chunks = stream::iter([Ok::<_, Infallible>(Bytes::from(chunk))]);
        let mut splitter = Splitter::new(Body::from_stream(chunks).into_data_stream());
        while splitter.next().await.is_some() {}
        assert_eq!(splitter.number(), n as u64);
    }
}
