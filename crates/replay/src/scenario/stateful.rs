//! The table `stateful` of a scenario.

use std::{path::Path, sync::Arc};

use pointsman_lead::{FieldIdx, Problem, Schema};
use toml::Value;

use super::{keys::Keys, sources::Sources};
use crate::{
    log::{Log, Mapping},
    maturity::Maturity,
    policy::Policy,
    stateful::{AnswersFrom, LearningPace, ModelPlan, ServiceState, StatefulPlan, World},
};

/// Most seeds of one run.
const SEEDS_MAX: u64 = 1_000;
/// Seeds of a run that does not say how many.
const SEEDS: u64 = 20;

/// Where answers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum From {
    Recorded,
    Model,
    /// The file of a world.
    World(String),
}

/// What the table says.
#[derive(Debug, Clone)]
pub(super) struct Stateful {
    from: From,
    segment_by: Vec<String>,
    seeds: u64,
    first_seed: u64,
    pace: LearningPace,
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
        text => match span(text).filter(|micros| *micros > 0) {
            Some(micros) => LearningPace::Every(micros),
            None => {
                let message = format!("`{text}` does not say when bandits learn");
                let problem = Problem::new("learning_invalid", table.path("learning"), message);
                table.problem(
                    problem.hint("write \"service\", \"frozen\", or a time such as \"1 hour\""),
                );
                LearningPace::Service
            }
        },
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

    /// What is to be replayed, with the service's own state beside the log, if there is one.
    pub(super) fn plan(
        &self,
        (name, log): (&str, &Log),
        (candidate, schema): (Option<&Policy>, &Schema),
        maturity: Option<Maturity>,
        sources: &mut Sources<'_>,
    ) -> Option<StatefulPlan> {
        if matches!(candidate, Some(Policy::Logged)) {
            let message = "what was done cannot be replayed with a state: it is no flow";
            let problem = Problem::new("candidate_is_logged", "candidate", message);
            sources.problems.push(
                problem.hint("name a flow document as the candidate, or leave out `stateful`"),
            );
            return None;
        }
        if maturity.is_some_and(|maturity| maturity.is_as_of) {
            let message = "a log as it was at a past moment is not replayed with a state: what was to come then is not told apart";
            let problem = Problem::new("stateful_as_of", "stateful", message);
            sources
                .problems
                .push(problem.hint("leave out `as_of` or `stateful`"));
            return None;
        }
        if let Mapping::Flat(columns) = log.mapping()
            && columns.at.is_none()
        {
            let message =
                "what happens in the order of time cannot be replayed without `columns.at`";
            let problem = Problem::new("at_missing", "stateful", message);
            sources
                .problems
                .push(problem.hint("map the column that says when the lead came in"));
            return None;
        }
        let mut is_sound = true;
        for name in &self.segment_by {
            if schema.fields().iter().any(|field| field.name == *name) {
                continue;
            }
            let message = format!("the leads have no field `{name}`");
            sources.problems.push(Problem::new(
                "field_unknown",
                "stateful.segment_by",
                message,
            ));
            is_sound = false;
        }
        let service = format!("{name}.service.json");
        let has_service = Path::new(&sources.path(&service)).is_file();
        let service = has_service.then(|| sources.parsed::<ServiceState>("stateful", &service));
        let service = match service {
            Some(None) => return None,
            Some(Some(service)) if service.format == ServiceState::FORMAT => {
                Some(Arc::new(service))
            }
            _ => None,
        };
        let from = self.answers(maturity, schema, sources)?;
        is_sound.then(|| StatefulPlan {
            from,
            seeds: self.seeds,
            first_seed: self.first_seed,
            pace: self.pace.clone(),
            service,
        })
    }

    fn answers(
        &self,
        maturity: Option<Maturity>,
        schema: &Schema,
        sources: &mut Sources<'_>,
    ) -> Option<AnswersFrom> {
        let name = match &self.from {
            From::Recorded => return Some(AnswersFrom::Recorded),
            From::Model => {
                return Some(AnswersFrom::Model(ModelPlan {
                    segment_by: self.segment_by.clone(),
                    maturity,
                }));
            }
            From::World(name) => name,
        };
        let world: World = sources.parsed("answers", name)?;
        let refuse = |sources: &mut Sources<'_>, message: String, hint: &str| {
            let problem = Problem::new("world_invalid", "stateful.answers", message);
            sources.problems.push(problem.hint(hint));
        };
        if let Some(problem) = world.problem() {
            let hint = "docs/src/worlds.md has the format";
            refuse(sources, format!("`{name}` is no world: {problem}"), hint);
            return None;
        }
        if world.has_segments() != (self.segment_by.len() == 1) || self.segment_by.len() > 1 {
            let hint = "name the one lead field whose values are the names of the segments";
            let message = if world.has_segments() {
                format!("`{name}` has segments, and `segment_by` does not say how to tell them")
            } else {
                format!("`{name}` has no segments to tell by `segment_by`")
            };
            refuse(sources, message, hint);
            return None;
        }
        let field = self.segment_by.first().and_then(|field| {
            let mut fields = schema.fields().iter();
            let position = fields.position(|known| known.name == *field)?;
            u16::try_from(position).ok().map(FieldIdx)
        });
        Some(AnswersFrom::World(Arc::new(world), field))
    }
}
