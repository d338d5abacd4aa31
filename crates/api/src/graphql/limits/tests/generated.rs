//! Generated documents, compared with the slowest way to count them.

use std::collections::BTreeMap;

use async_graphql::parser::types::{Selection, SelectionSet};
use proptest::prelude::*;

use super::*;

/// A selection of fields, fragments and spreads of five fragments, cycles among them.
fn selections() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("a".to_owned()),
        Just("b:a(x:[1 {y:\"}\"}])@d(e:$v)".to_owned()),
        (0..5_u8).prop_map(|n| format!("...F{n}")),
    ];
    let inner = leaf.prop_recursive(6, 24, 4, |inner| {
        let set = prop::collection::vec(inner, 1..4).prop_map(|items| items.join(" "));
        (set, prop::bool::ANY).prop_map(|(set, is_field)| {
            let opens = if is_field { "a" } else { "...on Query" };
            format!("{opens}{{{set}}}")
        })
    });
    prop::collection::vec(inner, 1..5).prop_map(|items| items.join(" "))
}

fn documents() -> impl Strategy<Value = String> {
    let fragments = prop::collection::btree_map(0..5_u8, selections(), 0..5);
    (selections(), fragments).prop_map(|(operation, fragments): (_, BTreeMap<u8, String>)| {
        let fragments = fragments
            .iter()
            .map(|(n, set)| format!("fragment F{n} on Query{{{set}}} "));
        format!(
            "query($v:Int){{{operation}}} {}",
            fragments.collect::<Vec<_>>().concat()
        )
    })
}

/// Walks every selection with its fragments in place, as validation does; `None` beyond a limit.
fn walk(
    document: &ExecutableDocument,
    set: &SelectionSet,
    depth: usize,
    left: &mut u32,
) -> Option<usize> {
    let mut deepest = depth;
    for item in &set.items {
        *left = left.checked_sub(1)?;
        let inner = match &item.node {
            Selection::Field(field) => &field.node.selection_set.node,
            Selection::InlineFragment(fragment) => &fragment.node.selection_set.node,
            Selection::FragmentSpread(spread) => {
                match document.fragments.get(&spread.node.fragment_name.node) {
                    Some(fragment) => &fragment.node.selection_set.node,
                    None => continue,
                }
            }
        };
        if !inner.items.is_empty() {
            if depth >= 60 {
                return None;
            }
            deepest = deepest.max(walk(document, inner, depth + 1, left)?);
        }
    }
    Some(deepest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_document_that_is_taken_can_be_walked_with_its_fragments_in_place(text in documents()) {
        let document = parser::parse_query(&text).unwrap();
        let sets = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
        let sets: Vec<&SelectionSet> = sets
            .chain(document.fragments.values().map(|fragment| &fragment.node.selection_set.node))
            .collect();
        let mut left = 20_000;
        let depths: Option<Vec<usize>> =
            sets.iter().map(|set| walk(&document, set, 1, &mut left)).collect();
        let is_small = depths.is_some_and(|depths| depths.into_iter().all(|depth| depth <= 32));
        match parse(&text, &Variables::default()) {
            Ok(_) => prop_assert!(is_small, "taken: {text}"),
            // What values and arguments add is beside selections.
            Err(refused) if is_small => prop_assert!(left < 15_000, "{refused:?} {text}"),
            Err(_) => {}
        }
    }

    #[test]
    fn whatever_it_is_it_is_read_to_its_end(
        text in r#"([{}\[\]()"\\#.:@$!a0 \n]|"""|\.\.\.|query|on){0,120}"#
    ) {
        if scan(&text).is_ok() {
            let _ = parse(&text, &Variables::default());
        }
    }

    #[test]
    fn nesting_is_what_brackets_say(depth in 1_usize..200, noise in "[a ,\n]{0,5}") {
        let text = format!("{noise}{}{noise}{}", "[".repeat(depth), "]".repeat(depth));
        match scan(&text) {
            Ok(scanned) => prop_assert_eq!(scanned.nesting, depth),
            Err(refused) => prop_assert!(refused.is_limit && depth > NESTING_MAX),
        }
    }
}
