use insta::assert_snapshot;
use pointsman_cel::{self as cel, Expr};
use pointsman_lead::Fields;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Asked, NearMiss, Seen, Why, asked::conjuncts};
use crate::{
    DestinationIdx, NodeIdx, OfKind as _, Op, Program, Row, TableNode,
    fixture::{lead, program},
    program::tests::{
        naive::{age_cell, any_lead, cell, naive, predicate, state_cell},
        when,
    },
};

fn seen(Seen { name, value }: &Seen) -> String {
    format!("{name} is {}", value.as_deref().unwrap_or("missing"))
}

fn asked(
    Asked {
        text,
        answer,
        seen: read,
    }: &Asked,
) -> String {
    let answer = answer.map_or("unknown".to_owned(), |answer| answer.to_string());
    let read: Vec<String> = read.iter().map(seen).collect();
    format!("`{text}` is {answer} ({})", read.join(", "))
}

fn all(questions: &[Asked]) -> String {
    questions.iter().map(asked).collect::<Vec<_>>().join("; ")
}

/// What a rule saw, on a line for each thing.
fn told(why: &Why) -> String {
    match why {
        Why::When {
            predicate: _,
            value,
            parts,
        } => format!("{value:?}: {}", all(parts)),
        Why::Switch { on, case } => format!("{case:?}: {}", seen(on)),
        Why::Table {
            row,
            n_rows,
            cells,
            columns,
            near,
        } => {
            let columns = columns.iter().map(|count| {
                let (matching, left) = (count.matching, count.left);
                format!(
                    "\n    {} matches {matching}, leaves {left}",
                    seen(&count.column)
                )
            });
            let near = near.iter().map(|NearMiss { row, to, failed }| {
                format!("\n    near {row} to {to}: {}", all(failed))
            });
            let lines: String = columns.chain(near).collect();
            let cells = if cells.is_empty() {
                String::new()
            } else {
                format!(": {}", all(cells))
            };
            format!("{row:?} of {n_rows}{cells}{lines}")
        }
    }
}

