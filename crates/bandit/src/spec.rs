//! What a bandit's weights depend on beside what it has learned.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::observation::Objective;
use crate::settings::Settings;

/// A bandit node of a live flow, as far as its weights depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BanditSpec {
    /// Name of the flow.
    pub flow: String,
    /// Name of the node.
    pub node: String,
    /// Names of its arms, distinct, in any order.
    pub arms: Vec<String>,
    /// Part of the leads spread evenly over the arms whatever is believed, in ppm for all arms together.
    pub explore_ppm: u32,
    /// What the bandit maximises.
    pub objective: Objective,
    /// Floors and ceilings, by arm; an arm that is not named has any weight.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, Limits>,
    /// How it learns, where that is not as usual.
    #[serde(default)]
    pub settings: Settings,
    /// The destination that an arm leads to, where it leads to one: other nodes may know how late that one pays.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub destinations: BTreeMap<String, String>,
}
