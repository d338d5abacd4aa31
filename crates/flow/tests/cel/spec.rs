//! The public conformance cases of CEL, put to our predicates. `spec/README.md` says how.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use serde::Deserialize;

use crate::asking::{self, Answer, Asked, Kind};

/// The files, with their cases.
const FILES: [(&str, &str); 15] = [
    ("basic", include_str!("spec/basic.toml")),
    ("comparisons", include_str!("spec/comparisons.toml")),
    ("conversions", include_str!("spec/conversions.toml")),
    ("fields", include_str!("spec/fields.toml")),
    ("fp_math", include_str!("spec/fp_math.toml")),
    ("integer_math", include_str!("spec/integer_math.toml")),
    ("lists", include_str!("spec/lists.toml")),
    ("logic", include_str!("spec/logic.toml")),
    ("macros", include_str!("spec/macros.toml")),
    ("macros2", include_str!("spec/macros2.toml")),
    ("namespace", include_str!("spec/namespace.toml")),
    ("parse", include_str!("spec/parse.toml")),
    ("plumbing", include_str!("spec/plumbing.toml")),
    ("string", include_str!("spec/string.toml")),
    ("timestamps", include_str!("spec/timestamps.toml")),
];

/// An empty text is a missing one.
const EMPTY: &str = "leads have no empty texts: they count as missing, and missing is unknown";
/// The names of types are no words of the language.
const TYPE: &str = "types are no values, so their names are read as fields that do not exist";
/// Every name is checked, whatever stands beside it.
const UNBOUND: &str = "unknown names are refused before any lead comes";
/// A duration stands in a comparison only.
const DURATION: &str = "`duration` takes a text";
/// Reserved words name nothing.
const WORD: &str = "reserved words are refused before the message around them";

/// Where ours differs on purpose, by file and case, with the reason.
const BY_DESIGN: &[(&str, &str)] = &[
    ("basic/self_eval_zeroish/self_eval_string_empty", EMPTY),
    (
        "basic/self_eval_zeroish/self_eval_string_empty_quotes",
        EMPTY,
    ),
    ("basic/self_eval_zeroish/self_eval_string_raw_prefix", EMPTY),
    (
        "basic/self_eval_zeroish/self_eval_string_raw_prefix_triple_double",
        EMPTY,
    ),
    (
        "basic/self_eval_zeroish/self_eval_string_raw_prefix_triple_single",
        EMPTY,
    ),
    ("basic/variables/unbound_is_runtime_error", UNBOUND),
    ("comparisons/eq_literal/eq_string", EMPTY),
    ("conversions/type/bool_denotation", TYPE),
    ("conversions/type/int_denotation", TYPE),
    ("conversions/type/uint_denotation", TYPE),
    ("conversions/type/double_denotation", TYPE),
    ("conversions/type/null_type_denotation", TYPE),
    ("conversions/type/string_denotation", TYPE),
    ("conversions/type/bytes_denotation", TYPE),
    ("conversions/type/list_denotation", TYPE),
    ("conversions/type/map_denotation", TYPE),
    ("conversions/type/type_denotation", TYPE),
    ("conversions/identity/duration", DURATION),
    ("parse/struct_field_names/as", WORD),
    ("parse/struct_field_names/break", WORD),
    ("parse/struct_field_names/const", WORD),
    ("parse/struct_field_names/continue", WORD),
    ("parse/struct_field_names/else", WORD),
    ("parse/struct_field_names/for", WORD),
    ("parse/struct_field_names/function", WORD),
    ("parse/struct_field_names/if", WORD),
    ("parse/struct_field_names/import", WORD),
    ("parse/struct_field_names/let", WORD),
    ("parse/struct_field_names/loop", WORD),
    ("parse/struct_field_names/package", WORD),
    ("parse/struct_field_names/namespace", WORD),
    ("parse/struct_field_names/return", WORD),
    ("parse/struct_field_names/var", WORD),
    ("parse/struct_field_names/void", WORD),
    ("parse/struct_field_names/while", WORD),
    ("string/starts_with/empty_target", EMPTY),
    ("string/starts_with/empty_empty", EMPTY),
];

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    expr: String,
    /// Kind of the value upstream, as a kind of field, or `other`.
    kind: String,
    /// The value, or for `other` what it is: `error` where evaluation must fail.
    value: toml::Value,
    #[serde(default)]
    bind: BTreeMap<String, Bound>,
    /// The case as a question about one field `x`.
    asked: Option<Question>,
}

#[derive(Deserialize)]
struct Bound {
    kind: String,
    value: toml::Value,
}

#[derive(Deserialize)]
struct Question {
    expr: String,
    answer: bool,
    kind: String,
    x: toml::Value,
}

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// As it stands, with the value that CEL says.
    Pass,
    /// As a question about a field, with the value that CEL says.
    PassAsked,
    /// An error upstream, and refused by us.
    PassRefused,
    /// Refused as outside of the subset.
    Outside,
    /// Refused by the types of the fields, which CEL compares more freely.
    Typed,
    /// It binds or yields what no lead can hold.
    Skipped,
    ByDesign,
}

fn field(name: &str, kind: &str, value: &toml::Value) -> Option<(String, Asked)> {
    let text = value.as_str().unwrap_or_default();
    let (kind, value) = match kind {
        "boolean" => (Kind::Boolean, value.as_bool()?.into()),
        "integer" => (Kind::Integer, value.as_integer()?.into()),
        "decimal" => {
            let n_digits = text.split_once('.').map_or(0, |(_, digits)| digits.len());
            (
                Kind::Decimal(u8::try_from(n_digits.max(1)).ok()?),
                text.into(),
            )
        }
        "text" => (Kind::Text, text.into()),
        "timestamp" => (Kind::Timestamp, text.into()),
        _ => return None,
    };
    Some((name.to_owned(), Asked { kind, value }))
}

