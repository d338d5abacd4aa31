//! A flow as a picture: text for Mermaid.

use std::fmt::Write as _;

use crate::{
    Document,
    drawing::{Drawing, Figure},
    kind::Shape,
};

/// The part of a document that leads can reach, as a Mermaid flowchart.
pub fn mermaid(document: &Document) -> String {
    let Drawing { figures, arrows } = Drawing::new(document);
    let mut text = "flowchart TD\n".to_owned();
    // Names may hold what Mermaid does not take in an id. Writing to a String cannot fail.
    for (at, drawn) in figures.iter().enumerate() {
        let (open, close) = brackets(drawn.shape);
        let _ = writeln!(text, "    n{at}{open}\"{}\"{close}", label(drawn));
    }
    for way in &arrows {
        let (from, to) = (way.from, way.to);
        let _ = match &way.word {
            Some(word) => writeln!(text, "    n{from} -->|\"{}\"| n{to}", escaped(word)),
            None => writeln!(text, "    n{from} -.-> n{to}"),
        };
    }
    text
}

fn brackets(shape: Shape) -> (&'static str, &'static str) {
    match shape {
        Shape::Destination => ("([", "])"),
        Shape::End => ("((", "))"),
        Shape::Rule => ("{", "}"),
        Shape::Table => ("[[", "]]"),
        Shape::Draw => ("{{", "}}"),
        Shape::Auction => (">", "]"),
        Shape::Turns => ("[", "]"),
        Shape::Subflow => ("[(", ")]"),
        Shape::Value => ("[/", "/]"),
    }
}

fn label(drawn: &Figure<'_>) -> String {
    let (kind, name) = drawn.title;
    let title = format!("{kind} {}", escaped(name));
    if drawn.said.is_empty() {
        title
    } else {
        format!("{title}<br/>{}", escaped(&drawn.said))
    }
}

/// In Mermaid's entities, so that no text ends its quotes or becomes markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => escaped.push_str("#quot;"),
            '#' => escaped.push_str("#35;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            '`' => escaped.push_str("#96;"),
            _ if letter.is_control() => escaped.push(' '),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::mermaid;
    use crate::fixture::document;

    #[test]
    fn every_kind_of_node_has_a_shape() {
        let document = document(
            r#""start": {"kind": "when", "if": "state == \"CA\" && score > 3", "then": "geo", "otherwise": "w"},
            "geo": {"kind": "table", "columns": ["state", "age"], "otherwise": "s", "rows": [
                {"cells": [["CA"], null], "to": "a"}, {"cells": [["TX"], null], "to": "s"}, {"cells": [["NY"], null], "to": "a"}]},
            "s": {"kind": "switch", "on": "credit", "cases": [{"in": ["good", "fair"], "to": "b"}], "otherwise": "split"},
            "split": {"kind": "split", "sticky": "email", "arms": [{"weight_ppm": 987500, "to": "a"}, {"weight_ppm": 12500, "to": "no"}]},
            "b": {"kind": "bandit", "explore_ppm": 20000, "arms": [{"to": "a"}, {"to": "z", "name": "new"}], "segment_by": ["state"]},
            "w": {"kind": "waterfall", "to": ["turns", "fair", "market", "no"]},
            "market": {"kind": "auction", "reserve": "12.50", "bidders": [{"to": "z", "penalty_ppm": 50000}, {"to": "a"}]},
            "turns": {"kind": "rotate", "by": "least_recently_sold", "arms": [{"to": "a"}, {"to": "z"}]},
            "fair": {"kind": "rotate", "by": "deficit", "arms": [{"to": "a", "daily": 100, "monthly": 1000}, {"to": "z", "daily": 10}]},
            "a": {"kind": "destination", "destination": "acme"},
            "z": {"kind": "destination"},
            "score": {"kind": "scorecard", "points": [{"if": "home_owner", "points": 3}]},
            "no": {"kind": "reject", "reason": "<nobody> \"wants\" #1"}"#,
        );
        assert_snapshot!(mermaid(&document.unwrap()), @r#"
        flowchart TD
            n0{"when start<br/>state == #quot;CA#quot; #amp;#amp; score #gt; 3"}
            n1[/"scorecard score<br/>1 entries"/]
            n2["waterfall w"]
            n3>"auction market<br/>at least 12.50, within 500 ms"]
            n4{{"rotate fair<br/>deficit in UTC"}}
            n5{{"rotate turns<br/>least recently sold"}}
            n6[["table geo<br/>3 rows over state, age"]]
            n7{"switch s<br/>credit"}
            n8{{"split split<br/>email"}}
            n9(("reject no<br/>#lt;nobody#gt; #quot;wants#quot; #35;1"))
            n10{{"bandit b<br/>state"}}
            n11(["destination z"])
            n12(["destination a<br/>acme"])
            n0 -->|"yes"| n6
            n0 -->|"no"| n2
            n1 -.-> n0
            n2 -->|"1."| n5
            n2 -->|"2."| n4
            n2 -->|"3."| n3
            n2 -->|"4."| n9
            n3 -->|"bid less 5%"| n11
            n3 -->|"bid"| n12
            n4 -->|"acme 100 a day, 1000 a month"| n12
            n4 -->|"z 10 a day"| n11
            n5 -->|"acme"| n12
            n5 -->|"z"| n11
            n6 -->|"rows 1, 3"| n12
            n6 -->|"row 2"| n7
            n6 -->|"otherwise"| n7
            n7 -->|"good, fair"| n10
            n7 -->|"otherwise"| n8
            n8 -->|"acme 98.75%"| n12
            n8 -->|"no 1.25%"| n9
            n10 -->|"acme"| n12
            n10 -->|"new"| n11
        "#);
    }
}
