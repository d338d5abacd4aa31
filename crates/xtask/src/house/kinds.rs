//! How many files a new kind of node would have to touch: those that name each kind of today.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{Crate, File};

/// Where the kinds are declared.
const CRATE: &str = "flow";
const DOCUMENT: &str = "document";
const ENUM: &str = "Node";

/// Each kind of node, with the files that name it as a variant of an enum over the kinds.
///
/// Such an enum is the document's own `Node`, and every other one that has half of its variants or more.
pub(super) fn find(crates: &[Crate]) -> BTreeMap<&str, BTreeSet<&str>> {
    let Some(kinds) = kinds(crates) else {
        return BTreeMap::new();
    };
    let mut files: BTreeMap<&str, BTreeSet<&str>> = kinds
        .iter()
        .map(|it| (it.as_str(), BTreeSet::new()))
        .collect();
    let over = enums_over(kinds, crates);
    for file in crates.iter().flat_map(|it| it.files.values()) {
        for variant in variants_named(file, kinds, &over) {
            if let Some(files) = files.get_mut(variant) {
                files.insert(&file.path);
            }
        }
    }
    files
}

/// Variants of the enums over the kinds that a file names or declares.
fn variants_named<'a>(file: &'a File, kinds: &[String], over: &BTreeSet<&str>) -> Vec<&'a str> {
    let own = |name: &str| file.enums.iter().find(|(it, _)| it == name);
    let declared = || {
        file.enums
            .iter()
            .filter(|(_, variants)| is_over(kinds, variants))
    };
    let is_of_kinds = |name: &str| match own(name) {
        // An enum of the same name that is about something else.
        Some((_, variants)) => is_over(kinds, variants),
        None if name == "Self" => declared().next().is_some(),
        None => over.contains(name),
    };
    let pairs = file.paths.iter().flat_map(|path| path.windows(2));
    let named = pairs
        .filter(|pair| is_of_kinds(&pair[0]))
        .map(|pair| pair[1].as_str());
    let variants = declared()
        .flat_map(|(_, variants)| variants)
        .map(String::as_str);
    named.chain(variants).collect()
}

/// The variants of the document's `Node`.
fn kinds(crates: &[Crate]) -> Option<&[String]> {
    let flow = crates.iter().find(|it| it.name == CRATE)?;
    let document = flow
        .files
        .iter()
        .filter(|(module, _)| module.first().is_some_and(|it| it == DOCUMENT));
    let mut enums = document.flat_map(|(_, file)| &file.enums);
    let (_, kinds) = enums.find(|(name, _)| name == ENUM)?;
    Some(kinds)
}

/// Names of the enums that have at least half of the kinds as variants.
fn enums_over<'a>(kinds: &[String], crates: &'a [Crate]) -> BTreeSet<&'a str> {
    let files = crates.iter().flat_map(|it| it.files.values());
    let over = files
        .flat_map(|it| &it.enums)
        .filter(|(_, variants)| is_over(kinds, variants));
    over.map(|(name, _)| name.as_str()).collect()
}

fn is_over(kinds: &[String], variants: &[String]) -> bool {
    let n_shared = kinds.iter().filter(|kind| variants.contains(kind)).count();
    n_shared * 2 >= kinds.len()
}
