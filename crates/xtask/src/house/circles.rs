//! Circles of files: sets of files of one crate that all need one another, so that none can be read first.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{Crate, File};

/// Which file needs which, by their modules.
type Edges<'a> = BTreeMap<&'a [String], BTreeSet<&'a [String]>>;

/// Most steps from a name that is imported to the file that defines it.
const REEXPORTS_MAX: usize = 8;

/// The circles of a crate, the largest first, each as the sorted paths of its files.
///
/// A file and the files in its own folder belong together, so what they need of one another does not count.
pub(super) fn find(it: &Crate) -> Vec<Vec<&str>> {
    let edges = edges(it);
    let reach: BTreeMap<&[String], BTreeSet<&[String]>> = edges
        .keys()
        .map(|from| (*from, reachable(from, &edges)))
        .collect();
    let mut circles = BTreeSet::new();
    for (from, reached) in &reach {
        let mut circle: Vec<&str> = reached
            .iter()
            .filter(|to| reach[**to].contains(from))
            .map(|to| it.files[*to].path.as_str())
            .collect();
        circle.sort_unstable();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    let mut circles: Vec<Vec<&str>> = circles.into_iter().collect();
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    circles
}

fn edges(it: &Crate) -> Edges<'_> {
    let mut edges = Edges::new();
    for (module, file) in &it.files {
        let all = targets(it, module, file).into_iter();
        edges.insert(module, all.filter(|to| !are_family(module, to)).collect());
    }
    edges
}

/// Files whose items a file names, by its imports and by paths in its code.
fn targets<'a>(it: &'a Crate, module: &'a [String], file: &'a File) -> BTreeSet<&'a [String]> {
    let imported = file.imports.iter().map(|(_, path)| path).chain(&file.globs);
    let written = file.paths.iter();
    let paths = imported.chain(written);
    let mut found: BTreeSet<&[String]> = paths
        .filter_map(|path| resolve(it, &absolute(it, module, path)?, 0))
        .collect();
    found.remove(module);
    found
}

/// The path from the root of the crate; `None` for one into another crate.
fn absolute(it: &Crate, module: &[String], path: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    let mut start = module.to_vec();
    let mut rest = rest;
    match first.as_str() {
        "crate" => start.clear(),
        "self" => {}
        "super" => {
            start.pop();
            while let Some((next, tail)) = rest.split_first().filter(|(next, _)| *next == "super") {
                debug_assert_eq!(next, "super");
                start.pop();
                rest = tail;
            }
        }
        name => {
            start.push(name.to_owned());
            if !it.files.contains_key(&start) {
                let import = it.files.get(module)?.import_of(name)?;
                // A name that an import gives is a path of its own; `use a::a` must not lead back here.
                if import.first() == Some(first) {
                    return None;
                }
                start = absolute(it, module, import)?;
            }
        }
    }
    start.extend(rest.iter().cloned());
    Some(start)
}

/// The file that defines what a path names; imports on the way are followed.
fn resolve<'a>(it: &'a Crate, path: &[String], n_steps: usize) -> Option<&'a [String]> {
    if n_steps > REEXPORTS_MAX {
        return None;
    }
    let depth = (0..=path.len())
        .rev()
        .find(|n| it.files.contains_key(&path[..*n]))?;
    let (module, file) = it.files.get_key_value(&path[..depth])?;
    let Some((name, rest)) = path[depth..].split_first() else {
        return Some(module);
    };
    if file.items.contains(name) {
        return Some(module);
    }
    if let Some(import) = file.import_of(name) {
        let mut path = absolute(it, module, import)?;
        path.extend(rest.iter().cloned());
        return resolve(it, &path, n_steps + 1);
    }
    let from_glob = file.globs.iter().find_map(|glob| {
        let mut path = absolute(it, module, glob)?;
        path.push(name.clone());
        resolve(it, &path, n_steps + 1)
    });
    Some(from_glob.unwrap_or(module))
}

fn are_family(a: &[String], b: &[String]) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

fn reachable<'a>(from: &[String], edges: &Edges<'a>) -> BTreeSet<&'a [String]> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&[String]> = edges[from].iter().copied().collect();
    while let Some(next) = waiting.pop() {
        if reached.insert(next) {
            waiting.extend(edges[next].iter().copied());
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circles of a crate with these files.
    fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let parse = |(name, text): &(&str, &str)| {
            let module = name.split('/').filter(|it| *it != "lib");
            let file = File::parse(name, text).unwrap();
            (module.map(str::to_owned).collect(), file)
        };
        let it = Crate {
            name: "x".to_owned(),
            files: files.iter().map(parse).collect(),
        };
        let owned = |circle: Vec<&str>| circle.into_iter().map(str::to_owned).collect();
        find(&it).into_iter().map(owned).collect()
    }

    #[test]
    fn files_that_need_one_another_are_a_circle() {
        let found = circles(&[
            ("lib", "mod a; mod b; mod c;"),
            ("a", "use crate::b::B; pub struct A;"),
            ("b", "pub struct B; fn f() { super::c::g(); }"),
            ("c", "use crate::a; fn g(_: a::A) {}"),
        ]);
        assert_eq!(found, [["a", "b", "c"]]);
    }

    #[test]
    fn an_import_is_followed_to_the_file_that_defines_the_name() {
        let found = circles(&[
            ("lib", "mod a; mod b; pub use a::A; pub use b::*;"),
            ("a", "use crate::B; pub struct A;"),
            ("b", "use crate::A; pub struct B;"),
        ]);
        assert_eq!(found, [["a", "b"]]);
    }

    #[test]
    fn a_file_and_its_folder_belong_together() {
        let found = circles(&[
            ("lib", "mod a;"),
            ("a", "mod b; use b::B; pub struct A;"),
            ("a/b", "use super::A; pub struct B;"),
        ]);
        assert!(found.is_empty());
    }
}
