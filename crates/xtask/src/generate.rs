//! The files that the code writes: each is committed, and compared with what the program prints today.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::{cargo, say};

/// A committed file and the arguments with which `pointsman` prints it.
struct Generated {
    /// Path from the root of the repository.
    file: &'static str,
    /// What to ask of the program.
    args: &'static [&'static str],
}

const GENERATED: &[Generated] = &[Generated {
    file: "graphql/schema.graphql",
    args: &["schema"],
}];

/// Writes every generated file that differs from what the program prints.
///
/// # Errors
///
/// When the program cannot be built or run, or a file cannot be written.
pub(crate) fn write() -> Result<ExitCode> {
    let program = cargo::build()?;
    for it in GENERATED {
        let path = cargo::root().join(it.file);
        let text = it.print(&program)?;
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            say::out(format_args!("{}: unchanged", it.file));
        } else {
            fs::write(&path, text).with_context(|| format!("cannot write {}", it.file))?;
            say::out(format_args!("{}: written", it.file));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Compares every generated file with what the program prints, and names all that differ.
///
/// A file that was never written is named and passed over: `generate` without `--check` brings it in.
///
/// # Errors
///
/// When the program cannot be built or run.
pub(crate) fn check() -> Result<ExitCode> {
    let program = cargo::build()?;
    let mut code = ExitCode::SUCCESS;
    for it in GENERATED {
        let Ok(committed) = fs::read_to_string(cargo::root().join(it.file)) else {
            say::err(format_args!("{}: not written yet", it.file));
            continue;
        };
        match first_difference(&committed, &it.print(&program)?) {
            None => say::out(format_args!("{}: as the code says", it.file)),
            Some(line) => {
                say::err(format_args!(
                    "{}:{line}: not what the code says; run `cargo xtask generate` and look at the change",
                    it.file
                ));
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

impl Generated {
    /// Asks the program for the text of the file.
    fn print(&self, program: &Path) -> Result<String> {
        let output = Command::new(program)
            .args(self.args)
            .current_dir(cargo::root())
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let args = self.args.join(" ");
        ensure!(output.status.success(), "`pointsman {args}` failed");
        let text = String::from_utf8(output.stdout)
            .with_context(|| format!("`pointsman {args}` printed something that is not text"))?;
        ensure!(
            !text.trim().is_empty(),
            "`pointsman {args}` printed nothing"
        );
        Ok(text)
    }
}

/// Number of the first line, from 1, in which two texts differ.
fn first_difference(committed: &str, printed: &str) -> Option<usize> {
    if committed == printed {
        return None;
    }
    let same = committed
        .split('\n')
        .zip(printed.split('\n'))
        .take_while(|(a, b)| a == b)
        .count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_named_by_its_line() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
        assert_eq!(first_difference("", "a\n"), Some(1));
    }

    #[test]
    fn a_missing_newline_at_the_end_is_a_difference() {
        assert!(first_difference("a", "a\n").is_some());
    }
}
