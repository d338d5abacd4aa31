//! A node taken out of its flow: its ports end in rejections that can be told apart.

use pointsman_bandit::Allocation;
use pointsman_flow::{
    Catalog, Document, Hit, Node, OfKind as _, Place, RejectNode, Row, TableNode, WaterfallNode,
    WhenNode, check,
};
use pointsman_lead::{Field, Required, Schema};
use pointsman_ledger::Ledger;
use pointsman_router::Answer;
use serde_json::Value as Json;

use crate::{case::Given, story};

/// The ports of a node that was taken out of its flow.
const HIT: &str = "hit";
const MISS: &str = "miss";

/// Most offers of a lead.
const MAX_OFFERS: usize = 16;

/// A place of a flow, and the lead that is tried there.
pub(super) struct Bench<'a> {
    pub(super) document: &'a Document,
    pub(super) catalog: &'a Catalog,
    pub(super) place: &'a Place,
    pub(super) example: &'a Json,
}

impl Bench<'_> {
    fn part(&self) -> &str {
        self.place.part.as_deref().unwrap_or_default()
    }

    fn node(&self) -> Result<(&str, &Node), String> {
        let name = self.place.node.as_deref().unwrap_or_default();
        let node = self.document.nodes.get(name);
        Ok((name, node.ok_or("the place names no node")?))
    }

    /// Position of the row that the place is in.
    fn row_idx(&self) -> Result<usize, String> {
        let row = self.part().strip_prefix("rows[");
        let idx = row.and_then(|rest| rest.split(']').next()?.parse().ok());
        idx.ok_or_else(|| "the place names no row".to_owned())
    }

    /// Whether the place is a whole row.
    pub(super) fn is_row(&self) -> bool {
        self.part().starts_with("rows[") && self.part().ends_with(']')
    }

    /// Whether the row takes the example.
    pub(super) fn row(&self) -> Result<bool, String> {
        let row = self.row_idx()?;
        self.rows(|idx| idx == row)
    }

    /// Whether the row takes the example, and some other row does so too.
    ///
    /// * `is_other`: whether the second row is one of those, given the first.
    pub(super) fn row_and_others(
        &self,
        is_other: fn(usize, usize) -> bool,
    ) -> Result<bool, String> {
        let row = self.row_idx()?;
        Ok(self.row()? && self.rows(|idx| is_other(row, idx))?)
    }

    /// Whether one of the chosen rows of the table takes the example.
    pub(super) fn rows(&self, is_chosen: impl Fn(usize) -> bool) -> Result<bool, String> {
        let table = TableNode::of(self.node()?.1).ok_or("the place names no table")?;
        let chosen = table
            .rows
            .iter()
            .enumerate()
            .filter(|(idx, _)| is_chosen(*idx));
        let rows = chosen.map(|(_, row)| Row {
            to: HIT.to_owned(),
            ..row.clone()
        });
        let rows: Vec<Row> = rows.collect();
        if rows.is_empty() {
            return Ok(false);
        }
        self.ends_at_hit(TableNode {
            hit: Hit::First,
            columns: table.columns.clone(),
            rows,
            otherwise: Some(MISS.to_owned()),
        })
    }

    /// Whether the predicate of the place is true of the example; only the marked part, if one is.
    pub(super) fn predicate(&self) -> Result<bool, String> {
        let text = match (&self.place.destination, self.part()) {
            (Some(destination), "criteria") => self.criteria_of(destination),
            _ => self
                .node()?
                .1
                .predicates()
                .into_iter()
                .find_map(|(part, text)| (part == self.part()).then_some(text)),
        };
        let text = text.ok_or("the place names no predicate")?;
        let (from, to) = self.place.span.unwrap_or((0, text.len()));
        let marked = text.get(from..to).ok_or("the place is beyond its text")?;
        self.holds(marked)
    }

    /// Whether the destination of the node wants the example.
    pub(super) fn criteria(&self) -> Result<bool, String> {
        let (name, node) = self.node()?;
        let destination = node.destination(name);
        let destination = destination.ok_or("the place names no node of a destination")?;
        self.criteria_of(destination)
            .map_or(Ok(true), |text| self.holds(text))
    }

    fn criteria_of(&self, destination: &str) -> Option<&str> {
        self.catalog
            .destinations
            .get(destination)?
            .criteria
            .as_deref()
    }

    fn holds(&self, predicate: &str) -> Result<bool, String> {
        self.ends_at_hit(WhenNode {
            condition: predicate.to_owned(),
            then: HIT.to_owned(),
            otherwise: MISS.to_owned(),
        })
    }

    /// Whether the example leaves the node by the port of the place.
    pub(super) fn port(&self) -> Result<bool, String> {
        let mut node = self.node()?.1.clone();
        if let Some(table) = TableNode::of_mut(&mut node) {
            table.hit = Hit::First;
            table.otherwise.get_or_insert_default();
        }
        let ports = node.ports().into_iter();
        let names: Vec<String> = ports
            .map(|(name, _)| name.strip_suffix(".to").unwrap_or(&name).to_owned())
            .collect();
        if !names.iter().any(|name| name == self.part()) {
            return Err("the place names no rule".to_owned());
        }
        for (to, name) in node.ports_mut().into_iter().zip(names) {
            let port = if name == self.part() { HIT } else { MISS };
            port.clone_into(to);
        }
        self.ends_at_hit(node)
    }

    /// Whether the example is sold to nobody, from the node on.
    pub(super) fn is_unsold(&self) -> Result<bool, String> {
        let mut document = self.document.clone();
        self.node()?.0.clone_into(&mut document.root);
        Ok(self.told(&document)? == ["unsold"])
    }

    /// Whether the schema takes the example.
    pub(super) fn comes_in(&self) -> Result<bool, String> {
        self.holds("true")
    }

    /// Whether the example is offered to the same destinations in the arm of the place and in some
    /// arm before it.
    pub(super) fn does_the_same_in_another_arm(&self) -> Result<bool, String> {
        let ports = self.node()?.1.ports();
        let own = format!("{}.to", self.part());
        let position = ports.iter().position(|(part, _)| *part == own);
        let position = position.ok_or("the place names no arm")?;
        let of_port = |idx: usize| {
            let mut document = self.document.clone();
            ports[idx].1.clone_into(&mut document.root);
            self.offers(&document)
        };
        let own = of_port(position)?;
        for other in 0..position {
            if of_port(other)? == own {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the example is offered to the same destinations by a waterfall that ends before the
    /// port of the place.
    pub(super) fn needs_no_port(&self) -> Result<bool, String> {
        let (name, node) = self.node()?;
        let WaterfallNode { to } = WaterfallNode::of(node).ok_or("the place names no waterfall")?;
        let port = self.part().strip_prefix("to[");
        let port = port.and_then(|rest| rest.strip_suffix(']')?.parse::<usize>().ok());
        let port = port.filter(|port| *port < to.len());
        let port = port.ok_or("the place names no port")?;
        let with = |n_ports: usize| {
            let mut document = self.document.clone();
            name.clone_into(&mut document.root);
            let to = to[..n_ports].to_vec();
            let shorter = WaterfallNode { to }.into();
            document.nodes.insert(name.to_owned(), shorter);
            self.offers(&document)
        };
        Ok(with(port)? == with(port + 1)?)
    }

    /// Who refuses the example, in order, and how it ends.
    fn offers(&self, document: &Document) -> Result<Vec<String>, String> {
        // With too few refusals it is sold in the end.
        let mut told = Vec::new();
        for n_offers in 0..=MAX_OFFERS {
            told = self.walked(document, vec![Answer::Rejected; n_offers])?;
            if told.last().is_none_or(|line| line.trim() != "sold") {
                break;
            }
        }
        let last = |line: &String| {
            let line = line.rsplit(" → ").next().unwrap_or_default();
            // A node that is not called like its destination stands before it.
            let own = line.split_once('[').map_or(line, |(_, rest)| rest);
            own.replace(']', "")
        };
        Ok(told.iter().map(last).collect())
    }

    /// Whether the example ends at [`HIT`], from this node on.
    fn ends_at_hit(&self, node: impl Into<Node>) -> Result<bool, String> {
        let mut document = self.document.clone();
        // Values stay, since the node may read them.
        document.nodes.retain(|_, node| node.is_value());
        for port in [HIT, MISS] {
            let reason = port.to_owned();
            let end = RejectNode { reason }.into();
            document.nodes.insert(port.to_owned(), end);
        }
        "tried".clone_into(&mut document.root);
        document.nodes.insert(document.root.clone(), node.into());
        let told = self.told(&document)?;
        let ends_at = |port: &str| {
            told.iter()
                .any(|line| line.ends_with(&format!("declined, {port}")))
        };
        match (ends_at(HIT), ends_at(MISS)) {
            (false, false) => Err(told.join("; ")),
            (hit, _) => Ok(hit),
        }
    }

    /// What becomes of the example in a document of a few nodes.
    fn told(&self, document: &Document) -> Result<Vec<String>, String> {
        self.walked(document, Vec::new())
    }

    /// * `answers`: of the destinations, in turn.
    fn walked(&self, document: &Document, answers: Vec<Answer>) -> Result<Vec<String>, String> {
        let catalog = Catalog {
            schema: relaxed(&self.catalog.schema)?,
            ..self.catalog.clone()
        };
        let checked = check(document, &catalog).map_err(|findings| {
            let messages: Vec<String> = findings.into_iter().map(|it| it.message).collect();
            format!("the node alone has mistakes: {}", messages.join("; "))
        })?;
        let Json::Object(fields) = self.example else {
            return Err("an example lead is an object".to_owned());
        };
        let given = Given {
            fields: fields.clone(),
            key: String::new(),
            free: None,
            answers,
            bids: std::collections::BTreeMap::new(),
        };
        story::told(
            &checked.program,
            &Allocation::prior(),
            &mut Ledger::new(),
            &given,
        )
    }
}

/// The same fields, none of them required: an example names only those that matter.
fn relaxed(schema: &Schema) -> Result<Schema, String> {
    let fields = schema.declared().iter().map(|field| Field {
        required: Required::Never,
        ..field.clone()
    });
    Schema::new(schema.vertical(), fields.collect()).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        problems.join("; ")
    })
}
