//! From the members of an object to a node.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Reader, names};
use crate::{
    Diagnostic, Node, Place,
    diagnostic::note,
    document::node::{OfKind, each_kind},
    suggest,
};

/// How the nodes of one kind are read.
pub(crate) trait ReadNode: OfKind {
    /// The members that such a node may have, `kind` among them.
    const MEMBERS: &'static [&'static str];

    /// The node, from the members of an object. All that is wrong is reported.
    fn read(reader: &mut Reader) -> Option<Self>;
}

/// A kind that can be read.
struct Readable {
    word: &'static str,
    members: &'static [&'static str],
    read: fn(&mut Reader) -> Option<Node>,
}

impl Readable {
    const fn of<K: ReadNode>() -> Self {
        Self {
            word: K::WORD,
            members: K::MEMBERS,
            read: |reader| K::read(reader).map(K::into),
        }
    }
}

const KINDS: &[Readable] = &each_kind!(Readable);

impl Reader {
    /// The nodes, read one by one, so that the mistakes of all of them are reported.
    pub(super) fn nodes(&mut self) -> Option<BTreeMap<String, Node>> {
        let Some(Value::Object(nodes)) = self.members.remove("nodes") else {
            let message = "`nodes` is an object of nodes by name".to_owned();
            self.report("missing_member", "nodes", message, None);
            return None;
        };
        let n_nodes = nodes.len();
        let read = nodes.into_iter().filter_map(|(name, value)| {
            let node = self.node(&name, value)?;
            Some((name, node))
        });
        let nodes: BTreeMap<String, Node> = read.collect();
        (nodes.len() == n_nodes).then_some(nodes)
    }

    fn node(&mut self, name: &str, value: Value) -> Option<Node> {
        let place = Place::node(name);
        let Value::Object(members) = value else {
            let message = "a node is an object with a `kind`";
            note(
                &mut self.found,
                Diagnostic::error("wrong_type", place, message),
            );
            return None;
        };
        let mut reader = Self {
            place,
            prefix: String::new(),
            members,
            found: Vec::new(),
        };
        let kind: Option<String> = reader.required("kind");
        let kind = kind.and_then(|kind| reader.kind(&kind));
        let Some(kind) = kind else {
            // Without a kind, nothing can be said about the other members.
            let found = reader.found.into_iter();
            found.for_each(|finding| note(&mut self.found, finding));
            return None;
        };
        let node = (kind.read)(&mut reader);
        let found = reader.finish(kind.members).into_iter();
        found.for_each(|finding| note(&mut self.found, finding));
        node
    }

    fn kind(&mut self, kind: &str) -> Option<&'static Readable> {
        let found = KINDS.iter().find(|it| it.word == kind);
        if found.is_none() {
            let words: Vec<&str> = KINDS.iter().map(|it| it.word).collect();
            let message = format!("`{kind}` is not a kind of node");
            let hint = suggest::closest(kind, words.iter().copied()).map_or_else(
                || format!("known are {}", names(&words)),
                |kind| format!("did you mean `{kind}`?"),
            );
            self.report("unknown_kind", "kind", message, Some(hint));
        }
        found
    }
}
