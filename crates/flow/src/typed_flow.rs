//! The typed flow: what the checks have made out of a document, before it is lowered to a program.
//!
//! Every name in it is resolved and every value has its type; positions and bitmaps come with the
//! program. The three passes are check (document to typed flow), lower (typed flow to program) and
//! lint (what can be proved about a program).

use std::collections::BTreeMap;

use crate::{
    classes::Accepted,
    formula::{Formula, SlotIdx},
    inputs::Inputs,
};

/// How much is proved about a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proofs {
    /// What a program needs to be one.
    Needed,
    /// Also what is only odd.
    All,
}

/// What a node asks of a lead, typed but not yet compiled.
#[derive(Debug, Clone)]
pub(crate) enum Rule {
    When(Formula<Accepted>),
    /// What each case accepts, in order.
    Switch(SlotIdx, Vec<Accepted>),
    Table(TableRule),
}

#[derive(Debug, Clone)]
pub(crate) struct TableRule {
    pub(crate) columns: Vec<ColumnRule>,
    pub(crate) n_rows: usize,
    /// What else rows ask of a lead, as far as no column says it.
    pub(crate) residuals: BTreeMap<usize, Formula<Accepted>>,
}

/// What the rows of a table ask of one slot. Tables are long and say few different things, so each
/// is there once.
#[derive(Debug, Clone)]
pub(crate) struct ColumnRule {
    pub(crate) slot: SlotIdx,
    /// The different tests.
    pub(crate) tests: Vec<CellTest>,
    /// Position of each row's test.
    pub(crate) by_row: Vec<u32>,
}

#[derive(Debug, Clone)]
pub(crate) enum CellTest {
    Any,
    /// A formula over the column's slot alone.
    Asks(Formula<Accepted>),
}

/// A flow whose names are resolved and whose values have types.
#[derive(Debug, Default)]
pub(crate) struct TypedFlow {
    /// What is read of a lead.
    pub(crate) inputs: Inputs,
    /// Rules by node.
    pub(crate) rules: BTreeMap<String, Rule>,
    /// Criteria by destination.
    pub(crate) criteria: BTreeMap<String, Formula<Accepted>>,
}
