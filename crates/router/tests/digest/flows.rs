//! The golden flows: committed documents over one catalog and one allocation, and tables too long to write.

use std::{collections::BTreeMap, fs, path::PathBuf};

use pointsman_bandit::Allocation;
use pointsman_flow::{Catalog, Document, Program, Semantics, Subflow, compile_under};
use pointsman_lead::us;
use serde_json::{Value as Json, json};

use crate::chance::Chance;

/// Rows of each table that is not written out: bitmaps of several words, the last of them not full.
const ROWS: usize = 1_100;

/// The semantics versions that flows are decided under.
pub(crate) const SEMANTICS: [Semantics; 2] = [Semantics::V1, Semantics::V2];

/// A flow with all that its decisions read, and the texts that it was made from.
pub(crate) struct Golden {
    /// By semantics version, in the order of [`SEMANTICS`]. They are alike but for how they draw.
    pub(crate) programs: [Program; SEMANTICS.len()],
    pub(crate) allocation: Allocation,
    /// All of them, so that a change of a golden flow is not taken for one of its meaning.
    pub(crate) texts: Vec<String>,
}

impl Golden {
    /// The flow under any of the versions, where it does not matter which.
    pub(crate) fn any(&self) -> &Program {
        let [program, ..] = &self.programs;
        program
    }
}

/// All golden flows.
pub(crate) fn all() -> Vec<Golden> {
    let subflows = documents("subflows");
    let written = documents("flows").into_iter().chain([tables()]);
    let golden = written.map(|text| golden(text, &subflows));
    golden.collect()
}

pub(crate) fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "digest"]
        .iter()
        .collect()
}

