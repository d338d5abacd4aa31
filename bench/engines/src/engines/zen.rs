//! zen-engine: a decision of one table, compiled; with its trace or without.

use std::marker::PhantomData;

use anyhow::{Context as _, Result};
use futures_util::FutureExt as _;
use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde_json::{Value as Json, json};
use zen_engine::{Decision, EvaluationOptions, model::DecisionContent};
use zen_expression::variable::{Symbol, Variable, VariableMap};

use crate::{
    engine::{Answer, Engine, NOBODY, Name},
    lead::{Columns, Scalar},
    table::{Cell, Column, Row, Table},
};

/// A compiled decision.
#[derive(Debug)]
pub struct Zen<L> {
    decision: Decision,
    trace: bool,
    lead: PhantomData<fn(&L)>,
}

impl<L> Zen<L> {
    /// Reads, validates and compiles the text of a graph.
    ///
    /// # Errors
    ///
    /// What keeps it from being a decision.
    pub fn new(text: &str, trace: bool) -> Result<Self> {
        let content: DecisionContent = serde_json::from_str(text)?;
        let graph = content.as_graph().context("a graph")?.clone();
        let mut decision = Decision::from(graph);
        decision.validate()?;
        decision.compile();
        Ok(Self {
            decision,
            trace,
            lead: PhantomData,
        })
    }

    /// Who it is.
    pub fn who(&self) -> Name {
        if self.trace {
            Name::ZenTrace
        } else {
            Name::Zen
        }
    }

    /// The answer to what zen calls a context.
    pub fn answer(&self, context: Variable) -> Answer {
        let options = EvaluationOptions {
            trace: self.trace,
            ..EvaluationOptions::default()
        };
        let evaluation = self.decision.evaluate_with_opts(context, options);
        // Nothing in these graphs waits, so that one poll is all: no runtime is paid for.
        let response = evaluation.now_or_never().expect("tables do not wait");
        let result = response.expect("leads are made to fit").result;
        let to = result.dot("to").and_then(|to| to.as_number());
        to.and_then(|to| to.to_u16()).unwrap_or(NOBODY)
    }
}

/// A lead as zen wants it, straight from its values.
pub fn context(names: &[&'static str], scalars: &[Scalar<'_>]) -> VariableMap {
    let mut map = VariableMap::with_capacity(names.len() + 3);
    for (name, scalar) in names.iter().zip(scalars) {
        let value = match scalar {
            Scalar::Text(text) => Variable::String(Symbol::from(*text)),
            Scalar::Number(number) => Variable::Number(Decimal::from(*number)),
        };
        map.insert(Symbol::from_static(name), value);
    }
    map
}

impl<L: Columns> Engine<L> for Zen<L> {
    type Native<'a>
        = Variable
    where
        L: 'a;

    fn name(&self) -> Name {
        self.who()
    }

    fn native(&self, lead: &L) -> Variable {
        Variable::from_object(context(L::NAMES, &lead.scalars()))
    }

    fn decide(&self, native: &Variable) -> Answer {
        self.answer(native.clone())
    }

    fn decide_json(&self, json: &[u8]) -> Answer {
        self.answer(serde_json::from_slice(json).expect("leads are JSON"))
    }
}

/// The graph of a table as text: literal cells and ranges, no schema, the last row for all others.
pub fn graph(table: &Table) -> String {
    let nodes = [
        json!({ "id": "in", "name": "in", "type": "inputNode" }),
        table_node("rows", table),
        json!({ "id": "out", "name": "out", "type": "outputNode" }),
    ];
    let edges = [edge("in", "rows"), edge("rows", "out")];
    json!({ "nodes": nodes, "edges": edges }).to_string()
}

/// An edge between two nodes.
pub fn edge(from: &str, to: &str) -> Json {
    json!({ "id": format!("{from}-{to}"), "type": "edge", "sourceId": from, "targetId": to })
}

/// A node that decides by a table and gives `to`.
pub fn table_node(id: &str, table: &Table) -> Json {
    let inputs: Vec<Json> = table
        .columns
        .iter()
        .enumerate()
        .map(|(position, column)| {
            let mut input = json!({ "id": id_of(position), "name": id_of(position) });
            // Without a field, a cell is an expression of its own.
            if let Column::Field(name) = column {
                input["field"] = json!(name);
            }
            input
        })
        .collect();
    let last = Row {
        cells: vec![Cell::Any; table.columns.len()],
        to: table.otherwise,
    };
    let rows = table.rows.iter().chain([&last]).enumerate();
    let rules: Vec<Json> = rows
        .map(|(position, row)| rule(position, row, table))
        .collect();
    json!({ "id": id, "name": id, "type": "decisionTableNode", "content": {
        "hitPolicy": "first", "inputs": inputs, "rules": rules,
        "outputs": [{ "id": "to", "name": "to", "field": "to" }],
    } })
}

fn id_of(column: usize) -> String {
    format!("c{column}")
}

fn rule(position: usize, row: &Row, table: &Table) -> Json {
    let mut rule = json!({ "_id": position.to_string(), "to": row.to.to_string() });
    for (column, cell) in row.cells.iter().enumerate() {
        rule[id_of(column)] = Json::from(cell_text(cell, table.columns[column]));
    }
    rule
}

fn cell_text(cell: &Cell, column: Column) -> String {
    match (cell, column) {
        (Cell::Any, _) => String::new(),
        (Cell::Texts(texts), _) => {
            let quoted: Vec<String> = texts.iter().map(|text| format!("'{text}'")).collect();
            quoted.join(", ")
        }
        (Cell::Number(number), _) => number.to_string(),
        (Cell::Range(from, to), Column::Field(_)) => format!(">= {from} and < {to}"),
        (Cell::Range(from, to), Column::DebtToIncome) => {
            // Its numbers have fractions, which do not matter between whole bounds.
            format!("debt * 100 >= {from} * income and debt * 100 < {to} * income")
        }
        (Cell::Prefix(prefix), _) => format!("startsWith($, '{prefix}')"),
    }
}
