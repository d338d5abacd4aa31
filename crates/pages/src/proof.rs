//! Whether the example lead of a finding really shows what the finding says.
//!
//! The node is taken out of its flow: its ports end in rejections that can be told apart, and the
//! example walks there. So nothing that found the mistake is asked about it again.

use pointsman_bandit::Book;
use pointsman_flow::{Catalog, Diagnostic, Document, Hit, Node, Row, check};
use pointsman_lead::{Field, Required, Schema};
use pointsman_router::Ledger;
use serde_json::{Map, Value as Json};

use crate::{case::Given, story};

/// The ports of a node that was taken out of its flow.
const HIT: &str = "hit";
const MISS: &str = "miss";

/// Lets the example of a finding prove it. A finding without one has nothing to prove.
///
/// # Errors
///
/// What the example does instead, or that nobody has said here what an example of this code has to
/// do.
pub(crate) fn shows(
    document: &Document,
    catalog: &Catalog,
    finding: &Diagnostic,
) -> Result<(), String> {
    let Some(example) = &finding.example else {
        return Ok(());
    };
    let node = finding.place.node.clone().unwrap_or_default();
    let bench = Bench {
        document,
        catalog,
        node,
    };
    let shown = match finding.code {
        "gap" => bench.table(example, |_| true).map(|hit| !hit),
        "overlap" => bench.row_and_rest(finding, example, |row, other| row != other),
        "shadowed_row" | "duplicate_row" => {
            bench.row_and_rest(finding, example, |row, other| other < row)
        }
        _ => Err("nothing says yet what an example of this code has to do".to_owned()),
    };
    let failed = |why: &str| {
        format!(
            "the example of `{}` at {}: {why}",
            finding.code, finding.place
        )
    };
    match shown {
        Ok(true) => Ok(()),
        Ok(false) => Err(failed("it does not show what the finding says")),
        Err(why) => Err(failed(&why)),
    }
}

struct Bench<'a> {
    document: &'a Document,
    catalog: &'a Catalog,
    node: String,
}

impl Bench<'_> {
    /// Whether the row of the finding takes the example, and some other row does so too.
    fn row_and_rest(
        &self,
        finding: &Diagnostic,
        example: &Json,
        is_other: fn(usize, usize) -> bool,
    ) -> Result<bool, String> {
        let part = finding.place.part.as_deref().unwrap_or_default();
        let row = part
            .strip_prefix("rows[")
            .and_then(|rest| rest.split(']').next()?.parse::<usize>().ok())
            .ok_or("the place names no row")?;
        Ok(self.table(example, |idx| idx == row)?
            && self.table(example, |idx| is_other(row, idx))?)
    }

    /// Whether some of the chosen rows of the table takes the example.
    fn table(&self, example: &Json, is_chosen: impl Fn(usize) -> bool) -> Result<bool, String> {
        let Some(Node::Table { columns, rows, .. }) = self.document.nodes.get(&self.node) else {
            return Err("the place names no table".to_owned());
        };
        let chosen = rows.iter().enumerate().filter(|(idx, _)| is_chosen(*idx));
        let rows = chosen.map(|(_, row)| Row {
            to: HIT.to_owned(),
            ..row.clone()
        });
        let rows: Vec<Row> = rows.collect();
        if rows.is_empty() {
            return Ok(false);
        }
        self.walk(
            Node::Table {
                hit: Hit::First,
                columns: columns.clone(),
                rows,
                otherwise: Some(MISS.to_owned()),
            },
            example,
        )
    }

    /// Whether the example ends at [`HIT`], from this node on.
    fn walk(&self, root: Node, example: &Json) -> Result<bool, String> {
        let mut document = self.document.clone();
        // Values stay, since the node may read them.
        document
            .nodes
            .retain(|_, node| matches!(node, Node::Scorecard { .. }));
        for port in [HIT, MISS] {
            let reason = port.to_owned();
            document
                .nodes
                .insert(port.to_owned(), Node::Reject { reason });
        }
        document.root.clone_from(&self.node);
        document.nodes.insert(self.node.clone(), root);
        let catalog = Catalog {
            schema: relaxed(&self.catalog.schema)?,
            ..self.catalog.clone()
        };
        let checked = check(&document, &catalog).map_err(|findings| {
            let messages: Vec<String> = findings.into_iter().map(|it| it.message).collect();
            format!("the node alone has mistakes: {}", messages.join("; "))
        })?;
        let given = Given {
            fields: members(example)?,
            key: String::new(),
            free: None,
            answers: Vec::new(),
        };
        let told = story::told(&checked.program, &Book::prior(), &mut Ledger::new(), &given)?;
        match told.last() {
            Some(line) if line.ends_with(&format!("declined, {HIT}")) => Ok(true),
            Some(line) if line.ends_with(&format!("declined, {MISS}")) => Ok(false),
            _ => Err(told.join("; ")),
        }
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

fn members(example: &Json) -> Result<Map<String, Json>, String> {
    let Json::Object(members) = example else {
        return Err("an example lead is an object".to_owned());
    };
    Ok(members.clone())
}
