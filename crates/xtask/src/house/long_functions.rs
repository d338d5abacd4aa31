//! Functions by length.

use super::code::{Crate, Function};

/// Most lines of a function, from its signature to its closing brace.
pub(super) const LINES_MAX: usize = 70;

/// Every function of some crates with the path of its file, the longest first.
pub(super) fn by_length(crates: &[Crate]) -> Vec<(&str, &Function)> {
    let files = crates.iter().flat_map(|it| it.files.values());
    let mut functions: Vec<(&str, &Function)> = files
        .flat_map(|file| file.functions.iter().map(|it| (file.path.as_str(), it)))
        .collect();
    functions.sort_by_key(|(path, it)| (std::cmp::Reverse(it.n_lines), *path, it.line));
    functions
}
