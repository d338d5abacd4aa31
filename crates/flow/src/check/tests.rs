use insta::assert_snapshot;

use crate::{
    check,
    fixture::{catalog, checked, document, findings},
};

/// All that is found about some nodes, which stand beside `acme`, `zenith` and `nobody`.
fn found(nodes: &str) -> String {
    match checked(nodes) {
        Ok(checked) => findings(&checked.warnings),
        Err(found) => findings(&found),
    }
}

/// All that is found about one predicate.
fn found_in(predicate: &str) -> String {
    let predicate = serde_json::Value::from(predicate);
    found(&format!(
        r#""start": {{"kind": "when", "if": {predicate}, "then": "acme", "otherwise": "end"}},
        "end": {{"kind": "waterfall", "to": ["zenith", "nobody"]}}"#
    ))
}

#[test]
fn a_sound_flow_has_no_findings() {
    assert_snapshot!(found_in("state in ['CA', 'TX'] && age >= 25"), @"");
}

#[test]
fn every_mistake_is_reported_at_once() {
    let nodes = r#"
        "start": {"kind": "waterfall", "to": ["graded", "acmee", "acme", "acme", "score"]},
        "graded": {"kind": "when", "if": "stat == 'CA' && credit == 'god' && age < '3'", "then": "spilt", "otherwise": "split"},
        "score": {"kind": "scorecard", "points": [{"if": "home_owner && age", "points": 3}]},
        "split": {"kind": "split", "arms": [{"weight_ppm": 400000, "to": "acme"}, {"weight_ppm": 400000, "to": "acme"}], "sticky": "emial"},
        "bad name": {"kind": "reject", "reason": ""},
        "zen": {"kind": "destination", "destination": "zenit"}
    "#;
    assert_snapshot!(found(nodes), @"
    bad_name bad name:: `bad name` is not a name | a name has 1 to 64 letters, digits, `-`, `_` or `.`, and starts with a letter or digit
    unreachable bad name:: no lead can reach this node | connect it, or delete it
    empty bad name:reason: a rejection needs a reason | say why no destination gets this lead
    unknown_node graded:then: there is no node `spilt` | known are `acme`, `bad name`, `graded`, `nobody`, `split`, `start`, `zen`, `zenith`
    unknown_field graded:if 0..4: leads of `auto-insurance` have no field `stat` | did you mean `state`?
    unknown_label graded:if 26..31: `credit` is never `god` | did you mean `good`?
    type_mismatch graded:if 41..44: `age` is a whole number, but is compared with a text | drop the quotes
    unreachable nobody:: no lead can reach this node | connect it, or delete it
    type_mismatch score:points[0].if 14..17: `age` is not true or false by itself | compare it with a value
    duplicate_arm split:arms[1]: arm 1 is called `acme` too | give one of them a `name`
    weights_sum split:arms: the weights sum to 800000, not to 1000000 | add 200000
    unknown_field split:sticky: leads of `auto-insurance` have no field `emial`
    unknown_node start:to[1]: there is no node `acmee` | did you mean `acme`?
    port_to_scorecard start:to[4]: `score` is a scorecard; no lead goes to it | read it in a predicate, a switch or a table
    duplicate_port start:to[3]: `acme` is already port 3 | a second try changes nothing
    unreachable zen:: no lead can reach this node | connect it, or delete it
    unknown_destination zen:destination: there is no destination `zenit` | did you mean `zenith`?
    unreachable zenith:: no lead can reach this node | connect it, or delete it
    ");
}

#[test]
fn a_flow_checks_against_its_own_catalog_again() {
    let nodes = r#""start": {"kind": "waterfall", "to": ["acme"]}"#;
    let program = crate::fixture::program(nodes);
    assert!(program.document().nodes.contains_key("zenith"));
    assert!(!program.catalog().destinations.contains_key("zenith"));
    let again = check(program.document(), program.catalog());
    let again = again.map(|checked| checked.program.catalog_hash());
    assert_eq!(again, Ok(program.catalog_hash()));
}

#[test]
fn cycles_name_the_whole_way_around() {
    let nodes = r#"
        "start": {"kind": "waterfall", "to": ["a", "acme", "zenith", "nobody"]},
        "a": {"kind": "waterfall", "to": ["b"]},
        "b": {"kind": "waterfall", "to": ["c"]},
        "c": {"kind": "waterfall", "to": ["a"]},
        "x": {"kind": "scorecard", "points": [{"if": "y > 3", "points": 3}]},
        "y": {"kind": "scorecard", "points": [{"if": "x > 3", "points": 3}]}
    "#;
    assert_snapshot!(found(nodes), @"
    cycle a:: a lead would never leave: `a` → `b` → `c` → `a` | remove one of these edges
    cycle x:: these scorecards need each other: `x` → `y` → `x` | remove one of these edges
    unreachable x:: nothing that leads reach reads this scorecard | connect it, or delete it
    unreachable y:: nothing that leads reach reads this scorecard | connect it, or delete it
    ");
}

#[test]
fn switches_and_tables_are_typed() {
    let nodes = r#"
        "start": {"kind": "switch", "on": "credit", "otherwise": "table", "cases": [
            {"in": ["good", "Fair"], "to": "acme"}, {"in": ["good", 3], "to": "zenith"}, {"in": [], "to": "nobody"}]},
        "table": {"kind": "table", "columns": ["age", "price", "stat", "age"], "rows": [
            {"cells": [{"from": 30, "to": 30}, ["1.50", "x"], null], "to": "acme"},
            {"cells": [["a"], {"from": 1.25, "to": 2}, null, []], "to": "acme"},
            {"cells": [null, {"from": "a"}, null, {"missing": true}], "to": "acme"}]}
    "#;
    assert_snapshot!(found(nodes), @"
    unknown_label start:cases[0].in[1]: `credit` is never `Fair` | did you mean `fair`?
    duplicate_value start:cases[1].in[0]: this value is already in case 1 | take it out of one of them
    type_mismatch start:cases[1].in[1]: `credit` is one of its labels, but is compared with a number | put it in quotes
    empty start:cases[2].in: this case has no values
    unknown_field table:columns[2]: leads of `auto-insurance` have no field `stat` | did you mean `state`?
    duplicate_column table:columns[3]: column `age` is there twice | put both into one cell
    cell_count table:rows[0].cells: row 1 has 3 cells for 4 columns | write null for any value
    empty_range table:rows[0].cells[0]: this range is empty, so the row never matches | `from` is in the range and `to` is not
    type_mismatch table:rows[0].cells[1]: `price` is a decimal, which this is not | write it like 1.50
    type_mismatch table:rows[1].cells[0]: `age` is a whole number, but is compared with a text | drop the quotes
    empty table:rows[1].cells[3]: this cell has no values, so the row never matches | write null for any value
    type_mismatch table:rows[2].cells[1]: `price` is a decimal, which this is not | write it like 1.50
    ");
}

#[test]
fn overlaps_and_gaps_come_with_an_example() {
    let nodes = r#"
        "start": {"kind": "table", "hit": "unique", "columns": ["age", "state", "received_at"], "rows": [
            {"cells": [{"to": 30}, ["CA", "TX"], null], "to": "acme"},
            {"cells": [{"from": 29}, ["TX", "NY"], null], "to": "zenith"},
            {"cells": [{"missing": true}, null, {"from": "2026-01-01T00:00:00Z"}], "to": "nobody"}]}
    "#;
    assert_snapshot!(found(nodes), @r#"
    overlap start:rows[1]: row 2 overlaps row 1, and only one row may match | narrow one of them, or take the `first` hit | {"age":29,"state":"TX"}
    gap start:otherwise: some leads match no row, and there is no `otherwise` | add `otherwise` | {"age":0,"state":"NY"}
    "#);
}

#[test]
fn a_table_that_covers_every_label_needs_no_otherwise() {
    let nodes = r#"
        "start": {"kind": "table", "hit": "unique", "columns": ["credit", "home_owner"], "rows": [
            {"cells": [["good"], null], "to": "acme"},
            {"cells": [["fair", "poor"], true], "to": "zenith"},
            {"cells": [["fair", "poor"], false], "to": "nobody"},
            {"cells": [["fair", "poor"], {"missing": true}], "to": "nobody"},
            {"cells": [{"missing": true}, null], "to": "nobody"}]}
    "#;
    assert_snapshot!(found(nodes), @"");
}

#[test]
fn rows_in_the_shadow_are_named() {
    let nodes = r#"
        "start": {"kind": "table", "columns": ["age", "state"], "otherwise": "nobody", "rows": [
            {"cells": [{"from": 20, "to": 40}, null], "to": "acme"},
            {"cells": [{"from": 25, "to": 30}, ["CA"]], "to": "zenith"},
            {"cells": [{"from": 25, "to": 41}, ["CA"]], "to": "zenith"}]}
    "#;
    assert_snapshot!(found(nodes), @r#"shadowed_row start:rows[1]: row 2 never decides: row 1 takes all of its leads | move it up, or delete it | {"age":25,"state":"CA"}"#);
}

#[test]
fn bandits_explore_every_arm_and_segment_by_shared_fields() {
    let nodes = r#"
        "start": {"kind": "bandit", "arms": [{"to": "acme"}, {"to": "zenith"}, {"to": "nobody", "name": "acme"}],
            "explore_ppm": 2, "segment_by": ["email", "price", "state", "state", "nothing"]}
    "#;
    assert_snapshot!(found(nodes), @"
    duplicate_arm start:arms[2]: arm 1 is called `acme` too | give one of them a `name`
    explore_range start:explore_ppm: 2 parts per million do not reach 3 arms | each arm needs one part at least; 20000 is usual
    pii_segment start:segment_by[0]: `email` tells who a person is, and segments are shown to people | take a field that many leads share
    unbounded_segment start:segment_by[1]: nearly every lead has its own `price`, so nothing is learned | take a field that many leads share
    duplicate_value start:segment_by[3]: `state` is there twice
    unknown_field start:segment_by[4]: leads of `auto-insurance` have no field `nothing`
    ");
}

#[test]
fn floors_and_ceilings_can_all_be_kept_together() {
    let nodes = r#"
        "start": {"kind": "bandit", "explore_ppm": 300000, "arms": [
            {"to": "acme", "floor_ppm": 700000, "ceiling_ppm": 600000},
            {"to": "zenith", "floor_ppm": 300000},
            {"to": "nobody", "ceiling_ppm": 20000},
            {"to": "acme", "name": "more", "floor_ppm": 2000000, "ceiling_ppm": 3000000}],
            "learning": {"half_life_hours": 0, "accept_prior": {"rate_ppm": 1000000, "strength": 0}, "focus_percent": 2000}}
    "#;
    assert_snapshot!(found(nodes), @"
    floor_above_ceiling start:arms[0].floor_ppm: at least 700000 and at most 600000 parts per million | let the floor be the smaller one
    ceiling_below_exploration start:arms[2].ceiling_ppm: the exploration alone gives this arm 75000 parts per million, more than 20000 | raise it or explore less; to keep leads away, take the arm out
    share_range start:arms[3].floor_ppm: 2000000 parts per million are more than all | write 50000 for five percent
    share_range start:arms[3].ceiling_ppm: 3000000 parts per million are more than all | write 400000 for forty percent
    floors_sum start:arms: floors and exploration sum to 3075000 parts per million, and there are 1000000 | take away 2075000; an arm has the larger of its floor and its part of the exploration, 75000
    learning_range start:learning.half_life_hours: 0 is not in 1 to 87600 | leave it out to learn as usual
    learning_range start:learning.accept_prior.rate_ppm: 1000000 is not in 1 to 999999 | leave it out to learn as usual
    learning_range start:learning.accept_prior.strength: 0 is not in 1 to 1000000 | leave it out to learn as usual
    learning_range start:learning.focus_percent: 2000 is not in 0 to 1000 | leave it out to learn as usual
    ");
}

#[test]
fn ceilings_leave_room_for_all_leads() {
    let nodes = r#"
        "start": {"kind": "bandit", "explore_ppm": 20000, "arms": [
            {"to": "acme", "ceiling_ppm": 500000}, {"to": "zenith", "ceiling_ppm": 100000}, {"to": "nobody", "ceiling_ppm": 300000}]}
    "#;
    assert_snapshot!(found(nodes), @"ceilings_sum start:arms: ceilings sum to 900000 parts per million, so some leads could go nowhere | add 100000, or leave one of them out");
}

#[test]
fn limits_that_just_fit_are_well() {
    let nodes = r#"
        "start": {"kind": "bandit", "explore_ppm": 20000, "arms": [
            {"to": "acme", "floor_ppm": 600000, "ceiling_ppm": 600000}, {"to": "zenith", "ceiling_ppm": 200000}, {"to": "nobody", "ceiling_ppm": 200000}]}
    "#;
    assert_snapshot!(found(nodes), @"");
}

#[test]
fn predicates_are_typed_against_the_schema() {
    let predicates = [
        "credit < 'good'",
        "state == CA",
        "age == '30'",
        "age == 1.5",
        "age > 200",
        "age >= 0",
        "age in [30, 200]",
        "age in []",
        "price == 1.505",
        "price < 1.505 && price in [1, 2.5]",
        "home_owner == 'yes'",
        "home_owner && !home_owner",
        "age.startsWith('3')",
        "zip.startsWith('902') || credit.startsWith('x')",
        "has(ages)",
        "start > 3",
        "true",
    ];
    assert_snapshot!(found_in_each(&predicates), @r#"
    credit < 'good'
        type_mismatch start:if 9..15: `credit` has no order, so `<` says nothing | compare with `==`, `!=` or `in`
    state == CA
        not_in_subset start:if 0..11: CEL has comparisons of two fields, but routing predicates do not | put a text in quotes, like "CA"; a difference is for a `derive` node
    age == '30'
        type_mismatch start:if 7..11: `age` is a whole number, but is compared with a text | drop the quotes
    age == 1.5
        type_mismatch start:if 7..10: `age` is a whole number, but is compared with a decimal | write a whole number
    age > 200
        unreachable acme:: no lead can get here: the rules above leave none, or decline all before | correct the rules above, or delete it
    out_of_range start:if 6..9: `age` is from 0 to 120, so this never holds | {"age":120}
    age >= 0
        out_of_range start:if 7..8: `age` is always so, wherever it is known | ask `has(age)` if that is meant | {"age":0}
    age in [30, 200]
        out_of_range start:if 12..15: `age` is from 0 to 120, so this never holds | {"age":120}
    age in []
        unreachable acme:: no lead can get here: the rules above leave none, or decline all before | correct the rules above, or delete it
    never_true start:if 0..3: `age` is never in an empty list
    price == 1.505
        unreachable acme:: no lead can get here: the rules above leave none, or decline all before | correct the rules above, or delete it
    out_of_range start:if 9..14: `price` has 2 decimals, so it is never that
    price < 1.505 && price in [1, 2.5]
        
    home_owner == 'yes'
        type_mismatch start:if 14..19: `home_owner` is true or false, but is compared with a text
    home_owner && !home_owner
        unreachable acme:: no lead can get here: the rules above leave none, or decline all before | correct the rules above, or delete it
    never_true start:if 0..25: `home_owner` and `!home_owner` are never both true | join alternatives with `||`, or correct one of them | {"home_owner":true}
    age.startsWith('3')
        type_mismatch start:if 0..3: `age` is not a text, so it starts with nothing
    zip.startsWith('902') || credit.startsWith('x')
        never_true start:if 43..46: no label of `credit` starts with `x`
    has(ages)
        unknown_field start:if 4..8: leads of `auto-insurance` have no field `ages` | did you mean `age`?
    start > 3
        unknown_field start:if 0..5: leads of `auto-insurance` have no field `start`
    true
        unreachable end:: no lead can get here: the rules above leave none, or decline all before | correct the rules above, or delete it
    "#);
}

/// Each predicate with what is found about it.
fn found_in_each(predicates: &[&str]) -> String {
    let lines = predicates
        .iter()
        .map(|predicate| format!("{predicate}\n    {}", found_in(predicate)));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn texts_of_a_shape_are_compared_with_texts_of_that_shape() {
    let predicates = [
        "state in ['CA', 'ca', '']",
        "email == 'nobody'",
        "sub_id_1 == 'anything'",
    ];
    assert_snapshot!(found_in_each(&predicates), @r#"
    state in ['CA', 'ca', '']
        bad_value start:if 16..20: `state` is never `ca` | a region is one to three capital letters or digits, like CA
    bad_value start:if 22..24: `state` is never empty | ask `has(field)`, or write {"missing": true}
    email == 'nobody'
        bad_value start:if 9..17: `email` is never `nobody` | an e-mail address is like ada@example.com
    sub_id_1 == 'anything'
        
    "#);
}

#[test]
fn times_are_typed_against_the_schema() {
    let predicates = [
        "received_at > '2026-01-01'",
        "received_at > timestamp('2026-01-01T00:00:00Z')",
        "hour(received_at, 'America/NewYork') < 9",
        "hour(age, 'UTC') < 9",
        "hour(received_at, 'UTC') < 24",
        "weekday(received_at, 'UTC') in [0, 7]",
    ];
    assert_snapshot!(found_in_each(&predicates), @"
    received_at > '2026-01-01'
        type_mismatch start:if 14..26: `received_at` is a point in time, but is compared with a text | wrap it in `timestamp(…)`
    received_at > timestamp('2026-01-01T00:00:00Z')
        
    hour(received_at, 'America/NewYork') < 9
        unknown_zone start:if 18..35: `America/NewYork` is not an IANA time zone | did you mean `America/New_York`?
    hour(age, 'UTC') < 9
        type_mismatch start:if 5..8: `age` is not a point in time
    hour(received_at, 'UTC') < 24
        unreachable end:: no lead can get here: the rules above leave none, or decline all before | correct the rules above, or delete it
    out_of_range start:if 27..29: `hour(received_at)` is always so, wherever it is known
    weekday(received_at, 'UTC') in [0, 7]
        out_of_range start:if 32..33: `weekday(received_at)` is from 1 to 7, so this never holds
    ");
}

/// Every node leads to many others, most ports are unknown, and every predicate names a zone that
/// is none: each of these once cost a minute.
#[test]
fn hostile_documents_are_refused_soon_and_with_few_words() {
    let nodes = (0..1_000).map(|n| {
        let ports = (0..60).map(|k| format!("\"n{}\"", (n * 7 + k * 13) % 2_000));
        let ports = ports.collect::<Vec<_>>().join(",");
        format!(r#""n{n}": {{"kind": "waterfall", "to": [{ports}]}}"#)
    });
    let whens = (0..1_000).map(|n| {
        let hours = (0..20).map(|k| format!("hour(received_at, 'Z/{n}') == {k}"));
        let hours = hours.collect::<Vec<_>>().join(" || ");
        format!(r#""w{n}": {{"kind": "when", "if": "{hours}", "then": "n1", "otherwise": "n2"}}"#)
    });
    let nodes = nodes.chain(whens).collect::<Vec<_>>().join(",");
    let found = check(document(&nodes).unwrap(), &catalog()).unwrap_err();
    assert_eq!(found.len(), 2_001);
    assert_eq!(found.last().map(|finding| finding.code), Some("too_many"));
}

#[test]
fn the_header_is_checked_against_the_catalog() {
    let mut document =
        document(r#""start": {"kind": "destination", "destination": "acme"}"#).unwrap();
    document.flow = "two words".to_owned();
    document.vertical = "solar".to_owned();
    document.currency = "EUR".parse().unwrap();
    document.max_sold = 17;
    document.root = "strat".to_owned();
    assert_snapshot!(findings(&check(&document, &catalog()).unwrap_err()), @"
    bad_name :flow: `two words` is not a name | a name has 1 to 64 letters, digits, `-`, `_` or `.`, and starts with a letter or digit
    wrong_vertical :vertical: this flow routes `solar`, but the catalog is for `auto-insurance`
    wrong_currency :currency: this flow is in EUR, but its destinations pay in USD | there is one currency in a flow
    max_sold_range :max_sold: a lead cannot be sold 17 times | write 1 for exclusive leads, and 16 at most
    unknown_root :root: the flow starts at `strat`, which is not a node | known are `start`
    ");
}

#[test]
fn destinations_are_checked_where_a_flow_names_them() {
    let document = document(r#""start": {"kind": "destination", "destination": "acme"}"#).unwrap();
    let mut catalog = catalog();
    let settings = serde_json::json!({
        "criteria": "agee > 3",
        "caps": [{ "kind": "offers", "max": 0, "window": "day", "zone": "America/NewYork" }],
        "schedule": { "open": [{ "days": ["mon"], "from": "17:00", "to": "09:00" }, { "days": [], "from": "00:00", "to": "24:00" }] },
    });
    catalog
        .destinations
        .insert("acme".to_owned(), serde_json::from_value(settings).unwrap());
    assert_snapshot!(findings(&check(&document, &catalog).unwrap_err()), @"
    unknown_field acme:criteria 0..4: leads of `auto-insurance` have no field `agee` | did you mean `age`?
    cap_range acme:caps[0].max: a cap of 0 lets nothing through | set `active` to false to stop it
    unknown_zone acme:caps[0].zone: `America/NewYork` is not an IANA time zone | did you mean `America/New_York`?
    bad_time acme:schedule.open[0]: `17:00` to `09:00` are no hours of one day | write 09:00 to 17:30, up to 24:00; split what goes over midnight
    empty acme:schedule.open[1].days: there are no days
    ");
}
