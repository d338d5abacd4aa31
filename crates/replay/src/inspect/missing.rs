//! What a foreign log does not say, and what follows from that.

use super::{Looked, words::Role};

/// What the log does not say, and what follows.
pub(super) fn all(looked: &Looked) -> Vec<String> {
    let has = |role: Role| looked.roles.column(role).is_some();
    let mut missing = Vec::new();
    let mut lacks = |is_missing: bool, text: &str| {
        if is_missing {
            missing.push(text.to_owned());
        }
    };
    lacks(
        !has(Role::Propensity),
        "no propensities: with which probability each buyer was chosen. The replay then compares leads alike, says under which assumption, and never says `ship`",
    );
    lacks(
        !has(Role::LeadId),
        "no ids of leads: each row counts as a lead of its own",
    );
    lacks(
        !has(Role::At),
        "no times: neither caps and schedules nor young leads can be taken into account",
    );
    lacks(
        !has(Role::ConvertedAt) && has(Role::At),
        "no times of conversions: all that a lead will bring counts as known; write attribution_window = \"30 days\" if young leads may still bring something",
    );
    lacks(
        !has(Role::Answer),
        "no answers: the last offer of a lead counts as accepted, and those before as rejected",
    );
    lacks(
        !has(Role::Reward),
        "no amounts: each accepted lead counts as 1",
    );
    let has_refusals = looked
        .answers
        .known
        .values()
        .any(|answer| *answer == "rejected");
    lacks(
        has(Role::Answer) && !has_refusals,
        "no refusals: how often a buyer says no is not in the log, so that every buyer looks better than it is",
    );
    lacks(
        !has(Role::Available),
        "not who was free: a buyer that was closed or full counts as free in a replay",
    );
    let ids = looked
        .profiles
        .iter()
        .filter(|profile| profile.seen.scientific > 0);
    for profile in ids {
        missing.push(format!(
            "`{}` has numbers such as 1.23E+11: a spreadsheet has rounded them, and different ones are now the same. Export it again without opening it in one",
            profile.name
        ));
    }
    missing
}
