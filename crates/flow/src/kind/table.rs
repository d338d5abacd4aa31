//! The kind `table`: the port of the row that matches.

use std::collections::BTreeMap;

use super::{Kind, Part, Shape, form, part, port, shortened, words};
use crate::{Document, Hit, Row, hash::Encoder};

pub(super) struct TableView<'a> {
    pub(super) hit: Hit,
    pub(super) columns: &'a [String],
    pub(super) rows: &'a [Row],
    pub(super) otherwise: Option<&'a str>,
}

impl Kind for TableView<'_> {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.boolean(self.hit == Hit::Unique);
        encoder.list(self.columns.len());
        for column in self.columns {
            encoder.text(column);
        }
        encoder.list(self.rows.len());
        for row in self.rows {
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
        for (number, row) in (1..).zip(self.rows) {
            let rows: &mut Vec<String> = by_port.entry(&row.to).or_default();
            rows.push(i32::to_string(&number));
        }
        let rows = by_port.into_iter().map(|(port, rows)| {
            let word = if rows.len() == 1 { "row" } else { "rows" };
            let word = shortened(&format!("{word} {}", rows.join(", ")));
            (word, port.to_owned())
        });
        let otherwise = self.otherwise.iter();
        let otherwise = otherwise.map(|to| ("otherwise".to_owned(), (*to).to_owned()));
        rows.chain(otherwise).collect()
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<Part> {
        let hit = match self.hit {
            Hit::First => "first",
            Hit::Unique => "unique",
        };
        let mut parts = vec![part("hit", hit), part("columns", self.columns.join(", "))];
        parts.extend(self.otherwise.map(|to| port("otherwise", to)));
        parts
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("rows", "row")
    }

    fn entries(&self, _document: &Document) -> Vec<Vec<Part>> {
        let row = |row: &Row| {
            let cells = row.cells.iter().zip(self.columns);
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
