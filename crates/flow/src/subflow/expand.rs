//! Puts the nodes of subflows in their places.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{INTO, Origin, Subflow, scope_of};
use crate::{
    DestinationNode, Diagnostic, Document, Hash, Node, OfKind as _, Place, SubflowNode,
    diagnostic::{is_early, note},
    document::MAX_NODES,
    graph::{Graph, MAX_DEPTH},
    name::{bad_name, is_name},
    suggest,
};

/// A document whose subflows stand in their places.
#[derive(Debug)]
pub(crate) struct Expanded<'a> {
    /// The very document, if it has no subflows.
    pub(crate) document: Cow<'a, Document>,
    /// The flow of each place, by the beginning of its nodes' names.
    pub(crate) flows: BTreeMap<String, String>,
    /// The subflows that were used, and nothing else of them.
    pub(crate) used: BTreeMap<String, Subflow>,
}

impl Expanded<'_> {
    /// Where a node was written.
    pub(crate) fn origin<'a>(&'a self, name: &'a str) -> Origin<'a> {
        let scope = scope_of(name);
        Origin {
            flow: self.flows.get(scope).unwrap_or(&self.document.flow),
            node: &name[scope.len()..],
        }
    }
}

/// A flow with its subflows in their places, for pictures. A reference without a meaning stays as it
/// is.
pub fn expand(document: &Document, subflows: &BTreeMap<String, Subflow>) -> Document {
    let expanded = expanded(document, subflows, &mut Vec::new());
    expanded.document.into_owned()
}

/// Puts subflows in their places. All that is wrong with references and names is reported; such a
/// reference stays as it is, and so does one that no lead can reach.
pub(crate) fn expanded<'a>(
    document: &'a Document,
    subflows: &BTreeMap<String, Subflow>,
    found: &mut Vec<Diagnostic>,
) -> Expanded<'a> {
    for name in document.nodes.keys().filter(|name| !is_name(name)) {
        note(found, bad_name(Place::node(name), name));
    }
    let mut subflow_nodes = document.nodes.values().filter_map(SubflowNode::of);
    if subflow_nodes.next().is_none() {
        return Expanded {
            document: Cow::Borrowed(document),
            flows: BTreeMap::new(),
            used: BTreeMap::new(),
        };
    }
    let mut expansion = Expansion {
        parent: document,
        subflows,
        nodes: BTreeMap::new(),
        flows: BTreeMap::new(),
        used: BTreeMap::new(),
        roots: BTreeMap::new(),
        open: vec![&document.flow],
        found,
    };
    let reached: BTreeSet<&str> = Graph::new(document).reached.into_iter().collect();
    let ports = expansion.ports(document, "", &reached);
    for (name, node) in &document.nodes {
        if !ports.contains_key(name.as_str()) {
            let node = placed(document, name, node, "", &ports);
            expansion.nodes.insert(name.clone(), node);
        }
    }
    let root = ports.get(document.root.as_str());
    Expanded {
        document: Cow::Owned(Document {
            root: root.unwrap_or(&document.root).clone(),
            nodes: expansion.nodes,
            dedupe: document.dedupe.clone(),
            flow: document.flow.clone(),
            vertical: document.vertical.clone(),
            title: document.title.clone(),
            notes: document.notes.clone(),
            ..*document
        }),
        flows: expansion.flows,
        used: expansion.used,
    }
}

struct Expansion<'a, 'b> {
    /// The flow that everything is put into.
    parent: &'a Document,
    subflows: &'a BTreeMap<String, Subflow>,
    nodes: BTreeMap<String, Node>,
    flows: BTreeMap<String, String>,
    used: BTreeMap<String, Subflow>,
    /// Where the versions begin that stand in their places already.
    roots: BTreeMap<(&'a str, Hash), String>,
    /// The flows that are being put into each other, the outermost first.
    open: Vec<&'a str>,
    found: &'b mut Vec<Diagnostic>,
}

/// Where each subflow node of a document leads instead, by its name in the document.
type Ports<'a> = BTreeMap<&'a str, String>;

impl<'a> Expansion<'a, '_> {
    fn report(&mut self, node: &str, part: &str, code: &'static str, message: String, hint: &str) {
        let place = Place::node(node).part(part);
        note(
            self.found,
            Diagnostic::error(code, place, message).hint(hint),
        );
    }

