//! The nodes of a program: what each does with a lead, and what they have in common.

use std::sync::Arc;

use pointsman_lead::{FieldIdx, Micros};

use super::{DestinationIdx, NodeIdx};
use crate::{LearningSettings, Mask, Objective};

/// What a node does with a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Offers it to this destination.
    Destination(DestinationIdx),
    /// Declines it.
    Reject {
        /// Why. Shared, so that a walk that ends here copies no text.
        reason: Arc<str>,
    },
    /// Takes the one port that [`Program::pick`](crate::Program::pick) says: `when`, `switch` and `table`.
    Rule {
        /// The ports, each once.
        ports: Vec<NodeIdx>,
    },
    /// Draws an arm by fixed weights.
    Split {
        /// Keeps the draws of this node apart from all others.
        salt: Salt,
        /// The arms, as declared.
        arms: Vec<Arm>,
        /// Their weights, summing to 1,000,000.
        weights_ppm: Vec<u32>,
        /// The field whose value keeps its arm.
        sticky: Option<FieldIdx>,
    },
    /// Draws an arm by the allocation's weights.
    Bandit {
        /// Keeps the draws of this node apart from all others.
        salt: Salt,
        /// The arms, as declared.
        arms: Vec<Arm>,
        /// Fields whose values each have weights of their own.
        segment_by: Vec<FieldIdx>,
        /// What the weights are to raise.
        maximize: Objective,
        /// Share of draws spread evenly over all arms, in all, in parts per million.
        explore_ppm: u32,
        /// Floor and ceiling of each arm, as declared; empty if no arm has one.
        limits: Vec<ArmLimits>,
        /// How it learns, where that is not as usual.
        learning: LearningSettings,
    },
    /// Tries its arms in an order that history gives.
    Rotate {
        /// Keeps the draws of this node apart from all others.
        salt: Salt,
        /// The arms, as declared.
        arms: Vec<Arm>,
        /// What the order is made from; none: who has waited longest.
        targets: Option<Targets>,
        /// Even weights, summing to 1,000,000: drawn by where the order is not known.
        even_ppm: Vec<u32>,
    },
    /// Asks the bidders for a bid at once, and offers the lead to the highest net bid.
    Auction {
        /// The bidders, as declared.
        bidders: Vec<ProgramBidder>,
        /// Least net bid that is taken.
        reserve: Micros,
        /// How long bids are waited for, in milliseconds.
        deadline_ms: u32,
    },
    /// Tries its ports in order.
    Waterfall {
        /// The ports.
        to: Vec<NodeIdx>,
    },
}

/// How a lead goes on from a node, as far as proofs and leaves ask. Kinds that differ only in what they
/// choose by are one here.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Passage<'a> {
    /// It is offered to this destination.
    Offer(DestinationIdx),
    /// It is declined, for this reason.
    Decline(&'a str),
    /// Its fields choose one port, and none after that.
    Rule(&'a [NodeIdx]),
    /// Chance or history chooses a port, and another one after a rejection.
    Chance,
    /// Bids choose, and some bids may not do.
    Bids,
    /// It comes to each port in order, unless one before keeps it.
    InOrder(&'a [NodeIdx]),
}

/// How a bandit learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learning<'a> {
    /// Fields whose values each have weights of their own.
    pub segment_by: &'a [FieldIdx],
    /// What the weights are to raise.
    pub maximize: Objective,
    /// Share of draws spread evenly over all arms, in all, in parts per million.
    pub explore_ppm: u32,
    /// Floor and ceiling of each arm, as declared; empty if no arm has one.
    pub limits: &'a [ArmLimits],
    /// How it learns, where that is not as usual.
    pub settings: &'a LearningSettings,
}

/// Between which parts of the leads the weight of an arm stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArmLimits {
    /// The least, in parts per million.
    pub floor_ppm: u32,
    /// The most, in parts per million.
    pub ceiling_ppm: u32,
}

impl ArmLimits {
    /// Any weight will do.
    pub const NONE: Self = Self {
        floor_ppm: 0,
        ceiling_ppm: 1_000_000,
    };
}

/// How many leads the arms of a rotation are to get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets {
    /// IANA zone in which days and months begin.
    pub zone: String,
    /// The targets of each arm, as declared.
    pub arms: Vec<ArmTargets>,
    /// Whether an arm that joins is counted as if it had got its share before.
    pub calibrates: bool,
}

/// How many leads one arm is to get, at least in one of the windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArmTargets {
    /// From midnight to midnight, at least 1.
    pub daily: Option<u32>,
    /// From the first of a month to the next, at least 1.
    pub monthly: Option<u32>,
}

/// One choice of a split, bandit or rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// Name in readouts and in what was learned.
    pub name: String,
    /// What draws know it by.
    pub key: String,
    /// The port.
    pub to: NodeIdx,
}

/// One bidder of an auction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgramBidder {
    /// Who is asked.
    pub destination: DestinationIdx,
    /// The port, which offers to that destination.
    pub to: NodeIdx,
    /// Part of its bids that returns are expected to take back, in parts per million.
    pub penalty_ppm: u32,
}

/// Key of a node's draws.
///
/// The first 16 bytes of the SHA-256 of the salt that the node names, as UTF-8, or else of the flow
/// that it was written in, `/`, and its name there. Before semantics version 2: of the text
/// `pointsman/draw/v1`, a zero byte, the flow, a zero byte, and the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Salt(pub [u8; 16]);

