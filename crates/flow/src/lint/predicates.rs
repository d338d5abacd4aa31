//! Predicates that decide nothing, with their place in the document.

use pointsman_cel::{self as cel, Span};

use super::{
    proof::{World, odd},
    with_example,
};
use crate::{
    Diagnostic, OfKind as _, Place, ScorecardNode, Severity, WhenNode,
    classes::ClassSet,
    diagnostic::note,
    formula::Formula,
    program::{Picker, Program, encode::SlotSource},
};

/// Reports the predicates of a program that no lead, or every lead, makes true.
///
/// * `names`: for each slot the scorecard whose points it holds, if it is one.
/// * `unproved`: takes what was given up.
pub(super) fn report<'a>(
    program: &'a Program,
    names: &[Option<String>],
    world: &World<'a>,
    found: &mut Vec<Diagnostic>,
    unproved: &mut Vec<String>,
) {
    for (place, text, formula) in all(program, names) {
        let Ok(expr) = cel::parse(text) else {
            continue; // The checks have parsed it.
        };
        let spans = reported(found, &place);
        let Ok(odd) = odd::find(world, text, &expr, formula, &spans) else {
            unproved.push(format!("{place} is true of some lead"));
            continue;
        };
        for odd in odd {
            let mut place = place.clone();
            place.span = odd.span;
            let warning = Diagnostic::warning(odd.code, place, odd.message).hint(odd.hint);
            note(found, with_example(warning, odd.example));
        }
    }
}

/// Every predicate of a program but those of rows, which belong to their tables.
fn all<'a>(
    program: &'a Program,
    names: &[Option<String>],
) -> Vec<(Place, &'a str, &'a Formula<ClassSet>)> {
    let mut all = Vec::new();
    for compiled in &program.nodes {
        let node = program.expanded().nodes.get(&compiled.name);
        if let (Picker::When(formula), Some(when)) = (&compiled.picker, node.and_then(WhenNode::of))
        {
            let place = Place::node(&compiled.name).part("if");
            all.push((place, when.condition.as_str(), formula));
        }
    }
    for (slot, name) in program.slots.iter().zip(names) {
        if let (SlotSource::Scorecard(formulas), Some(name)) = (&slot.source, name)
            && let Some(node) = program.expanded().nodes.get(name)
            && let Some(scorecard) = ScorecardNode::of(node)
        {
            let pairs = scorecard.points.iter().zip(formulas).enumerate();
            all.extend(pairs.map(|(idx, (points, (formula, _)))| {
                let place = Place::node(name).part(format!("points[{idx}].if"));
                (place, points.condition.as_str(), formula)
            }));
        }
    }
    for (destination, formula) in &program.conditional {
        let destination = &program.destinations[usize::from(destination.0)];
        if let Some(text) = &destination.settings.criteria {
            let place = Place::destination(&destination.name).part("criteria");
            all.push((place, text, formula));
        }
    }
    all
}

/// The spans of what was found in a place before.
fn reported(found: &[Diagnostic], place: &Place) -> Vec<Span> {
    let here = found.iter().filter(|finding| {
        let Place {
            node,
            destination,
            part,
            span: _,
        } = &finding.place;
        *node == place.node
            && *destination == place.destination
            && *part == place.part
            && finding.severity == Severity::Warning
    });
    here.filter_map(|finding| finding.place.span).collect()
}
