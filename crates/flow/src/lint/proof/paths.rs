//! Which leads come to which node: nodes, ports and destinations that no lead gets to.
//!
//! Each node collects two kinds of sets of leads from the nodes above it. The *covers* together hold
//! every lead that can come here, and perhaps more: what is impossible in all of them is impossible.
//! The *witnesses* hold only leads that do come here: what is possible in one of them happens.

mod choices;
mod leads;
mod spread;
mod unasked;

use std::collections::BTreeMap;

use super::{Example, Question, TableFacts, TooHard, World};
use crate::program::{DestinationIdx, NodeIdx, Passage, Program};
use choices::Takes;
use leads::Reached;
pub(crate) use unasked::{Forms, closed};

/// Words of work for one question about a path.
const STEP_WORK: usize = 1 << 22;

/// Everything that was found about the ways through a flow.
#[derive(Debug, Default)]
pub(crate) struct PathFindings {
    /// Nodes that no lead gets to although some lead gets to a node above.
    pub(crate) unreachable: Vec<NodeIdx>,
    /// Parts of rules that no lead takes which comes there, with a lead that comes.
    pub(crate) never_taken: Vec<(NodeIdx, String, Option<Example>)>,
    /// Destinations whose criteria no lead meets that comes to this node, with a lead that comes.
    pub(crate) unwanted: Vec<(NodeIdx, DestinationIdx, Option<Example>)>,
    /// Nodes below which no lead that comes is offered to anybody or declined.
    pub(crate) dead_ends: Vec<(NodeIdx, Option<Example>)>,
    /// Parts of rules that are to decline, and that a lead passes which leaves a field out; such a lead.
    pub(crate) unasked: Vec<(NodeIdx, String, Option<Example>)>,
    /// A lead that comes to a node, by node.
    pub(crate) visitors: BTreeMap<NodeIdx, Example>,
    /// Nodes about which not all could be proved.
    pub(crate) given_up: Vec<NodeIdx>,
}

/// A program and what is known about its tables.
pub(crate) struct Paths<'a, 'w> {
    pub(crate) program: &'a Program,
    pub(crate) world: &'w World<'a>,
    /// By name of the node.
    pub(crate) tables: &'a BTreeMap<&'a str, TableFacts>,
    pub(crate) forms: &'a Forms,
}

