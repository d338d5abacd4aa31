//! Ours: a flow document, checked and compiled to a program, and the codes of a lead walked through it.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use pointsman_flow::{
    Catalog, Codes, Destination, Diagnostic, Document, Op, Program, Typed, check, compile,
};
use pointsman_lead::{Currency, Envelope, Schema, Stage, Timestamp};
use serde_json::{Map, Value as Json, json};

use crate::{
    engine::{Answer, Engine, NOBODY, Name},
    lead::Columns,
    table::{Cell, Column, Row, Table},
};

/// Most rows of one of our tables. Longer ones are tables in a chain, each the `otherwise` of the one before.
const ROWS_MAX: usize = 65_535;

/// Program and schema of a table.
#[derive(Debug)]
pub struct Pointsman<L> {
    program: Program,
    schema: Schema,
    typed: Typed<L>,
    envelope: Envelope<'static>,
    /// The answer of each destination of the program.
    answers: Vec<Answer>,
}

impl<L: Columns> Pointsman<L> {
    /// Reads and compiles the text of a flow.
    ///
    /// # Errors
    ///
    /// What keeps it from being a program.
    pub fn new(text: &str) -> Result<Self> {
        let schema = L::schema();
        let program = program(text, schema.clone())?;
        let destinations = program.destinations().iter();
        Ok(Self {
            answers: destinations
                .map(|destination| answer_of(&destination.name))
                .collect(),
            typed: program.typed()?,
            envelope: envelope(),
            program,
            schema,
        })
    }
}

/// Reads and compiles the text of a flow whose destinations are all open.
///
/// # Errors
///
/// What keeps it from being a program.
pub fn program(text: &str, schema: Schema) -> Result<Program> {
    let (document, catalog) = read(text, schema)?;
    compile(document, &catalog).map_err(|found| refused(&found))
}

/// The same with all proofs about its rules.
///
/// # Errors
///
/// What keeps it from being a program, or a proof that was given up.
pub fn checked<L: Columns>(text: &str) -> Result<Program> {
    let (document, catalog) = read(text, L::schema())?;
    let checked = check(document, &catalog).map_err(|found| refused(&found))?;
    let mut warnings = checked.warnings.iter();
    if let Some(given_up) = warnings.find(|warning| warning.code == "checks_incomplete") {
        return Err(anyhow!("not everything was proved: {given_up}"));
    }
    Ok(checked.program)
}

fn read(text: &str, schema: Schema) -> Result<(Document, Catalog)> {
    let document: Document = serde_json::from_str(text)?;
    let nodes = document.nodes.iter();
    let catalog = Catalog {
        schema,
        currency: Currency::USD,
        destinations: nodes
            .filter(|(_, node)| node.kind() == "destination")
            .map(|(name, _)| (name.clone(), Destination::default()))
            .collect(),
        subflows: BTreeMap::new(),
        lists: BTreeMap::new(),
    };
    Ok((document, catalog))
}

fn refused(found: &[Diagnostic]) -> anyhow::Error {
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    anyhow!("the flow is refused:\n{}", lines.join("\n"))
}

impl<L: Columns> Engine<L> for Pointsman<L> {
    type Native<'a>
        = Codes
    where
        L: 'a;

    fn name(&self) -> Name {
        Name::Pointsman
    }

    fn native(&self, lead: &L) -> Codes {
        self.program.encode(&self.typed.lead(lead, &self.envelope))
    }

    fn decide(&self, codes: &Codes) -> Answer {
        let mut node = self.program.root();
        loop {
            match self.program.node(node) {
                Op::Rule { ports } => {
                    node = ports[usize::from(self.program.pick(node, codes))];
                }
                Op::Destination(destination) => return self.answers[usize::from(destination.0)],
                _ => return NOBODY,
            }
        }
    }

    fn decide_json(&self, json: &[u8]) -> Answer {
        let fields: Map<String, Json> = serde_json::from_slice(json).expect("leads are JSON");
        let fields = self.schema.parse(&fields, &self.envelope);
        let codes = self.program.encode(&fields.expect("leads are made to fit"));
        self.decide(&codes)
    }
}

/// What comes with every lead.
pub fn envelope() -> Envelope<'static> {
    Envelope {
        source: "bench",
        sub_ids: Default::default(),
        received_at: Timestamp(1_790_000_000_000_000),
        is_test: false,
        stage: Stage::Post,
    }
}

