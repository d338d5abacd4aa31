//! XML: values on their way into a document, and answers as a tree of bounded size.
//!
//! A document type is refused, so no entity is ever expanded but the five of XML itself and numbers of characters.

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};
use serde_json::{Map, Value};
use thiserror::Error;

/// Deepest element that is read.
const DEPTH_MAX: usize = 64;
/// Most elements and attributes of one document.
const NODES_MAX: usize = 4_096;

/// Where the text of an element is kept among its attributes and children.
pub(crate) const TEXT: &str = "#text";

/// Why a text is no document that we read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum XmlFault {
    /// It is not well-formed.
    #[error("it is not well-formed XML: {0}")]
    Malformed(String),
    /// It has a document type, which could define entities.
    #[error("it has a document type, which is not read")]
    DocumentType,
    /// It names an entity that XML does not have by itself.
    #[error("it names the entity `{0}`, which is not one of XML itself")]
    Entity(String),
    /// It is too deep, or has too many elements and attributes.
    #[error(
        "it is deeper than {DEPTH_MAX} elements, or has more than {NODES_MAX} elements and attributes"
    )]
    Size,
}

impl XmlFault {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "errors are mapped by its name alone"
    )]
    fn malformed(error: impl ToString) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// A text as element content or as the value of an attribute. What XML cannot hold is left out.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // As they stand, a reader makes a space of them in an attribute.
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            _ if character.is_ascii_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {}
            _ => escaped.push(character),
        }
    }
    escaped
}

/// The document as a tree: an element is an object of its attributes (`@name`), its text (`#text`) and its children,
/// each name with the list of those of that name. Prefixes of namespaces are left out of names.
///
/// # Errors
///
/// [`XmlFault`] for what is no document, or too large a one.
pub(crate) fn read(text: &str) -> Result<Value, XmlFault> {
    let mut reader = Reader::from_str(text.trim_start());
    let mut tree = Tree::default();
    loop {
        match reader.read_event().map_err(XmlFault::malformed)? {
            Event::Start(start) => tree.open(&start)?,
            Event::Empty(start) => {
                tree.open(&start)?;
                tree.close()?;
            }
            Event::End(_) => tree.close()?,
            Event::Text(text) => tree.text(&text.xml10_content().map_err(XmlFault::malformed)?)?,
            Event::CData(text) => tree.text(&text.xml10_content().map_err(XmlFault::malformed)?)?,
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(XmlFault::malformed)?;
                let character = reference.resolve_char_ref().map_err(XmlFault::malformed)?;
                if let Some(character) = character {
                    tree.text(character.encode_utf8(&mut [0; 4]))?;
                } else {
                    let known = resolve_predefined_entity(&name);
                    tree.text(known.ok_or_else(|| XmlFault::Entity(name.clone().into_owned()))?)?;
                }
            }
            Event::DocType(_) => return Err(XmlFault::DocumentType),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return tree.end(),
        }
    }
}

/// A document as far as it was read.
#[derive(Debug, Default)]
struct Tree {
    /// The elements that are open, outermost first, with their names.
    open: Vec<(String, Map<String, Value>)>,
    root: Option<(String, Value)>,
    n_nodes: usize,
}

impl Tree {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), XmlFault> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(XmlFault::malformed("there is a second element at the top"));
        }
        let mut members = Map::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(XmlFault::malformed)?;
            let name = local(attribute.key.local_name().as_ref())?;
            let value = attribute
                .decode_and_unescape_value(start.decoder())
                .map_err(|error| match error {
                    quick_xml::Error::Escape(
                        quick_xml::escape::EscapeError::UnrecognizedEntity(_, name),
                    ) => XmlFault::Entity(name),
                    error => XmlFault::malformed(error),
                })?;
            members.insert(format!("@{name}"), value.into_owned().into());
            self.count()?;
        }
        self.count()?;
        if self.open.len() == DEPTH_MAX {
            return Err(XmlFault::Size);
        }
        let name = local(start.local_name().as_ref())?;
        self.open.push((name, members));
        Ok(())
    }

    fn count(&mut self) -> Result<(), XmlFault> {
        self.n_nodes += 1;
        if self.n_nodes > NODES_MAX {
            return Err(XmlFault::Size);
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XmlFault> {
        let Some((_, members)) = self.open.last_mut() else {
            let is_blank = text.trim().is_empty();
            return if is_blank {
                Ok(())
            } else {
                Err(XmlFault::malformed(
                    "there is text outside of the element at the top",
                ))
            };
        };
        if let Value::String(known) = members.entry(TEXT).or_insert_with(|| "".into()) {
            known.push_str(text);
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), XmlFault> {
        let (name, mut members) = self
            .open
            .pop()
            .ok_or_else(|| XmlFault::malformed("an element ends that did not begin"))?;
        if let Some(Value::String(text)) = members.get_mut(TEXT) {
            let trimmed = text.trim().to_owned();
            if trimmed.is_empty() {
                members.remove(TEXT);
            } else {
                *text = trimmed;
            }
        }
        let element = Value::Object(members);
        match self.open.last_mut() {
            None => self.root = Some((name, element)),
            Some((_, parent)) => {
                let several = parent
                    .entry(name)
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(several) = several {
                    several.push(element);
                }
            }
        }
        Ok(())
    }

    fn end(self) -> Result<Value, XmlFault> {
        match self.root {
            Some((name, element)) if self.open.is_empty() => {
                let top = Map::from_iter([(name, Value::Array(vec![element]))]);
                Ok(Value::Object(top))
            }
            Some(_) | None => Err(XmlFault::malformed("it ends before its element does")),
        }
    }
}

fn local(name: &[u8]) -> Result<String, XmlFault> {
    str::from_utf8(name)
        .map(ToOwned::to_owned)
        .map_err(XmlFault::malformed)
}

#[cfg(test)]
mod tests;
