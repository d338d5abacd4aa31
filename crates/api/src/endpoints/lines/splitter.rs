//! Cuts the chunks of a body into lines.

use axum::body::BodyDataStream;
use futures_util::StreamExt as _;
use tokio_util::{
    bytes::BytesMut,
    codec::{Decoder as _, LinesCodec, LinesCodecError},
};

use crate::{LEAD_BYTES_MAX, failure::Failure};

/// The text of one line, or why it cannot be read.
pub(super) type Line = Result<String, Failure>;

/// Cuts chunks into lines. A line that is too long is reported once, and the rest of it is discarded.
///
/// The codec alone, without `FramedRead`, which ends a stream at its first error.
pub(super) struct Splitter {
    /// `None` once the body has ended.
    chunks: Option<BodyDataStream>,
    codec: LinesCodec,
    /// Bytes that are received and not cut yet: at most one chunk and the beginning of a line.
    buffer: BytesMut,
    number: u64,
}

impl Splitter {
    pub(super) fn new(chunks: BodyDataStream) -> Self {
        Self {
            chunks: Some(chunks),
            codec: LinesCodec::new_with_max_length(LEAD_BYTES_MAX),
            buffer: BytesMut::new(),
            number: 0,
        }
    }

    /// Number of the last line that was cut.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line that is not empty, with its number.
    pub(super) async fn next(&mut self) -> Option<(u64, Line)> {
        loop {
            let cut = match &self.chunks {
                Some(_) => self.codec.decode(&mut self.buffer),
                None => self.codec.decode_eof(&mut self.buffer),
            };
            let line = match cut {
                Ok(Some(line)) => Ok(line),
                Ok(None) => match self.chunks.as_mut()?.next().await {
                    Some(Ok(chunk)) => {
                        self.buffer.extend_from_slice(&chunk);
                        continue;
                    }
                    Some(Err(_)) => {
                        self.chunks = None;
                        self.buffer.clear();
                        Err(Failure::malformed("the body ended early"))
                    }
                    None => {
                        self.chunks = None;
                        continue;
                    }
                },
                Err(LinesCodecError::MaxLineLengthExceeded) => {
                    Err(Failure::too_large(LEAD_BYTES_MAX))
                }
                Err(LinesCodecError::Io(_)) => Err(Failure::malformed("the line is not UTF-8")),
            };
            self.number += 1;
            let is_blank = |line: &String| line.bytes().all(|byte| byte.is_ascii_whitespace());
            if !line.as_ref().is_ok_and(is_blank) {
                return Some((self.number, line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::{Body, Bytes};
    use futures_util::stream;

    use super::*;

    /// Cuts a body that arrives in chunks, and shows each line or its failure.
    async fn cut(chunks: Vec<Vec<u8>>) -> Vec<String> {
        let chunks = stream::iter(chunks).map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
        let mut splitter = Splitter::new(Body::from_stream(chunks).into_data_stream());
        let mut shown = Vec::new();
        while let Some((number, line)) = splitter.next().await {
            shown.push(match line {
                Ok(line) => format!("{number} {line}"),
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
            ["1 {\"a\":1}", "3 {\"b\":2}", "4 {\"c\":3}"]
        );
        assert_eq!(cut(vec![]).await, [""; 0]);
        assert_eq!(cut(vec![b"\n".to_vec()]).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_line_that_is_not_utf_8_is_refused_alone() {
        let chunks = vec![b"{}\n\xff\n{}\r".to_vec()];
        assert_eq!(cut(chunks).await, ["1 {}", "2 refused", "3 {}"]);
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
