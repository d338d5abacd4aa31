//! What the numbers were measured on and with.

use std::{fs, process::Command};

use serde::Serialize;

/// The head of the results.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Model of the processor.
    pub cpu: String,
    /// How many of them this process may use.
    pub n_cpus: usize,
    /// Processes that wanted one, on average over the minute before the start.
    pub load: String,
    /// The compiler.
    pub rustc: &'static str,
    /// Further flags for it.
    pub flags: &'static str,
    /// Profile of the build.
    pub profile: &'static str,
    /// The commit, with a `+` where files had been changed since.
    pub commit: String,
}

impl Machine {
    /// Looks around.
    pub fn here() -> Self {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpuinfo.lines().find(|line| line.starts_with("model name"));
        let model = model.and_then(|line| line.split_once(": "));
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            cpu: model.map_or("unknown", |(_, model)| model).to_owned(),
            n_cpus: std::thread::available_parallelism().map_or(0, usize::from),
            load: load.split(' ').next().unwrap_or("unknown").to_owned(),
            rustc: env!("ENGINES_RUSTC"),
            flags: env!("ENGINES_FLAGS"),
            profile: "opt-level=3, lto=thin, codegen-units=1, panic=unwind",
            commit: commit(),
        }
    }
}

fn commit() -> String {
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return "unknown".to_owned();
    };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]);
    let changed = changed.is_none_or(|changed| !changed.is_empty());
    format!("{commit}{}", if changed { "+" } else { "" })
}
