//! Text to tree to text, for any text and any tree.

use proptest::prelude::*;

use super::{
    super::{
        CalendarDate, Comparison, DatePart, Decimal, Expr, Spanned, Subject, Timestamp, Value,
        normal_form, parse, print,
    },
    read,
};

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
        Expr::InList(field, list) => Expr::InList(name(field), name(list)),
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
        (-719_528_i64..=2_932_896)
            .prop_map(|days| Value::Date(CalendarDate::from_days(days).unwrap())),
    ]
}

fn any_predicate() -> impl Strategy<Value = Expr> {
    let subject = prop_oneof![
        any_name().prop_map(Subject::Field),
        (
            prop::sample::select(DatePart::ALL.to_vec()),
            any_name(),
            any_text()
        )
            .prop_map(|(part, field, zone)| Subject::Part(part, field, placed(zone))),
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
        (any_name(), any_text()).prop_map(|(field, text)| Expr::InList(field, placed(text))),
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
