//! The realistic flow in zen: with one routing table, or with a switch as one would draw it.

use anyhow::Result;
use pointsman_flow::Salt;
use pointsman_lead::Enumerated as _;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};
use zen_expression::variable::{Symbol, Variable};

use super::{Arrival, CLOSABLE, POOLS, PREMIUM, SPLIT_PPM, STANDARD, by_hand::draw_ppm, tables};
use crate::{
    engine::{Answer, Engine, NOBODY, Name},
    engines::zen::{Zen, context, edge, table_node},
    lead::{Columns, Credit},
    table::{Cell, Column, Row, Table},
};

/// A decision whose draws are made outside of it.
#[derive(Debug)]
pub(super) struct Drawn {
    zen: Zen<Credit>,
    salt: Salt,
}

impl Drawn {
    /// Reads, validates and compiles a graph.
    ///
    /// # Errors
    ///
    /// What keeps it from being a decision.
    pub(super) fn new(graph: &str, trace: bool, salt: Salt) -> Result<Self> {
        Ok(Self {
            zen: Zen::new(graph, trace)?,
            salt,
        })
    }

    fn draw(&self, unit: &str) -> Variable {
        Variable::Number(Decimal::from(draw_ppm(self.salt, unit)))
    }
}

impl Engine<Arrival> for Drawn {
    type Native<'a> = Variable;

    fn name(&self) -> Name {
        self.zen.who()
    }

    fn native(&self, arrival: &Arrival) -> Variable {
        let Arrival { lead, unit, open } = arrival;
        let mut map = context(Credit::NAMES, &lead.scalars());
        map.insert(Symbol::from_static("draw"), self.draw(unit));
        let open = Variable::Number(Decimal::from(*open));
        map.insert(Symbol::from_static("open"), open);
        Variable::from_object(map)
    }

    fn decide(&self, native: &Variable) -> Answer {
        self.zen.answer(native.clone())
    }

    fn decide_json(&self, json: &[u8]) -> Answer {
        let context: Variable = serde_json::from_slice(json).expect("leads are JSON");
        let unit = context.dot("unit").expect("every lead has a unit");
        context.dot_insert("draw", self.draw(unit.as_str().unwrap_or_default()));
        self.zen.answer(context)
    }
}

/// One table for all verticals: the form that is faster in zen.
pub(super) fn routing_table() -> String {
    let mut columns = vec![Column::Field("vertical")];
    let mut rows = Vec::new();
    for (vertical, table) in tables() {
        let only = Cell::Texts(vec![vertical.label().to_owned()]);
        let last = Row {
            cells: vec![Cell::Any; table.columns.len()],
            to: table.otherwise,
        };
        for mut row in table.rows.into_iter().chain([last]) {
            row.cells.insert(0, only.clone());
            rows.push(row);
        }
        columns.splice(1.., table.columns);
    }
    let all = Table {
        columns,
        rows,
        otherwise: NOBODY,
    };
    let edges = vec![
        edge("in", "ratio"),
        edge("ratio", "all"),
        edge("all", "pools"),
        edge("pools", "out"),
    ];
    graph(vec![passing(table_node("all", &all))], edges)
}

/// A switch on the vertical and a table behind each of its cases.
pub(super) fn as_drawn() -> String {
    let mut nodes = Vec::new();
    let mut edges = vec![
        edge("in", "ratio"),
        edge("ratio", "switch"),
        edge("pools", "out"),
    ];
    let mut statements = Vec::new();
    for (vertical, table) in tables() {
        let name = vertical.label();
        statements.push(json!({ "id": name, "condition": format!("vertical == '{name}'") }));
        let mut chosen = edge("switch", name);
        chosen["sourceHandle"] = json!(name);
        edges.extend([chosen, edge(name, "pools")]);
        nodes.push(passing(table_node(name, &table)));
    }
    nodes.push(
        json!({ "id": "switch", "name": "switch", "type": "switchNode", "content": {
        "hitPolicy": "first", "statements": statements,
    } }),
    );
    graph(nodes, edges)
}

/// A table that hands on what it was given, beside what it gives.
fn passing(mut node: Json) -> Json {
    node["content"]["passThrough"] = json!(true);
    node
}

/// The nodes that both forms share, around those in the middle.
fn graph(middle: Vec<Json>, edges: Vec<Json>) -> String {
    let ratio = json!({ "id": "ratio", "name": "ratio", "type": "expressionNode", "content": {
        "expressions": [{
            "id": "ratio", "key": "debt_to_income", "value": "floor(debt * 100 / income)",
        }],
        "passThrough": true,
    } });
    let mut nodes = vec![
        json!({ "id": "in", "name": "in", "type": "inputNode" }),
        ratio,
        pools(),
        json!({ "id": "out", "name": "out", "type": "outputNode" }),
    ];
    nodes.extend(middle);
    json!({ "nodes": nodes, "edges": edges }).to_string()
}

/// From the rows' words to open destinations: the split by its draw, the pools by what is open.
fn pools() -> Json {
    let premium = || Cell::Number(i64::from(PREMIUM));
    let early = Cell::Range(0, i64::from(SPLIT_PPM[0]));
    let mut rows = Vec::new();
    let cases = [
        (premium(), early),
        (premium(), Cell::Any),
        (Cell::Number(i64::from(STANDARD)), Cell::Any),
    ];
    for (bit, ((to, draw), pool)) in cases.into_iter().zip(POOLS).enumerate() {
        let masks = (0..1 << CLOSABLE.len()).filter(|open| open >> bit & 1 == 1);
        let open: Vec<String> = masks.map(|open: u8| open.to_string()).collect();
        rows.push((vec![to.clone(), draw.clone()], open.join(", "), pool[0]));
        rows.push((vec![to, draw], String::new(), pool[1]));
    }
    let table = Table {
        columns: vec![Column::Field("to"), Column::Field("draw")],
        rows: rows
            .iter()
            .map(|(cells, _, to)| Row {
                cells: cells.clone(),
                to: *to,
            })
            .collect(),
        otherwise: NOBODY,
    };
    let mut node = table_node("pools", &table);
    let content = &mut node["content"];
    if let Some(inputs) = content["inputs"].as_array_mut() {
        inputs.push(json!({ "id": "open", "name": "open", "field": "open" }));
    }
    for (position, (_, open, _)) in rows.iter().enumerate() {
        content["rules"][position]["open"] = json!(open);
    }
    // What is no pool stays what it is.
    content["rules"][rows.len()]["to"] = json!("to");
    node
}
