//! `/v1/lists/{name}`: named lists that are too long for a GraphQL request.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{RawQuery, Request, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use futures_util::StreamExt as _;
use pointsman_control::{ListTrial, NewList};
use pointsman_flow::{LIST_VALUE_BYTES_MAX, ListDifference, ListKind, ListReader, NamedList};
use pointsman_lead::Problem;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{body, drafts::expected_revision, segment::Segment};
use crate::{
    ApiState,
    access::{Right, cookie},
    failure::Failure,
};

/// Most bytes of a list as it is sent.
const LIST_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Real time for a further piece of a list to arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest line, white space included: what goes beyond is told as too long, and not kept.
const LINE_BYTES_MAX: usize = 4 * LIST_VALUE_BYTES_MAX;

/// Most values that a dry run tells of those that are new, and of those that are gone.
const SAMPLES: usize = 20;

/// Puts a version of a list: one value a line. `If-Match` may name the revision it replaces. The console uploads lists too, so
/// that a session counts here.
pub(crate) async fn put(
    State(state): State<ApiState>,
    Segment(name): Segment,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let principal = state
        .allowed_or_session(&parts.headers, Right::Edit)
        .await?;
    let expected_revision = expected_revision(&parts.headers)?;
    if body::media_type(&parts.headers) != "text/plain" {
        return Err(Failure::media_type("text/plain, one value a line"));
    }
    body::check_encoding(&parts.headers)?;
    let control = state.control.acting_for(&principal);
    let asked = Asked::of_query(query.as_deref().unwrap_or_default())?;
    let kind = control.kind_of_list(&name, asked.kind).await?;
    let list = read(body, kind).await?;
    let new = NewList {
        name,
        list,
        expected_revision,
    };
    if asked.is_dry_run {
        // In a browser personal values are covered: each look at a lead's is noted, and here nothing would be.
        let is_browser = cookie::is_browser(&parts.headers, &state.options);
        let is_covered = is_browser && kind.is_personal();
        let n_samples = if is_covered { 0 } else { SAMPLES };
        let trial = control.try_list(new, n_samples).await?;
        return Ok(axum::Json(told(&trial)).into_response());
    }
    let list = control.put_list(new).await?;
    let etag = [(header::ETAG, format!("\"{}\"", list.revision))];
    let answer = json!({
        "name": list.name, "kind": list.kind, "revision": list.revision, "hash": list.hash,
        "values": list.n_values,
    });
    Ok((etag, axum::Json(answer)).into_response())
}

/// What a dry run says.
fn told(trial: &ListTrial) -> Value {
    let ListTrial {
        before,
        n_values,
        difference,
    } = trial;
    let ListDifference {
        n_added,
        n_removed,
        added,
        removed,
    } = difference;
    json!({
        "revision": before.as_ref().map_or(0, |list| list.revision),
        "values_before": before.as_ref().map_or(0, |list| list.n_values),
        "values": n_values,
        "added": { "count": n_added, "first": added },
        "removed": { "count": n_removed, "first": removed },
    })
}

/// What stands behind the question mark.
struct Asked {
    kind: Option<ListKind>,
    /// Whether nothing is stored, and what would change is told.
    is_dry_run: bool,
}

impl Asked {
    /// # Errors
    ///
    /// All mistakes of the parameters; no value of them is repeated.
    fn of_query(query: &str) -> Result<Self, Failure> {
        let (mut kinds, mut dry_runs, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "kind" => kinds.push(ListKind::of_word(&value)),
                "dry_run" => dry_runs.push(value.parse().ok()),
                _ if problems.is_empty() => {
                    let message = "the address has a parameter that is none";
                    let problem = Problem::new("unknown_parameter", "", message);
                    problems.push(problem.hint("parameters are `kind` and `dry_run`"));
                }
                _ => {}
            }
        }
        for (name, n) in [("kind", kinds.len()), ("dry_run", dry_runs.len())] {
            if n > 1 {
                let message = "the parameter stands there twice";
                let problem = Problem::new("duplicate_parameter", name, message);
                problems.push(problem.hint("name it once"));
            }
        }
        if kinds.contains(&None) {
            let words = ListKind::ALL.map(ListKind::word).join(", ");
            let problem = Problem::new("unknown_kind", "kind", "this is no kind of lists");
            problems.push(problem.hint(format!("kinds are {words}")));
        }
        if dry_runs.contains(&None) {
            let message = "this is neither yes nor no";
            let problem = Problem::new("malformed", "dry_run", message);
            problems.push(problem.hint("write `true` or `false`"));
        }
        if !problems.is_empty() {
            return Err(Failure::problems(problems));
        }
        Ok(Self {
            kind: kinds.into_iter().flatten().next(),
            is_dry_run: dry_runs.into_iter().flatten().next().unwrap_or(false),
        })
    }
}

