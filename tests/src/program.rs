//! The program under test, and where things are in the repository.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Root of the repository: the nearest folder above the package whose tests run that has a lock file.
///
/// Read when the tests run, since a build folder may be shared by several clones.
pub fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let mut above = package.ancestors().skip(1);
    let root = above.find(|folder| folder.join("Cargo.lock").exists());
    root.map_or(package.clone(), Path::to_path_buf)
}

/// Folder of the program `pointsman`: that of this program, or the one above, since cargo puts tests into `deps`.
pub fn folder() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let own = this.parent().unwrap();
    let folder = if own.ends_with("deps") {
        own.parent().unwrap().to_path_buf()
    } else {
        own.to_path_buf()
    };
    let name = format!("pointsman{}", std::env::consts::EXE_SUFFIX);
    assert!(
        folder.join(&name).exists(),
        "there is no {name} in {}; run `cargo build --workspace --bins` first",
        folder.display()
    );
    folder
}

/// `pointsman`, without any setting that the person at the keyboard may have.
pub fn pointsman() -> Command {
    without_settings(Command::new(folder().join("pointsman")))
}

/// The same, not ended by the system when it writes beyond the size that a file may have: a write fails
/// then as it does on a disk that is full.
#[cfg(target_os = "linux")]
pub fn pointsman_on_a_small_disk() -> Command {
    let mut command = Command::new("env");
    command.arg("--ignore-signal=XFSZ");
    command.arg(folder().join("pointsman"));
    without_settings(command)
}

/// The same, with no more than so many files open at once.
pub fn pointsman_within(files_max: u32) -> Command {
    let mut shell = Command::new("sh");
    // The shell becomes the program, so that a signal to it reaches the right one.
    let script = format!(r#"ulimit -n {files_max} && exec "$0" "$@""#);
    shell.arg("-c").arg(script).arg(folder().join("pointsman"));
    without_settings(shell)
}

fn without_settings(mut command: Command) -> Command {
    command.stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("POINTSMAN_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end and gives what it wrote to stdout; fails with all it wrote if it failed.
pub fn stdout_of(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let Output {
        status,
        stdout,
        stderr,
    } = &output;
    let (stdout, stderr) = (
        String::from_utf8_lossy(stdout),
        String::from_utf8_lossy(stderr),
    );
    assert!(
        status.success(),
        "{command:?}: {status}\n{stdout}\n{stderr}"
    );
    stdout.into_owned()
}
