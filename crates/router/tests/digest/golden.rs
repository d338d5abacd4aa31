//! The committed digests, and what a difference from them means.

use std::{collections::BTreeMap, fs, path::PathBuf};

use pointsman_flow::SEMANTICS_VERSION;
use serde::{Deserialize, Serialize};

use crate::{digest::Digest, flows};

/// The variable that lets the test write the file; any value will do.
pub(crate) const WRITE: &str = "POINTSMAN_WRITE_DIGEST";

const HOW_TO_WRITE: &str = "POINTSMAN_WRITE_DIGEST=1 cargo test -p pointsman-router --test digest";

/// The digests of one semantics version, by flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Golden {
    semantics_version: u32,
    flows: BTreeMap<String, Digest>,
}

fn path() -> PathBuf {
    flows::folder().join("golden.json")
}

/// The committed file. None at all is one of version 0, which knows no flows.
pub(crate) fn read() -> Golden {
    let Ok(text) = fs::read_to_string(path()) else {
        return Golden {
            semantics_version: 0,
            flows: BTreeMap::new(),
        };
    };
    serde_json::from_str(&text).unwrap()
}

/// Compares what was found with what was committed.
///
/// # Errors
///
/// What has changed and what is to be done about it, for whoever changed it.
pub(crate) fn compare(golden: &Golden, found: &BTreeMap<String, Digest>) -> Result<(), String> {
    decided_alike(golden, found)?;
    if golden.semantics_version != SEMANTICS_VERSION {
        return Err(format!(
            "the digests are of semantics version {}, and this is {SEMANTICS_VERSION}.\nWrite them again, and commit the file:\n\n    {HOW_TO_WRITE}\n",
            golden.semantics_version
        ));
    }
    if golden.flows != *found {
        return Err(format!(
            "a golden flow, its leads or their answers have changed, so the digests say nothing about it.\nWrite them again, and commit the file:\n\n    {HOW_TO_WRITE}\n"
        ));
    }
    Ok(())
}

/// Writes what was found.
///
/// # Errors
///
/// As [`compare`], where the same leads are decided otherwise under the same semantics version.
pub(crate) fn write(found: BTreeMap<String, Digest>) -> Result<(), String> {
    decided_alike(&read(), &found)?;
    let golden = Golden {
        semantics_version: SEMANTICS_VERSION,
        flows: found,
    };
    let text = serde_json::to_string_pretty(&golden).unwrap() + "\n";
    fs::write(path(), text).map_err(|error| error.to_string())
}

/// Whether flows that are what they were decide as they did, under one semantics version.
fn decided_alike(golden: &Golden, found: &BTreeMap<String, Digest>) -> Result<(), String> {
    if golden.semantics_version != SEMANTICS_VERSION {
        return Ok(());
    }
    let changed = found.iter().filter(|(name, found)| {
        let known = golden.flows.get(*name);
        known
            .is_some_and(|known| known.inputs == found.inputs && known.decisions != found.decisions)
    });
    let changed: Vec<String> = changed.map(|(name, _)| format!("`{name}`")).collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the same leads are decided otherwise than before, in {}.\n\
         Stored decisions could not be made again, and people would change their arms.\n\n\
         * If you did not mean that, mend it: `git stash` and this test tell what did it.\n\
         * If you did, raise SEMANTICS_VERSION in crates/flow/src/lib.rs (it is {SEMANTICS_VERSION}), say in CHANGELOG.md what is decided\n\
         \u{20} otherwise, and write the digests again:\n\n    {HOW_TO_WRITE}\n",
        changed.join(", ")
    ))
}

/// Digests of one flow, by its inputs and its decisions.
fn digests(inputs: &str, decisions: &str) -> BTreeMap<String, Digest> {
    let digest = Digest {
        inputs: inputs.to_owned(),
        decisions: decisions.to_owned(),
        counts: BTreeMap::new(),
    };
    [("auto".to_owned(), digest)].into()
}

/// What is said of a flow that was `x` and is decided as `1`.
fn said(semantics_version: u32, inputs: &str, decisions: &str) -> String {
    let golden = Golden {
        semantics_version,
        flows: digests("x", "1"),
    };
    compare(&golden, &digests(inputs, decisions))
        .err()
        .unwrap_or_default()
}

#[test]
fn another_decision_under_the_same_version_asks_for_a_new_one() {
    let said = said(SEMANTICS_VERSION, "x", "2");
    assert!(
        said.contains("decided otherwise than before, in `auto`"),
        "{said}"
    );
    assert!(said.contains("raise SEMANTICS_VERSION"), "{said}");
}

#[test]
fn another_flow_or_version_asks_for_new_digests() {
    assert_eq!(said(SEMANTICS_VERSION, "x", "1"), "");
    let changed = said(SEMANTICS_VERSION, "y", "2");
    assert!(
        changed.contains("a golden flow") && changed.contains(HOW_TO_WRITE),
        "{changed}"
    );
    let raised = said(SEMANTICS_VERSION - 1, "x", "2");
    assert!(
        raised.contains("are of semantics version") && raised.contains(HOW_TO_WRITE),
        "{raised}"
    );
}
