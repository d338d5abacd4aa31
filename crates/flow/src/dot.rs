//! A flow as a picture: text for Graphviz.

use std::fmt::Write as _;

use crate::{
    Document,
    drawing::{Drawing, Figure},
    kind::Shape,
};

/// The part of a document that leads can reach, as a graph in DOT.
pub fn dot(document: &Document) -> String {
    let Drawing { figures, arrows } = Drawing::new(document);
    let mut text = format!("digraph {} {{\n", quoted(&document.flow));
    text.push_str("    node [fontname=\"Helvetica\"]\n    edge [fontname=\"Helvetica\"]\n");
    // Writing to a String cannot fail.
    for (at, drawn) in figures.iter().enumerate() {
        let outline = outline(drawn.shape);
        let _ = writeln!(text, "    n{at} [{outline}, label={}]", label(drawn));
    }
    for way in &arrows {
        let (from, to) = (way.from, way.to);
        let _ = match &way.word {
            Some(word) => writeln!(text, "    n{from} -> n{to} [label={}]", quoted(word)),
            None => writeln!(text, "    n{from} -> n{to} [style=dashed]"),
        };
    }
    text.push_str("}\n");
    text
}

fn outline(shape: Shape) -> &'static str {
    match shape {
        Shape::Destination => "shape=box, style=rounded",
        Shape::End => "shape=octagon",
        Shape::Rule => "shape=diamond",
        Shape::Table => "shape=box3d",
        Shape::Draw => "shape=hexagon",
        Shape::Auction => "shape=house",
        Shape::Turns => "shape=box",
        Shape::Subflow => "shape=cylinder",
        Shape::Value => "shape=parallelogram",
    }
}

fn label(drawn: &Figure<'_>) -> String {
    let (kind, name) = drawn.title;
    if drawn.said.is_empty() {
        quoted(&format!("{kind} {name}"))
    } else {
        quoted(&format!("{kind} {name}\n{}", drawn.said))
    }
}

/// A text that DOT takes for one, whatever it holds: a backslash would begin an escape.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            _ if letter.is_control() => quoted.push(' '),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::dot;
    use crate::fixture::document;

    #[test]
    fn every_kind_of_node_has_an_outline() {
        let document = document(
            r#""start": {"kind": "when", "if": "state == \"CA\" && score > 3", "then": "geo", "otherwise": "w"},
            "geo": {"kind": "table", "columns": ["state"], "otherwise": "split", "rows": [{"cells": [["CA"]], "to": "acme"}]},
            "split": {"kind": "split", "arms": [{"weight_ppm": 987500, "to": "acme"}, {"weight_ppm": 12500, "to": "no"}]},
            "w": {"kind": "waterfall", "to": ["acme", "no"]},
            "acme": {"kind": "destination"},
            "score": {"kind": "scorecard", "points": [{"if": "home_owner", "points": 3}]},
            "no": {"kind": "reject", "reason": "a \\ and \"quotes\"\nand more"}"#,
        );
        assert_snapshot!(dot(&document.unwrap()), @r#"
        digraph "test" {
            node [fontname="Helvetica"]
            edge [fontname="Helvetica"]
            n0 [shape=diamond, label="when start\nstate == \"CA\" && score > 3"]
            n1 [shape=parallelogram, label="scorecard score\n1 entries"]
            n2 [shape=box, label="waterfall w"]
            n3 [shape=box3d, label="table geo\n1 rows over state"]
            n4 [shape=hexagon, label="split split"]
            n5 [shape=octagon, label="reject no\na \\ and \"quotes\"\nand more"]
            n6 [shape=box, style=rounded, label="destination acme"]
            n0 -> n3 [label="yes"]
            n0 -> n2 [label="no"]
            n1 -> n0 [style=dashed]
            n2 -> n6 [label="1."]
            n2 -> n5 [label="2."]
            n3 -> n6 [label="row 1"]
            n3 -> n4 [label="otherwise"]
            n4 -> n6 [label="acme 98.75%"]
            n4 -> n5 [label="no 1.25%"]
        }
        "#);
    }
}
