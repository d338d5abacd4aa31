//! What `when`, `switch` and `scorecard` nodes ask of a lead.

use std::collections::BTreeMap;

use super::{
    predicate::formula,
    scope::{Misfit, Scope, Subject},
};
use crate::{Case, Literal, Points, classes::Accepted, inputs::Input, typed_flow::Rule};

/// Most rows of a table and most cases of a switch.
pub(super) const MAX_ROWS: usize = 65_535;

/// Gives a scorecard its slot, after those that its predicates read.
pub(crate) fn scorecard(name: &str, points: &[Points], scope: &mut Scope<'_>) {
    if points.is_empty() {
        let message = "this scorecard is always 0".to_owned();
        scope.warn("empty_scorecard", "points", None, message);
    }
    let points: Vec<_> = points
        .iter()
        .enumerate()
        .filter_map(|(idx, points)| {
            let formula = formula(scope, &format!("points[{idx}].if"), &points.condition)?;
            Some((formula, points.points))
        })
        .collect();
    let input = Input::Scorecard(name.to_owned());
    let slot = scope.inputs.slot(input, || crate::classes::Domain::Number);
    if let Some(slot) = slot {
        scope.inputs.slots[slot.at()].points = points;
    }
}

pub(super) fn too_many(
    scope: &mut Scope<'_>,
    part: &str,
    what: &str,
    n: usize,
    limit: usize,
) -> bool {
    if n > limit {
        let message = format!("{n} {what} are more than {limit}");
        scope.report(part, None, Misfit::new("too_large", message));
    }
    n > limit
}

/// The rule of a switch.
pub(crate) fn switch(on: &str, cases: &[Case], scope: &mut Scope<'_>) -> Option<Rule> {
    if cases.is_empty() {
        let message = "this switch has no cases".to_owned();
        scope.report(
            "cases",
            None,
            Misfit::new("empty", message).hint("lead straight to `otherwise`"),
        );
    }
    if too_many(scope, "cases", "cases", cases.len(), MAX_ROWS) {
        return None;
    }
    let subject = scope.subject("on", on, None)?;
    let mut seen = BTreeMap::new();
    let mut complete = true;
    let mut accepted = Vec::new();
    for (idx, case) in cases.iter().enumerate() {
        let part = format!("cases[{idx}].in");
        if case.values.is_empty() {
            let message = "this case has no values".to_owned();
            scope.report(&part, None, Misfit::new("empty", message));
        }
        let mut all = Vec::new();
        for (entry, literal) in case.values.iter().enumerate() {
            let part = format!("{part}[{entry}]");
            let Some(test) = equal(scope, &subject, &part, literal) else {
                complete = false;
                continue;
            };
            match seen.get(&test) {
                Some(&before) if test != subject.kind.nothing() => {
                    doubled(scope, &part, (idx, literal), before);
                }
                _ => {
                    scope.out_of_range(&part, None, &subject, &test);
                    seen.insert(test.clone(), (idx, literal));
                }
            }
            all.push(test);
        }
        let test = subject.kind.nothing().or(&all);
        scope.inputs.test(subject.slot, &test);
        accepted.push(test);
    }
    complete.then_some(Rule::Switch(subject.slot, accepted))
}

/// Reports a value that stands in a case before, or in this one.
fn doubled(
    scope: &mut Scope<'_>,
    part: &str,
    (case, literal): (usize, &Literal),
    (before, first): (usize, &Literal),
) {
    if before == case {
        let message = "this value is already in this case".to_owned();
        scope.warn("duplicate_value", part, None, message);
        return;
    }
    let spelled = if literal == first {
        String::new()
    } else {
        format!(", where it is written `{first}`")
    };
    let message = format!("this value is already in case {}{spelled}", before + 1);
    let misfit = Misfit::new("duplicate_value", message).unless_known();
    scope.report(part, None, misfit.hint("take it out of one of them"));
}

/// What equals a literal; what is wrong with it is reported.
pub(super) fn equal(
    scope: &mut Scope<'_>,
    subject: &Subject,
    part: &str,
    literal: &Literal,
) -> Option<Accepted> {
    let name = &subject.name;
    let value = subject.kind.literal(name, &literal.nfc());
    match value.and_then(|value| subject.kind.equal(name, &value)) {
        Ok(found) => Some(found),
        Err(misfit) => {
            scope.report(part, None, misfit);
            None
        }
    }
}

#[cfg(test)]
mod tests;
