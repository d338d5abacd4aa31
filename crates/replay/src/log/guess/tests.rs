use super::*;

fn guess<'a>(texts: impl IntoIterator<Item = &'a str>) -> Guess {
    let mut guess = Guess::new();
    for (text, row) in texts.into_iter().zip(1..) {
        guess.see(text, row, &Times::default());
    }
    guess
}

#[test]
fn a_column_is_taken_for_the_narrowest_kind_that_all_of_its_values_fit() {
    let kind = |texts: &[&str]| guess(texts.iter().copied()).field("field").kind;
    let text = FieldKind::text(1_024);
    assert_eq!(kind(&[]), text);
    assert_eq!(kind(&["true", "false"]), FieldKind::Boolean);
    assert_eq!(
        kind(&["1", "-20"]),
        FieldKind::Integer {
            min: None,
            max: None
        }
    );
    assert_eq!(
        kind(&["1", "-2.50", "0.125"]),
        FieldKind::Decimal { scale: 3 }
    );
    assert_eq!(kind(&["2026-01-31T09:30:00Z"]), FieldKind::Timestamp);
    assert_eq!(kind(&["007", "8"]), text);
    assert_eq!(kind(&["1.2.3"]), text);
    assert_eq!(kind(&["1", "true"]), text);
}

#[test]
fn the_value_that_makes_a_text_of_a_column_of_numbers_is_named() {
    for (odd, expected) in [
        (
            "NA",
            "`NA` in row 5 is not a whole number, as 9 of 10 values are: the field `age` is read as text",
        ),
        (
            "007",
            "`007` in row 5 is not a whole number, as 9 of 10 values are: the field `age` is read as text",
        ),
        (
            "9223372036854775808",
            "`9223372036854775808` in row 5 is not a whole number, as 9 of 10 values are: the field `age` is read as text",
        ),
    ] {
        let doubt = guess(["1", "2", "3", "4", odd, "6", "7", "8", "9", "10"])
            .doubt("age", "age")
            .unwrap();
        assert_eq!(doubt.message, expected);
        let hint = doubt.hint.unwrap();
        assert!(
            hint.contains(&format!("null_values = [\"{odd}\"]")),
            "{hint}"
        );
    }
    assert_eq!(guess(["1", "2"]).doubt("age", "age"), None);
    assert_eq!(guess(["a", "b", "3"]).doubt("age", "age"), None);
    assert_eq!(guess([]).doubt("age", "age"), None);
}
