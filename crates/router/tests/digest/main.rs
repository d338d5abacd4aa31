//! Decisions stay what they are: many of them for each golden flow, as one number that is compared with a committed one.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod chance;
mod digest;
mod flows;
mod golden;
mod leads;

use std::{
    collections::BTreeMap,
    num::NonZero,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use digest::Digest;

/// Leads that each golden flow decides.
const LEADS: u64 = 100_000;

/// The digests of all golden flows by name, each under every semantics version, made on all cores.
fn digests() -> BTreeMap<String, Vec<Digest>> {
    let flows = flows::all();
    let (next, found) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let n_threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                while let Some(flow) = flows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let digests = digest::of(flow, LEADS);
                    let name = flow.any().flow().to_owned();
                    found.lock().unwrap().insert(name, digests);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

/// Under the present version, and under those before it: what they decided can be decided again.
#[test]
fn decisions_change_only_with_the_semantics_version() {
    let digests = digests();
    let mut mistakes = Vec::new();
    for (position, semantics) in flows::SEMANTICS.into_iter().enumerate() {
        let found = digests.iter();
        let found = found.map(|(name, digests)| (name.clone(), digests[position].clone()));
        let found = found.collect();
        let judged = if std::env::var_os(golden::WRITE).is_some() {
            golden::write(semantics, found)
        } else {
            golden::compare(&golden::read(semantics), &found)
        };
        mistakes.extend(judged.err());
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}
