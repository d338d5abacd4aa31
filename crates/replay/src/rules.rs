//! Rules of a flow that no lead of a log comes to.

use std::collections::BTreeSet;

use pointsman_flow::{NodeIdx, Program};
use serde::Serialize;

use crate::policy::Policy;

/// A rule that decided for no lead of the log, whichever way chance and answers might have taken it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColdRule {
    /// The node.
    pub node: String,
    /// The part of it: `then`, `rows[3]`, `cases[0]`, `otherwise`.
    pub rule: String,
    /// Where it leads.
    pub to: String,
    /// Whether the check of the flow proves that no lead at all comes to it; if not, the log alone has none.
    pub is_dead: bool,
}

/// The rules of a flow, each with the leads that came to it.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    by_node: Vec<(NodeIdx, Vec<RuleCount>)>,
    n_leads: u64,
}

#[derive(Debug)]
struct RuleCount {
    rule: ColdRule,
    n_leads: u64,
}

impl Rules {
    /// * `dead`: node and part of what the check proves to be of no use; the empty part is the whole node.
    pub(crate) fn new(policy: &Policy, dead: &BTreeSet<(String, String)>) -> Self {
        let Policy::Flow(flow) = policy else {
            return Self::default();
        };
        let program = &flow.program;
        let nodes = program.nodes().filter(|(_, op)| op.is_rule());
        let by_node = nodes.map(|(node, _)| (node, counts(program, node, dead)));
        Self {
            by_node: by_node.collect(),
            n_leads: 0,
        }
    }

    /// Takes in so many leads with the rules that decide for them.
    pub(crate) fn add(&mut self, met: &[(NodeIdx, u16)], n: u64) {
        self.n_leads += n;
        for (node, rule) in met {
            let found = self.by_node.binary_search_by_key(node, |(node, _)| *node);
            let rules = found.ok().and_then(|at| self.by_node.get_mut(at));
            if let Some(count) = rules.and_then(|(_, rules)| rules.get_mut(usize::from(*rule))) {
                count.n_leads += n;
            }
        }
    }

    /// The rules that decided for nobody, in the order of the flow; none before the first lead.
    pub(crate) fn cold(self) -> Vec<ColdRule> {
        let is_cold = |count: &RuleCount| count.n_leads == 0 && self.n_leads > 0;
        let rules = self.by_node.into_iter().flat_map(|(_, rules)| rules);
        rules
            .filter(is_cold)
            .map(|RuleCount { rule, .. }| rule)
            .collect()
    }
}

fn counts(program: &Program, node: NodeIdx, dead: &BTreeSet<(String, String)>) -> Vec<RuleCount> {
    let name = program.node_name(node);
    let is_dead = |part: &str| dead.contains(&(name.to_owned(), part.to_owned()));
    let rules = program.rules(node).into_iter();
    let rules = rules.map(|(rule, to)| RuleCount {
        rule: ColdRule {
            node: name.to_owned(),
            to: program.node_name(to).to_owned(),
            is_dead: is_dead(&rule) || is_dead(""),
            rule,
        },
        n_leads: 0,
    });
    rules.collect()
}
