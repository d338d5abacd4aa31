use std::{fmt::Write as _, thread};

use async_graphql::Request;
use serde_json::json;

use super::*;
use crate::graphql::build;

mod generated;

/// Why a document is refused, without variables.
fn refused(document: &str) -> Refused {
    parse(document, &Variables::default()).unwrap_err()
}

fn is_taken(document: &str) -> bool {
    parse(document, &Variables::default()).is_ok()
}

/// Documents that nest in each way in which a parser descends, `depth` levels below the outermost bracket.
fn nested(depth: usize) -> Vec<(&'static str, String)> {
    let (open, close) = ("[".repeat(depth), "]".repeat(depth));
    let objects = format!("{}1{}", "{a:".repeat(depth), "}".repeat(depth));
    let fields = |field: &str| format!("{}a{}", field.repeat(depth), "}".repeat(depth));
    vec![
        ("lists", format!("{{lead(id:{open}{close}){{id}}}}")),
        ("objects", format!("{{lead(id:{objects}){{id}}}}")),
        ("half open lists", format!("{{lead(id:{open}")),
        ("selections", format!("{{{}}}", fields("a{"))),
        ("inline fragments", format!("{{{}}}", fields("...{"))),
        ("typed fragments", format!("{{{}}}", fields("...on Query{"))),
        (
            "half open fragments",
            format!("{{{}", "...on Query{".repeat(depth)),
        ),
        ("directives", format!("{{a@skip(if:{open}{close})}}")),
        (
            "of fragments",
            format!("{{...F}} fragment F on Query@a(b:{open}{close}){{a}}"),
        ),
        ("types", format!("query($v:{open}Int{close}){{a}}")),
        ("defaults", format!("query($v:Int={open}{close}){{a}}")),
        ("of variables", format!("query($v:Int@a(b:{objects})){{a}}")),
        (
            "among texts",
            format!("{{lead(a:\"]]\\\"\",b:\"\"\"}}\"\" \\\"\"\" \"\"\",id:{open}{close}){{id}}}}"),
        ),
        (
            "among comments",
            format!("#\"\n{{lead(#\"\"\"\r\nid:{open}{close}){{id}}}}"),
        ),
    ]
}

#[test]
fn a_document_that_nests_too_deep_is_refused_before_it_is_parsed() {
    for depth in [NESTING_MAX, 339, 2_000, 5_000] {
        for (what, document) in nested(depth) {
            let refused = refused(&document);
            assert!(refused.is_limit, "{what}: {refused:?}");
            assert!(refused.at.is_some(), "{what}");
        }
    }
}

/// Runs something with half the stack of a worker thread.
fn with_little_stack(work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(1024 * 1024);
    thread.spawn(work).unwrap().join().unwrap();
}

#[test]
fn the_deepest_document_that_is_taken_needs_half_the_stack_at_most() {
    for (what, document) in nested(NESTING_MAX - 3) {
        with_little_stack(move || {
            assert!(scan(&document).is_ok(), "{what}");
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            let _ = parse(&document, &Variables::default());
            // It does not fit the schema, or is no document at all; what counts is that we get here.
            let answer = runtime.block_on(build().finish().execute(Request::new(document)));
            assert!(answer.is_err(), "{what}");
        });
    }
}

/// Fragments that each spread the next one twice, behind an operation that asks for nothing.
fn doubling(levels: usize) -> String {
    let mut document = "query A{__typename} query B{...F0} ".to_owned();
    for level in 0..levels {
        write!(
            document,
            "fragment F{level} on Query{{...F{next} ...F{next}}} ",
            next = level + 1
        )
        .unwrap();
    }
    write!(document, "fragment F{levels} on Query{{__typename}}").unwrap();
    document
}

#[test]
fn fragments_count_as_often_as_they_are_spread() {
    assert!(is_taken(&doubling(9)));
    for levels in [20, 25, 300] {
        let refused = refused(&doubling(levels));
        assert!(refused.is_limit, "{refused:?}");
    }
    let unused = "{viewer{name}} fragment A on Query{...B ...B ...B} fragment B on Query{a}";
    assert!(is_taken(unused), "validation says that it is not used");
    assert!(
        is_taken("{...Unknown}"),
        "validation says that it is not there"
    );
}

#[test]
fn fragments_that_spread_themselves_are_refused() {
    for document in [
        "{...A} fragment A on Query{...A}",
        "{...A} fragment A on Query{a{...B}} fragment B on Query{...on Query{...A}}",
        "{viewer{name}} fragment A on Query{...B} fragment B on Query{...C} fragment C on Query{...B}",
    ] {
        assert!(
            refused(document).message.contains("spreads itself"),
            "{document}"
        );
    }
}