/// Codes of a predicate that CEL would take, though perhaps not with these types.
fn refused(codes: &[String]) -> Outcome {
    let typed = ["type_mismatch", "unknown_zone", "number_too_long"];
    if codes.iter().any(|code| code == "not_in_subset") {
        Outcome::Outside
    } else if codes.iter().all(|code| typed.contains(&code.as_str())) {
        Outcome::Typed
    } else {
        Outcome::ByDesign
    }
}

/// What becomes of a case, and what was found where that is not what CEL says.
fn outcome(case: &Case) -> (Outcome, String) {
    let bound: Option<BTreeMap<String, Asked>> = case
        .bind
        .iter()
        .map(|(name, bound)| field(name, &bound.kind, &bound.value))
        .collect();
    let fails = case.kind == "other" && case.value.as_str() == Some("error");
    let Some(lead) = bound else {
        return (
            Outcome::Skipped,
            "it binds what no lead can hold".to_owned(),
        );
    };
    let codes = match asking::answer(&case.expr, &lead) {
        Answer::NoLead(why) => return (Outcome::Skipped, why),
        Answer::Is(answer) => {
            let expected = (case.kind == "boolean")
                .then(|| case.value.as_bool())
                .flatten();
            return if answer == expected && answer.is_some() {
                (Outcome::Pass, String::new())
            } else {
                (
                    Outcome::ByDesign,
                    format!("{answer:?}, but CEL says {}", case.value),
                )
            };
        }
        Answer::Refused(codes) => codes,
    };
    if fails && !codes.iter().any(|code| code == "not_in_subset") {
        return (Outcome::PassRefused, String::new());
    }
    if let Some(question) = &case.asked
        && let Some(x) = field("x", &question.kind, &question.x)
    {
        return match asking::answer(&question.expr, &BTreeMap::from([x])) {
            Answer::NoLead(why) => (Outcome::Skipped, why),
            Answer::Is(Some(answer)) if answer == question.answer => {
                (Outcome::PassAsked, String::new())
            }
            Answer::Is(answer) => {
                let found = format!(
                    "{}: {answer:?}, but CEL says {}",
                    question.expr, question.answer
                );
                (Outcome::ByDesign, found)
            }
            Answer::Refused(codes) => (refused(&codes), codes.join(" ")),
        };
    }
    (refused(&codes), codes.join(" "))
}

#[test]
fn every_case_of_the_public_suite_passes_or_is_named() {
    let reasons: BTreeMap<&str, &str> = BY_DESIGN.iter().copied().collect();
    let mut lines = Vec::new();
    let (mut total, mut unnamed, mut used) = (BTreeMap::new(), Vec::new(), 0);
    for (name, text) in FILES {
        let file: File = toml::from_str(text).unwrap();
        let mut counts = BTreeMap::new();
        for case in &file.case {
            let (outcome, found) = outcome(case);
            *counts.entry(outcome).or_insert(0) += 1;
            *total.entry(outcome).or_insert(0) += 1;
            let key = format!("{name}/{}", case.name);
            match (outcome, reasons.get(key.as_str())) {
                (Outcome::ByDesign, Some(_)) => used += 1,
                (Outcome::ByDesign, None) => unnamed.push(format!("{key}: {}: {found}", case.expr)),
                (_, Some(_)) => unnamed.push(format!("{key}: {outcome:?}, and not by design")),
                (_, None) => {}
            }
        }
        lines.push(format!("{name}: {} cases, {counts:?}", file.case.len()));
    }
    lines.push(format!(
        "all: {} cases, {total:?}",
        total.values().sum::<i32>()
    ));
    assert!(
        unnamed.is_empty(),
        "{}\n{}",
        unnamed.join("\n"),
        lines.join("\n")
    );
    assert_eq!(used, BY_DESIGN.len());
    assert_snapshot!(lines.join("\n"), @"
    basic: 43 cases, {Pass: 2, PassAsked: 10, PassRefused: 1, Outside: 19, Typed: 1, Skipped: 4, ByDesign: 6}
    comparisons: 406 cases, {Pass: 2, PassAsked: 36, Outside: 318, Typed: 43, Skipped: 6, ByDesign: 1}
    conversions: 109 cases, {PassRefused: 1, Outside: 97, ByDesign: 11}
    fields: 60 cases, {Outside: 49, Skipped: 11}
    fp_math: 30 cases, {PassAsked: 3, Outside: 27}
    integer_math: 64 cases, {PassAsked: 4, PassRefused: 1, Outside: 59}
    lists: 39 cases, {PassAsked: 4, Outside: 35}
    logic: 30 cases, {Pass: 10, Outside: 20}
    macros: 44 cases, {Outside: 44}
    macros2: 46 cases, {Outside: 46}
    namespace: 14 cases, {Outside: 1, Skipped: 13}
    parse: 219 cases, {Pass: 3, PassAsked: 46, Outside: 116, Skipped: 37, ByDesign: 17}
    plumbing: 5 cases, {PassAsked: 1, Outside: 4}
    string: 51 cases, {PassAsked: 5, Outside: 44, ByDesign: 2}
    timestamps: 78 cases, {PassAsked: 14, PassRefused: 12, Outside: 50, Typed: 1, Skipped: 1}
    all: 1238 cases, {Pass: 17, PassAsked: 123, PassRefused: 15, Outside: 929, Typed: 45, Skipped: 72, ByDesign: 37}
    ");
}
