use insta::assert_snapshot;
use proptest::prelude::*;

use super::{
    Comparison, DatePart, Decimal, Expr, MAX_DEPTH, Spanned, Subject, Timestamp, Value,
    normal_form, parse, print,
};

/// The canonical text of a predicate, or what is wrong with it and where.
fn read(text: &str) -> String {
    let errors = match parse(text) {
        Ok(expr) => return normal_form(&expr),
        Err(errors) => errors,
    };
    let lines = errors.into_iter().map(|error| {
        let (from, to) = error.span;
        let hint = error.hint.map(|hint| format!(" | {hint}"));
        format!(
            "{} {from}..{to} `{}`: {}{}",
            error.code,
            &text[from..to],
            error.message,
            hint.unwrap_or_default()
        )
    });
    lines.collect::<Vec<_>>().join("\n    ")
}

/// The one code with which a text is refused.
fn code(text: &str) -> &'static str {
    match parse(text).unwrap_err().as_slice() {
        [error] => error.code,
        errors => panic!("{} errors", errors.len()),
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
        "((age)) == (((3)))",
        "age == 0x1F || age == -(5) || age == --5",
        "age > -9223372036854775808",
        "price < .5 && price > -0.0",
        "state == r'C\\A' // the rest of the line is a comment\n&& a",
        "state in [\"\"\"C\"A\n\"\"\", R'''it's''', \"\\x41\\101\\a\\?\"]",
        "!a == true || false != (b == 3) || !b != true",
        "a == true == false",
        "lead.package == 1 && lead.`quality-2` >= 50 && lead.`age` < 3",
        "received_at.getHours('Europe/Berlin') < 9",
        "received_at.getDayOfWeek('UTC') == 0",
        "received_at.getDayOfWeek('UTC') != 6",
        "received_at.getDayOfWeek('UTC') in [0, 1, 7]",
        "received_at.getDayOfWeek('UTC') < 2 || 2 < received_at.getDayOfWeek('UTC')",
        "t < timestamp(1767225600)",
        "t < timestamp('2026-01-31T09:30:00Z') + duration('1h30m') - duration('1.5s')",
        "t > duration('-1h') + timestamp('2026-01-31T09:30:00.000250Z')",
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
    ((age)) == (((3)))
        age == 3
    age == 0x1F || age == -(5) || age == --5
        age == 31 || age == -5 || age == 5
    age > -9223372036854775808
        age > -9223372036854775808
    price < .5 && price > -0.0
        price < 0.5 && price > 0.0
    state == r'C\A' // the rest of the line is a comment
    && a
        state == "C\\A" && a
    state in ["""C"A
    """, R'''it's''', "\x41\101\a\?"]
        state in ["AA?", "C\"A\n", "it's"]
    !a == true || false != (b == 3) || !b != true
        !a || b == 3 || !!b
    a == true == false
        !(a == true)
    lead.package == 1 && lead.`quality-2` >= 50 && lead.`age` < 3
        lead.package == 1 && lead.`quality-2` >= 50 && age < 3
    received_at.getHours('Europe/Berlin') < 9
        hour(received_at, "Europe/Berlin") < 9
    received_at.getDayOfWeek('UTC') == 0
        weekday(received_at, "UTC") == 7
    received_at.getDayOfWeek('UTC') != 6
        weekday(received_at, "UTC") != 6
    received_at.getDayOfWeek('UTC') in [0, 1, 7]
        weekday(received_at, "UTC") in [0, 1, 7]
    received_at.getDayOfWeek('UTC') < 2 || 2 < received_at.getDayOfWeek('UTC')
        weekday(received_at, "UTC") in [1, 7] || weekday(received_at, "UTC") in [3, 4, 5, 6]
    t < timestamp(1767225600)
        t < timestamp("2026-01-01T00:00:00Z")
    t < timestamp('2026-01-31T09:30:00Z') + duration('1h30m') - duration('1.5s')
        t < timestamp("2026-01-31T10:59:58.5Z")
    t > duration('-1h') + timestamp('2026-01-31T09:30:00.000250Z')
        t > timestamp("2026-01-31T08:30:00.00025Z")
    "#);
}

