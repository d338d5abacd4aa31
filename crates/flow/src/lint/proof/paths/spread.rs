//! Hands leads down, node by node.

use std::collections::BTreeMap;

use super::{
    Paths, at,
    choices::{Choice, Takes, joined},
    leads::{Leads, Reached, bound},
};
use crate::program::{NodeIdx, Op, Passage};

/// Most rows that are tried for a lead that takes one port of a table.
const MAX_TRIED: usize = 16;

impl<'a> Paths<'a, '_> {
    /// Hands leads on to the nodes below.
    pub(super) fn spread(
        &self,
        node: NodeIdx,
        op: &'a Op,
        leads: &Leads<'a>,
        reached: &mut [Reached<'a>],
    ) {
        match op.passage() {
            Passage::Rule(_) => {
                for (to, leads) in self.chosen(node, leads) {
                    self.arrive(leads, &mut reached[at(to)]);
                }
            }
            Passage::InOrder(to) => {
                // What comes to a port was not declined at any port before.
                let mut left = vec![leads.clone()];
                for &port in to {
                    for leads in &left {
                        self.arrive(leads.clone(), &mut reached[at(port)]);
                    }
                    left = left
                        .iter()
                        .flat_map(|leads| self.passed_back(port, leads))
                        .collect();
                    bound(&mut left);
                }
            }
            Passage::Offer(_) | Passage::Decline(_) | Passage::Chance | Passage::Bids => {
                for port in op.children() {
                    self.arrive(leads.clone(), &mut reached[at(port)]);
                }
            }
        }
    }

    /// Where a rule sends leads.
    fn chosen(&self, node: NodeIdx, leads: &Leads<'a>) -> Vec<(NodeIdx, Leads<'a>)> {
        let choices = self.choices(node);
        let is_table = choices
            .iter()
            .any(|choice| matches!(choice.takes, Takes::Row(..)));
        if is_table {
            return self.chosen_by_table(&choices, leads);
        }
        let chosen = choices.iter().filter_map(|choice| {
            let question = self.take(&leads.question, choice)?;
            Some((
                choice.to,
                Leads {
                    question,
                    ..leads.clone()
                },
            ))
        });
        chosen.collect()
    }

    /// For each port a cover without the order of rows, and as a witness one row of those that lead
    /// there.
    fn chosen_by_table(
        &self,
        choices: &[Choice<'a>],
        leads: &Leads<'a>,
    ) -> Vec<(NodeIdx, Leads<'a>)> {
        let mut by_port: BTreeMap<NodeIdx, Vec<&Choice<'a>>> = BTreeMap::new();
        for choice in choices {
            by_port.entry(choice.to).or_default().push(choice);
        }
        let mut chosen = Vec::new();
        for (to, choices) in by_port {
            if leads.is_cover
                && let Some(question) = joined(&leads.question, &choices)
            {
                chosen.push((to, Leads::cover(question)));
            }
            if leads.is_witness {
                let mut tried = choices
                    .iter()
                    .filter_map(|choice| self.take(&leads.question, choice))
                    .take(MAX_TRIED);
                let found = tried.find(|question| self.is_possible(question) == Ok(true));
                chosen.extend(found.map(|question| (to, Leads::witness(question))));
            }
        }
        chosen
    }

    /// Those leads that a subtree does not decline once all offers below it were refused.
    fn passed_back(&self, node: NodeIdx, leads: &Leads<'a>) -> Vec<Leads<'a>> {
        let compiled = &self.program.nodes[at(node)];
        if !compiled.leaves.can_reject {
            return vec![leads.clone()];
        }
        match compiled.op.passage() {
            Passage::Decline(_) => Vec::new(),
            Passage::Rule(_) => {
                let chosen = self.chosen(node, leads).into_iter();
                let mut left: Vec<_> = chosen
                    .filter(|(_, leads)| self.is_possible(&leads.question) != Ok(false))
                    .flat_map(|(to, leads)| self.passed_back(to, &leads))
                    .collect();
                bound(&mut left);
                left
            }
            Passage::Offer(_) | Passage::InOrder(_) | Passage::Chance | Passage::Bids => {
                let ports = compiled.op.children().into_iter();
                ports.fold(vec![leads.clone()], |left, port| {
                    let mut left: Vec<_> = left
                        .iter()
                        .flat_map(|leads| self.passed_back(port, leads))
                        .collect();
                    bound(&mut left);
                    left
                })
            }
        }
    }

    /// Adds leads to those that come to a node, unless there are none.
    fn arrive(&self, leads: Leads<'a>, at: &mut Reached<'a>) {
        let Leads {
            question,
            is_witness,
            is_cover,
        } = leads;
        let possible = self.is_possible(&question);
        if is_witness && possible == Ok(true) {
            at.add_witness(question.clone());
        }
        if is_cover && possible != Ok(false) {
            at.add_cover(question);
        }
    }
}
