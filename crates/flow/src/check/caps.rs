//! What is wrong with a cap.

use pointsman_lead::Micros;

use crate::{Cap, CapKind, Window};

/// * `price`: what an accepted lead brings at once, where that is fixed.
/// * `report`: takes code, place, message and hint.
pub(super) fn check(
    cap: &Cap,
    price: Option<Micros>,
    part: &str,
    report: &mut impl FnMut(&'static str, String, String, Option<String>),
) {
    if cap.max == 0 {
        let hint = "set `active` to false to stop it".to_owned();
        let message = "a cap of 0 lets nothing through".to_owned();
        report("cap_range", format!("{part}.max"), message, Some(hint));
    }
    let least = price.map_or(0, |price| u64::try_from(price.0).unwrap_or(0));
    if cap.kind == CapKind::Revenue && cap.max > 0 && cap.max < least && !cap.soft {
        let message = format!(
            "one lead brings {}, which is more than this cap of {}: it lets nothing through",
            cap.kind.shown(least),
            cap.kind.shown(cap.max)
        );
        let hint = "write the most revenue of a whole window".to_owned();
        report("cap_range", format!("{part}.max"), message, Some(hint));
    }
    if !cap.max_on.is_empty() && cap.window != Window::Day {
        let message = format!("a {} has no day of the week", cap.window.word());
        let hint = "give other amounts on some days to a cap with the window `day`".to_owned();
        report("cap_days", format!("{part}.max_on"), message, Some(hint));
    }
    if cap.paced && matches!(cap.window, Window::Minute | Window::Lifetime) {
        let message = format!(
            "nothing can be paced over the window `{}`",
            cap.window.word()
        );
        let hint = "pace an hour, a day, a week or a month".to_owned();
        report("cap_pace", format!("{part}.paced"), message, Some(hint));
    }
    if cap.kind == CapKind::InFlight && cap.window != Window::Lifetime {
        let message =
            "offers in flight are counted until they are answered, in no window".to_owned();
        let hint = "leave `window` out".to_owned();
        report("cap_window", format!("{part}.window"), message, Some(hint));
    }
}

/// * `before`: the caps of the same destination that stand before it.
pub(super) fn check_group(
    cap: &Cap,
    before: &[Cap],
    part: &str,
    report: &mut impl FnMut(&'static str, String, String, Option<String>),
) {
    let Some(group) = &cap.group else { return };
    if group.is_empty() {
        let message = "a group has a name".to_owned();
        report("bad_name", format!("{part}.group"), message, None);
    }
    if cap.name.is_some() {
        let message = "a cap of a group is known by the name of its group".to_owned();
        let hint = "leave `name` out".to_owned();
        report("cap_group", format!("{part}.name"), message, Some(hint));
    }
    if before.iter().any(|other| other.counts_like(cap)) {
        let message = format!("another cap counts the same of group `{group}`");
        let hint = "name another group, or keep the lower of the two".to_owned();
        report("cap_group", format!("{part}.group"), message, Some(hint));
    }
}
