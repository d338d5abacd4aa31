//! Types of one name in one crate: a reader of one takes it for the other.

use std::collections::BTreeMap;

use super::code::Crate;

/// Names that are said with their module: `weighted::Error`, and what sea-orm asks of each table.
const WITH_MODULE: &[&str] = &["Error", "Model", "Relation"];

/// Each name that several types that other files may use of a crate have, with the files that define one.
pub(super) fn find(it: &Crate) -> Vec<(&str, Vec<&str>)> {
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in it.files.values() {
        for name in file
            .shared_types
            .iter()
            .filter(|it| !WITH_MODULE.contains(&it.as_str()))
        {
            files.entry(name).or_default().push(&file.path);
        }
    }
    files.retain(|_, files| files.len() > 1);
    files.into_iter().collect()
}
