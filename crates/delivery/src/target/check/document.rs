//! What is wrong with the template of an XML document.

use serde_json::Value;

use super::Check;
use crate::{
    template::{Part, parts},
    xml::{self, XmlFault},
};

/// What stands in for a value; no template has it by chance.
const MARK: &str = "pointsman-value-7f3a";

impl Check<'_> {
    /// The template as a document with a mark for each value.
    pub(super) fn document(&mut self, body: &Value) {
        let Value::String(template) = body else {
            let message = "a document is written as one text";
            let hint = "write it like \"<lead><state>{{lead.state}}</state></lead>\"";
            return self.report("body_shape", "body", message, hint);
        };
        self.text("body", template);
        let pieces = parts(template);
        if pieces.iter().any(|part| matches!(part, Part::Open(_))) {
            return;
        }
        let marked: String = pieces
            .iter()
            .map(|part| match part {
                Part::Text(text) | Part::Open(text) => text,
                Part::Hole(_) => MARK,
            })
            .collect();
        let tree = match xml::read(&marked) {
            Ok(tree) => tree,
            Err(fault) => {
                let message = fault.to_string().replace(MARK, "{{…}}");
                let hint = match fault {
                    XmlFault::Malformed(_) => "close every element, and write & as &amp;",
                    XmlFault::DocumentType => "leave the document type out",
                    XmlFault::Entity(_) => "write the character itself",
                    XmlFault::Size => "write a smaller document",
                };
                return self.report("xml_invalid", "body", message, hint);
            }
        };
        let n_holes = pieces
            .iter()
            .filter(|part| matches!(part, Part::Hole(_)))
            .count();
        if n_marks(&tree) < n_holes || has_marked_section(&marked) {
            let message = "a placeholder stands outside of texts and attributes, where its value could be anything";
            let hint = "put it between two tags, or into the quotes of an attribute; not into names, comments and CDATA";
            self.report("xml_placeholder", "body", message, hint);
        }
    }
}

/// How many marks stand in texts and attributes.
fn n_marks(tree: &Value) -> usize {
    match tree {
        Value::String(text) => text.matches(MARK).count(),
        Value::Array(items) => items.iter().map(n_marks).sum(),
        Value::Object(members) => members.values().map(n_marks).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// Whether a mark stands in a CDATA section, which reads no escapes.
fn has_marked_section(text: &str) -> bool {
    let mut sections = text.split("<![CDATA[").skip(1);
    sections.any(|section| {
        let content = section.split("]]>").next().unwrap_or_default();
        content.contains(MARK)
    })
}
