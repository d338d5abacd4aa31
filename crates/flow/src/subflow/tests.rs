use std::collections::BTreeMap;

use insta::assert_snapshot;
use serde_json::json;

use super::Subflow;
use crate::{
    Catalog, Checked, Diagnostic, Document, Op, Program, check, expand,
    fixture::{catalog, findings, lead},
    mermaid,
};

const PARENT: &str = r#"
    "start": {"kind": "waterfall", "to": ["common", "draw", "zenith"]},
    "draw": {"kind": "split", "arms": [{"weight_ppm": 400000, "to": "common"}, {"weight_ppm": 600000, "to": "nobody"}]},
    "common": {"kind": "subflow", "flow": "west"},
    "quality": {"kind": "scorecard", "points": [{"if": "age > 90", "points": 1}]},
    "zenith": {"kind": "destination"},
    "nobody": {"kind": "reject", "reason": "no"}"#;

const WEST: &str = r#"
    "start": {"kind": "when", "if": "quality > 3 && years > 2", "then": "best", "otherwise": "no"},
    "best": {"kind": "bandit", "explore_ppm": 20000, "arms": [{"to": "acme"}, {"to": "no"}]},
    "quality": {"kind": "scorecard", "points": [{"if": "home_owner", "points": 5}]},
    "years": {"kind": "derive", "value": "age / 10 + quality", "default": 0},
    "acme": {"kind": "destination"},
    "no": {"kind": "reject", "reason": "not in the west"},
    "aside": {"kind": "destination", "destination": "nobody-knows"}"#;

fn flow(name: &str, nodes: &str) -> Document {
    let text = format!(
        r#"{{"flow": "{name}", "vertical": "auto-insurance", "currency": "USD", "root": "start", "nodes": {{{nodes}}}}}"#
    );
    Document::from_json(&text).unwrap_or_else(|found| panic!("{}", findings(&found)))
}

/// The catalog with these flows, each live.
fn with(flows: &[Document]) -> Catalog {
    let mut catalog = catalog();
    for flow in flows {
        let subflow = catalog.subflows.entry(flow.flow.clone()).or_default();
        subflow.live = Some(flow.hash());
        subflow.versions.insert(flow.hash(), flow.clone());
    }
    catalog
}

fn checked(nodes: &str, flows: &[Document]) -> Result<Checked, Vec<Diagnostic>> {
    check(flow("parent", nodes), &with(flows))
}

fn program(nodes: &str, flows: &[Document]) -> Program {
    match checked(nodes, flows) {
        Ok(checked) => {
            // The west declines whoever it does not sell, so that what comes after it never does.
            let other = |finding: &Diagnostic| finding.code != "unreachable";
            let others: Vec<_> = checked.warnings.into_iter().filter(other).collect();
            assert_eq!(findings(&others), "");
            checked.program
        }
        Err(found) => panic!("{}", findings(&found)),
    }
}

fn found(nodes: &str, flows: &[Document]) -> String {
    match checked(nodes, flows) {
        Ok(checked) => findings(&checked.warnings),
        Err(found) => findings(&found),
    }
}

