//! What is odd about the paths through a flow, with leads that show it.

use std::collections::BTreeMap;

use super::{
    proof::{Example, Forms, PathFindings, Paths, Shapes, TableFacts, World, closed, offered},
    with_example,
};
use crate::{
    Diagnostic, Mask, Place,
    diagnostic::note,
    program::{NodeIdx, Op, Passage, Picker, Program},
};

/// Most parts of one node that are said never to be taken.
const MAX_PARTS: usize = 20;

/// Reports nodes, ports and destinations that no lead gets to, arms that are alike, and offers that
/// were made before.
pub(super) fn report<'a>(
    program: &'a Program,
    (tables, forms): (&'a BTreeMap<&'a str, TableFacts>, &'a Forms),
    world: &World<'a>,
    found: &mut Vec<Diagnostic>,
    unproved: &mut Vec<String>,
) {
    let mut alike = same_arms(program);
    alike.extend(offered_before(program));
    found.extend(beyond_offers(program));
    let paths = Paths {
        program,
        world,
        tables,
        forms,
    };
    let known: Vec<Place> = found.iter().map(|finding| finding.place.clone()).collect();
    let is_known = |node: &str, part: &str| {
        known.iter().any(|place| {
            let said = place.part.as_deref().unwrap_or_default();
            place.node.as_deref() == Some(node)
                && (said.starts_with(part)
                    || (said == "if" && ["then", "otherwise"].contains(&part)))
        })
    };
    let wanted: Vec<NodeIdx> = alike.iter().map(|(node, _)| *node).collect();
    let findings = paths.walk(is_known, |node| wanted.contains(&node));
    for (node, finding) in alike {
        note(
            found,
            with_example(finding, findings.visitors.get(&node).cloned()),
        );
    }
    say(program, findings, found, unproved);
}

fn say(
    program: &Program,
    findings: PathFindings,
    found: &mut Vec<Diagnostic>,
    unproved: &mut Vec<String>,
) {
    let PathFindings {
        unreachable,
        never_taken,
        unwanted,
        dead_ends,
        unasked,
        visitors: _,
        given_up,
    } = findings;
    let place = |node: NodeIdx| Place::node(program.node_name(node));
    for node in unreachable {
        let message = "no lead can get here: the rules above leave none, or decline all before";
        let warning = Diagnostic::warning("unreachable", place(node), message);
        note(found, warning.hint("correct the rules above, or delete it"));
    }
    let mut n_parts: BTreeMap<NodeIdx, usize> = BTreeMap::new();
    for (node, part, example) in never_taken {
        let n_said = n_parts.entry(node).or_default();
        *n_said += 1;
        if *n_said > MAX_PARTS {
            continue;
        }
        let message = format!("no lead that comes here takes `{part}`: the rules above leave none");
        let warning = Diagnostic::warning("never_taken", place(node).part(part), message);
        let warning = warning.hint("correct the rules above, or delete what is never taken");
        note(found, with_example(warning, example));
    }
    for (node, destination, example) in unwanted {
        let destination = &program.destinations[usize::from(destination.0)].name;
        let message = format!(
            "`{destination}` is never offered a lead here: its criteria refuse all that come"
        );
        let warning = Diagnostic::warning("unreachable_destination", place(node), message);
        let hint = format!("compare the criteria of `{destination}` with the rules above");
        note(found, with_example(warning.hint(hint), example));
    }
    for (node, example) in dead_ends {
        let message =
            "every lead that comes here ends unsold: no active destination below takes any";
        let warning = Diagnostic::warning("dead_end", place(node), message);
        let warning = warning.hint("add a destination or a `reject`, or make one active");
        note(found, with_example(warning, example));
    }
    for (node, part, example) in unasked {
        let message = format!(
            "{} passes this rule, which declines",
            who_passes(example.as_ref())
        );
        let warning = Diagnostic::warning("missing_passes", place(node).part(part), message);
        let hint = "of a missing value nothing is true, also no `!`: ask `!has(field) || …`, or require the field";
        note(found, with_example(warning.hint(hint), example));
    }
    let mut given_up = given_up;
    given_up.dedup();
    unproved.extend(
        given_up
            .into_iter()
            .map(|node| format!("some lead takes each way at `{}`", program.node_name(node))),
    );
}

/// A lead by what it leaves out.
fn who_passes(example: Option<&Example>) -> String {
    let members = example.and_then(|example| example.json.as_object());
    let missing = members.into_iter().flatten();
    let missing = missing.filter(|(_, value)| value.is_null());
    let names: Vec<String> = missing.map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() {
        "a lead with a missing field".to_owned()
    } else {
        format!("a lead without {}", names.join(" and "))
    }
}

