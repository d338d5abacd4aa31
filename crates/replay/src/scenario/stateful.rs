//! The table `stateful` of a scenario.

use std::path::Path;

use pointsman_lead::Problem;
use toml::Value;

use super::keys::Keys;
use crate::stateful::LearningPace;

/// Most seeds of one run.
const SEEDS_MAX: u64 = 1_000;
/// Seeds of a run that does not say how many.
const SEEDS: u64 = 20;

/// Where answers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum From {
    Recorded,
    Model,
    /// The file of a world.
    World(String),
}

/// What the table says.
#[derive(Debug, Clone)]
pub(super) struct Stateful {
    pub(super) from: From,
    pub(super) segment_by: Vec<String>,
    pub(super) seeds: u64,
    pub(super) first_seed: u64,
    pub(super) pace: LearningPace,
}

/// Reads the table, if it is there.
pub(super) fn read(keys: &mut Keys, above: &[&str]) -> Option<Stateful> {
    let mut table = keys.table("stateful")?;
    let answers = table.text("answers");
    let from = match answers.as_deref() {
        None | Some("recorded") => From::Recorded,
        Some("model") => From::Model,
        Some(name) if has_ending(name) => From::World(name.to_owned()),
        Some(other) => {
            let message = format!("`{other}` is not where answers come from");
            let problem = Problem::new("answers_unknown", table.path("answers"), message);
            table.problem(
                problem.hint("write \"recorded\", \"model\", or the .toml file of a world"),
            );
            From::Recorded
        }
    };
    let segment_by = table.list("segment_by");
    let seeds = table.count("seeds");
    let first_seed = table.count("first_seed").unwrap_or(1);
    for (key, is_there) in [
        ("segment_by", !segment_by.is_empty()),
        ("seeds", seeds.is_some()),
    ] {
        if is_there && from == From::Recorded {
            let message = format!(
                "`{key}` says how to draw answers from a model, and recorded ones are not drawn"
            );
            let problem = Problem::new("model_not_asked", table.path(key), message);
            table.problem(problem.hint("write answers = \"model\", or leave it out"));
        }
    }
    let seeds = seeds.unwrap_or(SEEDS);
    if !(1..=SEEDS_MAX).contains(&seeds) {
        let message = format!("{seeds} is not a number of seeds");
        let problem = Problem::new("seeds_invalid", table.path("seeds"), message);
        table.problem(problem.hint(format!("write a number from 1 to {SEEDS_MAX}")));
    }
    let pace = pace(&mut table);
    keys.problems.extend(table.finish_below(above));
    Some(Stateful {
        from,
        segment_by,
        seeds: seeds.clamp(1, SEEDS_MAX),
        first_seed,
        pace,
    })
}

/// Whether a name is that of a file of a world.
fn has_ending(name: &str) -> bool {
    let ending = Path::new(name).extension();
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
}

/// When bandits make new weights.
fn pace(table: &mut Keys) -> LearningPace {
    let value = match table.value("learning") {
        None => return LearningPace::Service,
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    };
    match value.as_str() {
        "service" => LearningPace::Service,
        "frozen" => LearningPace::Frozen,
        text => {
            if let Some(micros) = span(text).filter(|micros| *micros > 0) {
                return LearningPace::Every(micros);
            }
            let message = format!("`{text}` does not say when bandits learn");
            let problem = Problem::new("learning_invalid", table.path("learning"), message);
            table.problem(
                problem.hint("write \"service\", \"frozen\", or a time such as \"1 hour\""),
            );
            LearningPace::Service
        }
    }
}

/// A time span such as `"1 hour"` in microseconds.
fn span(text: &str) -> Option<i64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let seconds = match unit.trim() {
        "second" | "seconds" => 1,
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        _ => return None,
    };
    number
        .parse::<i64>()
        .ok()?
        .checked_mul(seconds)?
        .checked_mul(1_000_000)
}

impl Stateful {
    /// How often the log is read for it.
    pub(super) fn n_readings(&self) -> u64 {
        1 + u64::from(self.from == From::Model)
    }
}
