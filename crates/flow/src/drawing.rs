//! A flow as figures and arrows between them, whatever draws them.

use std::collections::BTreeMap;

use crate::{
    Document,
    graph::Graph,
    kind::{Shape, shortened},
};

/// The part of a document that leads can reach, to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drawing<'a> {
    /// One for each node, parents before their children.
    pub(crate) figures: Vec<Figure<'a>>,
    /// All arrows, in the order of the figures that they leave.
    pub(crate) arrows: Vec<Arrow>,
}

/// A node to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure<'a> {
    pub(crate) shape: Shape,
    /// Its kind and its name.
    pub(crate) title: (&'static str, &'a str),
    /// What it does, shortened; empty where the title says it all.
    pub(crate) said: String,
}

/// An arrow between two figures, each by its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrow {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// The word on it; none where a node reads a value.
    pub(crate) word: Option<String>,
}

impl<'a> Drawing<'a> {
    pub(crate) fn new(document: &'a Document) -> Self {
        let graph = Graph::new(document);
        let steps: Vec<&'a str> = graph.reached.iter().rev().copied().collect();
        let positions: BTreeMap<&str, usize> = steps.iter().copied().zip(0..).collect();
        let mut arrows = Vec::new();
        for (at, name) in steps.iter().enumerate() {
            let node = &document.nodes[*name];
            for (word, port) in node.view().arrows(document) {
                let Some(&to) = positions.get(port.as_str()) else {
                    continue; // Reported by the checks.
                };
                let word = Some(word);
                arrows.push(Arrow { from: at, to, word });
            }
            for value in document.values_read(name, node) {
                let (from, word) = (positions[value], None);
                arrows.push(Arrow { from, to: at, word });
            }
        }
        let figures = steps.into_iter().map(|name| {
            let node = &document.nodes[name];
            Figure {
                shape: node.view().shape(),
                title: (node.kind(), name),
                said: shortened(&node.view().said()),
            }
        });
        Self {
            figures: figures.collect(),
            arrows,
        }
    }
}
