//! What nodes with arms may say: names, keys, salts, weights, segments.

use std::collections::BTreeMap;

use pointsman_lead::FieldKind;
use unicode_normalization::is_nfc;

use super::scope::{Misfit, Scope};
use crate::{Diagnostic, Document, NodeArm, diagnostic::note};

/// All weights of a split.
const WHOLE_PPM: u64 = 1_000_000;

/// Most arms of a split, bandit or rotation, bidders of an auction and ports of a waterfall.
const MAX_ARMS: usize = 256;

/// Most bytes of the name or key of an arm.
const MAX_ARM_NAME: usize = 64;

/// Most bytes of a salt: more than the names of flow and node that it may stand for.
const MAX_SALT: usize = 200;

/// Holds the arms, bidders or ports of a node to their number.
pub(crate) fn count(part: &str, what: &str, n: usize, scope: &mut Scope<'_>) {
    if n == 0 {
        let message = format!("this node has no {what}, so every lead ends here unsold");
        scope.report(part, None, Misfit::new("empty", message));
    } else if n > MAX_ARMS {
        let message = format!("{n} {what} are more than {MAX_ARMS}");
        scope.report(part, None, Misfit::new("too_large", message));
    }
}

/// Holds the names of arms to their length, and apart.
pub(crate) fn names(arms: &[NodeArm<'_>], document: &Document, scope: &mut Scope<'_>) {
    count("arms", "arms", arms.len(), scope);
    let mut seen = BTreeMap::new();
    for (idx, arm) in arms.iter().enumerate() {
        let name = document.arm_name(arm.name, arm.to);
        let part = format!("arms[{idx}]");
        if name.is_empty() || name.len() > MAX_ARM_NAME {
            let message = format!("the name of an arm has 1 to {MAX_ARM_NAME} bytes");
            scope.report(&part, None, Misfit::new("bad_name", message));
        }
        if let Some(before) = seen.insert(name, idx) {
            let message = format!("arm {} is called `{name}` too", before + 1);
            let misfit = Misfit::new("duplicate_arm", message);
            scope.report(&part, None, misfit.hint("give one of them a `name`"));
        }
    }
}

/// Holds a salt and keys to their lengths, and keys of arms apart.
pub(crate) fn draw(
    salt: Option<&str>,
    arms: &[NodeArm<'_>],
    document: &Document,
    scope: &mut Scope<'_>,
) {
    if let Some(salt) = salt {
        if salt.is_empty() || salt.len() > MAX_SALT {
            let message = format!("a salt has 1 to {MAX_SALT} bytes");
            let misfit = Misfit::new("bad_name", message);
            let hint = "leave it out to draw by the names of flow and node";
            scope.report("salt", None, misfit.hint(hint));
        }
        distinct("a salt", "salt", salt, scope);
    }
    let mut seen: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for (idx, arm) in arms.iter().enumerate() {
        let name = document.arm_name(arm.name, arm.to);
        let key = arm.key.unwrap_or(name);
        let part = format!("arms[{idx}].key");
        if name != key && (key.is_empty() || key.len() > MAX_ARM_NAME) {
            let message = format!("the key of an arm has 1 to {MAX_ARM_NAME} bytes");
            scope.report(&part, None, Misfit::new("bad_name", message));
        }
        if arm.key.is_some() {
            distinct("the key of an arm", &part, key, scope);
        }
        // Two arms of one name are reported by their names.
        if let Some((before, other)) = seen.insert(key, (idx, name))
            && other != name
        {
            let message = format!("arm {} is drawn by the key `{key}` too", before + 1);
            let misfit = Misfit::new("duplicate_key", message);
            let hint = "give one of them another `key`; without one, an arm is drawn by its name";
            scope.report(&part, None, misfit.hint(hint));
        }
    }
}

/// Holds a text that draws are made by to what people can tell apart: draws see every byte of it.
fn distinct(what: &str, part: &str, text: &str, scope: &mut Scope<'_>) {
    let (message, hint) = if text.chars().any(char::is_control) {
        let message = format!("{what} has no control characters, such as line breaks");
        (message, "nobody sees them, and draws depend on them")
    } else if !is_nfc(text) {
        let message = format!("{what} is written in the normal form NFC");
        (message, "in another form it looks the same and draws anew")
    } else {
        return;
    };
    let misfit = Misfit::new("bad_name", message).unless_known();
    scope.report(part, None, misfit.hint(hint));
}

/// Holds the weights of a split to their sum.
pub(crate) fn weights(weights_ppm: &[u64], scope: &mut Scope<'_>) {
    if weights_ppm.is_empty() {
        return; // Reported as no arms.
    }
    let sum: u64 = weights_ppm.iter().sum();
    if sum == 0 {
        let misfit = Misfit::new("no_weight", "no arm has a weight".to_owned());
        scope.report("arms", None, misfit.hint("share 1000000 among the arms"));
        return;
    }
    if sum != WHOLE_PPM {
        let message = format!("the weights sum to {sum}, not to 1000000");
        let (change, by) = if sum < WHOLE_PPM {
            ("add", WHOLE_PPM - sum)
        } else {
            ("take away", sum - WHOLE_PPM)
        };
        let misfit = Misfit::new("weights_sum", message);
        scope.report("arms", None, misfit.hint(&format!("{change} {by}")));
    }
    for (idx, _) in weights_ppm
        .iter()
        .enumerate()
        .filter(|(_, weight)| **weight == 0)
    {
        let message = format!("arm {} has no weight, so no lead takes it", idx + 1);
        let place = scope.place.clone().part(format!("arms[{idx}].weight_ppm"));
        let warning = Diagnostic::warning("zero_weight", place, message);
        note(
            scope.found,
            warning.hint("give it some weight, or take it out"),
        );
    }
}

/// Holds the exploration of a bandit to what its arms need.
pub(crate) fn explore(explore_ppm: u32, n_arms: usize, scope: &mut Scope<'_>) {
    let part = "explore_ppm";
    if u64::from(explore_ppm) > WHOLE_PPM {
        let message = format!("{explore_ppm} parts per million are more than all");
        let misfit = Misfit::new("explore_range", message);
        scope.report(
            part,
            None,
            misfit.hint("write 20000 for two percent in all"),
        );
    } else if u64::from(explore_ppm) < n_arms as u64 {
        let message = format!("{explore_ppm} parts per million do not reach {n_arms} arms");
        let misfit = Misfit::new("explore_range", message);
        scope.report(
            part,
            None,
            misfit.hint("each arm needs one part at least; 20000 is usual"),
        );
    }
}

/// Holds the segments of a bandit to fields that many leads share.
pub(crate) fn segments(segment_by: &[String], scope: &mut Scope<'_>) {
    for (idx, name) in segment_by.iter().enumerate() {
        let part = format!("segment_by[{idx}]");
        if segment_by[..idx].contains(name) {
            let message = format!("`{name}` is there twice");
            scope.report(&part, None, Misfit::new("duplicate_value", message));
            continue;
        }
        let Some((_, field)) = scope.field(&part, name, None) else {
            continue;
        };
        let pii = field.pii;
        let unbounded = matches!(
            field.kind,
            FieldKind::Timestamp | FieldKind::Date | FieldKind::Decimal { .. }
        );
        if pii {
            let message =
                format!("`{name}` tells who a person is, and segments are shown to people");
            let misfit = Misfit::new("pii_segment", message);
            scope.report(
                &part,
                None,
                misfit.hint("take a field that many leads share"),
            );
        } else if unbounded {
            let message = format!("nearly every lead has its own `{name}`, so nothing is learned");
            let misfit = Misfit::new("unbounded_segment", message);
            scope.report(
                &part,
                None,
                misfit.hint("take a field that many leads share"),
            );
        }
    }
}
