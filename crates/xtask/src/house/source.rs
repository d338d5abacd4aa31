//! The text files of the repository, as git lists them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo;

/// One text file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Path from the root of the repository, with `/` between the parts.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
}

/// Every file that is committed or would be: what git does not ignore. Files that are not text are left out.
pub(crate) fn all() -> Vec<Source> {
    let root = cargo::root();
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(&root)
        .output()
        .expect("git is installed");
    assert!(
        output.status.success(),
        "the house rules read a git work tree"
    );
    let listed = String::from_utf8(output.stdout).expect("paths are UTF-8");
    let read = |path: &str| {
        let bytes = fs::read(root.join(path)).ok()?;
        // A picture has no text, and pages link to it.
        let text = String::from_utf8(bytes).unwrap_or_default();
        Some(Source {
            path: path.to_owned(),
            text,
        })
    };
    listed
        .split('\0')
        .filter(|it| !it.is_empty())
        .filter_map(read)
        .collect()
}

/// Every Rust file but the cases that must not compile: those are test data, and lie in a folder below a crate's `tests/`.
pub(crate) fn rust() -> Vec<Source> {
    let mut sources = all();
    sources.retain(|it| it.extension() == Some("rs") && !it.is_compile_fail_case());
    sources
}

impl Source {
    fn as_path(&self) -> &Path {
        Path::new(&self.path)
    }

    /// What stands after the last dot of the name.
    pub(crate) fn extension(&self) -> Option<&str> {
        self.as_path().extension()?.to_str()
    }

    /// The name without its folder and extension.
    pub(crate) fn stem(&self) -> &str {
        self.as_path()
            .file_stem()
            .and_then(|it| it.to_str())
            .unwrap_or_default()
    }

    fn is_compile_fail_case(&self) -> bool {
        self.path.starts_with("tests/compile_fail/cases/")
    }

    /// Whether the whole file is tests: `foo/tests.rs`, `foo/tests/…`, or a test target.
    pub(crate) fn is_tests(&self) -> bool {
        let folders = self
            .as_path()
            .parent()
            .map(PathBuf::from)
            .unwrap_or_default();
        self.stem() == "tests" || folders.iter().any(|it| it == "tests")
    }

    /// Its lines with their numbers, from 1, without the modules under `#[cfg(test)]`.
    ///
    /// rustfmt puts the closing brace of a module at the margin, and nothing else of it: so no parser is needed.
    #[cfg(test)]
    pub(crate) fn code(&self) -> Vec<(usize, &str)> {
        let mut code = Vec::new();
        let mut lines = self.text.lines().zip(1..).peekable();
        while let Some((line, number)) = lines.next() {
            let module = lines
                .peek()
                .is_some_and(|(next, _)| next.trim_start().starts_with("mod "));
            if line != "#[cfg(test)]" || !module {
                code.push((number, line));
                continue;
            }
            for (line, _) in lines.by_ref() {
                if line == "}" || line.ends_with(';') && line.starts_with("mod ") {
                    break;
                }
            }
        }
        code
    }
}

#[test]
fn modules_of_tests_are_not_counted_as_code() {
    let text = "a\n#[cfg(test)]\nmod tests;\nb\n#[cfg(test)]\nmod more {\n    x;\n}\nc\n";
    let source = Source {
        path: "crates/x/src/x.rs".to_owned(),
        text: text.to_owned(),
    };
    assert_eq!(source.code(), [(1, "a"), (4, "b"), (9, "c")]);
}
