//! `pointsman flow diff`: what differs between two files, and how many people change arm.

use std::{path::PathBuf, process::Command};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{pointsman, stdout_of};

/// Writes a flow whose root is a split by these weights.
fn write(folder: &TempDir, name: &str, weights_ppm: [u32; 3]) -> PathBuf {
    let arms = ["acme", "zenith", "harbor"].into_iter().zip(weights_ppm);
    let arms: Vec<Value> = arms
        .map(|(to, weight_ppm)| json!({"to": to, "weight_ppm": weight_ppm}))
        .collect();
    let destination = json!({"kind": "destination"});
    let flow = json!({
        "flow": "auto", "vertical": "auto", "currency": "USD", "root": "premium",
        "nodes": {
            "premium": {"kind": "split", "arms": arms},
            "acme": destination, "zenith": destination, "harbor": destination,
        },
    });
    let path = folder.path().join(name);
    std::fs::write(&path, flow.to_string()).unwrap();
    path
}

fn diff(before: &PathBuf, after: &PathBuf) -> Command {
    let mut command = pointsman();
    command.args(["flow", "diff"]).arg(before).arg(after);
    command
}

#[test]
fn a_diff_says_how_many_people_change_arm() {
    let folder = tempfile::tempdir().unwrap();
    let before = write(&folder, "before.json", [100_000, 100_000, 800_000]);
    let after = write(&folder, "after.json", [200_000, 200_000, 600_000]);
    let said = stdout_of(&mut diff(&before, &after));
    let moved = "20 % of the people who draw at `premium` change arm";
    assert_eq!(said.lines().last(), Some(moved), "{said}");
    assert!(said.lines().count() > 1, "{said}");

    let said = stdout_of(diff(&before, &after).args(["--output", "json"]));
    let said: Value = serde_json::from_str(&said).unwrap();
    let moves = json!([{"node": "premium", "share_ppm": 200_000, "message": moved}]);
    assert_eq!(said["moves"], moves, "{said:#}");
    assert_eq!(said["changes"][0]["place"]["node"], "premium", "{said:#}");

    assert_eq!(stdout_of(&mut diff(&before, &before)), "");
}
