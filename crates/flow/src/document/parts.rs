//! What a node refers to: other nodes, fields, predicates.

use std::collections::BTreeSet;

use super::node::{OfKind, of_kind};
use crate::{Document, Node, subflow::scope_of};

/// Something in a node, after the part of the node it is in.
pub(crate) type Part<'a> = (String, &'a str);

/// Where leads go from a kind of node, and what it reads of them.
///
/// What has a body here is said by few kinds; the rest each kind says for itself.
pub(crate) trait NodeParts {
    /// Its ports in order: the part of the node, such as `rows[3].to`, and the node it names.
    fn ports(&self) -> Vec<Part<'_>>;

    /// The same ports in the same order, to be led elsewhere.
    fn ports_mut(&mut self) -> Vec<&mut String>;

    /// The nodes that its ports name, in order.
    fn targets(&self) -> Vec<&str> {
        self.ports().into_iter().map(|(_, port)| port).collect()
    }

    /// Whether the last of its ports is called `otherwise`.
    fn has_otherwise(&self) -> bool {
        false
    }

    /// What it reads of a lead.
    fn reads(&self) -> Reads<'_>;

    /// What messages say of it, if it is no step but a value that other nodes read by its name.
    fn value(&self) -> Option<NodeValue> {
        None
    }

    /// Name of the destination that it offers leads to.
    ///
    /// * `name`: its own name, which stands for that of its destination.
    fn destination<'a>(&'a self, _name: &'a str) -> Option<&'a str> {
        None
    }

    /// Its arms: ports of which a lead takes one by chance or by history, and another one after a rejection.
    fn arms(&self) -> Option<Vec<NodeArm<'_>>> {
        None
    }

    /// The same arms in the same order, to be changed.
    fn arms_mut(&mut self) -> Vec<NodeArmMut<'_>> {
        Vec::new()
    }

    /// How it draws one of its arms, if chance alone chooses.
    fn draw(&self) -> Option<NodeDraw<'_>> {
        None
    }

    /// The salt that it may name, to be changed.
    fn salt_mut(&mut self) -> Option<&mut Option<String>> {
        None
    }
}

/// What a node reads of a lead; each is empty where it reads nothing so.
#[derive(Debug, Default)]
pub(crate) struct Reads<'a> {
    /// Predicates, as CEL text.
    pub(crate) predicates: Vec<Part<'a>>,
    /// Fields and computed values that it tests by name, outside of predicates.
    pub(crate) subjects: Vec<Part<'a>>,
    /// The expression of a number that is computed.
    pub(crate) value: Option<&'a str>,
}

/// What messages say of a kind of value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeValue {
    /// What one is called in a sentence.
    pub(crate) noun: &'static str,
    /// What several are called.
    pub(crate) plural: &'static str,
    /// The code for a port that leads to one.
    pub(crate) code_of_port: &'static str,
}

/// One of the arms of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeArm<'a> {
    /// Its own name; none: its destination's or port's.
    pub name: Option<&'a str>,
    /// What draws know it by; none: its name.
    pub key: Option<&'a str>,
    /// Its port.
    pub to: &'a str,
}

/// One of the arms of a node, to be changed.
#[derive(Debug)]
pub struct NodeArmMut<'a> {
    /// Its own name.
    pub name: &'a mut Option<String>,
    /// What draws know it by; none where the kind knows no keys.
    pub key: Option<&'a mut Option<String>>,
    /// Its port.
    pub to: &'a str,
}

/// How a node draws.
#[derive(Debug)]
pub(crate) struct NodeDraw<'a> {
    /// The salt that it names.
    pub(crate) salt: Option<&'a str>,
    /// The field whose value is the unit; none: the lead is.
    pub(crate) sticky: Option<&'a str>,
    /// The weight of each arm; none: they are learned.
    pub(crate) weights_ppm: Option<Vec<u32>>,
}

/// The port that leads take which no other port takes.
pub(crate) fn otherwise(port: &str) -> Part<'_> {
    ("otherwise".to_owned(), port)
}

/// The ports of a list, such as `rows[3].to`.
pub(crate) fn numbered<'a>(
    list: &str,
    suffix: &str,
    ports: impl Iterator<Item = &'a String>,
) -> Vec<Part<'a>> {
    let ports = ports.enumerate();
    ports
        .map(|(idx, port)| (format!("{list}[{idx}]{suffix}"), port.as_str()))
        .collect()
}

impl Node {
    fn parts(&self) -> &dyn NodeParts {
        of_kind!(self, said => said)
    }

