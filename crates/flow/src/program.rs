//! A checked flow, compiled: what the router walks.

mod decide;
pub(crate) mod encode;
mod op;
mod stand_in;
pub(crate) mod table;
mod typed;
mod value_classes;
pub(crate) mod why;

use std::sync::Arc;

use pointsman_lead::{Fields, Schema, Value};

use crate::{
    Catalog, Destination, Document, Hash, Mask, Origin, Semantics,
    classes::ClassSet,
    formula::{Formula, SlotIdx},
};
pub use encode::Codes;
use encode::Slot;
pub(crate) use op::Passage;
pub use op::{Arm, ArmLimits, ArmTargets, Learning, Leaves, Op, ProgramBidder, Salt, Targets};
pub use stand_in::stand_in;
use table::{Index, Residuals};
pub use typed::{OtherSchema, Typed, TypedLead};
pub use value_classes::ValueClasses;
use why::Label;
pub use why::{Asked, ColumnCount, NearMiss, Readings, Seen, Why};

/// Position of a node in its program; parents come before their children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIdx(pub u16);

/// Position of a destination among those of its program, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DestinationIdx(pub u16);

/// A checked flow. Only [`crate::check`] makes one.
#[derive(Debug, Clone)]
pub struct Program {
    pub(crate) document: Arc<Document>,
    /// The document with its subflows in their places, if it has any.
    pub(crate) expanded: Option<Box<Document>>,
    pub(crate) catalog: Catalog,
    pub(crate) flow_hash: Hash,
    pub(crate) catalog_hash: Hash,
    pub(crate) semantics: Semantics,
    pub(crate) destinations: Vec<ProgramDestination>,
    pub(crate) nodes: Vec<Compiled>,
    /// The nodes that draw by the fields of a lead, in order.
    pub(crate) personal: Vec<NodeIdx>,
    /// What is tested, in the order of the codes.
    pub(crate) slots: Vec<Slot>,
    /// What people call them.
    pub(crate) labels: Vec<Label>,
    /// The destinations that want every lead.
    pub(crate) unconditional: Mask,
    /// What the others want.
    pub(crate) conditional: Vec<(DestinationIdx, Formula<ClassSet>)>,
}

/// A node with what is known about it.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub(crate) name: String,
    /// The flow and the name there; see [`Origin`].
    pub(crate) origin: (String, String),
    pub(crate) op: Op,
    pub(crate) leaves: Leaves,
    pub(crate) picker: Picker,
}

/// How the port of a rule is found.
#[derive(Debug, Clone)]
pub(crate) enum Picker {
    /// It is no rule.
    None,
    /// The first port if true, else the last.
    When(Formula<ClassSet>),
    /// The case of each class, where the one after the last is `otherwise`; the port of each case.
    Switch(SlotIdx, Vec<u16>, Vec<u16>),
    /// What rows ask beyond their cells; the port of each row, and after them the one if none
    /// matches.
    Table(Box<Index>, Residuals, Vec<u16>),
}

/// A destination that some node of the program names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramDestination {
    /// Its name in the catalog.
    pub name: String,
    /// Its settings in the catalog.
    pub settings: Destination,
}

