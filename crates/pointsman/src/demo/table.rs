//! The figures of the run, for a person to read.

use std::fmt::Write as _;

use super::{
    gain::Gain,
    history::{ArmHistory, History},
};

/// What is known about an arm beside its history.
#[derive(Debug)]
pub(super) struct ArmFacts {
    pub(super) name: &'static str,
    /// What it truly pays for a lead that is offered to it first, in main units.
    pub(super) true_own: f64,
    /// What such a lead truly earns in all, also where it refuses; by even draws then.
    pub(super) true_walk: f64,
    /// Its weight in the bandit now, in parts per million.
    pub(super) weight_ppm: u32,
}

/// The leads and their money.
///
/// * `n_postbacks`: how many were sent.
pub(super) fn totals(history: &History, n_postbacks: u64) -> String {
    let n_leads: u64 = history.ends.values().sum();
    let of_leads = |n: u64| format!("{} ({})", grouped(n), percent(ratio(n, n_leads)));
    let ends: Vec<String> = history
        .ends
        .iter()
        .map(|(word, n)| format!("{word} {}", of_leads(*n)))
        .collect();
    let revenue = main_units(history.revenue);
    let a_lead = revenue / count(n_leads.max(1));
    format!(
        "leads        {}\n             {}\n\
         revenue      {} in all, ${a_lead:.2} a lead\n\
         postbacks    {} counted, {} were repeated and changed nothing",
        grouped(n_leads),
        ends.join(", "),
        dollars(history.revenue),
        grouped(history.n_conversions),
        grouped(n_postbacks.saturating_sub(history.n_conversions)),
    )
}

/// The arms, the truly best one first: what each paid itself, and what the whole walk earned that began with it.
pub(super) fn arms(history: &History, facts: &[ArmFacts]) -> String {
    let mut facts: Vec<&ArmFacts> = facts.iter().collect();
    facts.sort_by(|a, b| b.true_walk.total_cmp(&a.true_walk));
    let top_weight = facts
        .iter()
        .max_by_key(|arm| arm.weight_ppm)
        .map(|arm| arm.name);
    let mut drawn = [0; super::history::QUARTERS];
    for arm in history.arms.values() {
        drawn
            .iter_mut()
            .zip(arm.n_first)
            .for_each(|(sum, n)| *sum += n);
    }
    let mut text = String::from(
        "             share of first offers by quarter                 own money a lead  whole walk's money   weight\n\
         arm              1st     2nd     3rd     4th   offers   taken   earned    true   earned      true      now\n",
    );
    let none = ArmHistory::default();
    for (position, arm) in facts.iter().enumerate() {
        let past = history.arms.get(arm.name).unwrap_or(&none);
        let shares = past
            .n_first
            .iter()
            .zip(drawn)
            .map(|(n, all)| percent(ratio(*n, all)));
        let shares: String =
            shares.fold(String::new(), |text, share| text + &format!("{share:>8}"));
        let [own, walk] = [past.revenue, past.walk_revenue]
            .map(|revenue| format!("${:.2}", main_units(revenue) / count(past.n().max(1))));
        let marks = match (position == 0, top_weight == Some(arm.name)) {
            (true, true) => "  truly best, highest weight",
            (true, false) => "  truly best",
            (false, true) => "  highest weight",
            (false, false) => "",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:<12}{shares} {:>8} {:>7} {own:>8} {:>7} {walk:>8} {:>9} {:>8}{marks}",
            arm.name,
            grouped(past.n()),
            percent(ratio(past.n_accepted, past.n())),
            format!("${:.2}", arm.true_own),
            format!("${:.2}", arm.true_walk),
            percent(f64::from(arm.weight_ppm) / 1e6),
        );
    }
    text
}

/// What the bandit's draws were worth, beside even draws and the best arm first.
pub(super) fn gain(gain: &Gain) -> String {
    let [money, even, best] = gain.a_lead();
    let share = gain.share().map_or_else(String::new, |share| {
        format!(": {} of the possible gain", percent(share))
    });
    format!(
        "expected     ${money:.2} a lead by its draws; even draws would bring ${even:.2}, the best arm first ${best:.2}{share}\n"
    )
}

/// A number with commas between its thousands.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An amount with commas and cents.
fn dollars(micros: i64) -> String {
    let cents = micros.unsigned_abs() / 10_000;
    let sign = if micros < 0 { "-" } else { "" };
    format!("{sign}${}.{:02}", grouped(cents / 100), cents % 100)
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        count(part) / count(whole)
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(super) fn count(n: u64) -> f64 {
    n as f64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "figures for people; the allocations stay whole"
)]
fn main_units(micros: i64) -> f64 {
    micros as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use pointsman_testkit::World;

    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let texts = [0, 999, 1_000, 20_000, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "20,000", "1,234,567"]);
    }

    #[test]
    fn the_truly_best_arm_and_the_highest_weight_are_marked() {
        let mut history = History::new(World::new(7));
        history.arms.insert(
            "acme".to_owned(),
            ArmHistory {
                n_first: [3, 1, 0, 0],
                n_accepted: 2,
                revenue: 40_000_000,
                walk_revenue: 52_000_000,
            },
        );
        history.arms.insert(
            "lakeside".to_owned(),
            ArmHistory {
                n_first: [1, 3, 4, 4],
                n_accepted: 9,
                revenue: 150_000_000,
                walk_revenue: 162_000_000,
            },
        );
        let fact = |name, true_own, weight_ppm| ArmFacts {
            name,
            true_own,
            true_walk: true_own + 1.5,
            weight_ppm,
        };
        let table = arms(
            &history,
            &[fact("acme", 11.0, 100_000), fact("lakeside", 14.5, 900_000)],
        );
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "lakeside      25.0 %  75.0 % 100.0 % 100.0 %       12  75.0 %   $12.50  $14.50   $13.50    $16.00   90.0 %  truly best, highest weight",
                "acme          75.0 %  25.0 %   0.0 %   0.0 %        4  50.0 %   $10.00  $11.00   $13.00    $12.50   10.0 %",
            ]
        );
    }
}