/// The texts of the documents in a folder, by the names of their files.
fn documents(of: &str) -> Vec<String> {
    let entries = fs::read_dir(folder().join(of)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    texts.collect()
}

fn document(text: &str) -> Document {
    Document::from_json(text).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn golden(text: String, subflow_texts: &[String]) -> Golden {
    let read = |name: &str| fs::read_to_string(folder().join(name)).unwrap();
    let (catalog, allocation) = (read("catalog.json"), read("allocation.json"));
    let mut subflows: BTreeMap<String, Subflow> = BTreeMap::new();
    // In the order of their names, so that the last one of a name is live.
    for text in subflow_texts {
        let subflow = document(text);
        subflows
            .entry(subflow.flow.clone())
            .or_default()
            .publish(subflow);
    }
    let whole = Catalog {
        subflows,
        ..Catalog::from_stored(&catalog).unwrap()
    };
    let programs = SEMANTICS.map(|semantics| {
        let program = compile_under(document(&text), &whole, semantics);
        program.unwrap_or_else(|found| panic!("{found:#?}"))
    });
    let texts = [text, catalog, allocation.clone()]
        .into_iter()
        .chain(subflow_texts.iter().cloned());
    Golden {
        programs,
        allocation: serde_json::from_str(&allocation).unwrap(),
        texts: texts.collect(),
    }
}

/// Long tables with every form of a cell: with and without predicates of rows, and with more columns than the index
/// unrolls.
fn tables() -> String {
    let columns = [
        "state",
        "age",
        "credit",
        "zip",
        "company",
        "home_owner",
        "income",
        "moved_at",
        "source",
    ];
    let table = |word: &str, n_columns: usize| {
        let rows: Vec<Json> = (0..ROWS)
            .map(|row| self::row(row as u64, word, n_columns))
            .collect();
        json!({"kind": "table", "columns": columns[..n_columns], "rows": rows, "otherwise": "coin"})
    };
    let mut nodes = json!({
        "all": {"kind": "waterfall", "to": ["by-source", "falls"]},
        "by-source": {"kind": "switch", "on": "source", "otherwise": "wide", "cases": [
            {"in": ["seo"], "to": "asking"}, {"in": ["mail"], "to": "long"}]},
        "asking": table("asking", 5),
        "long": table("long", 5),
        "wide": table("wide", 9),
        "coin": {"kind": "split", "arms": [{"weight_ppm": 125_000, "to": "falls"}, {"weight_ppm": 875_000, "to": "jetty"}]},
        "falls": {"kind": "waterfall", "to": ["knoll", "acme", "mango"]},
        "nobody": {"kind": "reject", "reason": "the table says no"},
    });
    for name in [
        "acme", "birch", "cedar", "haven", "inlet", "jetty", "knoll", "mango",
    ] {
        nodes[name] = json!({"kind": "destination"});
    }
    json!({"flow": "tables", "vertical": "insurance", "currency": "USD", "root": "all", "nodes": nodes}).to_string()
}

/// A row of the table `word`; those of `asking` have predicates.
fn row(row: u64, word: &str, n_columns: usize) -> Json {
    let names = [
        "acme", "birch", "cedar", "haven", "inlet", "falls", "coin", "nobody",
    ];
    let chance = &mut Chance::of(row, word, 0);
    let cells: [fn(&mut Chance) -> Json; 9] = [
        state, age, credit, zip, company, home_owner, income, moved_at, source,
    ];
    let cells: Vec<Json> = cells[..n_columns].iter().map(|cell| cell(chance)).collect();
    let mut asked = json!({"cells": cells, "to": chance.one_of(&names)});
    if word == "asking" && chance.once_in(10) {
        asked["if"] = json!(chance.one_of(&[
            "home_owner",
            "income >= 2500 || !home_owner",
            "has(moved_at) && source != 'mail'",
            "hour(moved_at, 'Europe/Zurich') < 12 || age > 60",
        ]));
    }
    asked
}

fn state(chance: &mut Chance) -> Json {
    let states = [0; 3].map(|_| us::ALL[chance.below(us::ALL.len())].as_str());
    match chance.below(8) {
        0 => json!({"not_in": states}),
        1 => json!({"missing": true}),
        2 => Json::Null,
        _ => json!(states),
    }
}

fn age(chance: &mut Chance) -> Json {
    let from = chance.below(100);
    match chance.below(6) {
        0 => json!({"missing": true}),
        1 => Json::Null,
        2 => json!({"from": from + 20}),
        3 => json!({"to": from}),
        _ => json!({"from": from, "to": from + 1 + chance.below(20)}),
    }
}

fn credit(chance: &mut Chance) -> Json {
    match chance.below(8) {
        0 => json!({"not_in": ["fair"]}),
        1 => json!({"missing": true}),
        2 | 3 => json!([chance.one_of(&["good", "fair", "poor"])]),
        _ => Json::Null,
    }
}

fn zip(chance: &mut Chance) -> Json {
    match chance.below(10) {
        0 => json!({"starts_with": [chance.below(10).to_string(), "94"]}),
        1 => json!({"missing": true}),
        2 => json!(["94103", "10115"]),
        _ => Json::Null,
    }
}

fn company(chance: &mut Chance) -> Json {
    match chance.below(10) {
        0 => json!({"not_in": ["Café", "acme"]}),
        1 => json!({"starts_with": ["Fake", "a", "Å"]}),
        2 => json!(["Caf", "漢字"]),
        _ => Json::Null,
    }
}

fn home_owner(chance: &mut Chance) -> Json {
    match chance.below(12) {
        0 => json!([true]),
        1 => json!({"not_in": [true]}),
        2 => json!({"missing": true}),
        _ => Json::Null,
    }
}

fn income(chance: &mut Chance) -> Json {
    match chance.below(12) {
        0 => json!({"from": "2500.51"}),
        1 => json!({"to": 0}),
        2 => json!({"from": "-0.01", "to": 1_000}),
        _ => Json::Null,
    }
}

fn moved_at(chance: &mut Chance) -> Json {
    match chance.below(12) {
        0 => json!({"from": "2026-03-08T07:00:00Z"}),
        1 => json!({"to": "2026-11-01T01:00:00-05:00"}),
        2 => json!({"missing": true}),
        _ => Json::Null,
    }
}

fn source(chance: &mut Chance) -> Json {
    match chance.below(12) {
        0 => json!(["\u{c5}"]),
        1 => json!({"missing": true}),
        _ => Json::Null,
    }
}
