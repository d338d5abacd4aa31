//! What a bandit may say of its learning: numbers in their ranges, floors and ceilings that can all be kept.

use super::scope::{Misfit, Scope};
use crate::{BanditNode, LearningSettings};

/// All weights of a bandit.
const WHOLE_PPM: u64 = 1_000_000;
/// Members of an arm.
const FLOOR: &str = "floor_ppm";
const CEILING: &str = "ceiling_ppm";

/// Holds the settings to their ranges.
pub(crate) fn numbers(settings: &LearningSettings, scope: &mut Scope<'_>) {
    for number in settings.numbers() {
        let (least, most) = number.range;
        if !(least..=most).contains(&number.value) {
            let message = format!("{} is not in {least} to {most}", number.value);
            let misfit = Misfit::new("learning_range", message);
            let hint = "leave it out to learn as usual";
            scope.report(number.part, None, misfit.hint(hint));
        }
    }
}

/// Holds floors and ceilings to what can be kept together, with the exploration.
pub(crate) fn limits(node: &BanditNode, scope: &mut Scope<'_>) {
    let arms = &node.arms;
    if arms
        .iter()
        .all(|arm| arm.floor_ppm.is_none() && arm.ceiling_ppm.is_none())
    {
        return;
    }
    let explored = u64::from(node.explore_ppm) / arms.len() as u64;
    let (mut floors, mut ceilings) = (0, 0);
    for (idx, arm) in arms.iter().enumerate() {
        let floor = arm.floor_ppm.map_or(0, u64::from);
        let ceiling = arm.ceiling_ppm.map_or(WHOLE_PPM, u64::from);
        floors += floor.max(explored);
        ceilings += ceiling;
        let mut report = |member: &str, misfit: Misfit, hint: &str| {
            scope.report(&format!("arms[{idx}].{member}"), None, misfit.hint(hint));
        };
        if floor > WHOLE_PPM {
            let message = format!("{floor} parts per million are more than all");
            let misfit = Misfit::new("share_range", message);
            report(FLOOR, misfit, "write 50000 for five percent");
        }
        if ceiling > WHOLE_PPM {
            let message = format!("{ceiling} parts per million are more than all");
            let misfit = Misfit::new("share_range", message);
            report(CEILING, misfit, "write 400000 for forty percent");
        }
        if floor > ceiling {
            let message = format!("at least {floor} and at most {ceiling} parts per million");
            let misfit = Misfit::new("floor_above_ceiling", message);
            report(FLOOR, misfit, "let the floor be the smaller one");
        }
        if ceiling < explored.max(1) {
            let message = format!(
                "the exploration alone gives this arm {} parts per million, more than {ceiling}",
                explored.max(1)
            );
            let hint = "raise it or explore less; to keep leads away, take the arm out";
            let misfit = Misfit::new("ceiling_below_exploration", message);
            report(CEILING, misfit, hint);
        }
    }
    sums(floors, ceilings, explored, scope);
}

fn sums(floors: u64, ceilings: u64, explored: u64, scope: &mut Scope<'_>) {
    if floors > WHOLE_PPM {
        let message = format!(
            "floors and exploration sum to {floors} parts per million, and there are 1000000"
        );
        let misfit = Misfit::new("floors_sum", message);
        let hint = format!(
            "take away {}; an arm has the larger of its floor and its part of the exploration, {explored}",
            floors - WHOLE_PPM
        );
        scope.report("arms", None, misfit.hint(&hint));
    }
    if ceilings < WHOLE_PPM {
        let message =
            format!("ceilings sum to {ceilings} parts per million, so some leads could go nowhere");
        let misfit = Misfit::new("ceilings_sum", message);
        let hint = format!("add {}, or leave one of them out", WHOLE_PPM - ceilings);
        scope.report("arms", None, misfit.hint(&hint));
    }
}
