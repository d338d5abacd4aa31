//! Many leads as lines: each its own transaction, and each its own line in the answer.

use std::{convert::Infallible, mem};

use axum::{
    body::{Body, BodyDataStream, Bytes},
    http::header,
    response::{IntoResponse as _, Response},
};
use futures_util::{Stream, StreamExt as _, stream};
use pointsman_service::config::Principal;
use serde_json::{Value, json};

use super::leads::{self, Answer};
use crate::{Doors, LEAD_BYTES_MAX, failure::Failure};

/// Most leads of one request on their way at a time.
const IN_FLIGHT_MAX: usize = 64;

/// Takes the leads of a body line by line and answers in the same order, as they are done.
pub(super) fn many(doors: Doors, principal: Principal, body: Body) -> Response {
    let answers = lines(body.into_data_stream())
        .map(move |(number, line)| {
            let (doors, principal) = (doors.clone(), principal.clone());
            async move { answer(&doors, &principal, number, line).await }
        })
        .buffered(IN_FLIGHT_MAX)
        .map(|line| Ok::<_, Infallible>(Bytes::from(line)));
    let content_type = [(header::CONTENT_TYPE, "application/x-ndjson")];
    (content_type, Body::from_stream(answers)).into_response()
}

/// What stands in one line, or why it cannot be read.
type Line = Result<Vec<u8>, Failure>;

async fn answer(doors: &Doors, principal: &Principal, number: u64, line: Line) -> String {
    let taken = match line {
        Ok(bytes) => leads::take(doors, principal, &bytes, None).await,
        Err(failure) => Err(failure),
    };
    let line = match taken {
        Ok(lead) => {
            let replayed = lead.replayed;
            json!({ "line": number, "lead": Answer::from(lead), "replayed": replayed })
        }
        Err(failure) => {
            let problem: Value = serde_json::from_str(&failure.to_json()).unwrap_or_default();
            json!({ "line": number, "error": problem })
        }
    };
    format!("{line}\n")
}

/// The lines of a body with their numbers, from 1. Empty lines are passed over.
fn lines(chunks: BodyDataStream) -> impl Stream<Item = (u64, Line)> {
    stream::unfold(Splitter::new(chunks), async |mut splitter| {
        let line = splitter.next().await?;
        Some((line, splitter))
    })
}

/// Cuts chunks into lines. A line that is too long is reported once and its rest passed over.
struct Splitter {
    chunks: Option<BodyDataStream>,
    rest: Vec<u8>,
    /// Where the search for the end of the line goes on.
    seen: usize,
    number: u64,
    skipping: bool,
}

impl Splitter {
    fn new(chunks: BodyDataStream) -> Self {
        Self {
            chunks: Some(chunks),
            rest: Vec::new(),
            seen: 0,
            number: 0,
            skipping: false,
        }
    }

    async fn next(&mut self) -> Option<(u64, Line)> {
        loop {
            if let Some(line) = self.cut() {
                if let Some(line) = self.finish(line) {
                    return Some(line);
                }
                continue;
            }
            if self.rest.len() > LEAD_BYTES_MAX && !mem::replace(&mut self.skipping, true) {
                return Some((self.number + 1, Err(Failure::too_large(LEAD_BYTES_MAX))));
            }
            if self.skipping {
                self.rest.clear();
                self.seen = 0;
            }
            match self.chunks.as_mut()?.next().await {
                Some(Ok(chunk)) => self.rest.extend_from_slice(&chunk),
                Some(Err(_)) => {
                    self.chunks = None;
                    return Some((
                        self.number + 1,
                        Err(Failure::malformed("the body broke off")),
                    ));
                }
                None => {
                    self.chunks = None;
                    let last = mem::take(&mut self.rest);
                    self.seen = 0;
                    return self.finish(last);
                }
            }
        }
    }

    /// The next whole line, if there is one.
    fn cut(&mut self) -> Option<Vec<u8>> {
        let end = self.rest[self.seen..]
            .iter()
            .position(|byte| *byte == b'\n');
        if let Some(offset) = end {
            let rest = self.rest.split_off(self.seen + offset + 1);
            let mut line = mem::replace(&mut self.rest, rest);
            line.pop();
            self.seen = 0;
            Some(line)
        } else {
            self.seen = self.rest.len();
            None
        }
    }

    /// Counts a line; `None` for one that is empty or was reported before.
    fn finish(&mut self, line: Vec<u8>) -> Option<(u64, Line)> {
        let is_last_and_empty = self.chunks.is_none() && line.is_empty();
        if !is_last_and_empty {
            self.number += 1;
        }
        if mem::take(&mut self.skipping) || line.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        if line.len() > LEAD_BYTES_MAX {
            return Some((self.number, Err(Failure::too_large(LEAD_BYTES_MAX))));
        }
        Some((self.number, Ok(line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts a body that arrives in chunks, and shows each line or its failure.
    async fn cut(chunks: Vec<Vec<u8>>) -> Vec<String> {
        let chunks = stream::iter(chunks).map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
        let body = Body::from_stream(chunks).into_data_stream();
        let shown = lines(body).map(|(number, line)| match line {
            Ok(line) => format!("{number} {}", String::from_utf8_lossy(&line)),
            Err(_) => format!("{number} refused"),
        });
        shown.collect().await
    }

    #[tokio::test]
    async fn lines_are_cut_wherever_chunks_end() {
        let chunks = ["{\"a\"", ":1}\n\n{\"b\":", "2}\r\n", "{\"c\":3}"];
        let chunks = chunks
            .iter()
            .map(|chunk| chunk.as_bytes().to_vec())
            .collect();
        assert_eq!(
            cut(chunks).await,
            ["1 {\"a\":1}", "3 {\"b\":2}\r", "4 {\"c\":3}"]
        );
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_reported_once_and_the_next_one_is_read() {
        let long = vec![b'x'; LEAD_BYTES_MAX];
        let chunks = vec![long.clone(), long.clone(), long, b"\n{}\n".to_vec()];
        assert_eq!(cut(chunks).await, ["1 refused", "2 {}"]);
        let whole = [vec![b'x'; LEAD_BYTES_MAX + 1], b"\n{}\n".to_vec()].concat();
        assert_eq!(cut(vec![whole]).await, ["1 refused", "2 {}"]);
    }
}