impl Program {
    /// The source that the fields of a lead name; empty where they name none.
    pub fn source_of<'a>(&self, fields: &'a Fields) -> &'a str {
        let field = self.schema().find("source");
        match field.and_then(|field| fields.get(field)) {
            Some(Value::Text(source)) => source,
            _ => "",
        }
    }

    /// Name of the flow.
    pub fn flow(&self) -> &str {
        &self.document.flow
    }

    /// Content address of the flow; see [`Document::hash`].
    pub fn flow_hash(&self) -> Hash {
        self.flow_hash
    }

    /// Content address of the part of the catalog that the flow refers to.
    pub fn catalog_hash(&self) -> Hash {
        self.catalog_hash
    }

    /// How it draws.
    #[inline]
    pub fn semantics(&self) -> Semantics {
        self.semantics
    }

    /// The document it was made from.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The document with its subflows in their places: the one whose nodes leads go through.
    pub fn expanded(&self) -> &Document {
        self.expanded.as_deref().unwrap_or(&self.document)
    }

    /// The part of the catalog that the flow refers to.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The schema of its leads.
    #[inline]
    pub fn schema(&self) -> &Schema {
        &self.catalog.schema
    }

    /// How many destinations one lead may be sold to.
    #[inline]
    pub fn max_sold(&self) -> u8 {
        self.document.max_sold
    }

    /// Where every lead starts.
    #[inline]
    pub fn root(&self) -> NodeIdx {
        NodeIdx(0)
    }

    /// What a node does.
    ///
    /// # Panics
    ///
    /// If `node` is of another program and beyond this one's end.
    #[inline]
    pub fn node(&self, node: NodeIdx) -> &Op {
        &self.nodes[usize::from(node.0)].op
    }

    /// What a node is called.
    ///
    /// # Panics
    ///
    /// If `node` is of another program and beyond this one's end.
    #[inline]
    pub fn node_name(&self, node: NodeIdx) -> &str {
        &self.nodes[usize::from(node.0)].name
    }

    /// Where a node was written: what draws and learning are keyed by.
    ///
    /// # Panics
    ///
    /// If `node` is of another program and beyond this one's end.
    #[inline]
    pub fn origin(&self, node: NodeIdx) -> Origin<'_> {
        let (flow, node) = &self.nodes[usize::from(node.0)].origin;
        Origin { flow, node }
    }

    /// All nodes, parents before their children.
    #[inline]
    pub fn nodes(&self) -> impl Iterator<Item = (NodeIdx, &Op)> {
        (0..)
            .map(NodeIdx)
            .zip(self.nodes.iter().map(|node| &node.op))
    }

    /// How many nodes it has.
    #[inline]
    pub fn n_nodes(&self) -> usize {
        self.nodes.len()
    }

    /// The nodes that draw by the fields of a lead: sticky splits, and bandits.
    #[inline]
    pub fn personal(&self) -> &[NodeIdx] {
        &self.personal
    }

    /// The destinations that its nodes name, by name.
    #[inline]
    pub fn destinations(&self) -> &[ProgramDestination] {
        &self.destinations
    }

    /// How many destinations its nodes name.
    #[inline]
    pub fn n_destinations(&self) -> u16 {
        // `check` keeps them within 16 bits.
        u16::try_from(self.destinations.len()).unwrap_or(u16::MAX)
    }

    /// Position of the destination of this name.
    pub fn destination_idx(&self, name: &str) -> Option<DestinationIdx> {
        let position = self
            .destinations
            .binary_search_by(|destination| destination.name.as_str().cmp(name))
            .ok()?;
        u16::try_from(position).ok().map(DestinationIdx)
    }

    /// Name of a choice of a node: of the arm, or of the bidding destination; `None` where choices have no names.
    ///
    /// # Panics
    ///
    /// If `node` is of another program and beyond this one's end.
    pub fn choice_name(&self, node: NodeIdx, choice: u16) -> Option<&str> {
        let (op, choice) = (self.node(node), usize::from(choice));
        let bidder = op.auction().and_then(|(bidders, _)| bidders.get(choice));
        let bidder =
            bidder.map(|bidder| &self.destinations[usize::from(bidder.destination.0)].name);
        let arm = op.arms().get(choice).map(|arm| &arm.name);
        arm.or(bidder).map(String::as_str)
    }

    /// What lies below a node.
    ///
    /// # Panics
    ///
    /// If `node` is of another program and beyond this one's end.
    #[inline]
    pub fn leaves(&self, node: NodeIdx) -> &Leaves {
        &self.nodes[usize::from(node.0)].leaves
    }
}

#[cfg(test)]
mod tests;