#[test]
fn rules_say_what_they_saw() {
    let program = program(
        r#"
        "start": {"kind": "when", "if": "age >= 25 && (home_owner || score > 1)", "then": "table", "otherwise": "switch"},
        "score": {"kind": "scorecard", "points": [{"if": "credit == 'good'", "points": 2}]},
        "rate": {"kind": "derive", "value": "price / 2", "default": null, "scale": 3},
        "switch": {"kind": "switch", "on": "credit", "otherwise": "nobody", "cases": [
            {"in": ["fair"], "to": "acme"}, {"in": ["good"], "to": "acme"}]},
        "table": {"kind": "table", "columns": ["state", "age", "rate"], "otherwise": "zenith", "rows": [
            {"cells": [["CA"], {"from": 40}, null], "to": "acme"},
            {"cells": [["TX", "NY"], {"from": 40}, {"from": "1.5"}], "to": "acme"},
            {"cells": [{"starts_with": ["C"]}, null, null], "if": "age >= 30 && zip.startsWith('9')", "to": "acme"}]}
    "#,
    );
    let leads = [
        json!({ "age": 30, "state": "CA", "home_owner": true, "zip": "90210" }),
        json!({ "age": 50, "state": "NY", "credit": "good", "price": 201 }),
        json!({ "credit": "good" }),
    ];
    let lines = leads.map(|members| {
        let readings = program.readings(&lead(&members));
        let rules = program.nodes().filter_map(|(idx, _)| {
            let why = told(&program.why(idx, &readings)?);
            Some(format!("  {}: {why}", program.node_name(idx)))
        });
        format!("{members}\n{}", rules.collect::<Vec<_>>().join("\n"))
    });
    assert_snapshot!(lines.join("\n"), @r#"
    {"age":30,"home_owner":true,"state":"CA","zip":"90210"}
      start: Some(true): `age >= 25` is true (age is 30); `home_owner || score > 1` is true (score is 0, home_owner is true)
      switch: None: credit is missing
      table: Some(2) of 3: `state.startsWith("C")` is true (state is "CA"); `age >= 30` is true (age is 30); `zip.startsWith("9")` is true (zip is "90210")
        state is "CA" matches 2, leaves 2
        age is 30 matches 1, leaves 1
        rate is missing matches 2, leaves 1
        near 0 to acme: `age >= 40` is false (age is 30)
        near 1 to acme: `state in ["TX", "NY"]` is false (state is "CA"); `age >= 40` is false (age is 30); `rate >= 1.5` is unknown (rate is missing)
    {"age":50,"credit":"good","price":201,"state":"NY"}
      start: Some(true): `age >= 25` is true (age is 50); `home_owner || score > 1` is true (score is 2, home_owner is missing)
      switch: Some(1): credit is "good"
      table: None of 3
        state is "NY" matches 1, leaves 1
        age is 50 matches 3, leaves 1
        rate is 1.005 matches 2, leaves 0
        near 0 to acme: `state == "CA"` is false (state is "NY")
        near 1 to acme: `rate >= 1.5` is false (rate is 1.005)
        near 2 to acme: `state.startsWith("C")` is false (state is "NY"); `zip.startsWith("9")` is unknown (zip is missing)
    {"credit":"good"}
      start: None: `age >= 25` is unknown (age is missing); `home_owner || score > 1` is true (score is 2, home_owner is missing)
      switch: Some(1): credit is "good"
      table: None of 3
        state is missing matches 0, leaves 0
        age is missing matches 0, leaves 0
        rate is missing matches 2, leaves 0
        near 0 to acme: `state == "CA"` is unknown (state is missing); `age >= 40` is unknown (age is missing)
        near 1 to acme: `state in ["TX", "NY"]` is unknown (state is missing); `age >= 40` is unknown (age is missing); `rate >= 1.5` is unknown (rate is missing)
        near 2 to acme: `state.startsWith("C")` is unknown (state is missing); `age >= 30` is unknown (age is missing); `zip.startsWith("9")` is unknown (zip is missing)
    "#);
}

#[test]
fn criteria_are_told_part_by_part() {
    let program = program(
        r#""start": {"kind": "waterfall", "to": ["picky", "acme"]}, "picky": {"kind": "destination"}"#,
    );
    let picky = program.destination_idx("picky").unwrap();
    let lines = [
        json!({ "credit": "good", "age": 25 }),
        json!({ "credit": "fair", "age": 24 }),
        json!({ "credit": "good" }),
    ];
    let lines = lines.map(|members| {
        let readings = program.readings(&lead(&members));
        let wanted = program.criteria(readings.codes()).get(picky);
        format!("{wanted}: {}", all(&program.why_wanted(picky, &readings)))
    });
    assert_snapshot!(lines.join("\n"), @r#"
    true: `credit == "good"` is true (credit is "good"); `!(age < 25)` is true (age is 25)
    false: `credit == "good"` is false (credit is "fair"); `!(age < 25)` is false (age is 24)
    false: `credit == "good"` is true (credit is "good"); `!(age < 25)` is unknown (age is missing)
    "#);
    let readings = program.readings(&lead(&json!({})));
    assert_eq!(program.why_wanted(DestinationIdx(0), &readings), []);
}

/// What a text asks of a lead, read off its tree.
fn answer(text: &str, program: &Program, fields: &Fields) -> Option<bool> {
    naive(&cel::parse(text).unwrap(), program.schema(), fields)
}

/// Whether an expression reads one field, and no part of it.
fn is_of(part: &Expr, column: &str) -> bool {
    let fields = part.fields();
    !fields.is_empty()
        && fields.iter().all(|field| *field == column)
        && !cel::print(part).contains("hour(")
        && !cel::print(part).contains("weekday(")
}

/// How many cells of a row do not take a lead, each with what the row's predicate asks of its column;
/// and one more if the rest of the predicate does not.
fn n_failing(row: &Row, program: &Program, fields: &Fields) -> usize {
    let condition = row
        .condition
        .as_deref()
        .map(|text| cel::parse(text).unwrap());
    let mut parts = condition.map(conjuncts).unwrap_or_default();
    let schema = program.schema();
    let holds = |part: &Expr| naive(part, schema, fields) == Some(true);
    let columns = ["age", "state"].iter().zip(&row.cells);
    let failing = columns.filter(|(column, written)| {
        let own: Vec<Expr> = parts.extract_if(.., |part| is_of(part, column)).collect();
        !cell(schema, column, written, fields) || !own.iter().all(holds)
    });
    failing.count() + usize::from(!parts.iter().all(holds))
}

proptest! {
    #[test]
    fn a_predicate_is_true_just_if_each_part_that_is_told_is(text in predicate(), fields in any_lead()) {
        let program = when(&text);
        let readings = program.readings(&fields);
        let Some(Why::When { value, parts, .. }) = program.why(program.root(), &readings) else {
            unreachable!("it is a `when`");
        };
        for part in &parts {
            prop_assert_eq!(part.answer, answer(&part.text, &program, &fields), "{}", &part.text);
        }
        let all_true = parts.iter().all(|part| part.answer == Some(true));
        prop_assert_eq!(all_true, value == Some(true));
        let Op::Rule { ports } = program.node(program.root()) else {
            unreachable!("it is a rule");
        };
        let taken = ports[usize::from(program.pick(program.root(), readings.codes()))];
        prop_assert_eq!(program.node_name(taken) == "acme", all_true);
    }

    #[test]
    fn the_nearest_rows_are_those_of_which_the_fewest_things_fail(
        rows in prop::collection::vec((age_cell(), state_cell(), prop::option::weighted(0.3, predicate())), 1..40),
        fields in any_lead(),
    ) {
        let rows: Vec<Json> = rows
            .iter()
            .map(|(age, state, condition)| json!({ "cells": [age, state], "if": condition, "to": "acme" }))
            .collect();
        let table = json!({ "kind": "table", "columns": ["age", "state"], "rows": rows, "otherwise": "zenith" });
        let program = program(&format!(r#""start": {table}"#));
        let start = program.document().nodes.get("start");
        let Some(TableNode { rows, .. }) = start.and_then(TableNode::of) else {
            unreachable!("it was written so");
        };
        let readings = program.readings(&fields);
        let Some(Why::Table { row, cells, columns, near, .. }) = program.why(NodeIdx(0), &readings) else {
            unreachable!("it is a table");
        };
        prop_assert!(cells.iter().all(|asked| asked.answer == Some(true)));
        let end = row.unwrap_or(rows.len());
        let mut expected: Vec<(usize, usize)> = rows[..end]
            .iter()
            .enumerate()
            .map(|(at, row)| (n_failing(row, &program, &fields), at))
            .collect();
        expected.sort_unstable();
        prop_assert!(expected.iter().all(|(n_failing, _)| *n_failing > 0));
        let expected: Vec<usize> = expected.into_iter().take(3).map(|(_, at)| at).collect();
        let found: Vec<usize> = near.iter().map(|miss| miss.row).collect();
        prop_assert_eq!(found, expected);
        prop_assert!(near.iter().all(|miss| !miss.failed.is_empty()));
        for asked in near.iter().flat_map(|miss| &miss.failed) {
            prop_assert_ne!(answer(&asked.text, &program, &fields), Some(true), "{}", &asked.text);
        }
        let [first, last] = &columns[..] else {
            unreachable!("it has two columns");
        };
        prop_assert_eq!(first.left, first.matching);
        prop_assert!(last.left <= first.left && last.left <= last.matching);
        prop_assert!(row.is_none() || last.left > 0);
    }
}
