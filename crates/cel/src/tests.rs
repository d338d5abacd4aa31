use insta::assert_snapshot;

use super::{normal_form, parse};

mod refused;
mod round_trip;
mod types;

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