/// What lies below a node, itself included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaves {
    /// The destinations below.
    pub mask: Mask,
    /// Whether some `reject` is below.
    pub can_reject: bool,
    /// Whether there is no rule, no auction and no arm without weight below, so that the mask says
    /// it all for every lead.
    pub exact: bool,
}

impl Leaves {
    /// Whether no lead that comes here is offered to anybody: those that end here are declined.
    pub(crate) fn only_declines(&self) -> bool {
        self.can_reject && self.mask.count() == 0
    }
}

impl Op {
    /// Whether the fields of a lead decide what it draws by, or with which weights.
    pub(crate) fn is_personal(&self) -> bool {
        self.sticky().is_some() || self.bandit().is_some()
    }

    /// How a lead goes on from it.
    pub(crate) fn passage(&self) -> Passage<'_> {
        match self {
            Self::Destination(destination) => Passage::Offer(*destination),
            Self::Reject { reason } => Passage::Decline(reason),
            Self::Rule { ports } => Passage::Rule(ports),
            Self::Split { .. } | Self::Bandit { .. } | Self::Rotate { .. } => Passage::Chance,
            Self::Auction { .. } => Passage::Bids,
            Self::Waterfall { to } => Passage::InOrder(to),
        }
    }

    /// How many nodes it leads to, each as often as it is named.
    #[inline]
    pub fn n_children(&self) -> usize {
        match self {
            Self::Destination(_) | Self::Reject { .. } => 0,
            Self::Rule { ports } => ports.len(),
            Self::Split { arms, .. } | Self::Bandit { arms, .. } | Self::Rotate { arms, .. } => {
                arms.len()
            }
            Self::Auction { bidders, .. } => bidders.len(),
            Self::Waterfall { to } => to.len(),
        }
    }

    /// The destination that it offers leads to.
    #[inline]
    pub fn destination(&self) -> Option<DestinationIdx> {
        let Self::Destination(destination) = self else {
            return None;
        };
        Some(*destination)
    }

    /// Whether the fields of a lead alone decide where it leads.
    #[inline]
    pub fn is_rule(&self) -> bool {
        matches!(self, Self::Rule { .. })
    }

    /// The arms of a split, bandit or rotation; of every other kind of node none.
    #[inline]
    pub fn arms(&self) -> &[Arm] {
        match self {
            Self::Split { arms, .. } | Self::Bandit { arms, .. } | Self::Rotate { arms, .. } => {
                arms
            }
            Self::Destination(_)
            | Self::Reject { .. }
            | Self::Rule { .. }
            | Self::Auction { .. }
            | Self::Waterfall { .. } => &[],
        }
    }

    /// Key of the draws of a split, a bandit, or a rotation whose order is not known.
    #[inline]
    pub fn salt(&self) -> Option<Salt> {
        match self {
            Self::Split { salt, .. } | Self::Bandit { salt, .. } | Self::Rotate { salt, .. } => {
                Some(*salt)
            }
            Self::Destination(_)
            | Self::Reject { .. }
            | Self::Rule { .. }
            | Self::Auction { .. }
            | Self::Waterfall { .. } => None,
        }
    }

    /// The weights of its arms where they are the same for every lead: those of a split, and the even ones of a
    /// rotation whose order is not known.
    #[inline]
    pub fn fixed_weights(&self) -> Option<&[u32]> {
        match self {
            Self::Split { weights_ppm, .. } => Some(weights_ppm),
            Self::Rotate { even_ppm, .. } => Some(even_ppm),
            Self::Destination(_)
            | Self::Reject { .. }
            | Self::Rule { .. }
            | Self::Bandit { .. }
            | Self::Auction { .. }
            | Self::Waterfall { .. } => None,
        }
    }

    /// The field whose value keeps its arm at a sticky split.
    #[inline]
    pub fn sticky(&self) -> Option<FieldIdx> {
        let Self::Split { sticky, .. } = self else {
            return None;
        };
        *sticky
    }

    /// How a bandit learns; `None` for every other kind of node.
    #[inline]
    pub fn bandit(&self) -> Option<Learning<'_>> {
        let Self::Bandit {
            segment_by,
            maximize,
            explore_ppm,
            limits,
            learning,
            salt: _,
            arms: _,
        } = self
        else {
            return None;
        };
        Some(Learning {
            segment_by,
            maximize: *maximize,
            explore_ppm: *explore_ppm,
            limits,
            settings: learning,
        })
    }

    /// The arms of a rotation, and what its order is made from.
    #[inline]
    pub fn rotation(&self) -> Option<(&[Arm], Option<&Targets>)> {
        let Self::Rotate { arms, targets, .. } = self else {
            return None;
        };
        Some((arms, targets.as_ref()))
    }

    /// The bidders of an auction, and the least net bid that is taken.
    #[inline]
    pub fn auction(&self) -> Option<(&[ProgramBidder], Micros)> {
        let Self::Auction {
            bidders, reserve, ..
        } = self
        else {
            return None;
        };
        Some((bidders, *reserve))
    }

    /// The nodes that it leads to, in order.
    pub fn children(&self) -> Vec<NodeIdx> {
        match self {
            Self::Destination(_) | Self::Reject { .. } => Vec::new(),
            Self::Rule { ports } => ports.clone(),
            Self::Split { arms, .. } | Self::Bandit { arms, .. } | Self::Rotate { arms, .. } => {
                arms.iter().map(|arm| arm.to).collect()
            }
            Self::Auction { bidders, .. } => bidders.iter().map(|bidder| bidder.to).collect(),
            Self::Waterfall { to } => to.clone(),
        }
    }
}
