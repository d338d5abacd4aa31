//! What each kind of node may say, apart from its rule and its ports.

use std::collections::BTreeMap;

use pointsman_lead::FieldKind;

use super::{
    auction, rotate,
    scope::{Misfit, Scope},
    sticky,
};
use crate::{Catalog, Diagnostic, Document, Node, diagnostic::note, suggest};

/// All weights of a split.
const WHOLE_PPM: u64 = 1_000_000;

/// Most arms of a split, bandit or rotation, bidders of an auction and ports of a waterfall.
const MAX_ARMS: usize = 256;

/// Most bytes of the name or key of an arm.
const MAX_ARM_NAME: usize = 64;

/// Most bytes of a salt: more than the names of flow and node that it may stand for.
const MAX_SALT: usize = 200;

pub(super) fn check(node: &Node, document: &Document, catalog: &Catalog, scope: &mut Scope<'_>) {
    match node {
        Node::Destination { destination } => {
            self::destination(destination.as_deref(), catalog, scope);
        }
        Node::Reject { reason } if reason.trim().is_empty() => {
            let misfit = Misfit::new("empty", "a rejection needs a reason".to_owned());
            scope.report(
                "reason",
                None,
                misfit.hint("say why no destination gets this lead"),
            );
        }
        Node::Split { arms, sticky, .. } => {
            let arms = arms.iter();
            let (names, weights): (Vec<_>, Vec<_>) = arms
                .map(|arm| {
                    let name = document.arm_name(arm.name.as_deref(), &arm.to);
                    (name, u64::from(arm.weight_ppm))
                })
                .unzip();
            arm_names(&names, scope);
            drawn_by(node, document, scope);
            self::weights(&weights, scope);
            if let Some(name) = sticky
                && let Some((_, field)) = scope.field("sticky", name, None)
            {
                let field = field.clone();
                sticky::check(&field, &weights, scope);
            }
        }
        Node::Bandit {
            arms,
            explore_ppm,
            segment_by,
            ..
        } => {
            let arms = arms.iter();
            let names: Vec<&str> = arms
                .map(|arm| document.arm_name(arm.name.as_deref(), &arm.to))
                .collect();
            arm_names(&names, scope);
            drawn_by(node, document, scope);
            explore(*explore_ppm, names.len(), scope);
            segments(segment_by, scope);
        }
        Node::Rotate { by, zone, arms } => {
            let names: Vec<&str> = arms
                .iter()
                .map(|arm| document.arm_name(arm.name.as_deref(), &arm.to))
                .collect();
            arm_names(&names, scope);
            rotate::check(*by, zone.as_deref(), arms, scope);
        }
        Node::Auction {
            bidders,
            reserve,
            deadline_ms,
        } => {
            count("bidders", "bidders", bidders.len(), scope);
            let auction = auction::AuctionRule {
                bidders,
                reserve: reserve.as_deref(),
                deadline_ms: *deadline_ms,
            };
            auction::check(&auction, document, scope);
        }
        Node::Waterfall { to } => waterfall(to, scope),
        Node::When {
            then, otherwise, ..
        } if then == otherwise => {
            let message = format!("both ports lead to `{then}`");
            scope.warn("pointless", "otherwise", None, message);
        }
        Node::When { .. }
        | Node::Reject { .. }
        | Node::Switch { .. }
        | Node::Table { .. }
        | Node::Subflow { .. }
        | Node::Scorecard { .. }
        | Node::Derive { .. } => {}
    }
}

/// * `name`: as written; none: the name of the node.
fn destination(name: Option<&str>, catalog: &Catalog, scope: &mut Scope<'_>) {
    let own_name = scope.place.node.clone().unwrap_or_default();
    let name = name.unwrap_or(&own_name);
    if !catalog.destinations.contains_key(name) {
        let known = catalog.destinations.keys().map(String::as_str);
        let misfit = Misfit {
            code: "unknown_destination",
            is_borne: false,
            message: format!("there is no destination `{name}`"),
            hint: suggest::hint(name, known),
        };
        scope.report("destination", None, misfit);
    }
}

fn waterfall(to: &[String], scope: &mut Scope<'_>) {
    count("to", "ports", to.len(), scope);
    let mut seen = BTreeMap::new();
    for (idx, port) in to.iter().enumerate() {
        if let Some(before) = seen.insert(port, idx) {
            let message = format!("`{port}` is already port {}", before + 1);
            let misfit = Misfit::new("duplicate_port", message);
            scope.report(
                &format!("to[{idx}]"),
                None,
                misfit.hint("a second try changes nothing"),
            );
        }
    }
}

fn count(part: &str, what: &str, n: usize, scope: &mut Scope<'_>) {
    if n == 0 {
        let message = format!("this node has no {what}, so every lead ends here unsold");
        scope.report(part, None, Misfit::new("empty", message));
    } else if n > MAX_ARMS {
        let message = format!("{n} {what} are more than {MAX_ARMS}");
        scope.report(part, None, Misfit::new("too_large", message));
    }
}

fn arm_names(names: &[&str], scope: &mut Scope<'_>) {
    count("arms", "arms", names.len(), scope);
    let mut seen = BTreeMap::new();
    for (idx, name) in names.iter().enumerate() {
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
fn drawn_by(node: &Node, document: &Document, scope: &mut Scope<'_>) {
    if let Some(salt) = node.salt()
        && (salt.is_empty() || salt.len() > MAX_SALT)
    {
        let message = format!("a salt has 1 to {MAX_SALT} bytes");
        let misfit = Misfit::new("bad_name", message);
        let hint = "leave it out to draw by the names of flow and node";
        scope.report("salt", None, misfit.hint(hint));
    }
    let mut seen: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for (idx, (name, key)) in document.draw_keys(node).into_iter().enumerate() {
        let part = format!("arms[{idx}].key");
        if name != key && (key.is_empty() || key.len() > MAX_ARM_NAME) {
            let message = format!("the key of an arm has 1 to {MAX_ARM_NAME} bytes");
            scope.report(&part, None, Misfit::new("bad_name", message));
        }
        // Two arms of one name are told of by their names.
        match seen.insert(key, (idx, name)) {
            Some((before, other)) if other != name => {
                let message = format!("arm {} is drawn by the key `{key}` too", before + 1);
                let misfit = Misfit::new("duplicate_key", message);
                let hint =
                    "give one of them another `key`; without one, an arm is drawn by its name";
                scope.report(&part, None, misfit.hint(hint));
            }
            _ => {}
        }
    }
}

fn weights(weights_ppm: &[u64], scope: &mut Scope<'_>) {
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

fn explore(explore_ppm: u32, n_arms: usize, scope: &mut Scope<'_>) {
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

fn segments(segment_by: &[String], scope: &mut Scope<'_>) {
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
        let unbounded = matches!(field.kind, FieldKind::Timestamp | FieldKind::Decimal { .. });
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
