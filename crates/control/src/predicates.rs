//! What a predicate would say in a flow, before anybody writes it there.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use pointsman_flow::{Diagnostic, Document, Node, RejectNode, WhenNode};
use pointsman_history::AskedPredicate;

use crate::{Control, Error, compile::Surroundings};

/// What is to be said of a predicate.
#[derive(Debug, Clone)]
pub struct CheckedPredicate {
    /// What is wrong with it; spans are bytes of its text.
    pub diagnostics: Vec<Diagnostic>,
    /// Names of what it reads, each once, in order of appearance; empty for a text that is no predicate.
    pub reads: Vec<String>,
    /// The predicate, to be asked of leads; `None` if it has errors, or if a computed value of the flow has.
    pub asked: Option<AskedPredicate>,
}

impl Control {
    /// Checks a predicate as it would stand in a flow. Stores nothing.
    ///
    /// It may read the fields of the schema and the computed values of the draft; without a draft, those of the live version, or
    /// else of the newest.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown flow, and for one without a draft and without a version; [`Error::Stored`] and
    /// [`Error::Store`].
    pub async fn check_predicate(&self, flow: &str, cel: &str) -> Result<CheckedPredicate, Error> {
        let row = self.flow_row(flow).await?;
        let alone = Alone::new(self.base_of_edits(&row).await?, cel);
        let store = &self.inner.store;
        let surroundings = Surroundings::read(store).await?;
        let surroundings = surroundings
            .with_subflows(store, &[&alone.document], None)
            .await?;
        let [holds, fails] = &alone.nodes;
        let (reads, all) = (reads_of(cel), alone.reads_through(reads_of(cel)));
        let compiled = Arc::new(surroundings).compile(alone.document).await;
        let (found, program) = match compiled {
            Ok(compiled) => (compiled.warnings, Some(compiled.route.program)),
            Err(found) => (found, None),
        };
        let is_about_it = |diagnostic: &Diagnostic| {
            let place = &diagnostic.place;
            place.node.as_ref() == Some(holds) && place.part.as_deref() == Some("if")
        };
        Ok(CheckedPredicate {
            diagnostics: found.into_iter().filter(is_about_it).collect(),
            asked: program
                .and_then(|program| AskedPredicate::new(flow, program, [holds, fails], all)),
            reads,
        })
    }
}

/// A flow of nothing but the computed values of another one, and a predicate.
struct Alone {
    document: Document,
    /// The node that asks whether it holds, and the one that asks of the rest whether its opposite does: where neither does, the
    /// lead lacks what it reads.
    nodes: [String; 2],
}

impl Alone {
    fn new(mut document: Document, cel: &str) -> Self {
        let is_value = |node: &Node| matches!(node, Node::Scorecard(_) | Node::Derive(_));
        document.nodes.retain(|_, node| is_value(node));
        document.dedupe = None;
        let [holds, fails, yes, no, open] =
            ["holds", "fails", "yes", "no", "open"].map(|name| free(&document, name));
        for end in [&yes, &no, &open] {
            let reason = end.clone();
            document
                .nodes
                .insert(end.clone(), RejectNode { reason }.into());
        }
        // A predicate may end in a comment.
        let opposite = format!("!(\n{cel}\n)");
        let asks = [
            (&holds, cel.to_owned(), yes, fails.clone()),
            (&fails, opposite, no, open),
        ];
        for (name, condition, then, otherwise) in asks {
            let node = WhenNode {
                condition,
                then,
                otherwise,
            };
            document.nodes.insert(name.clone(), node.into());
        }
        document.root.clone_from(&holds);
        Self {
            document,
            nodes: [holds, fails],
        }
    }
}

impl Alone {
    /// What the predicate reads, and what the computed values read that it reads, each once.
    fn reads_through(&self, reads: Vec<String>) -> Vec<String> {
        let (mut all, mut left) = (Vec::new(), VecDeque::from(reads));
        while let Some(name) = left.pop_front() {
            if all.contains(&name) {
                continue;
            }
            match self.document.nodes.get(&name) {
                Some(Node::Scorecard(card)) => {
                    let texts = card.points.iter().map(|it| it.condition.as_str());
                    left.extend(texts.flat_map(reads_of));
                }
                Some(Node::Derive(derived)) => {
                    if let Ok(term) = pointsman_cel::parse_arithmetic(&derived.value) {
                        left.extend(term.value.fields().into_iter().map(str::to_owned));
                    }
                }
                _ => {}
            }
            all.push(name);
        }
        all
    }
}

/// A name that no node has.
fn free(document: &Document, name: &str) -> String {
    let mut name = name.to_owned();
    while document.nodes.contains_key(&name) {
        name.push('_');
    }
    name
}

fn reads_of(cel: &str) -> Vec<String> {
    let Ok(expr) = pointsman_cel::parse(cel) else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    let names = expr.fields().into_iter();
    names
        .filter(|name| seen.insert(*name))
        .map(str::to_owned)
        .collect()
}