/// What a program asks, in the forms that proofs need.
pub(super) fn forms(program: &Program) -> Forms {
    let mut forms = Forms::default();
    for ((node, op), compiled) in program.nodes().zip(&program.nodes) {
        let (Op::Rule { ports }, Picker::When(formula)) = (op, &compiled.picker) else {
            continue;
        };
        let declines = |port: &NodeIdx| program.leaves(*port).only_declines();
        if let [then, otherwise] = ports.as_slice()
            && declines(then)
            && !declines(otherwise)
        {
            // Of the tests as they are written: joined ones know no `!` any more.
            forms.closed.insert(node, closed(formula));
        }
        forms.whens.insert(node, formula.joined());
    }
    let criteria = program.conditional.iter();
    forms.criteria = criteria
        .map(|(destination, formula)| (*destination, formula.joined()))
        .collect();
    forms
}

/// Most offers that a lead gets; the router holds every walk to it.
const MAX_OFFERS: u32 = 16;

/// Ports of waterfalls that no lead comes to while all before them take part.
fn beyond_offers(program: &Program) -> Vec<Diagnostic> {
    let offered = offered(program);
    let mut found = Vec::new();
    for (node, op) in program.nodes() {
        let Passage::InOrder(to) = op.passage() else {
            continue;
        };
        let Some(first) = to.first() else { continue };
        let mut before = Mask::with_len(offered[usize::from(first.0)].len());
        for (idx, port) in to.iter().enumerate() {
            if before.count() >= MAX_OFFERS && !program.leaves(*port).can_reject {
                let place = Place::node(program.node_name(node)).part(format!("to[{idx}]"));
                let message = format!(
                    "a lead is offered {MAX_OFFERS} times at most, and the ports before this one make as many: {} of {} ports are tried only for leads that ports before do not want",
                    to.len() - idx,
                    to.len()
                );
                let warning = Diagnostic::warning("beyond_offers", place, message);
                found.push(warning.hint(
                    "put the best first, or choose among them before, by a rule or an `auction`",
                ));
                break;
            }
            let leaves = program.leaves(*port);
            if !leaves.can_reject {
                before.add(&offered[usize::from(port.0)]);
            }
        }
    }
    found
}

/// Arms of one node that lead to the same.
fn same_arms(program: &Program) -> Vec<(NodeIdx, Diagnostic)> {
    let mut shapes = Shapes::new(program);
    let mut found = Vec::new();
    for (node, op) in program.nodes() {
        let mut seen: BTreeMap<usize, &str> = BTreeMap::new();
        for (idx, arm) in op.arms().iter().enumerate() {
            let shape = shapes.of(arm.to);
            let Some(other) = seen.get(&shape) else {
                seen.insert(shape, &arm.name);
                continue;
            };
            let place = Place::node(program.node_name(node)).part(format!("arms[{idx}]"));
            let message = format!(
                "arms `{other}` and `{}` do the same, so nothing tells them apart",
                arm.name
            );
            let warning = Diagnostic::warning("same_arms", place, message);
            found.push((
                node,
                warning.hint("join their weights, or lead one elsewhere"),
            ));
        }
    }
    found
}

/// Ports of waterfalls below which everybody was offered the lead before.
fn offered_before(program: &Program) -> Vec<(NodeIdx, Diagnostic)> {
    let offered = offered(program);
    let mut found = Vec::new();
    for (node, op) in program.nodes() {
        let Passage::InOrder(to) = op.passage() else {
            continue;
        };
        let Some((first, rest)) = to.split_first() else {
            continue;
        };
        let mut before = offered[usize::from(first.0)].clone();
        for (idx, port) in rest.iter().enumerate() {
            let leaves = program.leaves(*port);
            let is_new = leaves
                .mask
                .iter()
                .any(|destination| !before.get(destination));
            // After a `reject` nothing comes at all, which is said of the node.
            let is_declined = before.count() == u32::from(before.len());
            if !is_new
                && !leaves.can_reject
                && !is_declined_by_all(program, &to[..=idx], is_declined)
            {
                let names = leaves.mask.iter().map(|destination| {
                    format!(
                        "`{}`",
                        program.destinations[usize::from(destination.0)].name
                    )
                });
                let names: Vec<String> = names.collect();
                let place = Place::node(program.node_name(node)).part(format!("to[{}]", idx + 1));
                let message = format!(
                    "{} was offered the lead by the ports before, and nobody is offered it twice",
                    names.join(", ")
                );
                let warning = Diagnostic::warning("duplicate_destination", place, message);
                found.push((
                    node,
                    warning.hint("delete this port, or lead it to somebody else"),
                ));
            }
            before.add(&offered[usize::from(port.0)]);
        }
    }
    found
}

/// Whether the ports before decline every lead.
fn is_declined_by_all(program: &Program, ports: &[NodeIdx], everybody_was_offered: bool) -> bool {
    everybody_was_offered && ports.iter().any(|&port| program.leaves(port).can_reject)
}