/// The flow of a table as text.
pub fn document<L: Columns>(table: &Table) -> String {
    let mut nodes: BTreeMap<String, Json> = (0..table.n_answers())
        .map(|answer| (destination(answer), json!({ "kind": "destination" })))
        .collect();
    let prefixes = prefixes(table);
    if !prefixes.is_empty() {
        let points: Vec<Json> = (1..)
            .zip(&prefixes)
            .map(|(points, prefix)| {
                let condition = format!("postal_code.startsWith({prefix:?})");
                json!({ "if": condition, "points": points })
            })
            .collect();
        nodes.insert(
            "area".to_owned(),
            json!({ "kind": "scorecard", "points": points }),
        );
    }
    if table.columns.contains(&Column::DebtToIncome) {
        let derive = json!({ "kind": "derive", "value": "debt * 100 / income", "default": 0 });
        nodes.insert("debt_to_income".to_owned(), derive);
    }
    nodes.extend(tables(
        "rows",
        table,
        &destination(table.otherwise),
        &prefixes,
    ));
    json!({
        "flow": "bench", "vertical": L::schema().vertical(), "currency": "USD", "root": "rows",
        "nodes": nodes,
    })
    .to_string()
}

/// The name of the destination of an answer.
pub fn destination(answer: Answer) -> String {
    format!("d{answer:02}")
}

fn answer_of(destination: &str) -> Answer {
    destination[1..].parse().unwrap_or(NOBODY)
}

/// The nodes of a table: one, or a chain of them for more rows than fit into one.
///
/// * `name`: of the first node.
/// * `otherwise`: the node if no row matches.
/// * `prefixes`: those that the scorecard `area` counts, by points from 1.
pub fn tables(
    name: &str,
    table: &Table,
    otherwise: &str,
    prefixes: &[&str],
) -> Vec<(String, Json)> {
    let chunks: Vec<&[Row]> = table.rows.chunks(ROWS_MAX).collect();
    let name_of = |position: usize| match position {
        0 => name.to_owned(),
        _ => format!("{name}-{position}"),
    };
    let columns: Vec<&str> = (0..table.columns.len())
        .map(|column| column_name(table, column))
        .collect();
    let nodes = chunks.iter().enumerate().map(|(position, rows)| {
        let next = if position + 1 < chunks.len() {
            name_of(position + 1)
        } else {
            otherwise.to_owned()
        };
        let rows: Vec<Json> = rows.iter().map(|row| row_json(row, prefixes)).collect();
        let node = json!({ "kind": "table", "columns": columns, "rows": rows, "otherwise": next });
        (name_of(position), node)
    });
    nodes.collect()
}

fn row_json(row: &Row, prefixes: &[&str]) -> Json {
    let cells: Vec<Json> = row
        .cells
        .iter()
        .map(|cell| cell_json(cell, prefixes))
        .collect();
    json!({ "cells": cells, "to": destination(row.to) })
}

fn cell_json(cell: &Cell, prefixes: &[&str]) -> Json {
    match cell {
        Cell::Any => Json::Null,
        Cell::Texts(texts) => json!(texts),
        Cell::Number(number) => json!([number]),
        Cell::Range(from, to) => json!({ "from": from, "to": to }),
        Cell::Prefix(prefix) => {
            let position = prefixes.binary_search(&prefix.as_str());
            json!([position.map_or(0, |position| position + 1)])
        }
    }
}

/// The prefixes that a table tests, sorted, each once.
fn prefixes(table: &Table) -> Vec<&str> {
    let cells = table.rows.iter().flat_map(|row| &row.cells);
    let mut prefixes: Vec<&str> = cells
        .filter_map(|cell| match cell {
            Cell::Prefix(prefix) => Some(prefix.as_str()),
            _ => None,
        })
        .collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    prefixes
}

/// A column of prefixes tests the scorecard that counts them: its points say which one it is.
fn column_name(table: &Table, column: usize) -> &'static str {
    let of_prefixes = |row: &Row| matches!(row.cells[column], Cell::Prefix(_));
    match table.columns[column] {
        Column::DebtToIncome => "debt_to_income",
        Column::Field(_) if table.rows.iter().any(of_prefixes) => "area",
        Column::Field(name) => name,
    }
}