    /// Puts the subflows of a document in their places, those that are reached.
    ///
    /// * `scope`: beginning of the names of the document's own nodes.
    fn ports(
        &mut self,
        document: &'a Document,
        scope: &str,
        reached: &BTreeSet<&str>,
    ) -> Ports<'a> {
        let mut ports = Ports::new();
        for (name, node) in &document.nodes {
            let Some(SubflowNode { flow, version }) = SubflowNode::of(node) else {
                continue;
            };
            if reached.contains(name.as_str())
                && let Some(root) = self.place(&format!("{scope}{name}"), flow, *version)
            {
                ports.insert(name, root);
            }
        }
        ports
    }

    /// Puts a version in the place of a node, unless it stands somewhere already, and says where it
    /// begins.
    fn place(&mut self, node: &str, flow: &'a str, version: Option<Hash>) -> Option<String> {
        let (hash, document) = self.resolve(node, flow, version)?;
        let used = self.used.entry(flow.to_owned()).or_default();
        used.live = used.live.or(version.is_none().then_some(hash));
        used.versions
            .entry(hash)
            .or_insert_with(|| document.clone());
        if let Some(root) = self.roots.get(&(flow, hash)) {
            return Some(root.clone());
        }
        if self.open.contains(&flow) {
            let around: Vec<String> = self.open.iter().map(|flow| format!("`{flow}`")).collect();
            let message = format!(
                "these flows contain each other: {} → `{flow}`",
                around.join(" → ")
            );
            self.report(
                node,
                "flow",
                "cycle",
                message,
                "take one of them out of the other",
            );
            return None;
        }
        if self.open.len() > MAX_DEPTH || self.nodes.len() + document.nodes.len() > MAX_NODES {
            let message = format!(
                "with this subflow the flow has more than {MAX_NODES} nodes, or more than {MAX_DEPTH} flows in each other"
            );
            self.report(
                node,
                "flow",
                "too_large",
                message,
                "use tables for long lists of cases",
            );
            return None;
        }
        let scope = format!("{node}{INTO}");
        self.flows.insert(scope.clone(), flow.to_owned());
        self.open.push(flow);
        let reached = Graph::new(document).reached;
        let ports = self.ports(document, &scope, &reached.iter().copied().collect());
        for name in reached {
            if !is_name(name) {
                note(
                    self.found,
                    bad_name(Place::node(&format!("{scope}{name}")), name),
                );
            }
            if !ports.contains_key(name) {
                let node = placed(document, name, &document.nodes[name], &scope, &ports);
                self.nodes.insert(format!("{scope}{name}"), node);
            }
        }
        self.open.pop();
        let root = port(&document.root, &scope, &ports);
        self.roots.insert((flow, hash), root.clone());
        Some(root)
    }

    /// The version that a reference means.
    fn resolve(
        &mut self,
        node: &str,
        flow: &'a str,
        version: Option<Hash>,
    ) -> Option<(Hash, &'a Document)> {
        let Some(subflow) = self.subflows.get(flow) else {
            let known = self.subflows.keys().map(String::as_str);
            let hint = is_early(self.found).then(|| suggest::hint(flow, known));
            let hint = hint.flatten();
            let hint = hint.as_deref().unwrap_or("publish that flow first");
            self.report(
                node,
                "flow",
                "unknown_flow",
                format!("there is no flow `{flow}`"),
                hint,
            );
            return None;
        };
        let Some(hash) = version.or(subflow.live) else {
            let message = format!("flow `{flow}` has no live version to follow");
            let hint = "make one of its versions live, or name a version";
            self.report(node, "flow", "no_live_version", message, hint);
            return None;
        };
        let document = subflow.versions.get(&hash);
        // A catalog is a file as well: its keys may say something else than its documents.
        let Some(document) = document.filter(|it| it.flow == flow && it.hash() == hash) else {
            let message = format!("flow `{flow}` has no version {hash}");
            let hint = "leave out `version` to follow the live one";
            self.report(node, "version", "unknown_version", message, hint);
            return None;
        };
        let parent = self.parent;
        let mut fits = true;
        if document.vertical != parent.vertical {
            let (ours, theirs) = (&parent.vertical, &document.vertical);
            let message = format!("flow `{flow}` routes `{theirs}`, but this one routes `{ours}`");
            let hint = "a subflow has the vertical of its parent";
            self.report(node, "flow", "wrong_vertical", message, hint);
            fits = false;
        }
        if document.currency != parent.currency {
            let (ours, theirs) = (parent.currency, document.currency);
            let message = format!("flow `{flow}` is in {theirs}, but this one is in {ours}");
            self.report(
                node,
                "flow",
                "wrong_currency",
                message,
                "there is one currency in a flow",
            );
            fits = false;
        }
        fits.then_some((hash, document))
    }
}

/// The name of a port in its place.
fn port(name: &str, scope: &str, ports: &Ports<'_>) -> String {
    ports
        .get(name)
        .cloned()
        .unwrap_or_else(|| format!("{scope}{name}"))
}

/// A node as it stands in its place: its ports lead to where the nodes stand now, and what was
/// called after a node keeps that name.
fn placed(document: &Document, name: &str, node: &Node, scope: &str, ports: &Ports<'_>) -> Node {
    let mut node = node.clone();
    if let Some(offer) = DestinationNode::of_mut(&mut node)
        && !scope.is_empty()
    {
        offer.destination.get_or_insert_with(|| name.to_owned());
    }
    for arm in node.arms_mut() {
        *arm.name = Some(document.arm_name(arm.name.as_deref(), arm.to).to_owned());
    }
    for to in node.ports_mut() {
        *to = port(to, scope, ports);
    }
    node
}
