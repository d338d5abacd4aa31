//! Logs in several files: folders, names with stars, and folders that are called like `day=2026-01-31`.

use std::path::{Path, PathBuf};

/// Folders below a log that are looked into.
const DEPTH_MAX: usize = 16;

/// How files of a log are called; in a folder, others are left alone.
const EXTENSIONS: [&str; 9] = [
    "parquet", "csv", "tsv", "txt", "ndjson", "jsonl", "json", "gz", "zst",
];

/// A file of a log, with what the names of its folders say of all of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundFile {
    pub(crate) path: PathBuf,
    /// Column and value, such as `day` and `2026-01-31`.
    pub(crate) partition: Vec<(String, String)>,
}

/// Whether a path names several files.
pub(crate) fn is_many(path: &Path) -> bool {
    path.is_dir() || (!path.exists() && has_stars(path))
}

/// The files that a path names, in the order of their names; for a file itself.
pub(crate) fn find(path: &Path) -> Vec<FoundFile> {
    if !is_many(path) {
        return vec![FoundFile {
            path: path.to_owned(),
            partition: Vec::new(),
        }];
    }
    let root = root_of(path);
    let mut found = Vec::new();
    if path.is_dir() {
        walk(path, 0, &mut |file| {
            if is_log(file) {
                found.push(file.to_owned());
            }
        });
    } else {
        let pattern: Vec<String> = parts(path);
        walk(&root, 0, &mut |file| {
            if matches(&pattern, &parts(file)) {
                found.push(file.to_owned());
            }
        });
    }
    found.sort();
    let partition = |file: &Path| {
        let inner = file.strip_prefix(&root).unwrap_or(file);
        let folders = inner.parent().map(parts).unwrap_or_default();
        let pairs = folders.iter().filter_map(|name| name.split_once('='));
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    };
    found
        .into_iter()
        .map(|path| FoundFile {
            partition: partition(&path),
            path,
        })
        .collect()
}

/// Bytes of all files that a path names.
pub(crate) fn n_bytes(path: &Path) -> u64 {
    let files = find(path).into_iter();
    files
        .map(|file| std::fs::metadata(file.path).map_or(0, |metadata| metadata.len()))
        .sum()
}

/// The folder of a path, up to the first name with a star.
fn root_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        return path.to_owned();
    }
    let plain = path.ancestors().find(|above| !has_stars(above));
    match plain {
        Some(root) if !root.as_os_str().is_empty() => root.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn has_stars(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?'])
}

fn parts(path: &Path) -> Vec<String> {
    let parts = path.components();
    parts
        .filter(|part| *part != std::path::Component::CurDir)
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect()
}

/// Whether a file is one of a log by its name. What begins with a point or an underscore is left by some program.
fn is_log(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default().to_string_lossy();
    EXTENSIONS.contains(&extension.to_lowercase().as_str())
}

fn walk(folder: &Path, depth: usize, take: &mut dyn FnMut(&Path)) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() && depth < DEPTH_MAX {
            walk(&path, depth + 1, take);
        } else if path.is_file() {
            take(&path);
        }
    }
}

/// Whether names of folders and file fit a pattern, in which `**` stands for any folders.
fn matches(pattern: &[String], names: &[String]) -> bool {
    match (pattern.split_first(), names.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "**" => {
            (0..=names.len()).any(|skipped| matches(rest, &names[skipped..]))
        }
        (Some((first, pattern)), Some((name, names))) => {
            let (first, name): (Vec<char>, Vec<char>) =
                (first.chars().collect(), name.chars().collect());
            fits(&first, &name) && matches(pattern, names)
        }
        _ => false,
    }
}

/// Whether a name fits a pattern: `*` stands for any characters, and `?` for one.
///
/// A star is tried with as few characters as do, and with one more whenever the rest does not fit.
fn fits(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut from, mut star) = (0, 0, None);
    while from < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(char) if *char == '?' || *char == name[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((place, taken)) = star else {
                    return false;
                };
                star = Some((place, taken + 1));
                (at, from) = (place + 1, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|char| *char == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_patterns() {
        for (pattern, name, expected) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "a.csv.gz", false),
            ("leads-?.csv", "leads-1.csv", true),
            ("leads-?.csv", "leads-12.csv", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b", "xxaxxbx", false),
            ("", "", true),
        ] {
            let [pattern, name] = [pattern, name].map(|text| text.chars().collect::<Vec<char>>());
            assert_eq!(fits(&pattern, &name), expected, "{pattern:?} {name:?}");
        }
    }

    #[test]
    fn folders_stars_and_days_are_found_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in [
            "day=2026-01-02/b.csv",
            "day=2026-01-01/a.csv",
            "day=2026-01-01/.hidden.csv",
            "day=2026-01-01/_SUCCESS",
            "notes.md",
        ] {
            std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            std::fs::write(root.join(name), "x").unwrap();
        }
        let shown = |path: PathBuf| -> Vec<String> {
            let line = |file: FoundFile| {
                let name = file
                    .path
                    .file_name()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                format!("{name} {:?}", file.partition)
            };
            find(&path).into_iter().map(line).collect()
        };
        let expected = [
            "a.csv [(\"day\", \"2026-01-01\")]",
            "b.csv [(\"day\", \"2026-01-02\")]",
        ];
        assert_eq!(shown(root.to_owned()), expected);
        assert_eq!(shown(root.join("*/*.csv")), expected);
        assert_eq!(shown(root.join("**/b.csv")), expected[1..]);
        assert!(shown(root.join("*.parquet")).is_empty());
        assert_eq!(n_bytes(root), 2);
    }
}
