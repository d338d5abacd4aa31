//! The house rules as tests: what ARCHITECTURE and CONTRIBUTING promise about the repository, a machine holds.

mod files;
mod layers;
mod pages;
mod purity;
mod source;
mod words;

/// Fails with all offences at once.
#[track_caller]
fn assert_none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}
