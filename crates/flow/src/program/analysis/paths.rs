//! Which leads come to which node: nodes, ports and destinations that no lead gets to.
//!
//! Each node collects two kinds of sets of leads from the nodes above it. The *covers* together hold
//! every lead that can come here, and perhaps more: what is impossible in all of them is impossible.
//! The *witnesses* hold only leads that do come here: what is possible in one of them happens.

use std::collections::BTreeMap;

use super::{Example, Question, Region, TableFacts, TooHard, World};
use crate::{
    classes::ClassSet,
    formula::Formula,
    program::{DestinationIdx, NodeIdx, Op, Picker, Program},
};

/// Words of work for one question about a path.
const STEP_WORK: usize = 1 << 20;

/// Most covers of a node; more are joined into one that may hold more leads than really come.
const MAX_COVERS: usize = 8;

/// Most witnesses of a node.
const MAX_WITNESSES: usize = 4;

/// Most rows that are tried for a lead that takes one port of a table.
const MAX_TRIED: usize = 16;

/// A choice of a rule.
pub(in crate::program) struct Choice<'a> {
    /// The part of the node that says it, such as `then` or `rows[3]`.
    pub(in crate::program) part: String,
    to: NodeIdx,
    takes: Takes<'a>,
}

enum Takes<'a> {
    Formula(&'a Formula<ClassSet>, bool),
    Classes(crate::formula::SlotIdx, ClassSet),
    /// This row is the first that matches; the one after the last is `otherwise`.
    Row(&'a TableFacts, usize),
}

/// Leads that come to a node.
#[derive(Debug, Clone)]
struct Leads<'a> {
    question: Question<'a>,
    /// Whether every one of them does.
    is_witness: bool,
    /// Whether they are needed to hold all that do.
    is_cover: bool,
}

#[derive(Debug, Clone, Default)]
struct Reached<'a> {
    covers: Vec<Question<'a>>,
    witnesses: Vec<Question<'a>>,
}

/// Everything that was found about the ways through a flow.
#[derive(Debug, Default)]
pub(in crate::program) struct Ways {
    /// Nodes that no lead gets to although some lead gets to a node above.
    pub(in crate::program) unreachable: Vec<NodeIdx>,
    /// Parts of rules that no lead takes which comes there, with a lead that comes.
    pub(in crate::program) never_taken: Vec<(NodeIdx, String, Option<Example>)>,
    /// Destinations whose criteria no lead meets that comes to this node, with a lead that comes.
    pub(in crate::program) unwanted: Vec<(NodeIdx, DestinationIdx, Option<Example>)>,
    /// Nodes below which no lead that comes is offered to anybody or declined.
    pub(in crate::program) dead_ends: Vec<(NodeIdx, Option<Example>)>,
    /// A lead that comes to a node, by node.
    pub(in crate::program) visitors: BTreeMap<NodeIdx, Example>,
    /// Nodes about which not all could be proved.
    pub(in crate::program) given_up: Vec<NodeIdx>,
}

/// A program and what is known about its tables.
pub(in crate::program) struct Paths<'a, 'w> {
    pub(in crate::program) program: &'a Program,
    pub(in crate::program) world: &'w World<'a>,
    /// By name of the node.
    pub(in crate::program) tables: &'a BTreeMap<&'a str, TableFacts>,
}

