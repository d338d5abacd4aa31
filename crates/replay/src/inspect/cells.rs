//! How the cells of a log are written, told from all of them.

use pointsman_lead::Zone;

use super::{
    profile::Profile,
    roles::Roles,
    words::{self, Language, Role},
};
use crate::log::{DateOrder, Format, Numbers};

/// Sets what the profiles of the columns in use tell.
pub(super) fn settle(
    format: &mut Format,
    profiles: &[Profile],
    roles: &Roles,
    fields: &[usize],
    language: Language,
) {
    let times: Vec<&Profile> = [Role::At, Role::ConvertedAt]
        .into_iter()
        .filter_map(|role| roles.column(role))
        .map(|column| &profiles[column])
        .collect();
    format.time_unit = times.iter().find_map(|profile| profile.epoch());
    format.date_order = order(&times, language);
    if times.iter().any(|profile| is_local(profile)) {
        let named = times.iter().find_map(|profile| words::zone(&profile.name));
        format.time_zone = Zone::parse(named.unwrap_or(language.zone())).ok();
    }
    let used = |role: Role| roles.column(role);
    let numbers = [Role::Reward, Role::Cost, Role::Propensity]
        .into_iter()
        .filter_map(used);
    let of_fields = fields
        .iter()
        .copied()
        .filter(|column| profiles[*column].is_number());
    let numbers: Vec<&Profile> = numbers
        .chain(of_fields)
        .map(|column| &profiles[column])
        .collect();
    format.numbers = written(&numbers);
    format.null_values = nulls(profiles, roles, fields);
}

/// Whether any of its times has no offset.
pub(super) fn is_local(profile: &Profile) -> bool {
    let seen = profile.seen;
    profile.is_date() && seen.local + seen.either + seen.day_first + seen.month_first > 0
}

/// The order of day and month, where dates have no other way to tell.
fn order(times: &[&Profile], language: Language) -> Option<DateOrder> {
    let sum = |of: fn(&Profile) -> u64| times.iter().map(|profile| of(profile)).sum::<u64>();
    let either = sum(|profile| profile.seen.either);
    let day_first = sum(|profile| profile.seen.day_first);
    let month_first = sum(|profile| profile.seen.month_first);
    if either + day_first + month_first == 0 {
        return None;
    }
    let is_english = language == Language::English && sum(|profile| profile.seen.dots) == 0;
    Some(match (day_first > 0, month_first > 0) {
        (true, false) => DateOrder::DayFirst,
        (false, true) => DateOrder::MonthFirst,
        _ if is_english => DateOrder::MonthFirst,
        _ => DateOrder::DayFirst,
    })
}

/// How numbers are written; where some have a decimal comma and others a point, the rewards decide.
fn written(numbers: &[&Profile]) -> Numbers {
    for profile in numbers {
        if profile.seen.only_comma > 0 {
            return Numbers::Comma;
        }
        if profile.seen.only_point > 0 || !profile.currencies.is_empty() {
            return Numbers::Point;
        }
    }
    Numbers::Plain
}

/// Words for nothing in the columns that are used: those that may be something else only among numbers and times.
fn nulls(profiles: &[Profile], roles: &Roles, fields: &[usize]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (column, profile) in profiles.iter().enumerate() {
        if roles.of(column).is_none() && !fields.contains(&column) {
            continue;
        }
        let is_strict = profile.is_number() || profile.is_time();
        let weak = profile.weak_nulls.keys().filter(|_| is_strict);
        let words = profile.nulls.keys().chain(weak);
        let words: Vec<String> = words
            .filter(|word| !found.iter().any(|known| known == *word))
            .map(|word| (*word).to_owned())
            .collect();
        found.extend(words);
    }
    found.sort();
    found
}
