//! What a rotation may say: targets that can be met, in a zone that exists.

use pointsman_lead::Zone;

use super::scope::{Misfit, Scope};
use crate::{RotateArm, RotateBy, inputs};

/// Most leads that an arm may be to get in a window.
const MAX_TARGET: u32 = 1_000_000_000;

pub(crate) fn check(by: RotateBy, zone: Option<&str>, arms: &[RotateArm], scope: &mut Scope<'_>) {
    match by {
        RotateBy::LeastRecentlySold => unused(zone, arms, scope),
        RotateBy::Deficit | RotateBy::CalibratedDeficit => {
            if let Some(zone) = zone {
                self::zone(zone, scope);
            }
            for (idx, arm) in arms.iter().enumerate() {
                targets(idx, arm, scope);
            }
        }
    }
}

/// Who has waited longest is asked without targets; that somebody wrote one shows a mistake.
fn unused(zone: Option<&str>, arms: &[RotateArm], scope: &mut Scope<'_>) {
    let mut report = |part: &str, what: &str| {
        let message = format!("`least_recently_sold` asks for no {what}");
        let misfit = Misfit::new("unused_target", message);
        scope.report(part, None, misfit.hint("take `deficit`, or leave it out"));
    };
    if zone.is_some() {
        report("zone", "zone");
    }
    for (idx, arm) in arms.iter().enumerate() {
        if arm.daily.is_some() || arm.monthly.is_some() {
            report(&format!("arms[{idx}]"), "targets");
        }
    }
}

fn zone(zone: &str, scope: &mut Scope<'_>) {
    if Zone::parse(zone).is_err() {
        let misfit = Misfit {
            code: "unknown_zone",
            is_borne: false,
            message: format!("`{zone}` is not an IANA time zone"),
            hint: inputs::closest_zone(zone).map(|zone| format!("did you mean `{zone}`?")),
        };
        scope.report("zone", None, misfit);
    }
}

fn targets(idx: usize, arm: &RotateArm, scope: &mut Scope<'_>) {
    let part = format!("arms[{idx}]");
    for (name, target) in arm.targets() {
        if !(1..=MAX_TARGET).contains(&target) {
            let message = format!("a target of {target} leads cannot be compared with others");
            let misfit = Misfit::new("target_range", message);
            scope.report(
                &format!("{part}.{name}"),
                None,
                misfit.hint("write 1 to 1000000000; to keep leads away, take the arm out"),
            );
        }
    }
    match (arm.daily, arm.monthly) {
        (None, None) => {
            let message = format!("arm {} has no target to be behind", idx + 1);
            let misfit = Misfit::new("no_target", message);
            scope.report(&part, None, misfit.hint("add `daily`, `monthly` or both"));
        }
        (Some(daily), Some(monthly)) if daily > monthly => {
            let message = format!(
                "{monthly} a month is reached before {daily} a day, so `daily` changes nothing"
            );
            scope.warn("pointless", &format!("{part}.daily"), None, message);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::fixture::{checked, findings};

    fn found(start: &str) -> String {
        let nodes = format!(
            r#""start": {start}, "end": {{"kind": "waterfall", "to": ["acme", "zenith", "nobody"]}}"#
        );
        match checked(&nodes) {
            Ok(checked) => findings(&checked.warnings),
            Err(found) => findings(&found),
        }
    }

    #[test]
    fn every_mistake_of_a_rotation_is_reported_at_once() {
        let start = r#"{"kind": "rotate", "by": "deficit", "zone": "America/NewYork", "arms": [
            {"to": "acme", "daily": 0}, {"to": "zenith"}, {"name": "acme", "to": "end", "monthly": 2000000000}]}"#;
        assert_snapshot!(found(start), @"
        duplicate_arm start:arms[2]: arm 1 is called `acme` too | give one of them a `name`
        unknown_zone start:zone: `America/NewYork` is not an IANA time zone | did you mean `America/New_York`?
        target_range start:arms[0].daily: a target of 0 leads cannot be compared with others | write 1 to 1000000000; to keep leads away, take the arm out
        no_target start:arms[1]: arm 2 has no target to be behind | add `daily`, `monthly` or both
        target_range start:arms[2].monthly: a target of 2000000000 leads cannot be compared with others | write 1 to 1000000000; to keep leads away, take the arm out
        ");
    }

    #[test]
    fn who_has_waited_longest_needs_no_targets() {
        let start = r#"{"kind": "rotate", "by": "least_recently_sold", "zone": "UTC", "arms": [
            {"to": "end", "daily": 5}, {"to": "zenith"}]}"#;
        assert_snapshot!(found(start), @"
        unused_target start:zone: `least_recently_sold` asks for no zone | take `deficit`, or leave it out
        unused_target start:arms[0]: `least_recently_sold` asks for no targets | take `deficit`, or leave it out
        ");
    }

    #[test]
    fn a_daily_target_beyond_the_monthly_one_changes_nothing() {
        let start = r#"{"kind": "rotate", "by": "deficit", "arms": [{"to": "end", "daily": 11, "monthly": 10}]}"#;
        assert_snapshot!(found(start), @"pointless start:arms[0].daily: 10 a month is reached before 11 a day, so `daily` changes nothing");
    }
}