impl<'a> Paths<'a, '_> {
    /// Walks all ways through the flow.
    ///
    /// * `is_known`: whether something was already found about a part of a node, so that no more
    ///   needs to be said.
    /// * `wants_visitor`: the nodes of which a lead that comes there is wanted.
    pub(in crate::program) fn walk(
        &self,
        is_known: impl Fn(&str, &str) -> bool,
        wants_visitor: impl Fn(NodeIdx) -> bool,
    ) -> Ways {
        let mut ways = Ways::default();
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
            if let Op::Destination(destination) = op {
                alive[at(node)] = self.destination(node, *destination, &here, &mut ways);
            }
            self.choices_taken(node, &here, &is_known, &mut ways);
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
        ways: &mut Ways,
    ) -> bool {
        let settings = &self.program.destinations[usize::from(destination.0)].settings;
        let mut criteria = self.program.conditional.iter();
        let Some((_, wanted)) = criteria.find(|(of, _)| *of == destination) else {
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
        ways: &mut Ways,
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

    /// Everything that a rule may choose, in order.
    fn choices(&self, node: NodeIdx) -> Vec<Choice<'a>> {
        let program = self.program;
        let compiled = &program.nodes[at(node)];
        let Op::Rule { ports } = &compiled.op else {
            return Vec::new();
        };
        let choice = |part: String, pick: u16, takes| Choice {
            part,
            to: ports[usize::from(pick)],
            takes,
        };
        match &compiled.picker {
            Picker::None => Vec::new(),
            Picker::When(formula) => {
                let last = u16::from(ports.len() > 1);
                vec![
                    choice("then".to_owned(), 0, Takes::Formula(formula, true)),
                    choice("otherwise".to_owned(), last, Takes::Formula(formula, false)),
                ]
            }
            Picker::Switch(slot, cases, picks) => {
                let mut sets = vec![ClassSet::new(cases.len()); picks.len()];
                for (class, &case) in (0..=u16::MAX).zip(cases) {
                    sets[usize::from(case)].insert(class);
                }
                let choices = sets.into_iter().zip(picks).enumerate();
                choices
                    .map(|(case, (set, &pick))| {
                        let part = if case + 1 == picks.len() {
                            "otherwise".to_owned()
                        } else {
                            format!("cases[{case}]")
                        };
                        choice(part, pick, Takes::Classes(*slot, set))
                    })
                    .collect()
            }
            Picker::Table(_, _, picks) => {
                let Some(facts) = self.tables.get(compiled.name.as_str()) else {
                    return Vec::new();
                };
                let rows = picks.iter().enumerate();
                rows.map(|(row, &pick)| {
                    let part = if row == facts.n_rows {
                        "otherwise".to_owned()
                    } else {
                        format!("rows[{row}]")
                    };
                    choice(part, pick, Takes::Row(facts, row))
                })
                .collect()
            }
        }
    }

    /// Those of some leads that take a choice; `None` if there are none.
    fn take(&self, from: &Question<'a>, choice: &Choice<'a>) -> Option<Question<'a>> {
        let mut question = from.clone();
        match &choice.takes {
            Takes::Formula(formula, wanted) => question.asked.push((*formula, *wanted)),
            Takes::Classes(slot, set) => {
                if !question.region.narrow(*slot, set) {
                    return None;
                }
            }
            Takes::Row(facts, row) => {
                if *row < facts.n_rows {
                    if !facts.narrow(*row, &mut question.region) {
                        return None;
                    }
                    question
                        .asked
                        .extend(facts.residual(*row).map(|formula| (formula, true)));
                }
                // Without work left the answer is no lead, which proves nothing about witnesses.
                self.world.spend(row * facts.columns.len()).ok()?;
                let before = (0..*row).filter(|&row| facts.may_match(row, &question.region));
                let before: Vec<_> = before.map(|row| (*facts, row)).collect();
                question.avoided.extend(before);
            }
        }
        Some(question)
    }

    /// Hands leads on to the nodes below.
    fn spread(&self, node: NodeIdx, op: &'a Op, leads: &Leads<'a>, reached: &mut [Reached<'a>]) {
        match op {
            Op::Rule { .. } => {
                for (to, leads) in self.chosen(node, leads) {
                    self.arrive(leads, &mut reached[at(to)]);
                }
            }
            Op::Waterfall { to } => {
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
            _ => {
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
                let (is_witness, is_cover) = (false, true);
                chosen.push((
                    to,
                    Leads {
                        question,
                        is_witness,
                        is_cover,
                    },
                ));
            }
            if leads.is_witness {
                let mut tried = choices
                    .iter()
                    .filter_map(|choice| self.take(&leads.question, choice))
                    .take(MAX_TRIED);
                let found = tried.find(|question| self.is_possible(question) == Ok(true));
                let (is_witness, is_cover) = (true, false);
                chosen.extend(found.map(|question| {
                    (
                        to,
                        Leads {
                            question,
                            is_witness,
                            is_cover,
                        },
                    )
                }));
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
        match &compiled.op {
            Op::Reject { .. } => Vec::new(),
            Op::Rule { .. } => {
                let chosen = self.chosen(node, leads).into_iter();
                let mut left: Vec<_> = chosen
                    .filter(|(_, leads)| self.is_possible(&leads.question) != Ok(false))
                    .flat_map(|(to, leads)| self.passed_back(to, &leads))
                    .collect();
                bound(&mut left);
                left
            }
            op => op
                .children()
                .into_iter()
                .fold(vec![leads.clone()], |left, port| {
                    let mut left: Vec<_> = left
                        .iter()
                        .flat_map(|leads| self.passed_back(port, leads))
                        .collect();
                    bound(&mut left);
                    left
                }),
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
        if is_witness && possible == Ok(true) && at.witnesses.len() < MAX_WITNESSES {
            at.witnesses.push(question.clone());
        }
        if is_cover && possible != Ok(false) {
            at.covers.push(question);
            if at.covers.len() > MAX_COVERS {
                let joined = at.covers.drain(..).reduce(|a, b| hull(&a, &b));
                at.covers.extend(joined);
            }
        }
    }

    fn unreachable(&self, reached: &[Reached<'a>], ways: &mut Ways) {
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
    fn dead_ends(&self, reached: &[Reached<'a>], alive: &[bool], ways: &mut Ways) {
        let n_nodes = self.program.nodes.len();
        let mut leads_somewhere = vec![false; n_nodes];
        for position in (0..n_nodes).rev() {
            let op = &self.program.nodes[position].op;
            leads_somewhere[position] = !reached[position].covers.is_empty()
                && match op {
                    Op::Destination(_) => alive[position],
                    Op::Reject { .. } => true,
                    op => op
                        .children()
                        .into_iter()
                        .any(|child| leads_somewhere[at(child)]),
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
            let is_leaf = matches!(op, Op::Destination(_)) && node != self.program.root();
            if !is_named[at(node)] && !is_unwanted && !is_leaf {
                ways.dead_ends.push((node, self.visitor(here)));
            }
        }
    }
}

impl<'a> Reached<'a> {
    /// What comes here, each as often as it has a part to play.
    fn leads(&self) -> Vec<Leads<'a>> {
        let covers = self.covers.iter().map(|question| Leads {
            question: question.clone(),
            is_witness: false,
            is_cover: true,
        });
        let witnesses = self.witnesses.iter().map(|question| Leads {
            question: question.clone(),
            is_witness: true,
            is_cover: false,
        });
        covers.chain(witnesses).collect()
    }

    /// Whether all leads come here without a condition.
    fn is_everything(&self, everything: &Region) -> bool {
        let mut witnesses = self.witnesses.iter();
        witnesses.any(|question| {
            question.asked.is_empty()
                && question.avoided.is_empty()
                && question.region == *everything
        })
    }
}

/// Too many sets of leads: witnesses are dropped, covers are joined.
fn bound(leads: &mut Vec<Leads<'_>>) {
    if leads.len() <= 2 * MAX_COVERS {
        return;
    }
    let (covers, witnesses): (Vec<_>, Vec<_>) = leads.drain(..).partition(|leads| leads.is_cover);
    let (exact, rest): (Vec<_>, Vec<_>) = covers.into_iter().partition(|leads| leads.is_witness);
    leads.extend(witnesses.into_iter().take(MAX_WITNESSES));
    leads.extend(
        exact
            .iter()
            .take(MAX_WITNESSES)
            .cloned()
            .map(|leads| Leads {
                is_cover: false,
                ..leads
            }),
    );
    let joined = exact
        .into_iter()
        .chain(rest)
        .map(|leads| leads.question)
        .reduce(|a, b| hull(&a, &b));
    leads.extend(joined.map(|question| Leads {
        question,
        is_witness: false,
        is_cover: true,
    }));
}

/// Leads that hold both sets of leads, and perhaps more.
fn hull<'a>(a: &Question<'a>, b: &Question<'a>) -> Question<'a> {
    Question {
        region: a.region.or(&b.region),
        asked: Vec::new(),
        avoided: Vec::new(),
    }
}

/// Those leads that any of these rows may match; for `otherwise` all.
fn joined<'a>(from: &Question<'a>, choices: &[&Choice<'a>]) -> Option<Question<'a>> {
    let mut rows = Vec::new();
    for choice in choices {
        match choice.takes {
            Takes::Row(facts, row) if row < facts.n_rows => rows.push((facts, row)),
            _ => return Some(from.clone()),
        }
    }
    let (facts, _) = *rows.first()?;
    let mut question = from.clone();
    for (slot, set) in facts.any_of(rows.into_iter().map(|(_, row)| row)) {
        if !question.region.narrow(slot, &set) {
            return None;
        }
    }
    Some(question)
}

fn at(node: NodeIdx) -> usize {
    usize::from(node.0)
}