/// A parent that is nothing but one reference.
fn following(flow: &str) -> String {
    format!(r#""start": {{"kind": "subflow", "flow": "{flow}"}}"#)
}

#[test]
fn the_nodes_of_a_subflow_stand_in_its_place_once() {
    let program = program(
        &PARENT.replace("\"quality\": {\"kind\": \"scorecard\", \"points\": [{\"if\": \"age > 90\", \"points\": 1}]},", ""),
        &[flow("west", WEST)],
    );
    let lines = program.nodes().map(|(idx, op)| {
        let origin = program.origin(idx);
        let children = op.children().into_iter();
        let children: Vec<&str> = children.map(|child| program.node_name(child)).collect();
        let name = program.node_name(idx);
        format!(
            "{name} ({} {}): {}",
            origin.flow,
            origin.node,
            children.join(", ")
        )
    });
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    start (parent start): common/start, draw, zenith
    zenith (parent zenith): 
    draw (parent draw): common/start, nobody
    nobody (parent nobody): 
    common/start (west start): common/best, common/no
    common/best (west best): common/acme, common/no
    common/no (west no): 
    common/acme (west acme):
    ");
    let Op::Split { arms, .. } = program.node(
        program
            .nodes()
            .find(|(idx, _)| program.node_name(*idx) == "draw")
            .unwrap()
            .0,
    ) else {
        panic!("a split");
    };
    let names: Vec<&str> = arms.iter().map(|arm| arm.name.as_str()).collect();
    assert_eq!(
        names,
        ["common", "nobody"],
        "an arm keeps the name of its reference"
    );
}

#[test]
fn predicates_read_the_values_of_their_own_flow() {
    let nodes = r#"
        "start": {"kind": "when", "if": "quality >= 5", "then": "zenith", "otherwise": "common"},
        "common": {"kind": "subflow", "flow": "west"},
        "quality": {"kind": "scorecard", "points": [{"if": "age > 90", "points": 5}]},
        "zenith": {"kind": "destination"}"#;
    let program = program(nodes, &[flow("west", WEST)]);
    let reached = |members| {
        let codes = program.encode(&lead(&members));
        let mut at = program.root();
        while let Op::Rule { ports } = program.node(at) {
            at = ports[usize::from(program.pick(at, &codes))];
        }
        program.node_name(at).to_owned()
    };
    assert_eq!(reached(json!({ "age": 91 })), "zenith");
    assert_eq!(
        reached(json!({ "age": 30, "home_owner": true })),
        "common/best"
    );
    assert_eq!(reached(json!({ "age": 30 })), "common/no");
}

#[test]
fn a_node_draws_as_it_does_in_its_own_flow() {
    let west = flow("west", WEST);
    let alone = check(
        &{
            let mut alone = west.clone();
            alone.nodes.remove("aside");
            alone
        },
        &catalog(),
    )
    .unwrap()
    .program;
    let inside = program(&following("west"), &[west]);
    let salt = |program: &Program| {
        program.nodes().find_map(|(_, op)| match op {
            Op::Bandit { salt, arms, .. } => {
                Some((*salt, arms[0].name.clone(), arms[1].name.clone()))
            }
            _ => None,
        })
    };
    assert_eq!(salt(&alone), salt(&inside));
}

#[test]
fn the_catalog_holds_what_was_used_and_says_it_in_its_hash() {
    let west = flow("west", WEST);
    let other = flow("west", &WEST.replace("not in the west", "elsewhere"));
    let unused = flow("unused", WEST);
    let hashes = |flows: &[Document]| {
        let program = program(&following("west"), flows);
        assert_eq!(program.catalog().subflows.len(), 1);
        let again = check(program.document(), program.catalog())
            .unwrap()
            .program;
        assert_eq!(again.catalog_hash(), program.catalog_hash());
        let text = serde_json::to_string(program.catalog()).unwrap();
        let read: Catalog = serde_json::from_str(&text).unwrap();
        assert_eq!(&read, program.catalog());
        (program.flow_hash(), program.catalog_hash())
    };
    let first = hashes(std::slice::from_ref(&west));
    assert_eq!(first, hashes(&[west.clone(), unused]));
    let moved = hashes(&[west.clone(), other]);
    assert_eq!(first.0, moved.0, "the flow says the same");
    assert_ne!(first.1, moved.1, "what it means is another");
    let pinned = format!(
        r#""start": {{"kind": "subflow", "flow": "west", "version": "{}"}}"#,
        west.hash()
    );
    let pinned_first = program(&pinned, std::slice::from_ref(&west));
    let pinned_later = program(
        &pinned,
        &[
            west.clone(),
            flow(
                "west",
                "\"start\": {\"kind\": \"reject\", \"reason\": \"x\"}",
            ),
        ],
    );
    assert_eq!(pinned_first.catalog_hash(), pinned_later.catalog_hash());
}

#[test]
fn catalogs_without_subflows_are_as_they_were() {
    let text = serde_json::to_string(&catalog()).unwrap();
    assert!(!text.contains("subflows"));
    assert_snapshot!(catalog().hash().to_string(), @"37c5479e3e45bcc481091c38872b776ebd78e7b086a69bf56ccc1ae772f35d7a");
}

#[test]
fn two_versions_of_a_flow_may_stand_in_one() {
    let west = flow("west", WEST);
    let newer = flow("west", &WEST.replace("age / 10", "age / 5"));
    let nodes = format!(
        r#""start": {{"kind": "split", "arms": [{{"weight_ppm": 900000, "to": "old"}}, {{"weight_ppm": 100000, "to": "new"}}]}},
        "old": {{"kind": "subflow", "flow": "west", "version": "{}"}},
        "new": {{"kind": "subflow", "flow": "west"}}"#,
        west.hash()
    );
    let program = program(&nodes, &[west, newer]);
    let names: Vec<&str> = program
        .nodes()
        .map(|(idx, _)| program.node_name(idx))
        .collect();
    assert!(
        names.contains(&"old/best") && names.contains(&"new/best"),
        "{names:?}"
    );
    assert_eq!(program.catalog().subflows["west"].versions.len(), 2);
}

#[test]
fn subflows_stand_in_subflows() {
    let outer = flow("outer", &following("west").replace("start", "in").replace('}', "}, \"start\": {\"kind\": \"waterfall\", \"to\": [\"in\", \"zenith\"]}, \"zenith\": {\"kind\": \"destination\"}"));
    let program = program(&following("outer"), &[outer, flow("west", WEST)]);
    let names: Vec<&str> = program
        .nodes()
        .map(|(idx, _)| program.node_name(idx))
        .collect();
    assert_eq!(
        names,
        [
            "start/start",
            "start/zenith",
            "start/in/start",
            "start/in/best",
            "start/in/no",
            "start/in/acme"
        ]
    );
}

#[test]
fn every_mistake_of_a_reference_is_told() {
    let west = flow("west", WEST);
    let mut solar = west.clone();
    solar.flow = "solar".to_owned();
    solar.vertical = "solar".to_owned();
    solar.currency = "EUR".parse().unwrap();
    let nodes = format!(
        r#""start": {{"kind": "waterfall", "to": ["a", "b", "c", "d", "e"]}},
        "a": {{"kind": "subflow", "flow": "wets"}},
        "b": {{"kind": "subflow", "flow": "west", "version": "{}"}},
        "c": {{"kind": "subflow", "flow": "solar"}},
        "d": {{"kind": "subflow", "flow": "draft"}},
        "e": {{"kind": "subflow", "flow": "parent"}},
        "f/g": {{"kind": "subflow", "flow": "nothing"}}"#,
        "0".repeat(64)
    );
    let mut catalog = with(&[west, solar, flow("parent", &following("parent"))]);
    catalog
        .subflows
        .insert("draft".to_owned(), Subflow::default());
    let found = check(flow("parent", &nodes), &catalog).unwrap_err();
    assert_snapshot!(findings(&found), @"
    unknown_flow a:flow: there is no flow `wets` | known are `draft`, `parent`, `solar`, `west`
    unknown_version b:version: flow `west` has no version 0000000000000000000000000000000000000000000000000000000000000000 | leave out `version` to follow the live one
    wrong_vertical c:flow: flow `solar` routes `solar`, but this one routes `auto-insurance` | a subflow has the vertical of its parent
    wrong_currency c:flow: flow `solar` is in EUR, but this one is in USD | there is one currency in a flow
    no_live_version d:flow: flow `draft` has no live version to follow | make one of its versions live, or name a version
    cycle e:flow: these flows contain each other: `parent` → `parent` | take one of them out of the other
    bad_name f/g:: `f/g` is not a name | a name has 1 to 64 letters, digits, `-`, `_` or `.`, and starts with a letter or digit
    unreachable f/g:: no lead can reach this node | connect it, or delete it
    ");
}

#[test]
fn flows_that_contain_each_other_are_refused() {
    let (a, b) = (flow("a", &following("b")), flow("b", &following("a")));
    assert_snapshot!(found(&following("a"), &[a, b]), @"cycle start/start/start:flow: these flows contain each other: `parent` → `a` → `b` → `a` | take one of them out of the other");
}

#[test]
fn a_mistake_in_a_subflow_has_a_place_in_it() {
    let nodes = r#"
        "start": {"kind": "when", "if": "qualty > 3 && stat == 'CA'", "then": "lost", "otherwise": "acmee"},
        "quality": {"kind": "derive", "value": "stat + 1", "default": 0},
        "acmee": {"kind": "destination"}"#;
    assert_snapshot!(found(PARENT, &[flow("west", nodes)]), @"
    unknown_destination common/acmee:destination: there is no destination `acmee` | did you mean `acme`?
    unknown_node common/start:then: there is no node `common/lost` | known are `common/acmee`, `common/start`, `draw`, `nobody`, `start`, `zenith`
    unknown_field common/start:if 0..6: leads of `auto-insurance` have no field `qualty`
    unknown_field common/start:if 14..18: leads of `auto-insurance` have no field `stat` | did you mean `state`?
    unreachable quality:: nothing that leads reach reads this scorecard | connect it, or delete it
    ");
}

#[test]
fn the_limits_hold_for_the_whole() {
    let chain = |from: usize, to: usize, end: &str| {
        let nodes =
            (from..to).map(|n| format!(r#""n{n}": {{"kind": "waterfall", "to": ["n{}"]}}"#, n + 1));
        let nodes = nodes.collect::<Vec<_>>().join(",");
        format!(r#""start": {{"kind": "waterfall", "to": ["n{from}"]}}, {nodes}, "n{to}": {end}"#)
    };
    let deep = flow(
        "deep",
        &chain(0, 40, r#"{"kind": "reject", "reason": "x"}"#),
    );
    let found = found(
        &chain(0, 40, r#"{"kind": "subflow", "flow": "deep"}"#),
        &[deep],
    );
    assert!(found.starts_with("too_deep n40/n40"), "{found}");
    let wide = |count: usize| {
        let nodes = (0..count).map(|n| format!(r#""r{n}": {{"kind": "reject", "reason": "x"}}"#));
        let cases = (0..count).map(|n| format!(r#"{{"in": [{n}], "to": "r{n}"}}"#));
        format!(
            r#""start": {{"kind": "switch", "on": "age", "otherwise": "r0", "cases": [{}]}}, {}"#,
            cases.collect::<Vec<_>>().join(","),
            nodes.collect::<Vec<_>>().join(",")
        )
    };
    let many = [flow("one", &wide(3_000)), flow("two", &wide(2_999))];
    let nodes = r#""start": {"kind": "waterfall", "to": ["a", "b"]}, "a": {"kind": "subflow", "flow": "one"}, "b": {"kind": "subflow", "flow": "two"}"#;
    assert!(self::found(nodes, &many).contains("too_large b:flow"));
}

#[test]
fn a_diagram_shows_a_reference_or_what_stands_there() {
    let parent = flow("parent", &following("west"));
    assert_snapshot!(mermaid(&parent), @r#"
    flowchart TD
        n0[("subflow start<br/>west live")]
    "#);
    let subflows: BTreeMap<String, Subflow> = with(&[flow("west", WEST)]).subflows;
    assert_snapshot!(mermaid(&expand(&parent, &subflows)), @r#"
    flowchart TD
        n0{"when start/start<br/>quality #gt; 3 #amp;#amp; years #gt; 2"}
        n1[/"derive start/years<br/>age / 10 + quality"/]
        n2[/"scorecard start/quality<br/>1 entries"/]
        n3{{"bandit start/best"}}
        n4(("reject start/no<br/>not in the west"))
        n5(["destination start/acme<br/>acme"])
        n0 -->|"yes"| n3
        n0 -->|"no"| n4
        n2 -.-> n0
        n1 -.-> n0
        n2 -.-> n1
        n3 -->|"acme"| n5
        n3 -->|"no"| n4
    "#);
    assert_eq!(expand(&parent, &BTreeMap::new()), parent);
}

#[test]
fn a_reference_counts_in_the_hash_and_is_read_back() {
    let parent = flow("parent", &following("west"));
    let mut pinned = parent.clone();
    let text = parent.to_json().replace(
        r#""flow": "west""#,
        &format!(r#""flow": "west", "version": "{}""#, parent.hash()),
    );
    pinned.nodes = Document::from_json(&text).unwrap().nodes;
    assert_ne!(parent.hash(), pinned.hash());
    assert_eq!(Document::from_json(&pinned.to_json()).unwrap(), pinned);
    assert_eq!(Document::from_toml(&pinned.to_toml()).unwrap(), pinned);
    let changes: Vec<String> = crate::diff(&parent, &pinned)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        changes,
        [format!(
            "version of subflow `start`: live → {}",
            parent.hash()
        )]
    );
    let wrong = parent.to_json().replace(
        r#""flow": "west""#,
        r#""flow": "west", "version": "abc", "at": 1"#,
    );
    assert_snapshot!(findings(&Document::from_json(&wrong).unwrap_err()), @"
    wrong_type start:version: `abc` is not a hash; write 64 lower-case hex digits
    unknown_member start:at: `at` has no meaning here | known are `kind`, `flow`, `version`
    ");
}
