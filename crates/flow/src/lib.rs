//! The flow language: document, predicates, checks and the compiled program.
//!
//! Pure: everything that a decision depends on comes in as an argument. A [`Document`] is what
//! people write; [`check`] reports all of its mistakes at once or makes the one [`Program`] that
//! both the live service and the replay walk.
#![deny(
    clippy::disallowed_methods,
    reason = "flow is pure: pass in what it needs"
)]

pub mod build;
mod calculation;
mod cap;
mod catalog;
mod check;
mod classes;
mod dedupe;
mod diagnostic;
mod diff;
mod document;
mod dot;
mod drawing;
mod formula;
mod graph;
mod hash;
mod inputs;
mod kind;
mod lint;
mod lower;
mod mask;
mod mermaid;
mod moves;
mod name;
mod named_list;
mod normal;
mod passes;
mod program;
mod returns;
mod semantics;
mod source;
mod subflow;
mod suggest;
mod typed_flow;

pub use cap::{Cap, CapKind, Charge, Window};
pub use catalog::{Catalog, Destination, OnUnknown, Opening, Pays, Schedule};
pub use dedupe::{Dedupe, Matching};
pub use diagnostic::{Diagnostic, Place, Severity};
pub use diff::{Change, ChangeKind, diff};
pub use document::{
    AuctionNode, BanditArm, BanditNode, Bidder, Case, Cell, DelayPrior, DeriveNode,
    DestinationNode, Document, Hit, LearningSettings, Literal, Node, NodeArm, NodeArmMut,
    Objective, OfKind, Points, RatePrior, RejectNode, RotateArm, RotateBy, RotateNode, Row,
    ScorecardNode, SplitArm, SplitNode, SubflowNode, SwitchNode, TableNode, WaterfallNode,
    WhenNode,
};
pub use dot::dot;
pub use hash::{Hash, HashError};
pub use mask::{Mask, MaskError};
pub use mermaid::mermaid;
pub use moves::{Moves, Version, moves};
pub use named_list::{
    LIST_VALUE_BYTES_MAX, LIST_VALUES_MAX, ListDifference, ListKind, ListReader, ListValues,
    NamedList,
};
pub use passes::{Checked, check, check_under, compile, compile_under};
pub use pointsman_flow_macros::{Enumerated, Lead};
#[doc(hidden)]
pub use pointsman_flow_macros::{PointsmanEnumerated, PointsmanLead};
pub use program::{
    Arm, ArmLimits, ArmTargets, Asked, Codes, ColumnCount, DestinationIdx, Learning, Leaves,
    NearMiss, NodeIdx, Op, OtherSchema, Program, ProgramBidder, ProgramDestination, Readings, Salt,
    Seen, Targets, Typed, TypedLead, ValueClasses, Why, stand_in,
};
pub use returns::{ReturnDecision, Returns, is_reason};
pub use semantics::{SEMANTICS_VERSION, Semantics};
pub use source::{Form, Source};
pub use subflow::{Origin, Subflow, expand};

#[cfg(test)]
mod fixture;
