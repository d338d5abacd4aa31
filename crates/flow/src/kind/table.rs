//! The kind `table`: the port of the row that matches.

use std::collections::BTreeMap;

use super::{DescribeNode, PartText, Shape, form, part, port, shortened, words};
use crate::{
    Catalog, Cell, Document, Hit, Row, TableNode,
    check::{CheckNode, Scope, tables},
    document::{NodeParts, Part, ReadNode, Reader, Reads, numbered, otherwise},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::Op,
    typed_flow::Rule,
};

impl ReadNode for TableNode {
    const MEMBERS: &'static [&'static str] = &["kind", "hit", "columns", "rows", "otherwise"];

    fn read(reader: &mut Reader) -> Option<Self> {
        let hit: Option<Hit> = reader.optional("hit");
        let columns = reader.plain_list("columns");
        let rows = reader.list("rows", |reader, part, value| {
            reader.object(part, value, &["cells", "if", "to"], |row| {
                let cells = row.plain_list::<Cell>("cells");
                let condition = row.optional("if");
                let to = row.required("to");
                Some(Row {
                    cells: cells?,
                    condition,
                    to: to?,
                })
            })
        });
        let otherwise = reader.optional("otherwise");
        Some(Self {
            hit: hit.unwrap_or_default(),
            columns: columns?,
            rows: rows?,
            otherwise,
        })
    }
}

impl NodeParts for TableNode {
    fn ports(&self) -> Vec<Part<'_>> {
        let mut ports = numbered("rows", ".to", self.rows.iter().map(|row| &row.to));
        ports.extend(self.otherwise.as_deref().map(otherwise));
        ports
    }

    fn ports_mut(&mut self) -> Vec<&mut String> {
        let rows = self.rows.iter_mut().map(|row| &mut row.to);
        rows.chain(&mut self.otherwise).collect()
    }

    /// Without the names of parts, which are many.
    fn targets(&self) -> Vec<&str> {
        let rows = self.rows.iter().map(|row| row.to.as_str());
        rows.chain(self.otherwise.as_deref()).collect()
    }

    fn has_otherwise(&self) -> bool {
        self.otherwise.is_some()
    }

    fn reads(&self) -> Reads<'_> {
        let columns = self.columns.iter().enumerate();
        let rows = self.rows.iter().enumerate();
        let predicates = rows
            .filter_map(|(idx, row)| Some((format!("rows[{idx}].if"), row.condition.as_deref()?)));
        Reads {
            predicates: predicates.collect(),
            subjects: columns
                .map(|(idx, column)| (format!("columns[{idx}]"), column.as_str()))
                .collect(),
            value: None,
        }
    }
}

impl DescribeNode for TableNode {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.boolean(self.hit == Hit::Unique);
        encoder.list(self.columns.len());
        for column in &self.columns {
            encoder.text(column);
        }
        encoder.list(self.rows.len());
        for row in &self.rows {
            encoder.list(row.cells.len());
            row.cells
                .iter()
                .for_each(|asked| form::cell(encoder, asked));
            // Rows without one are fed as they were before rows could have one.
            if let Some(condition) = &row.condition {
                encoder.text("if");
                form::predicate(encoder, condition);
            }
        }
    }

    fn shape(&self) -> Shape {
        Shape::Table
    }

    fn said(&self) -> String {
        format!("{} rows over {}", self.rows.len(), self.columns.join(", "))
    }

    fn arrows(&self, _document: &Document) -> Vec<(String, String)> {
        let mut by_port: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (number, row) in (1..).zip(&self.rows) {
            let rows: &mut Vec<String> = by_port.entry(&row.to).or_default();
            rows.push(i32::to_string(&number));
        }
        let rows = by_port.into_iter().map(|(port, rows)| {
            let word = if rows.len() == 1 { "row" } else { "rows" };
            let word = shortened(&format!("{word} {}", rows.join(", ")));
            (word, port.to_owned())
        });
        let otherwise = self.otherwise.iter();
        let otherwise = otherwise.map(|to| ("otherwise".to_owned(), to.clone()));
        rows.chain(otherwise).collect()
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<PartText> {
        let hit = match self.hit {
            Hit::First => "first",
            Hit::Unique => "unique",
        };
        let mut parts = vec![part("hit", hit), part("columns", self.columns.join(", "))];
        parts.extend(self.otherwise.as_ref().map(|to| port("otherwise", to)));
        parts
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("rows", "row")
    }

    fn entries(&self, _document: &Document) -> Vec<Vec<PartText>> {
        let row = |row: &Row| {
            let cells = row.cells.iter().zip(&self.columns);
            let cells =
                cells.map(|(asked, column)| part(format!("column `{column}`"), words::cell(asked)));
            let condition = row.condition.iter();
            let condition = condition.map(|text| part("if", words::predicate(text)));
            cells
                .chain(condition)
                .chain([port("to", &row.to)])
                .collect()
        };
        self.rows.iter().map(row).collect()
    }
}

impl CheckNode for TableNode {
    fn check(
        &self,
        _name: &str,
        _document: &Document,
        _catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        tables::table(&self.columns, &self.rows, scope).map(Rule::Table)
    }
}

impl LowerNode for TableNode {
    fn op(&self, _name: &str, _assembly: &Assembly<'_>) -> Option<Op> {
        None // Its rule is lowered, and its picker finds the port.
    }
}
