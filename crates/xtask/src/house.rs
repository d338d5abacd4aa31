//! The house rules: what ARCHITECTURE and CONTRIBUTING promise about the repository, a machine measures and holds.

mod circles;
mod code;
mod glossary;
mod homonyms;
mod kinds;
mod limits;
mod long_functions;
mod report;
pub(crate) mod source;

#[cfg(test)]
mod book;
#[cfg(test)]
mod files;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod names_in_documents;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod purity;
#[cfg(test)]
mod words;

pub(crate) use report::run as report;

/// Fails with all offences at once.
#[cfg(test)]
#[track_caller]
fn assert_none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}
