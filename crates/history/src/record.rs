//! How choices and probabilities are written down: by name, so that anybody can read them.

use pointsman_bandit::{DelayPrior, Limits, Objective, RatePrior, Settings};
use pointsman_delivery::{Quote, QuoteEnd};
use pointsman_flow::{DestinationIdx, Mask, NodeIdx, Origin, Program, ProgramDestination};
use pointsman_lead::Micros;
use pointsman_router::{Bid, Choice, Context, Outlook, Trace};
use serde::{Deserialize, Serialize};

/// Why a walk whose time was up ended.
pub const DEADLINE: &str = "the deadline has passed";

/// One choice of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRecord {
    /// Name of the node.
    pub node: String,
    /// Position of the port or arm taken, counted from 0.
    pub choice: u16,
    /// Name of the arm, at a split, bandit or rotation; of the bidder, at an auction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm: Option<String>,
    /// What a bandit learns from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandit: Option<BanditRecord>,
}

/// What is needed to learn from a bandit's draw without its program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BanditRecord {
    /// The segment it was drawn for.
    pub segment: String,
    /// What the bandit is to raise.
    pub maximize: Objective,
    /// Where it was written, if that is a subflow; it learns under these names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<OriginRecord>,
}

/// Flow and node under whose names a bandit of a subflow learns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginRecord {
    /// Name of the subflow's own flow.
    pub flow: String,
    /// Name of the node in that flow.
    pub node: String,
}

/// The probabilities of all outcomes of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct OutlookRecord {
    /// Destination and probability, by name.
    pub offers: Vec<(String, f64)>,
    /// Destinations that could be asked for bids, by name, and probability.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pings: Vec<(Vec<String>, f64)>,
    /// Probability of being declined.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub declined: f64,
    /// Probability that nothing was left.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unsold: f64,
}

/// What one destination said to a ping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BidRecord {
    /// Its name.
    pub destination: String,
    /// What it would pay, in micro-units of the flow's currency; absent where it did not bid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bid: Option<Micros>,
    /// What it calls its bid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ping_id: Option<String>,
    /// How the ping ended.
    pub end: QuoteEnd,
    /// Why it did not bid, where there is anything to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The HTTP status, if one came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// From start to end in real time, milliseconds.
    pub latency_ms: u64,
    /// What came back, cut and without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_excerpt: Option<String>,
}

impl BidRecord {
    /// What a ping of this destination brought.
    pub fn new(destination: &str, quote: Quote) -> Self {
        let Quote {
            bid,
            ping_id,
            end,
            reason,
            status,
            latency_ms,
            response_excerpt,
        } = quote;
        Self {
            destination: destination.to_owned(),
            bid,
            ping_id,
            end,
            reason,
            status,
            latency_ms,
            response_excerpt,
        }
    }
}

/// What was bid, as a walk takes it in.
pub fn bids(program: &Program, records: &[BidRecord]) -> Vec<Bid> {
    let bids = records.iter().filter_map(|record| {
        Some(Bid {
            destination: program.destination_idx(&record.destination)?,
            amount: record.bid?,
        })
    });
    bids.collect()
}

/// The destinations of a set, with their settings.
pub fn destinations(program: &Program, set: &Mask) -> Vec<ProgramDestination> {
    let destinations = set.iter();
    destinations
        .map(|idx| program.destinations()[usize::from(idx.0)].clone())
        .collect()
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's signature; exactly nothing"
)]
fn is_zero(probability: &f64) -> bool {
    *probability == 0.0
}

/// Writes the choices of a step down by name.
pub fn trace(context: Context<'_>, trace: &Trace) -> Vec<TraceRecord> {
    let program = context.program;
    let record = |&Choice(node, choice): &Choice| {
        let bandit = program.node(node).bandit().map(|learning| BanditRecord {
            segment: context.subject.segment(node).unwrap_or_default().to_owned(),
            maximize: objective(learning.maximize),
            origin: origin(program, node),
        });
        TraceRecord {
            node: program.node_name(node).to_owned(),
            choice,
            arm: program.choice_name(node, choice).map(str::to_owned),
            bandit,
        }
    };
    trace.iter().map(record).collect()
}

/// The names that a node has where it was written, if they are not those of the program.
fn origin(program: &Program, node: NodeIdx) -> Option<OriginRecord> {
    let Origin { flow, node: name } = program.origin(node);
    let differs = flow != program.flow() || name != program.node_name(node);
    differs.then(|| OriginRecord {
        flow: flow.to_owned(),
        node: name.to_owned(),
    })
}

/// The document's word as the learner's.
pub fn objective(maximize: pointsman_flow::Objective) -> Objective {
    match maximize {
        pointsman_flow::Objective::NetRevenue => Objective::NetRevenue,
        pointsman_flow::Objective::Conversions => Objective::Conversions,
        pointsman_flow::Objective::Accepted => Objective::Accepted,
    }
}

/// The document's floor and ceiling as the learner's.
pub fn limits(limits: pointsman_flow::ArmLimits) -> Limits {
    let pointsman_flow::ArmLimits {
        floor_ppm,
        ceiling_ppm,
    } = limits;
    Limits {
        floor_ppm,
        ceiling_ppm,
    }
}

/// The document's settings as the learner's.
pub fn settings(settings: &pointsman_flow::LearningSettings) -> Settings {
    let pointsman_flow::LearningSettings {
        half_life_hours,
        window_hours,
        attribution_hours,
        accept_prior,
        conversion_prior,
        delay_prior,
        focus_percent,
    } = *settings;
    let rate = |prior: pointsman_flow::RatePrior| RatePrior {
        rate_ppm: prior.rate_ppm,
        strength: prior.strength,
    };
    Settings {
        half_life_hours,
        window_hours,
        attribution_hours,
        accept_prior: accept_prior.map(rate),
        conversion_prior: conversion_prior.map(rate),
        delay_prior: delay_prior.map(|prior| DelayPrior {
            mean_hours: prior.mean_hours,
            strength: prior.strength,
        }),
        focus_percent,
    }
}

/// Writes the probabilities of a step down by name.
pub fn outlook(program: &Program, outlook: &Outlook) -> OutlookRecord {
    OutlookRecord {
        offers: outlook
            .offers
            .iter()
            .map(|(idx, probability)| (name_of(program, *idx), *probability))
            .collect(),
        pings: outlook
            .pings
            .iter()
            .map(|(asked, probability)| {
                let names = asked.iter().map(|idx| name_of(program, idx));
                (names.collect(), *probability)
            })
            .collect(),
        declined: outlook.declined,
        unsold: outlook.unsold,
    }
}

fn name_of(program: &Program, destination: DestinationIdx) -> String {
    program.destinations()[usize::from(destination.0)]
        .name
        .clone()
}

/// A record as it is stored; plain records become JSON without fail.
pub fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
