//! The functions that CEL has and predicates do not, each with a way out.

use pointsman_lead::closest;

use crate::{Error, Spanned, lex, suggest_operator};

/// The functions that predicates have.
const KNOWN: [&str; 12] = [
    "has",
    "startsWith",
    "hour",
    "weekday",
    "years",
    "days",
    "timestamp",
    "date",
    "duration",
    "getHours",
    "getDayOfWeek",
    "list",
];

/// What a function is in speech, and a way out; none for a name that CEL does not have.
fn described(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "size" => (
            "the length",
            "ask `has(field)` for one that is there; an empty text counts as missing",
        ),
        "contains" | "endsWith" => (
            "the search",
            "ask `startsWith`, list texts with `in`, or send what you look for as a field of its own",
        ),
        "matches" => (
            "the regular expression",
            "ask `startsWith`, list texts with `in`, or send what you look for as a field of its own",
        ),
        "all" | "exists" | "exists_one" | "existsOne" | "map" | "filter" | "transformList"
        | "transformMap" | "transformMapEntry" | "bind" | "block" | "iterVar" | "accuVar" => (
            "the macro",
            "a field holds one value: ask `field in […]`, and join tests with `&&` and `||`",
        ),
        "int" | "uint" | "double" | "string" | "bytes" | "bool" | "dyn" | "type" => (
            "the conversion",
            "a field has the kind that the schema says; compare it with a value of that kind",
        ),
        "getDate" | "getDayOfMonth" | "getDayOfYear" | "getFullYear" | "getMilliseconds"
        | "getMinutes" | "getMonth" | "getSeconds" => (
            "the part of a time",
            "ask `hour(field, zone)` or `weekday(field, zone)`, or compare with `timestamp(…)`",
        ),
        "min" | "max" | "greatest" | "least" | "abs" | "ceil" | "floor" | "round" | "trunc"
        | "sign" | "sqrt" | "isNaN" | "isInf" | "isFinite" | "bitAnd" | "bitOr" | "bitXor"
        | "bitNot" | "bitShiftLeft" | "bitShiftRight" => (
            "the computation",
            "compute it in a `derive` node and compare that",
        ),
        _ => return described_in_library(name),
    })
}

/// The same of functions that are not in CEL itself, but in its usual libraries.
fn described_in_library(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "charAt" | "indexOf" | "lastIndexOf" | "join" | "lowerAscii" | "upperAscii" | "quote"
        | "replace" | "split" | "substring" | "trim" | "format" | "reverse" | "encode"
        | "decode" => (
            "the text function",
            "texts compare exactly: send the lead with the text that is tested",
        ),
        "flatten" | "slice" | "sort" | "sortBy" | "distinct" | "range" | "first" | "last"
        | "sets" | "intersects" | "equivalent" => (
            "the list function",
            "a field holds one value: ask `field in […]`",
        ),
        "of" | "none" | "ofNonZeroValue" | "hasValue" | "value" | "or" | "orValue" | "optMap"
        | "optFlatMap" | "unwrap" | "unwrapOpt" => (
            "the optional value",
            "ask `has(field)`; a test of a missing field is never true",
        ),
        "ip"
        | "cidr"
        | "isIP"
        | "isCIDR"
        | "containsIP"
        | "containsCIDR"
        | "family"
        | "masked"
        | "prefixLength"
        | "isCanonical"
        | "isUnspecified"
        | "isLoopback"
        | "isGlobalUnicast"
        | "isLinkLocalMulticast"
        | "isLinkLocalUnicast" => (
            "the network function",
            "list addresses with `in`, or ask `startsWith`",
        ),
        "getExt" | "hasExt" => ("the message function", "ask a field of the lead"),
        _ => return None,
    })
}

/// Why a predicate cannot call this.
pub(super) fn function(name: &Spanned<String>) -> Error {
    let Spanned { value, span } = name;
    if let Some((what, hint)) = described(value) {
        return lex::outside(*span, &format!("{what} `{value}`"), hint);
    }
    let hint = suggest_operator(value).map(str::to_owned);
    let hint = hint.or_else(|| Some(format!("did you mean `{}`?", closest(value, KNOWN)?)));
    let hint = hint.unwrap_or_else(|| format!("known are {}", KNOWN.join(", ")));
    Error {
        code: "not_in_subset",
        span: *span,
        message: format!("`{value}` is no function of routing predicates"),
        hint: Some(hint),
    }
}
