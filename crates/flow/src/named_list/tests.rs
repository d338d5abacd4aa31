use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn read(kind: ListKind, values: &[&str]) -> Result<NamedList, Vec<String>> {
    let mut reader = ListReader::new(kind);
    for (idx, value) in values.iter().enumerate() {
        reader.add(&format!("line {}", idx + 1), value);
    }
    let told = |problems: Vec<pointsman_lead::Problem>| {
        let told = problems.iter();
        told.map(|problem| format!("{} {}", problem.code, problem.path))
            .collect()
    };
    reader.finish().map_err(told)
}

#[test]
fn a_list_is_known_by_its_content_in_whatever_order_it_was_written() {
    let one = read(ListKind::PostalCode, &["94103", " 10001 ", "", "94103"]).unwrap();
    let other = read(ListKind::PostalCode, &["10001", "94103"]).unwrap();
    assert_eq!(one, other);
    assert_eq!(one.values().unwrap().body(), "10001\n94103\n");
    let as_text = read(ListKind::Text, &["10001", "94103"]).unwrap();
    assert_ne!(one.hash(), as_text.hash());
    assert_eq!(
        one.hash().to_string(),
        "8eeae5acef65af6b30f0ecc431eb5948491576657f16bfec37c6dadfa3a65447",
        "stored catalogs name lists by this hash"
    );
}

#[test]
fn every_mistake_of_a_list_is_told_with_its_line() {
    let found = read(
        ListKind::Email,
        &["ada@example.com", "ada", "", &"x".repeat(300), "b@host"],
    );
    assert_eq!(
        found.unwrap_err(),
        ["malformed line 2", "too_long line 4", "malformed line 5"]
    );
    assert_eq!(
        read(ListKind::Text, &[" ", ""]).unwrap_err(),
        ["empty values"]
    );
    let wrong = vec!["?"; 150];
    let found = read(ListKind::PostalCode, &wrong).unwrap_err();
    assert_eq!((found.len(), &*found[100]), (101, "more_problems values"));
}

#[test]
fn a_list_in_a_file_has_values_and_one_in_a_database_a_hash() {
    let list: NamedList =
        serde_json::from_str(r#"{"kind": "region", "values": ["TX", "CA"]}"#).unwrap();
    let file = serde_json::to_string(&list).unwrap();
    assert_eq!(file, r#"{"kind":"region","values":["CA","TX"]}"#);
    let stored = serde_json::to_string(&StoredList::from(&list)).unwrap();
    let back: NamedList = serde_json::from_str(&stored).unwrap();
    assert_eq!(back, list);
    assert!(back.values().is_none());
    for wrong in [
        r#"{"kind": "region"}"#,
        r#"{"kind": "region", "values": ["ca"]}"#,
        r#"{"kind": "integer", "values": ["1"]}"#,
    ] {
        assert!(serde_json::from_str::<NamedList>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn versions_differ_by_what_came_and_what_went() {
    let old = read(ListKind::Text, &["a", "b", "c", "d"]).unwrap();
    let new = read(ListKind::Text, &["b", "d", "e", "f", "g"]).unwrap();
    let (old, new) = (old.values().unwrap(), new.values().unwrap());
    let difference = old.difference(new, 2);
    assert_eq!((difference.n_added, difference.n_removed), (3, 2));
    assert_eq!(
        (difference.added, difference.removed),
        (
            vec!["e".to_owned(), "f".to_owned()],
            vec!["a".to_owned(), "c".to_owned()],
        )
    );
}

#[test]
fn bodies_that_no_list_comes_to_are_refused() {
    for wrong in ["a", "b\na\n", "a\na\n", "\n", "a\n\nb\n"] {
        assert!(ListValues::of_body(wrong.to_owned()).is_none(), "{wrong:?}");
    }
    assert!(ListValues::of_body("a\nb\n".to_owned()).is_some());
}

proptest! {
    #[test]
    fn a_list_holds_its_values_and_nothing_else(
        values in prop::collection::btree_set("[a-d\u{e9}]{1,4}", 1..200),
        others in prop::collection::vec("[a-d\u{e9}]{0,5}", 0..200),
    ) {
        let sorted: Vec<String> = values.iter().cloned().collect();
        let list = ListValues::of_sorted(&sorted);
        let asked: BTreeSet<&String> = sorted.iter().chain(&others).collect();
        for text in asked {
            prop_assert_eq!(list.contains(text), values.contains(text), "{}", text);
        }
        let again = ListValues::of_body(list.body().to_owned()).unwrap();
        prop_assert!(again.iter().eq(list.iter()));
        prop_assert_eq!(again.len(), values.len());
    }
}