#[test]
fn texts_are_brought_to_nfc() {
    assert_eq!(read("state == 'Cafe\u{301}'"), read("state == 'Caf\u{e9}'"));
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "a table of texts and what is said of them"
)]
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
        "state == 'CA' && size(state) > 2 && !(zip.matches('9.*') || age * 2 > 3)",
        "sub.all(x, x > 3)",
        "[1, 2].exists(x, x == age)",
        "tags.exists_one(x, x == 'a')",
        "tags.map(x, x + 1) == [2]",
        "tags.filter(x, x > 1) == [2]",
        "email.endsWith('.edu')",
        "int(age) == 3",
        "string(age) == '3'",
        "dyn(age) == 3",
        "type(age) == int",
        "received_at.getMonth() == 3",
        "received_at.getFullYear('UTC') == 2026",
        "received_at.getHours() < 9",
        "timestamp('2026-01-31T09:30:00Z').getHours('UTC') < 9",
        "timestamp(received_at) < timestamp('2026-01-31T09:30:00Z')",
        "received_at + duration('1h') < timestamp('2026-01-31T09:30:00Z')",
        "timestamp('2026-01-31T09:30:00Z') - timestamp('2026-01-30T09:30:00Z') < duration('1h')",
        "math.greatest(age, 3) == 3",
        "state.lowerAscii() == 'ca'",
        "state.startWith('C')",
        "state.startsWith(prefix)",
        "'CAL'.startsWith('CA')",
        "hour(received_at, zone) < 9",
        "age < income",
        "lead.age == lead.income",
        "age in [3, income]",
        "3 in [1, 2]",
        "age in [1, 2] == has(age)",
        "(a && b) < 3",
        "!age == 3",
        "!state in ['CA']",
        "lead['state'] == 'CA'",
        "Lead{age: 3}.age == 3",
        "google.type.Date{year: 2026} == t",
        "{} == a",
        "a.?b == 1",
        "a[?'b'] == 1",
        "age in [?x]",
        ".age == 3",
        "has(a.b.c)",
        "a == [1]",
        "'a' + 'b' == state",
    ]), @r#"
    age + 1 > 3
        not_in_subset 4..5 `+`: CEL has arithmetic, but routing predicates do not | compute it in a `derive` node and compare that
    age > 3 ? true : false
        not_in_subset 8..9 `?`: CEL has the conditional `?:`, but routing predicates do not | write `a && b || !a && c` for `a ? b : c`, or use a `when` node
    -age > 3
        not_in_subset 0..1 `-`: CEL has arithmetic, but routing predicates do not | compute it in a `derive` node and compare that
    a.b.c == 1
        not_in_subset 0..5 `a.b.c`: CEL has nested fields, but routing predicates do not | write `state` or `lead.state`
    buyer.state == 'CA'
        not_in_subset 0..11 `buyer.state`: CEL has nested fields, but routing predicates do not | write `state` or `lead.state`
    list[0] == 1
        not_in_subset 4..7 `[0]`: CEL has indexing, but routing predicates do not | compare the field, or write `field in […]`
    {'a': 1}.a == 1
        not_in_subset 0..8 `{'a': 1}`: CEL has maps, but routing predicates do not | compare fields with plain values
    size(state) > 2
        not_in_subset 0..4 `size`: CEL has the length `size`, but routing predicates do not | ask `has(field)` for one that is there; an empty text counts as missing
    state.contains('A')
        not_in_subset 6..14 `contains`: CEL has the search `contains`, but routing predicates do not | ask `startsWith`, list texts with `in`, or send what you look for as a field of its own
    state.matches('A')
        not_in_subset 6..13 `matches`: CEL has the regular expression `matches`, but routing predicates do not | ask `startsWith`, list texts with `in`, or send what you look for as a field of its own
    'CA' in states
        not_in_subset 8..14 `states`: CEL has lists in fields, but routing predicates do not | write `field in ["CA", "TX"]`
    state in states
        not_in_subset 9..15 `states`: CEL has lists in fields, but routing predicates do not | write `field in ["CA", "TX"]`
    state == CA
        not_in_subset 0..11 `state == CA`: CEL has comparisons of two fields, but routing predicates do not | put a text in quotes, like "CA"; a difference is for a `derive` node
    1 == 1
        not_in_subset 0..6 `1 == 1`: CEL has comparisons of two values, but routing predicates do not | compare a field with a value, or write `true` or `false`
    state == 'CA' && size(state) > 2 && !(zip.matches('9.*') || age * 2 > 3)
        not_in_subset 17..21 `size`: CEL has the length `size`, but routing predicates do not | ask `has(field)` for one that is there; an empty text counts as missing
        not_in_subset 42..49 `matches`: CEL has the regular expression `matches`, but routing predicates do not | ask `startsWith`, list texts with `in`, or send what you look for as a field of its own
        not_in_subset 64..65 `*`: CEL has arithmetic, but routing predicates do not | compute it in a `derive` node and compare that
    sub.all(x, x > 3)
        not_in_subset 4..7 `all`: CEL has the macro `all`, but routing predicates do not | a field holds one value: ask `field in […]`, and join tests with `&&` and `||`
    [1, 2].exists(x, x == age)
        not_in_subset 7..13 `exists`: CEL has the macro `exists`, but routing predicates do not | a field holds one value: ask `field in […]`, and join tests with `&&` and `||`
    tags.exists_one(x, x == 'a')
        not_in_subset 5..15 `exists_one`: CEL has the macro `exists_one`, but routing predicates do not | a field holds one value: ask `field in […]`, and join tests with `&&` and `||`
    tags.map(x, x + 1) == [2]
        not_in_subset 5..8 `map`: CEL has the macro `map`, but routing predicates do not | a field holds one value: ask `field in […]`, and join tests with `&&` and `||`
        not_in_subset 22..25 `[2]`: CEL has lists as values, but routing predicates do not | a list goes after `in`
    tags.filter(x, x > 1) == [2]
        not_in_subset 5..11 `filter`: CEL has the macro `filter`, but routing predicates do not | a field holds one value: ask `field in […]`, and join tests with `&&` and `||`
        not_in_subset 25..28 `[2]`: CEL has lists as values, but routing predicates do not | a list goes after `in`
    email.endsWith('.edu')
        not_in_subset 6..14 `endsWith`: CEL has the search `endsWith`, but routing predicates do not | ask `startsWith`, list texts with `in`, or send what you look for as a field of its own
    int(age) == 3
        not_in_subset 0..3 `int`: CEL has the conversion `int`, but routing predicates do not | a field has the kind that the schema says; compare it with a value of that kind
    string(age) == '3'
        not_in_subset 0..6 `string`: CEL has the conversion `string`, but routing predicates do not | a field has the kind that the schema says; compare it with a value of that kind
    dyn(age) == 3
        not_in_subset 0..3 `dyn`: CEL has the conversion `dyn`, but routing predicates do not | a field has the kind that the schema says; compare it with a value of that kind
    type(age) == int
        not_in_subset 0..4 `type`: CEL has the conversion `type`, but routing predicates do not | a field has the kind that the schema says; compare it with a value of that kind
    received_at.getMonth() == 3
        not_in_subset 12..20 `getMonth`: CEL has the part of a time `getMonth`, but routing predicates do not | ask `hour(field, zone)` or `weekday(field, zone)`, or compare with `timestamp(…)`
    received_at.getFullYear('UTC') == 2026
        not_in_subset 12..23 `getFullYear`: CEL has the part of a time `getFullYear`, but routing predicates do not | ask `hour(field, zone)` or `weekday(field, zone)`, or compare with `timestamp(…)`
    received_at.getHours() < 9
        not_in_subset 12..20 `getHours`: CEL has `getHours` without a time zone, but routing predicates do not | write `getHours("UTC")`, or name another zone
    timestamp('2026-01-31T09:30:00Z').getHours('UTC') < 9
        not_in_subset 0..33 `timestamp('2026-01-31T09:30:00Z')`: CEL has parts of plain times, but routing predicates do not | ask a field of the lead
    timestamp(received_at) < timestamp('2026-01-31T09:30:00Z')
        not_in_subset 10..21 `received_at`: CEL has conversions of fields, but routing predicates do not | a field of kind timestamp is compared as it is
    received_at + duration('1h') < timestamp('2026-01-31T09:30:00Z')
        not_in_subset 0..11 `received_at`: CEL has arithmetic with fields, but routing predicates do not | put the field alone on one side, like `received_at > timestamp("2026-01-31T09:30:00Z") + duration("36h")`
    timestamp('2026-01-31T09:30:00Z') - timestamp('2026-01-30T09:30:00Z') < duration('1h')
        not_in_subset 0..69 `timestamp('2026-01-31T09:30:00Z') - timestamp('2026-01-30T09:30:00Z')`: CEL has durations by themselves, but routing predicates do not | add it to a time, like `timestamp("2026-01-31T09:30:00Z") + duration("36h")`
    math.greatest(age, 3) == 3
        not_in_subset 5..13 `greatest`: CEL has the computation `greatest`, but routing predicates do not | compute it in a `derive` node and compare that
    state.lowerAscii() == 'ca'
        not_in_subset 6..16 `lowerAscii`: CEL has the text function `lowerAscii`, but routing predicates do not | texts compare exactly: send the lead with the text that is tested
    state.startWith('C')
        not_in_subset 6..15 `startWith`: `startWith` is no function of routing predicates | did you mean `startsWith`?
    state.startsWith(prefix)
        not_in_subset 17..23 `prefix`: CEL has fields in this place, but routing predicates do not | write a text in quotes
    'CAL'.startsWith('CA')
        not_in_subset 0..22 `'CAL'.startsWith('CA')`: CEL has comparisons of two values, but routing predicates do not | compare a field with a value, or write `true` or `false`
    hour(received_at, zone) < 9
        not_in_subset 18..22 `zone`: CEL has fields in this place, but routing predicates do not | write a text in quotes
    age < income
        not_in_subset 0..12 `age < income`: CEL has comparisons of two fields, but routing predicates do not | put a text in quotes, like "income"; a difference is for a `derive` node
    lead.age == lead.income
        not_in_subset 0..23 `lead.age == lead.income`: CEL has comparisons of two fields, but routing predicates do not | compare a field with a value; a difference is for a `derive` node
    age in [3, income]
        not_in_subset 11..17 `income`: CEL has comparisons of two fields, but routing predicates do not | put a text in quotes, like "income"; a difference is for a `derive` node
    3 in [1, 2]
        not_in_subset 0..11 `3 in [1, 2]`: CEL has comparisons of two values, but routing predicates do not | compare a field with a value, or write `true` or `false`
    age in [1, 2] == has(age)
        not_in_subset 0..13 `age in [1, 2]`: CEL has comparisons of tests, but routing predicates do not | write two tests and join them, like `30 < age && age < 40`
    (a && b) < 3
        not_in_subset 0..8 `(a && b)`: CEL has comparisons of tests, but routing predicates do not | join tests with `&&`, `||` and `!`; `!` binds closer than a comparison
    !age == 3
        not_in_subset 0..4 `!age`: CEL has comparisons of tests, but routing predicates do not | join tests with `&&`, `||` and `!`; `!` binds closer than a comparison
    !state in ['CA']
        not_in_subset 0..6 `!state`: CEL has comparisons of tests, but routing predicates do not | join tests with `&&`, `||` and `!`; `!` binds closer than a comparison
    lead['state'] == 'CA'
        not_in_subset 4..13 `['state']`: CEL has indexing, but routing predicates do not | compare the field, or write `field in […]`
    Lead{age: 3}.age == 3
        not_in_subset 0..12 `Lead{age: 3}`: CEL has messages, but routing predicates do not | compare fields with plain values
    google.type.Date{year: 2026} == t
        not_in_subset 0..28 `google.type.Date{year: 2026}`: CEL has messages, but routing predicates do not | compare fields with plain values
    {} == a
        not_in_subset 0..2 `{}`: CEL has maps, but routing predicates do not | compare fields with plain values
    a.?b == 1
        not_in_subset 3..4 `b`: CEL has optional fields, but routing predicates do not | ask `has(field)`
    a[?'b'] == 1
        not_in_subset 1..7 `[?'b']`: CEL has indexing, but routing predicates do not | compare the field, or write `field in […]`
    age in [?x]
        not_in_subset 8..9 `?`: CEL has optional entries, but routing predicates do not | list plain values
    .age == 3
        not_in_subset 0..1 `.`: CEL has names from the root, but routing predicates do not | drop the point in front
    has(a.b.c)
        not_in_subset 4..9 `a.b.c`: CEL has nested fields, but routing predicates do not | write `state` or `lead.state`
    a == [1]
        not_in_subset 5..8 `[1]`: CEL has lists as values, but routing predicates do not | a list goes after `in`
    'a' + 'b' == state
        not_in_subset 4..5 `+`: CEL has arithmetic, but routing predicates do not | compute it in a `derive` node and compare that
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
        "age == 0x1Fu",
        "price == 1.5e-3",
        "state == b'CA'",
        "state == rb\"CA\"",
        "age == 9223372036854775808",
        "price == 1.2345678901234567890",
        "t < timestamp('2026-01-31T09:30:00.0000001Z')",
        "duration('1h')",
        "null",
        "[]",
    ]), @r#"
    age == null
        not_in_subset 7..11 `null`: CEL has `null`, but routing predicates do not | ask `has(field)` or `!has(field)`
    age == 3u
        not_in_subset 7..9 `3u`: CEL has unsigned numbers, but routing predicates do not | drop the `u`
    age == 0x1F
        age == 31
    age == 1e3
        not_in_subset 7..10 `1e3`: CEL has numbers with an exponent, but routing predicates do not | write all digits, like 1500.0 for 1.5e3
    state == r'CA'
        state == "CA"
    state == '''CA'''
        state == "CA"
    duration('1h') < t
        not_in_subset 0..14 `duration('1h')`: CEL has durations by themselves, but routing predicates do not | add it to a time, like `timestamp("2026-01-31T09:30:00Z") + duration("36h")`
    [1, 2] == age
        not_in_subset 0..6 `[1, 2]`: CEL has lists as values, but routing predicates do not | a list goes after `in`
    (age) == 3
        age == 3
    has(age) == true
        has(age)
    age in [3, other]
        not_in_subset 11..16 `other`: CEL has comparisons of two fields, but routing predicates do not | put a text in quotes, like "other"; a difference is for a `derive` node
    age == 0x1Fu
        not_in_subset 7..12 `0x1Fu`: CEL has unsigned numbers, but routing predicates do not | drop the `u`
    price == 1.5e-3
        not_in_subset 9..15 `1.5e-3`: CEL has numbers with an exponent, but routing predicates do not | write all digits, like 1500.0 for 1.5e3
    state == b'CA'
        not_in_subset 9..14 `b'CA'`: CEL has literals of bytes, but routing predicates do not | drop the `b`; fields hold text
    state == rb"CA"
        not_in_subset 9..15 `rb"CA"`: CEL has literals of bytes, but routing predicates do not | drop the `b`; fields hold text
    age == 9223372036854775808
        number_too_long 7..26 `9223372036854775808`: `9223372036854775808` has more digits than can be compared exactly | use at most 18 digits
    price == 1.2345678901234567890
        number_too_long 9..30 `1.2345678901234567890`: `1.2345678901234567890` has more digits than can be compared exactly | use at most 18 digits
    t < timestamp('2026-01-31T09:30:00.0000001Z')
        not_in_subset 14..44 `'2026-01-31T09:30:00.0000001Z'`: CEL has times finer than a microsecond, but routing predicates do not | leads keep whole microseconds; write at most six digits
    duration('1h')
        not_in_subset 0..14 `duration('1h')`: this is a value, not a question | compare a field with it
    null
        not_in_subset 0..4 `null`: CEL has `null`, but routing predicates do not | ask `has(field)` or `!has(field)`
    []
        not_in_subset 0..2 `[]`: CEL has lists as values, but routing predicates do not | a list goes after `in`
    "#);
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "a table of texts and what is said of them"
)]
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
        "age > 3 and home_owner",
        "age > 3 AND home_owner",
        "state not in ['CA']",
        "state like 'C%'",
        "age > 3 | home_owner",
        "package == 1",
        "if (age)",
        "lead.in == 1",
        "age\u{a0}== 3",
        "`age` == 3",
        "state == `CA`",
        "state == 'C\nA'",
        "state == '''CA",
        "state == '\\x4'",
        "state == '\\400'",
        "state == '\\u00'",
        "age == 0x",
        "has(age, state)",
        "has()",
        "has(3)",
        "startsWith(zip)",
        "zip.startsWith()",
        "hour(received_at, 3) < 9",
        "hour(received_at, 'UTC', 1) < 9",
        "weekday(received_at) == 1",
        "getHours(received_at) < 9",
        "timestamp() < t",
        "t < timestamp('2026-01-31T09:30:00Z') + duration('1 hour')",
        "t < timestamp(99999999999999)",
        "age == 3 &&",
        "age in [1 2]",
        "age in [,]",
        "a ? b",
        "{a: 1, b} == c",
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
        not_in_subset 0..7 `age > 3`: CEL has comparisons of tests, but routing predicates do not | write two tests and join them, like `30 < age && age < 40`
    age & 3
        syntax 4..5 `&`: `&` has no meaning here | write `&&`
    hour(received_at) > 3
        syntax 0..17 `hour(received_at)`: `hour` needs a time zone | write `hour(received_at, "America/New_York")`
    timestamp('yesterday') < t
        syntax 10..21 `'yesterday'`: `yesterday` is not a point in time | write it like 2026-01-31T09:30:00Z
    state.startsWith(3)
        syntax 17..18 `3`: a text in quotes should be here
    has('x')
        syntax 4..7 `'x'`: a field should be here
    3
        not_in_subset 0..1 `3`: this is a value, not a question | compare a field with it
    'x' && true
        not_in_subset 0..3 `'x'`: this is a value, not a question | compare a field with it
    age == 12345678901234567890
        number_too_long 7..27 `12345678901234567890`: `12345678901234567890` has more digits than can be compared exactly | use at most 18 digits
    age == 12ab
        syntax 7..11 `12ab`: `12ab` is not a number | put a text in quotes, like "12ab"
    state == 'a\qb'
        syntax 11..13 `\q`: this escape is not known | known are \\ \" \' \` \? \a \b \f \n \r \t \v \x41 \101 \u0041 \U00000041; or write r"…"
    state == '\ud800'
        syntax 10..12 `\u`: this escape wants 4 hex digits of a letter
    état == 1
        syntax 0..2 `é`: `é` has no meaning here
    in [3]
        syntax 0..2 `in`: `in` stands where a field or a value should be
    has(
        syntax 4..4 ``: the predicate ends where a field or a value should be
    age > 3 and home_owner
        syntax 8..11 `and`: `and` stands where `&&`, `||` or the end should be | write `&&`
    age > 3 AND home_owner
        syntax 8..11 `AND`: `AND` stands where `&&`, `||` or the end should be | write `&&`
    state not in ['CA']
        syntax 6..9 `not`: `not` stands where `&&`, `||` or the end should be | write `!` in front, like `!(state in ["CA"])`
    state like 'C%'
        syntax 6..10 `like`: `like` stands where `&&`, `||` or the end should be | write `field.startsWith("90")`
    age > 3 | home_owner
        syntax 8..9 `|`: `|` has no meaning here | write `||`
    package == 1
        syntax 0..7 `package`: `package` is a word that CEL keeps for itself | a field is also `lead.package`
    if (age)
        syntax 0..2 `if`: `if` is a word that CEL keeps for itself | a field is also `lead.if`
    lead.in == 1
        syntax 5..7 `in`: `in` stands where a name should be
    age == 3
        syntax 3..5 ` `: ` ` has no meaning here | type a plain space
    `age` == 3
        syntax 0..5 ``age``: a name in backticks stands where a field or a value should be
    state == `CA`
        syntax 9..13 ``CA``: a name in backticks stands where a field or a value should be
    state == 'C
    A'
        syntax 9..11 `'C`: this text runs past the end of its line | close the quote, write \n, or use """ for a text of several lines
    state == '''CA
        syntax 9..14 `'''CA`: this text never ends | close the quote
    state == '\x4'
        syntax 10..12 `\x`: this escape wants 2 hex digits of a letter
    state == '\400'
        syntax 10..12 `\4`: this escape is not known | known are \\ \" \' \` \? \a \b \f \n \r \t \v \x41 \101 \u0041 \U00000041; or write r"…"
    state == '\u00'
        syntax 10..12 `\u`: this escape wants 4 hex digits of a letter
    age == 0x
        syntax 7..9 `0x`: `0x` is not a number | put a text in quotes, like "12ab"
    has(age, state)
        syntax 0..15 `has(age, state)`: `has` is not called like this | write `has(field)`
    has()
        syntax 0..5 `has()`: `has` is not called like this | write `has(field)`
    has(3)
        syntax 4..5 `3`: a field should be here
    startsWith(zip)
        syntax 0..15 `startsWith(zip)`: `startsWith` is not called like this | write `field.startsWith("90")`
    zip.startsWith()
        syntax 0..16 `zip.startsWith()`: `startsWith` is not called like this | write `field.startsWith("90")`
    hour(received_at, 3) < 9
        syntax 18..19 `3`: a text in quotes should be here
    hour(received_at, 'UTC', 1) < 9
        syntax 0..27 `hour(received_at, 'UTC', 1)`: `hour` is not called like this | write `hour(field, "America/New_York")`
    weekday(received_at) == 1
        syntax 0..20 `weekday(received_at)`: `weekday` needs a time zone | write `weekday(received_at, "America/New_York")`
    getHours(received_at) < 9
        syntax 0..21 `getHours(received_at)`: `getHours` is not called like this | write `received_at.getHours("America/New_York")`
    timestamp() < t
        syntax 0..11 `timestamp()`: `timestamp` is not called like this | write `timestamp("2026-01-31T09:30:00Z")`
    t < timestamp('2026-01-31T09:30:00Z') + duration('1 hour')
        syntax 49..57 `'1 hour'`: `1 hour` is not a duration | write it like 1h30m, 1.5h, 90s or 250ms
    t < timestamp(99999999999999)
        syntax 14..28 `99999999999999`: this time is out of range | times are of the years 1 to 9999
    age == 3 &&
        syntax 11..11 ``: the predicate ends where a field or a value should be
    age in [1 2]
        syntax 10..11 `2`: a number stands where `,` or `]` should be
    age in [,]
        syntax 8..9 `,`: `,` stands where a field or a value should be
    a ? b
        syntax 5..5 ``: the predicate ends where `:` should be
    {a: 1, b} == c
        syntax 8..9 `}`: `}` stands where `:` should be
    "#);
}

#[test]
fn deep_and_long_texts_are_refused_without_harm() {
    let deep = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    assert!(parse(&deep(MAX_DEPTH - 1)).is_ok());
    assert_eq!(code(&deep(MAX_DEPTH)), "too_deep");
    assert_eq!(code(&deep(30_000)), "too_deep");
    assert_eq!(code(&"!".repeat(60_000)), "too_deep");
    for link in [".a", "[a]", ".a()", " == a"] {
        assert_eq!(code(&format!("a{}", link.repeat(10_000))), "too_deep");
    }
    for start in ["a ? b : ", "[", "{a:", "a(", "-", "(a && "] {
        assert_eq!(code(&start.repeat(7_000)), "too_deep");
    }
    assert_eq!(code(&deep(100_000)), "too_large");
    assert_eq!(code(&"a || ".repeat(20_000)), "too_large");
}

fn placed<T>(value: T) -> Spanned<T> {
    Spanned {
        value,
        span: (0, 0),
    }
}

/// The same predicate without places.
fn placeless(expr: Expr) -> Expr {
    let name = |name: Spanned<String>| placed(name.value);
    let subject = |subject| match subject {
        Subject::Field(field) => Subject::Field(placed(field.value)),
        Subject::Part(part, field, zone) => {
            Subject::Part(part, placed(field.value), placed(zone.value))
        }
    };
    match expr {
        Expr::Constant(constant) => Expr::Constant(constant),
        Expr::And(parts) => Expr::And(parts.into_iter().map(placeless).collect()),
        Expr::Or(parts) => Expr::Or(parts.into_iter().map(placeless).collect()),
        Expr::Not(inner) => Expr::Not(Box::new(placeless(*inner))),
        Expr::Holds(field) => Expr::Holds(name(field)),
        Expr::Has(field) => Expr::Has(name(field)),
        Expr::StartsWith(field, prefix) => Expr::StartsWith(name(field), name(prefix)),
        Expr::Compare(read, comparison, literal) => {
            Expr::Compare(subject(read), comparison, placed(literal.value))
        }
        Expr::In(read, literals) => {
            let literals = literals.into_iter().map(|literal| placed(literal.value));
            Expr::In(subject(read), literals.collect())
        }
    }
}

fn any_text() -> impl Strategy<Value = String> {
    "[ -~]{0,6}|[\\PC\\n\\r\\t\u{e9}\\\\\"'`]{0,6}"
}

fn any_name() -> impl Strategy<Value = Spanned<String>> {
    let odd = [
        "age",
        "lead",
        "package",
        "in",
        "true",
        "quality-2",
        "a.b",
        "2nd",
    ];
    prop_oneof![
        "[a-z_][a-z0-9_]{0,5}",
        prop::sample::select(odd.to_vec()).prop_map(str::to_owned)
    ]
    .prop_map(placed)
}

fn any_value() -> impl Strategy<Value = Value> {
    let decimal = (-999_999_i64..999_999, 0..9_usize).prop_map(|(digits, scale)| {
        let text = format!("{:0>10}", digits.abs());
        let (whole, fraction) = text.split_at(10 - scale);
        let sign = if digits < 0 { "-" } else { "" };
        Decimal::parse(&format!("{sign}{whole}.{fraction}0")).unwrap()
    });
    // Calendars end in the year 9999.
    let time = -62_135_596_800_000_000..253_370_000_000_000_000_i64;
    prop_oneof![
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Integer),
        Just(Value::Integer(i64::MIN)),
        decimal.prop_map(Value::Decimal),
        any_text().prop_map(Value::Text),
        time.prop_map(|micros| Value::Timestamp(Timestamp(micros))),
    ]
}

fn any_predicate() -> impl Strategy<Value = Expr> {
    let subject = prop_oneof![
        any_name().prop_map(Subject::Field),
        (any::<bool>(), any_name(), any_text()).prop_map(|(hour, field, zone)| {
            let part = if hour {
                DatePart::Hour
            } else {
                DatePart::Weekday
            };
            Subject::Part(part, field, placed(zone))
        }),
    ];
    let comparison = prop::sample::select(vec![
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::AtMost,
        Comparison::Greater,
        Comparison::AtLeast,
    ]);
    let values = prop::collection::vec(any_value().prop_map(placed), 0..4);
    let test = prop_oneof![
        any::<bool>().prop_map(Expr::Constant),
        any_name().prop_map(Expr::Holds),
        any_name().prop_map(Expr::Has),
        (any_name(), any_text()).prop_map(|(field, text)| Expr::StartsWith(field, placed(text))),
        (subject.clone(), comparison, any_value())
            .prop_map(|(read, comparison, value)| Expr::Compare(read, comparison, placed(value))),
        (subject, values).prop_map(|(read, values)| Expr::In(read, values)),
    ];
    test.prop_recursive(4, 24, 3, |inner| {
        let several = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several.clone().prop_map(Expr::And),
            several.prop_map(Expr::Or),
            inner.prop_map(|inner| Expr::Not(Box::new(inner))),
        ]
    })
}

proptest! {
    #[test]
    fn a_predicate_is_what_its_canonical_text_says(expr in any_predicate()) {
        let normal = print::normal(&expr);
        let text = normal_form(&expr);
        prop_assert_eq!(parse(&text).map(placeless), Ok(placeless(normal)), "{}", &text);
        prop_assert_eq!(read(&text), text);
    }

    #[test]
    fn no_text_of_any_letters_makes_the_parser_panic(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[ a-c0-9.'\"()\\[\\]!&|=<>,\\\\inhas\u{e9}-]{0,40}") {
        let Err(errors) = parse(&text) else { return Ok(()) };
        prop_assert!(!errors.is_empty());
        for error in errors {
            let (from, to) = error.span;
            prop_assert!(from <= to && text.get(from..to).is_some());
            prop_assert!(error.code == "syntax" || error.hint.is_some());
        }
    }

    #[test]
    fn canonical_texts_are_read_back(text in "[ ab(!&|)]{0,30}") {
        let Ok(expr) = parse(&text) else { return Ok(()) };
        let normal = normal_form(&expr);
        prop_assert_eq!(read(&normal), normal);
    }
}

#[test]
fn what_other_languages_write_is_told_with_the_way_to_write_it() {
    for (text, remedy) in [
        (
            "credit-score > 0",
            "write `credit_score` if that is the field",
        ),
        ("a - b > 0", "compute it in a `derive` node"),
        ("state IN ['CA']", "write `in` in small letters"),
        ("NOT (state in ['CA'])", "write `!` in front"),
        ("NOT state in ['CA']", "write `!` in front"),
        ("age > 3 AND home_owner", "write `&&`"),
        ("age <> 3", "write `!=`"),
        ("age between 18 and 65", "write `age >= 18 && age <= 65`"),
        ("state == \u{201c}CA\u{201d}", "type straight quotes"),
        ("state == \u{2018}CA\u{2019}", "type straight quotes"),
        ("age \u{2265} 18", "write `>=`"),
        ("age > \u{2212}3", "type a plain minus"),
        ("home_owner == TRUE", "write `true` in small letters"),
        ("state == NULL", "ask `has(field)`"),
    ] {
        let told = read(text);
        assert!(told.contains(remedy), "{text}: {told}");
    }
}
