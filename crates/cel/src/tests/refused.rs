//! What is refused, each with a code, a place and what to write instead.

use insta::assert_snapshot;

use super::{super::MAX_DEPTH, all, code, parse, read};

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
        not_in_subset 8..14 `states`: CEL has lists in fields, but routing predicates do not | write `field in ["CA", "TX"]`, or `field in list("name")`
    state in states
        not_in_subset 9..15 `states`: CEL has lists in fields, but routing predicates do not | write `field in ["CA", "TX"]`, or `field in list("name")`
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

#[test]
fn named_lists_go_after_in_and_nowhere_else() {
    assert_snapshot!(all(&[
        "zip in list('our-zips') && !(lead.zip in list(\"no\"))",
        "zip == list('x')",
        "zip in list(x)",
        "zip in list()",
        "'94103' in list('x')",
        "hour(received_at, 'UTC') in list('x')",
        "zip in lists('x')",
    ]), @r#"
    zip in list('our-zips') && !(lead.zip in list("no"))
        zip in list("our-zips") && !(zip in list("no"))
    zip == list('x')
        syntax 7..16 `list('x')`: a named list goes after `in` | write `field in list("name")`
    zip in list(x)
        not_in_subset 12..13 `x`: CEL has fields in this place, but routing predicates do not | write a text in quotes
    zip in list()
        syntax 7..13 `list()`: `list` is not called like this | write `field in list("name")`
    '94103' in list('x')
        not_in_subset 0..7 `'94103'`: CEL has comparisons of two values, but routing predicates do not | compare a field with a value, or write `true` or `false`
    hour(received_at, 'UTC') in list('x')
        syntax 0..24 `hour(received_at, 'UTC')`: a field should be here
    zip in lists('x')
        not_in_subset 7..17 `lists('x')`: CEL has `in` with anything but a list, but routing predicates do not | write `field in ["CA", "TX"]`, or `field in list("name")`
    "#);
}