    fn parts_mut(&mut self) -> &mut dyn NodeParts {
        of_kind!(self, said => said)
    }

    /// The word for this kind of node.
    pub fn kind(&self) -> &'static str {
        fn word<K: OfKind>(_: &K) -> &'static str {
            K::WORD
        }
        of_kind!(self, said => word(said))
    }

    /// What messages say of it, if it is no step but a value that other nodes read by its name.
    pub(crate) fn value(&self) -> Option<NodeValue> {
        self.parts().value()
    }

    /// Name of the destination that it offers leads to, if it is one.
    ///
    /// * `name`: its own name, which stands for that of its destination.
    pub fn destination<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.parts().destination(name)
    }

    /// Whether it is no step but a value that other nodes read by its name.
    pub fn is_value(&self) -> bool {
        self.value().is_some()
    }

    /// Whether a lead takes one of its ports by chance or by history, and another one after a rejection.
    pub(crate) fn draws(&self) -> bool {
        self.parts().arms().is_some()
    }

    /// Its arms, if it is of a kind that has some.
    pub fn arms(&self) -> Option<Vec<NodeArm<'_>>> {
        self.parts().arms()
    }

    /// Its arms in the same order, to be changed; empty for a kind that has none.
    pub fn arms_mut(&mut self) -> Vec<NodeArmMut<'_>> {
        self.parts_mut().arms_mut()
    }

    /// How it draws one of its arms, if chance alone chooses.
    pub(crate) fn draw(&self) -> Option<NodeDraw<'_>> {
        self.parts().draw()
    }

    /// The salt that it may name, to be changed; `None` for a kind that does not draw by one.
    pub fn salt_mut(&mut self) -> Option<&mut Option<String>> {
        self.parts_mut().salt_mut()
    }

    /// Its ports in order: the part of the node, such as `rows[3].to`, and the node it names.
    pub fn ports(&self) -> Vec<(String, &str)> {
        self.parts().ports()
    }

    /// The nodes that its ports name, in order.
    pub(crate) fn targets(&self) -> Vec<&str> {
        self.parts().targets()
    }

    /// Whether the last of its ports is called `otherwise`.
    pub(crate) fn has_otherwise(&self) -> bool {
        self.parts().has_otherwise()
    }

    /// Its ports in the order of [`Node::ports`], to be led elsewhere.
    pub fn ports_mut(&mut self) -> Vec<&mut String> {
        self.parts_mut().ports_mut()
    }

    /// Its predicates, as CEL text.
    pub fn predicates(&self) -> Vec<(String, &str)> {
        self.parts().reads().predicates
    }

    /// Everything that it reads, by name: fields and computed values.
    pub(crate) fn reads(&self) -> Vec<String> {
        let Reads {
            predicates,
            subjects,
            value,
        } = self.parts().reads();
        let mut names: Vec<String> = subjects
            .into_iter()
            .map(|(_, name)| name.to_owned())
            .collect();
        for (_, text) in predicates {
            if let Ok(expr) = pointsman_cel::parse(text) {
                names.extend(expr.fields().into_iter().map(str::to_owned));
            }
        }
        if let Some(Ok(term)) = value.map(pointsman_cel::parse_arithmetic) {
            names.extend(term.value.fields().into_iter().map(str::to_owned));
        }
        names
    }
}

impl Document {
    /// The name of an arm: its own, else that of the destination it leads to, else that of the node.
    pub fn arm_name<'a>(&'a self, own: Option<&'a str>, to: &'a str) -> &'a str {
        own.unwrap_or_else(|| {
            let destination = self.nodes.get(to).and_then(|node| node.destination(to));
            destination.unwrap_or(to)
        })
    }

    /// The lists that its predicates ask.
    pub fn lists(&self) -> BTreeSet<String> {
        let predicates = self.nodes.values().flat_map(Node::predicates);
        // Reading a predicate costs; hardly any asks a list.
        let texts = predicates.filter(|(_, text)| text.contains("list"));
        let read = texts.filter_map(|(_, text)| pointsman_cel::parse(text).ok());
        read.flat_map(|expr| {
            expr.lists()
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
    }

    /// The computed values that a node reads, by name, each once: those of its own place.
    pub(crate) fn values_read(&self, reader: &str, node: &Node) -> Vec<&str> {
        let scope = scope_of(reader);
        let mut names: Vec<&str> = node
            .reads()
            .iter()
            .filter_map(|name| self.nodes.get_key_value(&format!("{scope}{name}")))
            .filter(|(_, node)| node.is_value())
            .map(|(name, _)| name.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