impl<'a> Paths<'a, '_> {
    /// Walks all ways through the flow.
    ///
    /// * `is_known`: whether something was already found about a part of a node, so that no more
    ///   needs to be said.
    /// * `wants_visitor`: the nodes of which a lead that comes there is wanted.
    pub(crate) fn walk(
        &self,
        is_known: impl Fn(&str, &str) -> bool,
        wants_visitor: impl Fn(NodeIdx) -> bool,
    ) -> PathFindings {
        let mut ways = PathFindings::default();
        let mut reached: Vec<Reached<'a>> = vec![Reached::default(); self.program.nodes.len()];
        let mut alive: Vec<bool> = vec![true; self.program.nodes.len()];
        if let Some(root) = reached.first_mut() {
            root.covers.push(self.world.question());
            root.witnesses.push(self.world.question());
        }
        for (node, op) in self.program.nodes() {
            let here = std::mem::take(&mut reached[at(node)]);
            if here.covers.is_empty() {
                continue; // Said by `unreachable`, from the nodes above.
            }
            if wants_visitor(node)
                && let Some(example) = self.visitor(&here)
            {
                ways.visitors.insert(node, example);
            }
            if let Some(destination) = op.destination() {
                alive[at(node)] = self.destination(node, destination, &here, &mut ways);
            }
            self.choices_taken(node, &here, &is_known, &mut ways);
            if let Some((part, example)) = self.unasked(node, &here) {
                ways.unasked.push((node, part, example));
            }
            for leads in here.leads() {
                self.spread(node, op, &leads, &mut reached);
            }
            reached[at(node)] = here;
        }
        self.unreachable(&reached, &mut ways);
        self.dead_ends(&reached, &alive, &mut ways);
        ways
    }

    /// A lead that comes to a node.
    fn visitor(&self, here: &Reached<'a>) -> Option<Example> {
        let mut witnesses = here.witnesses.iter();
        witnesses.find_map(|question| {
            let answer = self.world.within(STEP_WORK, || self.world.ask(question));
            answer.ok().flatten()
        })
    }

    /// Whether some lead may meet all of this.
    fn is_possible(&self, question: &Question<'a>) -> Result<bool, TooHard> {
        self.world
            .within(STEP_WORK, || self.world.is_possible(question))
    }

    /// Whether a lead is ever offered to this destination from this node, as far as is known.
    fn destination(
        &self,
        node: NodeIdx,
        destination: DestinationIdx,
        here: &Reached<'a>,
        ways: &mut PathFindings,
    ) -> bool {
        let settings = &self.program.destinations[usize::from(destination.0)].settings;
        let Some(wanted) = self.forms.criteria.get(&destination) else {
            return settings.active;
        };
        let narrow = |question: &Question<'a>| {
            let mut question = question.clone();
            question.asked.push((wanted, true));
            Some(question)
        };
        match self.happens(here, narrow) {
            Ok(true) => settings.active,
            Ok(false) => {
                ways.unwanted.push((node, destination, self.visitor(here)));
                false
            }
            Err(TooHard) => {
                ways.given_up.push(node);
                true
            }
        }
    }

    /// Whether some lead that comes here is also like this: proved, either way.
    fn happens(
        &self,
        here: &Reached<'a>,
        narrow: impl Fn(&Question<'a>) -> Option<Question<'a>>,
    ) -> Result<bool, TooHard> {
        for witness in &here.witnesses {
            if narrow(witness).is_some_and(|question| self.is_possible(&question) == Ok(true)) {
                return Ok(true);
            }
        }
        for cover in &here.covers {
            if let Some(question) = narrow(cover)
                && self.is_possible(&question)?
            {
                return Err(TooHard); // It may be so, but no lead shows it.
            }
        }
        Ok(false)
    }

    fn choices_taken(
        &self,
        node: NodeIdx,
        here: &Reached<'a>,
        is_known: &impl Fn(&str, &str) -> bool,
        ways: &mut PathFindings,
    ) {
        let name = self.program.node_name(node);
        if here.is_everything(&self.world.everything) {
            return; // What no lead takes at all is found without the way to it.
        }
        for choice in self.choices(node) {
            if is_known(name, &choice.part) {
                continue;
            }
            let taken = match choice.takes {
                // The proof that no row matches is that of the table.
                Takes::Row(facts, row) if row == facts.n_rows => continue,
                Takes::Row(facts, row) => self.row_happens(here, facts, row),
                _ => self.happens(here, |question| self.take(question, &choice)),
            };
            match taken {
                Ok(true) => {}
                Ok(false) => ways
                    .never_taken
                    .push((node, choice.part, self.visitor(here))),
                Err(TooHard) => ways.given_up.push(node),
            }
        }
    }

    /// Whether a row may match some lead that comes here, whatever the rows before it say.
    fn row_happens(
        &self,
        here: &Reached<'a>,
        facts: &'a TableFacts,
        row: usize,
    ) -> Result<bool, TooHard> {
        for cover in &here.covers {
            let mut question = cover.clone();
            if facts.narrow(row, &mut question.region) {
                question
                    .asked
                    .extend(facts.residual(row).map(|formula| (formula, true)));
                if self.is_possible(&question)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn unreachable(&self, reached: &[Reached<'a>], ways: &mut PathFindings) {
        let mut below_reached = vec![false; reached.len()];
        for (node, op) in self.program.nodes() {
            if !reached[at(node)].covers.is_empty() {
                op.children()
                    .into_iter()
                    .for_each(|child| below_reached[at(child)] = true);
            } else if below_reached[at(node)] {
                ways.unreachable.push(node);
            }
        }
    }

    /// * `alive`: whether a destination's node makes offers.
    fn dead_ends(&self, reached: &[Reached<'a>], alive: &[bool], ways: &mut PathFindings) {
        let n_nodes = self.program.nodes.len();
        let mut leads_somewhere = vec![false; n_nodes];
        for position in (0..n_nodes).rev() {
            let op = &self.program.nodes[position].op;
            leads_somewhere[position] = !reached[position].covers.is_empty()
                && match op.passage() {
                    Passage::Offer(_) => alive[position],
                    Passage::Decline(_) => true,
                    Passage::Rule(_) | Passage::Chance | Passage::Bids | Passage::InOrder(_) => {
                        let mut children = op.children().into_iter();
                        children.any(|child| leads_somewhere[at(child)])
                    }
                };
        }
        // Of what leads nowhere only the beginning is named.
        let mut is_named = vec![false; n_nodes];
        for (node, op) in self.program.nodes() {
            let here = &reached[at(node)];
            if here.covers.is_empty() || leads_somewhere[at(node)] {
                continue;
            }
            op.children()
                .into_iter()
                .for_each(|child| is_named[at(child)] = true);
            let is_unwanted = ways.unwanted.iter().any(|(unwanted, ..)| *unwanted == node);
            let is_leaf = op.destination().is_some() && node != self.program.root();
            if !is_named[at(node)] && !is_unwanted && !is_leaf {
                ways.dead_ends.push((node, self.visitor(here)));
            }
        }
    }
}

fn at(node: NodeIdx) -> usize {
    usize::from(node.0)
}