#[test]
fn a_chain_of_fragments_is_no_deeper_than_its_selections_may_be() {
    let chain = |n: usize| {
        let links = (0..n).map(|n| format!("fragment F{n} on Query{{...F{}}} ", n + 1));
        let links: Vec<String> = links.collect();
        format!("{{...F0}} {}fragment F{n} on Query{{a}}", links.concat())
    };
    assert!(is_taken(&chain(25)));
    for n in [40, 1_000] {
        assert!(refused(&chain(n)).is_limit);
    }
    let unused = format!("{{a}} {}", &chain(1_000)[8..]);
    assert!(refused(&unused).is_limit, "whether it is used or not");
}

#[test]
fn what_validation_compares_with_each_other_is_bounded() {
    let arguments: String = (0..20).map(|n| format!("a{n}:1 ")).collect();
    let variables: String = (0..200).map(|n| format!("$v{n}:Int ")).collect();
    for document in [
        format!("{{a({arguments})}}"),
        format!("{{a@b({arguments})}}"),
        format!("query({variables}){{a}}"),
        "a ".repeat(TOKENS_MAX + 1),
        format!("{{{}}}", "a".repeat(1_000)),
        format!("{{a{}}}", " ".repeat(70_000)),
        format!("{{a(b:\"{}\")}}", "x".repeat(70_000)),
        format!("#{}\n{{a}}", "x".repeat(70_000)),
    ] {
        assert!(refused(&document).is_limit, "{}…", &document[..40]);
    }
}

#[test]
fn a_variable_counts_as_often_as_it_is_used() {
    let uses = |n: usize| {
        let uses = (0..n)
            .map(|n| format!("a{n}:nodes(ids:$v){{id}} "))
            .collect::<Vec<_>>();
        format!("query($v:[ID!]!){{{}}}", uses.concat())
    };
    let ids: Vec<u32> = (0..5_000).collect();
    let variables = Variables::from_json(json!({ "v": ids }));
    assert!(parse(&uses(2), &variables).is_ok());
    assert!(parse(&uses(150), &variables).unwrap_err().is_limit);
    assert!(parse(&uses(150), &Variables::default()).is_ok());
    let defaults = uses(150).replace("[ID!]!", &format!("[ID!]=[{}]", "1 ".repeat(2_000)));
    assert!(refused(&defaults).is_limit);
}

#[test]
fn texts_without_an_end_are_refused_before_the_parser_looks_for_it() {
    let quadratic = format!("{{a(b:[\"\"\"{}])}}", r#""\\"""" "#.repeat(5_000));
    for document in [
        "{a(b:\"x)}",
        "{a(b:\"x\n\")}",
        "{a(b:\"\"\"x\"\")}",
        &quadratic,
    ] {
        assert!(
            refused(document).message.contains("no end"),
            "{}",
            &document[..8]
        );
    }
    for nul in ["{a(b:\"\0\")}", "{a(b:\"\\u0000\")}", "{a #\0\n}", "{\0a}"] {
        assert!(refused(nul).message.contains("NUL"), "{nul:?}");
    }
    assert!(
        is_taken(r#"{a(b:"\\u0000")}"#),
        "a backslash and five letters"
    );
}

#[test]
fn a_probe_is_known_by_its_tokens() {
    for probe in [
        "{__typename}",
        "query{__typename}",
        " { __typename , } # alive?",
        "\u{feff}{__typename}",
    ] {
        assert!(scan(probe).unwrap().is_probe, "{probe}");
    }
    for other in [
        "{a:__typename}",
        "mutation{__typename}",
        "{__typename __typename}",
        "{__typename",
        "{__type name}",
    ] {
        assert!(!scan(other).unwrap().is_probe, "{other}");
    }
}

#[test]
fn queries_of_people_and_tools_are_far_below_every_limit() {
    let introspection = include_str!("introspection.graphql");
    let scanned = scan(introspection).unwrap();
    assert!(
        scanned.n_tokens * 10 < TOKENS_MAX && scanned.nesting * 2 < NESTING_MAX,
        "{scanned:?}"
    );
    assert!(is_taken(introspection));
}

#[test]
fn an_introspection_does_not_multiply_lists_by_lists() {
    let lists = |n: usize| {
        format!(
            "{{__schema{{types{{{}name{}}}}}}}",
            "fields{type{".repeat(n),
            "}}".repeat(n)
        )
    };
    assert!(is_taken(&lists(2)));
    assert!(refused(&lists(3)).is_limit);
    let spread = "{__type(name:\"A\"){...A}} fragment A on __Type{fields{type{...B}}} fragment B on __Type{fields{type{interfaces{name}}}}";
    assert!(refused(spread).is_limit);
}
