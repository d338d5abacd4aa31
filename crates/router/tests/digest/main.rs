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
use pointsman_flow::Semantics;

/// Leads that each golden flow decides.
const LEADS: u64 = 100_000;

/// The digests of all golden flows, made on all cores.
fn digests(semantics: Semantics) -> BTreeMap<String, Digest> {
    let flows = flows::all(semantics);
    let (next, found) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let n_threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                while let Some(flow) = flows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let digest = digest::of(flow, LEADS);
                    let name = flow.program.flow().to_owned();
                    found.lock().unwrap().insert(name, digest);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

#[test]
fn decisions_change_only_with_the_semantics_version() {
    judge(Semantics::V2);
}

#[test]
fn what_semantics_version_1_decided_is_decided_again() {
    judge(Semantics::V1);
}

fn judge(semantics: Semantics) {
    let found = digests(semantics);
    let judged = if std::env::var_os(golden::WRITE).is_some() {
        golden::write(semantics, found)
    } else {
        golden::compare(&golden::read(semantics), &found)
    };
    if let Err(why) = judged {
        panic!("{why}");
    }
}
