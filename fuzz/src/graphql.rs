//! GraphQL documents, and behind each its variables in JSON.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::Value as Json;

use crate::parts;

/// Stack of a worker thread of the server, less what a request needs on its way to the parser.
const STACK_BYTES: usize = 1024 * 1024;
/// Longer than any document takes that is let through, on a machine that is busy with other inputs.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// Answers a document as the endpoint does, without any permission.
///
/// It ends soon and without more stack than there is, whatever the document asks for, and each mistake has
/// a code.
pub fn graphql(input: &[u8]) {
    let Some(parts) = parts(input) else { return };
    let (document, variables) = match parts.as_slice() {
        [document] => ((*document).to_owned(), "{}"),
        [document, variables, ..] => ((*document).to_owned(), *variables),
        [] => return,
    };
    let variables = serde_json::from_str(variables).unwrap_or(Json::Null);
    let started = Instant::now();
    let work = thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || answered(&document, variables))
        .expect("there are threads");
    let codes = work.join().expect("nothing panics");
    assert!(started.elapsed() < TIME_LIMIT, "{:?}", started.elapsed());
    assert!(codes.iter().all(|code| !code.is_empty()), "{codes:?}");
}

fn answered(document: &str, variables: Json) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime without anything in it");
    runtime.block_on(pointsman_api::dry_run(document, variables))
}
