//! The language by example is complete: each kind of node and each code of a finding is on some page, and each kind of
//! node is in a golden flow.

use std::collections::BTreeSet;

use super::{assert_none, source};

/// Codes that no page can show, each with the reason.
const NOT_SHOWN: &[(&str, &str)] = &[
    (
        "unread_list",
        "it takes a catalog that knows a list by its hash alone, which no page has",
    ),
    ("too_many", "it takes two thousand mistakes in one flow"),
    (
        "not_proved",
        "it takes a table that is too hard to prove things about",
    ),
    (
        "checks_incomplete",
        "it takes a table of hundreds of rows that nearly hide one",
    ),
];

/// What stands directly before the code of a finding.
const BEFORE_CODES: &[&str] = &[
    "Diagnostic::error(",
    "Diagnostic::warning(",
    "Misfit::new(",
    ".warn(",
    "code: ",
    "code_of_port: ",
];

/// All pages below `tests/flows`, one after the other.
fn pages() -> String {
    let mut sources = source::all();
    sources.retain(|it| it.path.starts_with("tests/flows/") && it.extension() == Some("md"));
    sources.into_iter().map(|it| it.text).collect()
}

/// The golden flows, whose decisions are compared with committed ones.
fn golden_flows() -> String {
    let mut sources = source::all();
    sources.retain(|it| it.path.starts_with("crates/router/tests/digest/"));
    sources.into_iter().map(|it| it.text).collect()
}

/// The code of the crates `flow` and `cel`, without their tests.
fn flow() -> String {
    let sources = source::rust();
    let code = sources
        .iter()
        .filter(|it| !it.is_tests())
        .filter(|it| {
            let of = |place: &&str| it.path.starts_with(*place);
            ["crates/flow/src/", "crates/cel/src/"].iter().any(of)
        })
        .flat_map(|it| it.code());
    code.flat_map(|(_, line)| [line, "\n"]).collect()
}

/// The words in quotes that stand directly behind some text, with nothing but space between.
fn quoted_behind<'a>(code: &'a str, before: &str) -> impl Iterator<Item = &'a str> {
    code.match_indices(before).filter_map(move |(at, found)| {
        let rest = code[at + found.len()..].trim_start().strip_prefix('"')?;
        let (word, _) = rest.split_once('"')?;
        is_code(word).then_some(word)
    })
}

fn codes(code: &str) -> BTreeSet<&str> {
    let direct = BEFORE_CODES
        .iter()
        .flat_map(|before| quoted_behind(code, before));
    direct.chain(reported(code)).collect()
}

/// The codes among the arguments of functions that report. Parts of a document stand there too, but
/// have one word each.
fn reported(code: &str) -> impl Iterator<Item = &str> {
    let calls = code.split("report(").skip(1);
    let arguments = calls.map(|rest| rest.split(");").next().unwrap_or_default());
    let quoted = arguments.flat_map(|arguments| arguments.split('"').skip(1).step_by(2));
    quoted.filter(|word| is_code(word) && word.contains('_'))
}

fn is_code(word: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    !word.is_empty() && word.bytes().all(letters)
}

/// The kinds of nodes, as the list of them says.
fn kinds(code: &str) -> BTreeSet<&str> {
    let (_, code) = code.split_once("\nkinds! {").unwrap();
    let (code, _) = code.split_once("\n}\n").unwrap();
    quoted_behind(code, "=").collect()
}

/// The kinds of nodes that stand nowhere in some documents.
fn kinds_missing_in(documents: &str) -> Vec<String> {
    let code = flow();
    let kinds = kinds(&code);
    assert!(kinds.contains("waterfall"), "kinds are found: {kinds:?}");
    let missing = kinds.iter().filter(|kind| {
        !documents.contains(&format!("\"kind\": \"{kind}\""))
            && !documents.contains(&format!("kind = \"{kind}\""))
    });
    missing.map(|kind| format!("`{kind}`")).collect()
}

#[test]
fn every_kind_of_node_is_on_some_page() {
    let offences = kinds_missing_in(&pages());
    assert_none("a kind of node is on no page of `tests/flows`", &offences);
}

#[test]
fn every_kind_of_node_is_in_a_golden_flow() {
    let offences = kinds_missing_in(&golden_flows());
    assert_none(
        "a kind of node is in no flow of `crates/router/tests/digest`",
        &offences,
    );
}

#[test]
fn every_code_of_a_finding_is_on_some_page() {
    let (code, pages) = (flow(), pages());
    let codes = codes(&code);
    assert!(
        codes.contains("unknown_field") && codes.len() > 30,
        "codes are found: {codes:?}"
    );
    let is_excused = |code: &str| NOT_SHOWN.iter().any(|(excused, _)| *excused == code);
    let missing = codes
        .iter()
        .filter(|code| !is_excused(code) && !is_shown(&pages, code));
    let offences: Vec<String> = missing.map(|code| format!("`{code}`")).collect();
    assert_none("a finding is on no page of `tests/flows`", &offences);
}

#[test]
fn excuses_of_findings_are_needed() {
    let (code, pages) = (flow(), pages());
    let codes = codes(&code);
    let idle = NOT_SHOWN.iter().filter(|(excused, reason)| {
        !codes.contains(excused) || is_shown(&pages, excused) || reason.is_empty()
    });
    let offences: Vec<String> = idle.map(|(excused, _)| (*excused).to_owned()).collect();
    assert_none("these need no excuse any more", &offences);
}

fn is_shown(pages: &str, code: &str) -> bool {
    pages.contains(&format!("error[{code}]")) || pages.contains(&format!("warning[{code}]"))
}
