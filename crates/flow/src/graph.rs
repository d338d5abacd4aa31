//! How the nodes of a document hang together.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use foldhash::fast::FixedState;

use crate::{Document, Node};

/// Deepest path from the root, in nodes.
pub(crate) const MAX_DEPTH: usize = 64;

/// Most cycles that are remembered: a dense document has millions.
const MAX_CYCLES: usize = 20;

/// Nodes in an order in which they can be built, and what stands in the way.
#[derive(Debug)]
pub(crate) struct Graph<'a> {
    /// Every node that the root leads to or that those read, children before parents. Ports to
    /// nodes that do not exist are left out, and so is one edge of each cycle.
    pub(crate) reached: Vec<&'a str>,
    /// All other nodes, children before parents.
    pub(crate) unreached: Vec<&'a str>,
    /// Each a list of nodes of which every one leads to the next, and the last to the first.
    pub(crate) cycles: Vec<Vec<&'a str>>,
}

impl<'a> Graph<'a> {
    pub(crate) fn new(document: &'a Document) -> Self {
        let mut search = Search {
            document,
            open: BTreeSet::new(),
            closed: BTreeSet::new(),
            postorder: Vec::new(),
            cycles: Vec::new(),
        };
        if let Some((root, _)) = document.nodes.get_key_value(&document.root) {
            search.visit(root);
        }
        let reached = std::mem::take(&mut search.postorder);
        document.nodes.keys().for_each(|name| search.visit(name));
        Self {
            reached,
            unreached: search.postorder,
            cycles: search.cycles,
        }
    }

    /// The destinations that reached nodes name, by name.
    pub(crate) fn destinations(&self, document: &'a Document) -> BTreeSet<&'a str> {
        let nodes = self.reached.iter();
        let names = nodes.filter_map(|&name| document.nodes[name].destination(name));
        names.collect()
    }

    /// The node on the longest path from the root and how many nodes that path has. Values are no
    /// steps and do not count. Only meaningful without cycles.
    pub(crate) fn deepest(&self, document: &'a Document) -> Option<(&'a str, usize)> {
        let mut depths: BTreeMap<&str, usize> = BTreeMap::new();
        let root = self.reached.last()?;
        depths.insert(root, 1);
        for &name in self.reached.iter().rev() {
            let Some(&depth) = depths.get(name) else {
                continue; // A value.
            };
            let ports = document.nodes[name].targets();
            for port in ports.into_iter().filter(|port| *port != name) {
                let deepest = depths.entry(port).or_default();
                *deepest = depth.saturating_add(1).max(*deepest);
            }
        }
        let existing = self
            .reached
            .iter()
            .filter_map(|&name| Some((name, *depths.get(name)?)));
        existing.max_by_key(|(_, depth)| *depth)
    }
}

/// A depth-first search with its own stack: documents may be deeper than a thread's.
struct Search<'a> {
    document: &'a Document,
    open: BTreeSet<&'a str>,
    closed: BTreeSet<&'a str>,
    postorder: Vec<&'a str>,
    cycles: Vec<Vec<&'a str>>,
}

/// A node that is being visited, with those it leads to, the next one last.
struct Visit<'a> {
    name: &'a str,
    rest: Vec<&'a str>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, start: &'a str) {
        if self.closed.contains(start) {
            return;
        }
        let mut path = vec![self.open(start)];
        while let Some(visit) = path.last_mut() {
            match visit.rest.pop() {
                None => {
                    self.open.remove(visit.name);
                    self.closed.insert(visit.name);
                    self.postorder.push(visit.name);
                    path.pop();
                }
                Some(next) if self.closed.contains(next) => {}
                Some(next) if self.open.contains(next) => {
                    if self.cycles.len() == MAX_CYCLES {
                        continue;
                    }
                    let names = path.iter().map(|visit| visit.name);
                    self.cycles
                        .push(names.skip_while(|name| *name != next).collect());
                }
                Some(next) => {
                    let visit = self.open(next);
                    path.push(visit);
                }
            }
        }
    }

    fn open(&mut self, name: &'a str) -> Visit<'a> {
        self.open.insert(name);
        let node = self.document.nodes.get(name);
        let rest = node.map(|node| self.edges(name, node));
        let mut rest = rest.unwrap_or_default();
        rest.reverse();
        Visit { name, rest }
    }

    /// The nodes that this one needs: its ports, then the values it reads.
    fn edges(&self, name: &str, node: &'a Node) -> Vec<&'a str> {
        // The rows of a table name few nodes many times. Fixed keys: only what is seen decides.
        let mut seen: HashSet<&str, FixedState> = HashSet::default();
        let named = node.targets().into_iter();
        let named = named.chain(self.document.values_read(name, node));
        let new = named.filter(|name| seen.insert(*name));
        let existing = new.filter_map(|name| self.document.nodes.get_key_value(name));
        existing.map(|(name, _)| name.as_str()).collect()
    }
}
