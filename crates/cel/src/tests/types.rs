//! Mistakes of type, each in its place.

use insta::assert_snapshot;

use super::all;

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
fn days_are_written_in_quotes() {
    assert_snapshot!(all(&[
        "date('1990-1-31') < born",
        "date(born) < date('1990-01-31')",
        "date(3) < born",
        "date() < born",
        "born < date('1990-01-31') + duration('24h')",
        "years(born) > 3",
        "years(3, 'UTC') > 3",
        "days(born, 'UTC')",
        "dates(born) > 3",
    ]), @r#"
    date('1990-1-31') < born
        syntax 5..16 `'1990-1-31'`: `1990-1-31` is not a day | write it like 1990-01-31
    date(born) < date('1990-01-31')
        not_in_subset 5..9 `born`: CEL has conversions of fields, but routing predicates do not | a field of kind date is compared as it is
    date(3) < born
        syntax 5..6 `3`: a day in quotes should be here
    date() < born
        syntax 0..6 `date()`: `date` is not called like this | write `date("1990-01-31")`
    born < date('1990-01-31') + duration('24h')
        not_in_subset 7..25 `date('1990-01-31')`: CEL has arithmetic with days, but routing predicates do not | write the day itself, or compare `days(field, zone)`
    years(born) > 3
        syntax 0..11 `years(born)`: `years` needs a time zone | write `years(born, "America/New_York")`
    years(3, 'UTC') > 3
        syntax 6..7 `3`: a field should be here
    days(born, 'UTC')
        not_in_subset 0..17 `days(born, 'UTC')`: this is a value, not a question | compare it with a whole number
    dates(born) > 3
        not_in_subset 0..5 `dates`: `dates` is no function of routing predicates | did you mean `date`?
    "#);
}
