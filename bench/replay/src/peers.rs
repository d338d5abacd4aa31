//! Programs of others, in Python: each reads the same log, and is told to do the same.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result};

use crate::measured::Measured;

/// Each with the program that measures it.
const PEERS: [(&str, &str); 3] = [
    ("obp", include_str!("../python/obp_snips.py")),
    ("mabwiser", include_str!("../python/mabwiser_replay.py")),
    ("vw", include_str!("../python/vw_policy.py")),
];

/// Measures those whose packages are there, and says which are not.
pub(crate) fn measure(python: &Path, folder: &Path, rows: usize) -> Result<Vec<Measured>> {
    let mut all = Vec::new();
    for (name, program) in PEERS {
        eprintln!("{name}");
        let output = Command::new(python)
            .args(["-c", program])
            .arg(folder)
            .arg(rows.to_string())
            .output()
            .with_context(|| format!("{} cannot be started", python.display()))?;
        if output.status.success() {
            all.push(serde_json::from_slice(&output.stdout).context(name)?);
        } else {
            let said = String::from_utf8_lossy(&output.stderr);
            let last = said.lines().last().unwrap_or("it said nothing");
            eprintln!("{name} is left out: {last}");
        }
    }
    Ok(all)
}
