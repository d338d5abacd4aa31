use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

/// The canonical text of an expression, or what is wrong with it and where.
fn read(text: &str) -> String {
    match parse(text) {
        Ok(term) => term.value.print(),
        Err(error) => {
            let (from, to) = error.span;
            let hint = error.hint.map(|hint| format!(" | {hint}"));
            format!(
                "{} {from}..{to} `{}`: {}{}",
                error.code,
                &text[from..to],
                error.message,
                hint.unwrap_or_default()
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
fn spellings_of_one_expression_share_a_canonical_text() {
    assert_snapshot!(all(&[
        "debt*100/lead.income",
        "(a + (b)) - c",
        "a - (b - c)",
        "a - (b * c)",
        "a * (b / c) % d",
        "(a + b) * -(c + d)",
        "-a * --b - -3 + -1.50",
        "min( a,b , max(c) )",
        "hour(received_at,'Europe/Berlin')*60",
        "weekday(lead.received_at, 'UTC') % 7",
    ]), @r#"
    debt*100/lead.income
        debt * 100 / income
    (a + (b)) - c
        a + b - c
    a - (b - c)
        a - (b - c)
    a - (b * c)
        a - b * c
    a * (b / c) % d
        a * (b / c) % d
    (a + b) * -(c + d)
        (a + b) * -(c + d)
    -a * --b - -3 + -1.50
        -a * --b - -3 + -1.5
    min( a,b , max(c) )
        min(a, b, max(c))
    hour(received_at,'Europe/Berlin')*60
        hour(received_at, "Europe/Berlin") * 60
    weekday(lead.received_at, 'UTC') % 7
        weekday(received_at, "UTC") % 7
    "#);
}

#[test]
fn what_is_no_arithmetic_is_named() {
    assert_snapshot!(all(&[
        "",
        "a +",
        "a b",
        "a > 3",
        "a > 3 ? 1 : 2",
        "a + 'x'",
        "true + 1",
        "list[0]",
        "applicant.income",
        "round(a)",
        "min()",
        "hour(received_at)",
        "99999999999999999999",
    ]), @r#"

        syntax 0..0 ``: this expression is empty | write a number that is computed from fields
    a +
        syntax 3..3 ``: the expression ends where a field or a number should be
    a b
        syntax 2..3 `b`: `b` stands where an operator or the end should be
    a > 3
        not_in_subset 2..3 `>`: CEL has tests, but derived values do not | ask in a predicate, or count points in a scorecard
    a > 3 ? 1 : 2
        not_in_subset 2..3 `>`: CEL has tests, but derived values do not | ask in a predicate, or count points in a scorecard
    a + 'x'
        syntax 4..7 `'x'`: a text stands where a field or a number should be | only numbers can be computed with
    true + 1
        syntax 0..4 `true`: `true` is not a number | only numbers can be computed with
    list[0]
        not_in_subset 4..5 `[`: CEL has lists and maps, but derived values do not | use fields
    applicant.income
        not_in_subset 9..10 `.`: CEL has nested fields, but derived values do not | write `income` or `lead.income`
    round(a)
        not_in_subset 0..5 `round`: CEL has functions such as `round`, but derived values do not | known are min, max, hour, weekday, years and days
    min()
        syntax 4..5 `)`: `)` stands where a field or a number should be
    hour(received_at)
        syntax 16..17 `)`: `hour` needs a time zone | write `hour(received_at, "America/New_York")`
    99999999999999999999
        number_too_long 0..20 `99999999999999999999`: `99999999999999999999` has more digits than can be compared exactly | use at most 18 digits
    "#);
}

#[test]
fn hostile_text_is_refused_without_harm() {
    let deep = format!("{}a", "(".repeat(100_000));
    let signs = format!("{}a", "-".repeat(60_000));
    let long = format!("a{}", " + a".repeat(10_000));
    let wide = format!("min(a{})", ", a".repeat(10_000));
    for (text, code) in [
        (&deep, "too_large"),
        (&deep[50_000..].to_owned(), "too_deep"),
        (&signs, "too_deep"),
        (&long, "too_large"),
        (&wide, "too_large"),
    ] {
        assert_eq!(parse(text).unwrap_err().code, code);
    }
}

fn any_expression() -> impl Strategy<Value = Arithmetic> {
    let field = |name: &str| {
        let value = name.to_owned();
        Arithmetic::Read(Subject::Field(Spanned {
            value,
            span: (0, 0),
        }))
    };
    let leaf = prop_oneof![
        prop::sample::select(vec!["a", "b", "c"]).prop_map(field),
        (-1_000_i64..1_000).prop_map(Arithmetic::Integer),
        (-1_000_i64..1_000)
            .prop_filter("with digits after the point", |digits| digits % 10 != 0)
            .prop_map(|digits| Arithmetic::Decimal(Decimal { digits, scale: 1 })),
    ];
    let term = |value| Spanned {
        value,
        span: (0, 0),
    };
    leaf.prop_recursive(5, 40, 3, move |inner| {
        let operator = prop::sample::select(vec![
            Operator::Plus,
            Operator::Minus,
            Operator::Times,
            Operator::Over,
            Operator::Modulo,
        ]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(move |(left, operator, right)| {
                Arithmetic::Operation(Box::new(term(left)), operator, Box::new(term(right)))
            }),
            inner
                .clone()
                .prop_map(move |inner| Arithmetic::negative(term(inner))),
            (any::<bool>(), prop::collection::vec(inner, 1..4)).prop_map(move |(is_min, terms)| {
                let extreme = if is_min { Extreme::Min } else { Extreme::Max };
                Arithmetic::Extreme(extreme, terms.into_iter().map(term).collect())
            }),
        ]
    })
}

/// The same expression without places.
fn placeless(term: Term) -> Term {
    let bare = |name: FieldName| FieldName {
        span: (0, 0),
        ..name
    };
    let value = match term.value {
        Arithmetic::Read(Subject::Field(name)) => Arithmetic::Read(Subject::Field(bare(name))),
        Arithmetic::Negative(inner) => Arithmetic::Negative(Box::new(placeless(*inner))),
        Arithmetic::Operation(left, operator, right) => Arithmetic::Operation(
            Box::new(placeless(*left)),
            operator,
            Box::new(placeless(*right)),
        ),
        Arithmetic::Extreme(extreme, terms) => {
            Arithmetic::Extreme(extreme, terms.into_iter().map(placeless).collect())
        }
        other => other,
    };
    Spanned {
        value,
        span: (0, 0),
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(expression in any_expression()) {
        let text = expression.print();
        let read = parse(&text).map(placeless);
        prop_assert_eq!(read.map(|term| term.value), Ok(expression), "{}", text);
    }

    #[test]
    fn no_text_panics(text in "[ a-c0-9.+*/%(),'\"-]{0,60}|\\PC*") {
        let _ = parse(&text);
    }
}
