//! The committed digests, and what a difference from them means.

use std::{collections::BTreeMap, fs, path::PathBuf};

use pointsman_flow::Semantics;
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

fn path(semantics: Semantics) -> PathBuf {
    flows::folder().join(format!("golden-{}.json", semantics.version()))
}

/// The committed file. Without one, no flow is known.
pub(crate) fn read(semantics: Semantics) -> Golden {
    let Ok(text) = fs::read_to_string(path(semantics)) else {
        return Golden {
            semantics_version: semantics.version(),
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
    if golden.flows != *found {
        return Err(format!(
            "a golden flow, its leads or their answers have changed, so the digests of semantics version {} say nothing about it.\n\
             Write them again, and commit the file:\n\n    {HOW_TO_WRITE}\n",
            golden.semantics_version
        ));
    }
    Ok(())
}

/// Writes what was found.
///
/// # Errors
///
/// As [`compare`], where the same leads are decided otherwise under the same semantics version.
pub(crate) fn write(semantics: Semantics, found: BTreeMap<String, Digest>) -> Result<(), String> {
    decided_alike(&read(semantics), &found)?;
    let golden = Golden {
        semantics_version: semantics.version(),
        flows: found,
    };
    let text = serde_json::to_string_pretty(&golden).unwrap() + "\n";
    fs::write(path(semantics), text).map_err(|error| error.to_string())
}

/// Whether flows that are what they were decide as they did.
fn decided_alike(golden: &Golden, found: &BTreeMap<String, Digest>) -> Result<(), String> {
    let changed = found.iter().filter(|(name, found)| {
        let known = golden.flows.get(*name);
        known
            .is_some_and(|known| known.inputs == found.inputs && known.decisions != found.decisions)
    });
    let changed: Vec<String> = changed.map(|(name, _)| format!("`{name}`")).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let version = golden.semantics_version;
    Err(format!(
        "the same leads are decided otherwise than before under semantics version {version}, in {}.\n\
         Stored decisions could not be made again, and people would change their arms.\n\n\
         * If you did not mean that, mend it: `git stash` and this test tell what did it.\n\
         * If you did, leave version {version} as it is and add another: a variant of `Semantics` in crates/flow/src/semantics.rs.\n\
         \u{20} Say in CHANGELOG.md what is decided otherwise, and write the digests:\n\n    {HOW_TO_WRITE}\n",
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
fn said(inputs: &str, decisions: &str) -> String {
    let golden = Golden {
        semantics_version: 2,
        flows: digests("x", "1"),
    };
    compare(&golden, &digests(inputs, decisions))
        .err()
        .unwrap_or_default()
}

#[test]
fn another_decision_under_the_same_version_asks_for_a_new_one() {
    let said = said("x", "2");
    assert!(
        said.contains("under semantics version 2, in `auto`"),
        "{said}"
    );
    assert!(said.contains("add another"), "{said}");
}

#[test]
fn another_flow_asks_for_new_digests() {
    assert_eq!(said("x", "1"), "");
    let changed = said("y", "2");
    assert!(
        changed.contains("a golden flow") && changed.contains(HOW_TO_WRITE),
        "{changed}"
    );
}
