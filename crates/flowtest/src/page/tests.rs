use super::run;

/// A page with two buyers in a waterfall, and more behind it.
fn page(more: &str) -> String {
    let flow = r#"{"flow": "auto", "vertical": "auto", "currency": "USD", "root": "order", "nodes": {
        "order": {"kind": "waterfall", "to": ["acme", "zenith"]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"}}}"#;
    let schema = r#"{"vertical": "auto", "fields": [{"name": "age", "kind": "integer", "min": 0, "max": 120}]}"#;
    format!("```json schema\n{schema}\n```\n```json flow\n{flow}\n```\n{more}")
}

/// Everything on a page that is not as written.
fn failures(page: &str) -> String {
    let failures = run(page).failures;
    let lines = failures.iter().map(ToString::to_string);
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_page_as_it_is_has_nothing_to_tell() {
    let page = page(
        "```text leads\nlead {\"age\": 30}\nanswers rejected\n  order → acme: rejected\n  order → zenith: accepted\n  sold\n```\n",
    );
    let outcome = run(&page);
    assert_eq!(outcome.failures, []);
    assert_eq!((outcome.n_flows, outcome.n_leads), (1, 1));
    assert_eq!(outcome.rewritten, page);
}

#[test]
fn another_way_of_a_lead_is_told_line_by_line() {
    let page = page(
        "```text leads\nlead {\"age\": 30}\n  order → zenith: accepted\n  sold\n\nlead {\"age\": 300}\n```\n",
    );
    insta::assert_snapshot!(failures(&page), @"
    10, leads: another thing becomes of this lead
    - order → zenith: accepted
    + order → acme: accepted
      sold
    14, leads: another thing becomes of this lead
    + refused: out_of_range at fields.age: `300` is out of range for `age`; send a whole number from 0 to 120
    ");
    let rewritten = run(&page).rewritten;
    assert_eq!(run(&rewritten).failures, []);
    insta::assert_snapshot!(rewritten.split_once("```text leads\n").unwrap().1, @r#"
    lead {"age": 30}
      order → acme: accepted
      sold

    lead {"age": 300}
      refused: out_of_range at fields.age: `300` is out of range for `age`; send a whole number from 0 to 120
    ```
    "#);
}

#[test]
fn what_is_given_must_have_a_meaning() {
    let page = page(
        "```text leads\nlead {\"age\": 30}\nfree acme, nobody\n\nlead {}\nanswers accepted, rejected\n\nlead {\"received_at\": \"noon\"}\n```\n",
    );
    insta::assert_snapshot!(failures(&page), @"
    10, leads: no lead of this flow can reach a destination `nobody`
    13, leads: the walk is over before the last 1 of 2 answers
    16, leads: `received_at` is a time like 2026-01-31T09:30:00Z, not `noon`
    ");
    assert_eq!(run(&page).rewritten, page, "what cannot run stays as it is");
}

#[test]
fn findings_are_compared_and_those_without_a_block_are_not_passed_over() {
    let flow = r#"{"flow": "auto", "vertical": "auto", "currency": "USD", "root": "acme", "nodes": {
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"}}}"#;
    let silent = format!("```json flow\n{flow}\n```\nProse.\n");
    insta::assert_snapshot!(failures(&silent), @"
    1, flow: the checks say something, and no block of findings says what
    + warning[unreachable]: no lead can reach this node
    +   --> node `zenith`
    +    = hint: connect it, or delete it
    ");
    let rewritten = run(&silent).rewritten;
    assert_eq!(run(&rewritten).failures, []);
    let wrong = rewritten.replace("no lead can", "some leads can");
    insta::assert_snapshot!(failures(&wrong), @"
    6, findings: the checks of the flow of line 1 say otherwise
    - warning[unreachable]: some leads can reach this node
    + warning[unreachable]: no lead can reach this node
        --> node `zenith`
         = hint: connect it, or delete it
    ");
    assert_eq!(run(&wrong).rewritten, rewritten);
}

#[test]
fn blocks_that_belong_to_no_flow_are_told() {
    let broken = "```json flow\n{}\n```\n```text findings\n```\n```text findings\n```\n```text leads\nlead {}\n  sold\n```\n";
    let page =
        format!("```text leads\n```\n```text findings\n```\n```json schema\n[]\n```\n{broken}");
    insta::assert_snapshot!(failures(&page), @"
    1, leads: there is no flow before these leads
    3, findings: there is no flow before these findings
    5, schema: : this must be a JSON object
    11, findings: the checks of the flow of line 8 say otherwise
    + error[missing_member]: `flow` is missing
    +   --> flow, flow
    +    = hint: add `flow`
    +
    + error[missing_member]: `vertical` is missing
    +   --> flow, vertical
    +    = hint: add `vertical`
    +
    + error[missing_member]: `currency` is missing
    +   --> flow, currency
    +    = hint: add `currency`
    +
    + error[missing_member]: `root` is missing
    +   --> flow, root
    +    = hint: add `root`
    +
    + error[missing_member]: `nodes` is an object of nodes by name
    +   --> flow, nodes
    13, findings: the flow of line 8 has its findings already
    15, leads: the flow of line 8 has mistakes, so no lead walks it
    ");
}

#[test]
fn leads_of_a_block_use_up_caps_together() {
    let destinations = r#"{"acme": {"caps": [{"kind": "accepted", "max": 1, "window": "day"}]}, "zenith": {"active": false}}"#;
    let leads = "```text leads\nlead {}\n\nlead {}\n\nlead {\"received_at\": \"2026-01-06T00:00:00Z\"}\n```\n";
    let page = page("");
    let page = format!("```json destinations\n{destinations}\n```\n{page}{leads}");
    let rewritten = run(&page).rewritten;
    insta::assert_snapshot!(rewritten.split_once("```text leads\n").unwrap().1, @r#"
    lead {}
      order → acme: accepted
      sold

    lead {}
      unsold

    lead {"received_at": "2026-01-06T00:00:00Z"}
      order → acme: accepted
      sold
    ```
    "#);
}

/// What becomes of an example at a place of a flow with a table, a rule and a scorecard.
fn proof_of(
    code: &'static str,
    place: pointsman_flow::Place,
    example: serde_json::Value,
) -> Result<(), String> {
    let document = r#"{"flow": "auto", "vertical": "auto", "currency": "USD", "root": "table", "nodes": {
        "table": {"kind": "table", "hit": "unique", "columns": ["age"], "rows": [
            {"cells": [{"to": 30}], "to": "rule"}, {"cells": [{"from": 20}], "to": "acme"}]},
        "rule": {"kind": "when", "if": "age > 60 && score > 0", "then": "closed", "otherwise": "acme"},
        "score": {"kind": "scorecard", "points": [{"if": "age > 70", "points": 1}]},
        "acme": {"kind": "destination"},
        "closed": {"kind": "destination"}}}"#;
    let document = pointsman_flow::Document::from_json(document).unwrap();
    let mut catalog =
        pointsman_flow::Catalog::assumed(&document, std::collections::BTreeMap::new());
    let schema = r#"{"vertical": "auto", "fields": [{"name": "age", "kind": "integer", "required": "post"}]}"#;
    catalog.schema = serde_json::from_str(schema).unwrap();
    let settings = r#"{"active": false, "criteria": "age < 18"}"#;
    let settings = serde_json::from_str(settings).unwrap();
    catalog.destinations.insert("closed".to_owned(), settings);
    let finding = pointsman_flow::Diagnostic::error(code, place, "").example(example);
    crate::proof::shows(&document, &catalog, &finding)
}

#[test]
fn an_example_lead_has_to_show_what_the_finding_says() {
    let age = |age: Option<i64>| serde_json::json!({ "age": age });
    let at = |node: &str, part: &str| pointsman_flow::Place::node(node).part(part);
    let closed = pointsman_flow::Place::destination("closed").part("criteria");
    let shown = [
        ("gap", at("table", "otherwise"), age(None)),
        ("overlap", at("table", "rows[1]"), age(Some(25))),
        ("shadowed_row", at("table", "rows[1]"), age(Some(25))),
        ("never_true", at("table", "rows[1]"), age(Some(10))),
        ("never_true", at("rule", "if"), age(Some(61))),
        ("never_true", at("rule", "if").span((12, 21)), age(Some(61))),
        ("always_true", at("rule", "if").span((0, 8)), age(Some(61))),
        ("always_true", at("score", "points[0].if"), age(Some(71))),
        ("always_true", closed.clone(), age(Some(17))),
        ("never_taken", at("rule", "then"), age(Some(61))),
        ("never_taken", at("table", "rows[0]"), age(Some(30))),
        (
            "unreachable_destination",
            at("closed", "destination"),
            age(Some(18)),
        ),
        ("dead_end", at("closed", ""), age(Some(17))),
    ];
    for (code, place, example) in shown {
        assert_eq!(proof_of(code, place, example), Ok(()));
    }
    let told = [
        ("gap", at("table", "otherwise"), age(Some(25))),
        ("overlap", at("table", "rows[1]"), age(Some(40))),
        ("overlap", at("table", "otherwise"), age(Some(25))),
        (
            "overlap",
            at("table", "rows[1]"),
            serde_json::json!(["age"]),
        ),
        (
            "gap",
            at("table", "otherwise"),
            serde_json::json!({ "age": "old" }),
        ),
        ("never_true", at("rule", "if"), age(Some(71))),
        ("always_true", at("rule", "then"), age(Some(71))),
        ("always_true", at("rule", "if").span((0, 99)), age(Some(71))),
        ("never_taken", at("rule", "then"), age(Some(71))),
        ("never_taken", at("score", "then"), age(Some(71))),
        ("dead_end", at("acme", ""), age(Some(17))),
        ("something_else", at("table", "rows[1]"), age(Some(40))),
    ];
    let told = told.map(|(code, place, example)| proof_of(code, place, example).unwrap_err());
    insta::assert_snapshot!(told.join("\n"), @"
    the example of `gap` at node `table`, otherwise: it does not show what the finding says
    the example of `overlap` at node `table`, rows[1]: it does not show what the finding says
    the example of `overlap` at node `table`, otherwise: the place names no row
    the example of `overlap` at node `table`, rows[1]: an example lead is an object
    the example of `gap` at node `table`, otherwise: refused: wrong_type at fields.age: `age` must be a whole number, but it is a text (`old`); send a whole number
    the example of `never_true` at node `rule`, if: it does not show what the finding says
    the example of `always_true` at node `rule`, then: the place names no predicate
    the example of `always_true` at node `rule`, if: the place is beyond its text
    the example of `never_taken` at node `rule`, then: it does not show what the finding says
    the example of `never_taken` at node `score`, then: the place names no rule
    the example of `dead_end` at node `acme`, : it does not show what the finding says
    the example of `something_else` at node `table`, rows[1]: nothing says yet what an example of this code has to do
    ");
}
