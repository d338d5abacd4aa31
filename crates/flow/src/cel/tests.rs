use insta::assert_snapshot;
use proptest::prelude::*;

use super::{MAX_DEPTH, normal_form, parse};

/// The canonical text of a predicate, or what is wrong with it and where.
fn read(text: &str) -> String {
    match parse(text) {
        Ok(expr) => normal_form(&expr),
        Err(error) => {
            let (from, to) = error.span;
            let hint = error
                .hint
                .map(|hint| format!(" | {hint}"))
                .unwrap_or_default();
            format!(
                "{} {from}..{to} `{}`: {}{hint}",
                error.code,
                &text[from..to],
                error.message
            )
        }
    }
}

fn all(texts: &[&str]) -> String {
    let lines = texts
        .iter()
        .map(|text| format!("{text}\n    {}", read(text)));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn spellings_of_one_predicate_share_a_canonical_text() {
    assert_snapshot!(all(&[
        "state=='CA'",
        "'CA' == lead.state",
        "30<age",
        "age in [3,1, 2,1,]",
        "startsWith(zip, '90')",
        "lead.zip.startsWith(\"90\")",
        "(a && (b && c)) || (d)",
        "a || b && c",
        "(a || b) && !(c)",
        "!(a == 1)",
        "!!a",
        "price >= -1.50",
        "x == 'it\\'s \\u0041 \"q\" \\\\ \\n'",
        "hour(received_at,'Europe/Berlin')<9",
        "t < timestamp('2026-01-31T10:30:00+01:00')",
        "has(lead.age)",
        "lead",
        "true",
    ]), @r#"
    state=='CA'
        state == "CA"
    'CA' == lead.state
        state == "CA"
    30<age
        age > 30
    age in [3,1, 2,1,]
        age in [1, 2, 3]
    startsWith(zip, '90')
        zip.startsWith("90")
    lead.zip.startsWith("90")
        zip.startsWith("90")
    (a && (b && c)) || (d)
        (a && b && c) || d
    a || b && c
        a || (b && c)
    (a || b) && !(c)
        (a || b) && !c
    !(a == 1)
        !(a == 1)
    !!a
        !!a
    price >= -1.50
        price >= -1.5
    x == 'it\'s \u0041 "q" \\ \n'
        x == "it's A \"q\" \\ \n"
    hour(received_at,'Europe/Berlin')<9
        hour(received_at, "Europe/Berlin") < 9
    t < timestamp('2026-01-31T10:30:00+01:00')
        t < timestamp("2026-01-31T09:30:00Z")
    has(lead.age)
        has(age)
    lead
        lead
    true
        true
    "#);
}

#[test]
fn texts_are_brought_to_nfc() {
    assert_eq!(read("state == 'Cafe\u{301}'"), read("state == 'Caf\u{e9}'"));
}

#[test]
fn what_cel_has_and_we_do_not_is_named() {
    assert_snapshot!(all(&[
        "age + 1 > 3",
        "age > 3 ? true : false",
        "-age > 3",
        "a.b.c == 1",
        "buyer.state == 'CA'",
        "list[0] == 1",
        "{'a': 1}.a == 1",
        "size(state) > 2",
        "state.contains('A')",
        "state.matches('A')",
        "'CA' in states",
        "state in states",
        "state == CA",
        "1 == 1",
    ]), @r#"
    age + 1 > 3
        not_in_subset 4..5 `+`: CEL has arithmetic, but routing predicates do not | compute it in a `derive` node
    age > 3 ? true : false
        not_in_subset 8..9 `?`: CEL has the conditional `?:`, but routing predicates do not | use a `when` node
    -age > 3
        not_in_subset 0..1 `-`: CEL has arithmetic, but routing predicates do not | compute it in a `derive` node
    a.b.c == 1
        not_in_subset 0..3 `a.b`: CEL has nested fields, but routing predicates do not | write `state` or `lead.state`
    buyer.state == 'CA'
        not_in_subset 0..11 `buyer.state`: CEL has nested fields, but routing predicates do not | write `state` or `lead.state`
    list[0] == 1
        not_in_subset 4..5 `[`: CEL has indexing, but routing predicates do not | compare the field, or write `field in […]`
    {'a': 1}.a == 1
        not_in_subset 0..1 `{`: CEL has maps, but routing predicates do not | use fields
    size(state) > 2
        not_in_subset 0..4 `size`: CEL has functions such as `size`, but routing predicates do not | known are has, startsWith, hour, weekday and timestamp
    state.contains('A')
        not_in_subset 6..14 `contains`: CEL has functions such as `contains`, but routing predicates do not | only `startsWith` can be asked of a field
    state.matches('A')
        not_in_subset 6..13 `matches`: CEL has functions such as `matches`, but routing predicates do not | only `startsWith` can be asked of a field
    'CA' in states
        not_in_subset 0..7 `'CA' in`: CEL has lists in fields, but routing predicates do not | write `field in […]`
    state in states
        not_in_subset 9..15 `states`: CEL has lists in fields, but routing predicates do not | write `field in ["CA", "TX"]`
    state == CA
        not_in_subset 0..11 `state == CA`: CEL has comparisons of two fields, but routing predicates do not | put a text in quotes, like "CA"
    1 == 1
        not_in_subset 0..6 `1 == 1`: CEL has comparisons of two values, but routing predicates do not | compare a field with a value
    "#);
}

#[test]
fn literals_that_cel_has_and_we_do_not_are_named() {
    assert_snapshot!(all(&[
        "age == null",
        "age == 3u",
        "age == 0x1F",
        "age == 1e3",
        "state == r'CA'",
        "state == '''CA'''",
        "duration('1h') < t",
        "[1, 2] == age",
        "(age) == 3",
        "has(age) == true",
        "age in [3, other]",
    ]), @r#"
    age == null
        not_in_subset 7..11 `null`: CEL has null, but routing predicates do not | ask `has(field)` or `!has(field)`
    age == 3u
        not_in_subset 7..9 `3u`: CEL has unsigned literals, but routing predicates do not | drop the `u`
    age == 0x1F
        not_in_subset 7..11 `0x1F`: CEL has hexadecimal literals, but routing predicates do not | write it in decimal
    age == 1e3
        not_in_subset 7..10 `1e3`: CEL has exponents, but routing predicates do not | write all digits
    state == r'CA'
        not_in_subset 9..10 `r`: CEL has raw and byte strings, but routing predicates do not | write a plain text
    state == '''CA'''
        not_in_subset 9..12 `'''`: CEL has triple quotes, but routing predicates do not | use one quote on each side
    duration('1h') < t
        not_in_subset 0..8 `duration`: CEL has durations, but routing predicates do not | compare with a timestamp
    [1, 2] == age
        not_in_subset 0..1 `[`: CEL has lists as values, but routing predicates do not | a list goes after `in`
    (age) == 3
        not_in_subset 0..5 `(age)`: CEL has comparisons of tests, but routing predicates do not | join tests with `&&`, `||` and `!`
    has(age) == true
        not_in_subset 0..3 `has`: CEL has comparisons of tests, but routing predicates do not | join tests with `&&`, `||` and `!`
    age in [3, other]
        not_in_subset 11..16 `other`: CEL has comparisons of two fields, but routing predicates do not | put a text in quotes, like "CA"
    "#);
}

#[test]
fn typing_mistakes_are_placed() {
    assert_snapshot!(all(&[
        "",
        "   ",
        "state = 'CA'",
        "state == 'CA",
        "state == ",
        "(state == 'CA'",
        "state == 'CA')",
        "state == 'CA' age",
        "age > 3 > 4",
        "age & 3",
        "hour(received_at) > 3",
        "timestamp('yesterday') < t",
        "state.startsWith(3)",
        "has('x')",
        "3",
        "'x' && true",
        "age == 12345678901234567890",
        "age == 12ab",
        "state == 'a\\qb'",
        "state == '\\ud800'",
        "état == 1",
        "in [3]",
        "has(",
    ]), @r#"
        syntax 0..0 ``: this predicate is empty | write `true` for every lead
       
        syntax 0..3 `   `: this predicate is empty | write `true` for every lead
    state = 'CA'
        syntax 6..7 `=`: `=` does not compare | write `==`
    state == 'CA
        syntax 9..12 `'CA`: this text never ends | close the quote
    state == 
        syntax 9..9 ``: the predicate ends where a field or a value should be
    (state == 'CA'
        syntax 14..14 ``: the predicate ends where `)` should be
    state == 'CA')
        syntax 13..14 `)`: `)` stands where `&&`, `||` or the end should be
    state == 'CA' age
        syntax 14..17 `age`: `age` stands where `&&`, `||` or the end should be
    age > 3 > 4
        syntax 8..9 `>`: comparisons cannot be chained | join two of them with `&&`
    age & 3
        syntax 4..5 `&`: `&` has no meaning here
    hour(received_at) > 3
        syntax 16..17 `)`: `hour` needs a time zone | write `hour(received_at, "America/New_York")`
    timestamp('yesterday') < t
        syntax 10..21 `'yesterday'`: `yesterday` is not a point in time; write it like 2026-01-31T09:30:00Z
    state.startsWith(3)
        syntax 17..18 `3`: a number stands where a text in quotes should be
    has('x')
        syntax 4..7 `'x'`: a field should be here
    3
        syntax 0..1 `3`: this is a value, not a question
    'x' && true
        syntax 4..6 `&&`: `&&` stands where a comparison should be
    age == 12345678901234567890
        number_too_long 7..27 `12345678901234567890`: `12345678901234567890` has more digits than can be compared exactly | use at most 18 digits
    age == 12ab
        syntax 7..11 `12ab`: `12ab` is not a number
    state == 'a\qb'
        syntax 11..13 `\q`: this escape is not known | known are \\ \" \' \n \r \t \u0041 \U00000041
    state == '\ud800'
        syntax 10..12 `\u`: this escape wants 4 hex digits of a letter
    état == 1
        syntax 0..2 `é`: `é` has no meaning here
    in [3]
        syntax 0..2 `in`: `in` stands where a field or a value should be
    has(
        syntax 4..4 ``: the predicate ends where a field or a value should be
    "#);
}

#[test]
fn deep_and_long_texts_are_refused_without_harm() {
    let deep = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    assert!(parse(&deep(MAX_DEPTH - 1)).is_ok());
    assert_eq!(parse(&deep(MAX_DEPTH)).unwrap_err().code, "too_deep");
    assert_eq!(parse(&deep(30_000)).unwrap_err().code, "too_deep");
    assert_eq!(parse(&"!".repeat(60_000)).unwrap_err().code, "too_deep");
    assert_eq!(
        parse(&"a || ".repeat(20_000)).unwrap_err().code,
        "too_large"
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "[ a-c0-9.'\"()\\[\\]!&|=<>,\\\\inhas\u{e9}-]{0,40}") {
        let Err(error) = parse(&text) else { return Ok(()) };
        prop_assert!(error.span.0 <= error.span.1 && error.span.1 <= text.len());
        prop_assert!(text.get(error.span.0..error.span.1).is_some());
    }

    #[test]
    fn canonical_texts_are_read_back(text in "[ ab(!&|)]{0,30}") {
        let Ok(expr) = parse(&text) else { return Ok(()) };
        let normal = normal_form(&expr);
        prop_assert_eq!(read(&normal), normal);
    }
}