/// Reads a list line by line, as it arrives.
async fn read(body: Body, kind: ListKind) -> Result<NamedList, Failure> {
    let mut lines = Lines {
        reader: ListReader::new(kind),
        line: Vec::new(),
        number: 1,
    };
    let mut chunks = body.into_data_stream();
    let mut n_bytes = 0;
    loop {
        let next = tokio::time::timeout(READ_TIMEOUT, chunks.next());
        let Ok(next) = next.await else {
            return Err(Failure::too_slow(READ_TIMEOUT.as_secs()));
        };
        let Some(chunk) = next else {
            break;
        };
        let chunk = chunk.map_err(|_| Failure::malformed("the body ended early"))?;
        n_bytes += chunk.len();
        if n_bytes > LIST_BYTES_MAX {
            return Err(Failure::too_large(LIST_BYTES_MAX));
        }
        lines.take(&chunk)?;
    }
    lines.end_line()?;
    let Lines { reader, .. } = lines;
    // To sort and to index a million values takes a while.
    let finished = tokio::task::spawn_blocking(move || reader.finish()).await;
    match finished {
        Ok(list) => list.map_err(Failure::problems),
        Err(_) => Err(Failure::stopping()),
    }
}

/// A list, as far as it has arrived.
struct Lines {
    reader: ListReader,
    /// What has come of the present line.
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    fn take(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        let mut pieces = chunk.split(|byte| *byte == b'\n');
        let first = pieces.next().unwrap_or_default();
        self.extend(first);
        for piece in pieces {
            self.end_line()?;
            self.extend(piece);
        }
        Ok(())
    }

    /// What is beyond the longest line is dropped: it is too long with less of it.
    fn extend(&mut self, piece: &[u8]) {
        let room = LINE_BYTES_MAX.saturating_sub(self.line.len());
        self.line.extend_from_slice(&piece[..piece.len().min(room)]);
    }

    fn end_line(&mut self) -> Result<(), Failure> {
        let cut = self.line.len() == LINE_BYTES_MAX;
        let text = match str::from_utf8(&self.line) {
            Ok(text) => text,
            // A letter may have been cut in two.
            Err(error) if cut && error.error_len().is_none() => {
                str::from_utf8(&self.line[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => {
                let message = format!("line {} is not UTF-8", self.number);
                return Err(Failure::malformed(message));
            }
        };
        let text = match self.number {
            1 => text.strip_prefix('\u{feff}').unwrap_or(text),
            _ => text,
        };
        self.reader.add(&format!("line {}", self.number), text);
        self.line.clear();
        self.number += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use pointsman_lead::Problem;

    use super::*;

    /// The values of a body that comes in pieces, or what is wrong.
    async fn read_pieces(pieces: &[&[u8]]) -> Result<String, Vec<String>> {
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
            pieces.iter().map(|piece| Ok(piece.to_vec())).collect();
        let read = read(
            Body::from_stream(stream::iter(pieces)),
            ListKind::PostalCode,
        )
        .await;
        let told = |it: Problem| format!("{} {}", it.code, it.path);
        let list =
            read.map_err(|it| it.into_problems().into_iter().map(told).collect::<Vec<_>>())?;
        Ok(list.values().unwrap().body().to_owned())
    }

    #[test]
    fn a_kind_stands_in_an_address_once_or_not_at_all() {
        let asked = |query: &str| {
            let code = |it: Problem| it.code;
            Asked::of_query(query)
                .map(|asked| asked.kind)
                .map_err(|it| it.into_problems().into_iter().map(code).collect::<Vec<_>>())
        };
        assert_eq!(asked("").unwrap(), None);
        assert_eq!(
            asked("kind=postal%5Fcode").unwrap(),
            Some(ListKind::PostalCode)
        );
        assert_eq!(
            asked("kind=phone&kind=phone&x=1&y").unwrap_err(),
            ["unknown_parameter", "duplicate_parameter"]
        );
        assert_eq!(
            asked("kind=phone&kind=").unwrap_err(),
            ["duplicate_parameter", "unknown_kind"]
        );
        assert_eq!(asked("kind=%ff").unwrap_err(), ["unknown_kind"]);
    }

    #[tokio::test]
    async fn lines_may_be_cut_anywhere_and_have_any_ends() {
        let whole = "\u{feff}94103\r\n10001\n\n  60601  \r\nSW1A 1AA";
        let expected = Ok("10001\n60601\n94103\nSW1A 1AA\n".to_owned());
        for at in 0..whole.len() {
            let (one, other) = whole.as_bytes().split_at(at);
            assert_eq!(read_pieces(&[one, other]).await, expected, "{at}");
        }
    }

    #[tokio::test]
    async fn every_bad_line_is_told_and_a_long_one_takes_no_memory() {
        let long = vec![b'9'; 1_000_000];
        let found = read_pieces(&[b"94103\n?\n", &long, &long, b"\n!!\n"]).await;
        assert_eq!(
            found.unwrap_err(),
            ["malformed line 2", "too_long line 3", "malformed line 4"]
        );
        assert!(read_pieces(&[b"94103\n\xff\xfe\n"]).await.is_err());
        assert_eq!(read_pieces(&[]).await.unwrap_err(), ["empty values"]);
    }
}
