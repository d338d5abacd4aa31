//! What the live stage of each flow means right now: a program, and where its destinations are.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_delivery::Target;
use pointsman_flow::Program;

/// The live version of one flow, ready to take leads.
#[derive(Debug, Clone)]
pub struct Route {
    /// The compiled version.
    pub program: Arc<Program>,
    /// Where to post, by destination.
    pub targets: Arc<BTreeMap<String, Target>>,
}

/// All live flows at one moment. Swapped as a whole.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    /// By flow name.
    pub flows: BTreeMap<String, Route>,
}

impl Routes {
    /// The live version of a flow.
    pub fn find(&self, flow: &str) -> Option<&Route> {
        self.flows.get(flow)
    }
}
