//! The limits that the house holds, in one table that may only shrink.

use super::code::Crate;
use super::source::Source;
use super::{circles, glossary, homonyms, kinds, long_functions};

/// Most of each offence that the repository may hold. A number here is lowered when code improves, and never raised.
const AT_MOST: Limits = Limits {
    large_circles: 0,
    files_of_a_kind: 6,
    long_functions: 0,
    homonyms: 0,
    banned_words: 0,
};

/// Most files of a circle that is not an offence.
const CIRCLE_MAX: usize = 3;

/// Where a circle may be larger: GraphQL is a graph, in which a lead has its decisions and a decision its lead.
const GRAPH: &str = "crates/api/src/graphql/";

struct Limits {
    large_circles: usize,
    files_of_a_kind: usize,
    long_functions: usize,
    homonyms: usize,
    banned_words: usize,
}

/// One number that is held, with what it counts.
#[derive(Debug)]
pub(super) struct Measure {
    /// What is counted.
    pub(super) name: &'static str,
    /// How many there are.
    pub(super) value: usize,
    /// How many there may be.
    pub(super) at_most: usize,
    /// Each of them.
    pub(super) offences: Vec<String>,
}

/// Everything that has a limit.
pub(super) fn measure(crates: &[Crate], sources: &[Source]) -> Vec<Measure> {
    let counted = |name, offences: Vec<String>, at_most| Measure {
        name,
        value: offences.len(),
        at_most,
        offences,
    };
    vec![
        counted(
            "circles of more than three files",
            large_circles(crates),
            AT_MOST.large_circles,
        ),
        widest_kind(crates),
        counted(
            "functions of more than 70 lines",
            functions(crates),
            AT_MOST.long_functions,
        ),
        counted(
            "names that several types of a crate have",
            names(crates),
            AT_MOST.homonyms,
        ),
        counted(
            "words that the glossary bans",
            words(sources),
            AT_MOST.banned_words,
        ),
    ]
}

fn large_circles(crates: &[Crate]) -> Vec<String> {
    let circles = crates.iter().flat_map(circles::find);
    let large = circles.filter(|circle| {
        circle.len() > CIRCLE_MAX && !circle.iter().all(|path| path.starts_with(GRAPH))
    });
    large.map(|circle| circle.join(" ")).collect()
}

/// The kind of node that most files name.
fn widest_kind(crates: &[Crate]) -> Measure {
    let kinds = kinds::find(crates);
    let widest = kinds.iter().max_by_key(|(_, files)| files.len());
    let offences = widest.map(|(kind, files)| {
        let files: Vec<&str> = files.iter().copied().collect();
        format!("`{kind}`: {}", files.join(" "))
    });
    Measure {
        name: "files that name the kind of node which most files name",
        value: widest.map_or(0, |(_, files)| files.len()),
        at_most: AT_MOST.files_of_a_kind,
        offences: offences.into_iter().collect(),
    }
}

fn functions(crates: &[Crate]) -> Vec<String> {
    let functions = long_functions::by_length(crates).into_iter();
    let long = functions.filter(|(_, it)| it.n_lines > long_functions::LINES_MAX);
    long.map(|(path, it)| format!("{path}:{} {}: {} lines", it.line, it.name, it.n_lines))
        .collect()
}

fn names(crates: &[Crate]) -> Vec<String> {
    let homonyms = crates.iter().flat_map(homonyms::find);
    homonyms
        .map(|(name, files)| format!("`{name}`: {}", files.join(" ")))
        .collect()
}

fn words(sources: &[Source]) -> Vec<String> {
    let found = glossary::find(sources).into_iter();
    found
        .flat_map(|(banned, places)| {
            places
                .into_iter()
                .map(move |it| format!("{it}: `{}`; say {}", banned.word, banned.instead))
        })
        .collect()
}

/// The limits that are broken, each with all of its offences; empty if none is.
pub(super) fn broken(measures: &[Measure]) -> Vec<String> {
    let broken = measures.iter().filter(|it| it.value > it.at_most);
    let text = |it: &Measure| {
        let offences = it.offences.join("\n  ");
        format!(
            "{} {}, and at most {} may be:\n  {offences}",
            it.value, it.name, it.at_most
        )
    };
    broken.map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::{code, source};

    #[test]
    fn the_house_keeps_its_limits() {
        let broken = broken(&measure(&code::crates().unwrap(), &source::all()));
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
}
