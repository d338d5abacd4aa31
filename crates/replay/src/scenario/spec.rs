//! What a `scenario.toml` says, before any file that it names is opened.

use std::collections::BTreeMap;

use pointsman_lead::{Problem, Schema};
use pointsman_router::Answer;
use toml::{Table, Value};

use super::{Overrides, format, keys::Keys, maturity, stateful};
use crate::{
    evaluate::Tolerance,
    log::{Columns, Destinations, Format, Mapping, answer_from_word},
};

/// The keys of a run. Each may stand at the top as well, as the default of all runs.
const RUN_KEYS: [&str; 28] = [
    "name",
    "log",
    "columns",
    "reward",
    "candidate",
    "baseline",
    "schema",
    "catalog",
    "tolerance",
    "attribution_window",
    "observed_until",
    "as_of",
    "sweep",
    "stateful",
    "allocation",
    "separator",
    "quote",
    "comment",
    "line_breaks_in_quotes",
    "null_values",
    "time_unit",
    "time_zone",
    "date_order",
    "numbers",
    "encoding",
    "skip_lines",
    "not_rows",
    "repeated_offers",
];

/// One `[[run]]` with the defaults filled in.
#[derive(Debug, Clone)]
pub(super) struct Spec {
    pub(super) name: String,
    pub(super) log: String,
    pub(super) mapping: Mapping,
    pub(super) format: Format,
    pub(super) unit: String,
    pub(super) candidate: String,
    pub(super) baseline: String,
    pub(super) schema: Option<SchemaSource>,
    pub(super) catalog: Option<String>,
    pub(super) tolerance: Tolerance,
    pub(super) ages: Option<maturity::Ages>,
    pub(super) sweep: Option<String>,
    pub(super) stateful: Option<stateful::Stateful>,
    pub(super) allocation: String,
}

/// Where the lead schema comes from.
#[derive(Debug, Clone)]
pub(super) enum SchemaSource {
    Path(String),
    Inline(Schema),
}

/// Reads the text of a scenario. What can be read is returned beside everything that is wrong.
pub(super) fn read(text: &str, overrides: &Overrides) -> (Vec<Spec>, Vec<Problem>) {
    let mut top = match text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => {
            return (
                Vec::new(),
                vec![Problem::new(
                    "toml_malformed",
                    "scenario.toml",
                    error.to_string(),
                )],
            );
        }
    };
    let mut problems = Vec::new();
    let runs = match top.remove("run") {
        None => vec![Table::new()],
        Some(Value::Array(runs)) => {
            let tables: Vec<Table> = runs
                .into_iter()
                .filter_map(|run| match run {
                    Value::Table(table) => Some(table),
                    _ => None,
                })
                .collect();
            if tables.is_empty() {
                problems.push(
                    Problem::new("run_missing", "run", "there is no run")
                        .hint("write a [[run]] table"),
                );
            }
            tables
        }
        Some(_) => {
            problems.push(
                Problem::new("wrong_kind", "run", "`run` must be a list of tables")
                    .hint("write [[run]]"),
            );
            Vec::new()
        }
    };
    let defaults = take_defaults(&mut top);
    let mut rest = Keys::new(top, "");
    // For people alone.
    rest.text("title");
    rest.text("description");
    for key in RUN_KEYS {
        rest.value(key);
    }
    problems.extend(rest.finish());
    let mut specs = Vec::new();
    for (position, run) in runs.into_iter().enumerate() {
        let (spec, found) = read_run(run, &defaults, overrides, position);
        specs.extend(spec);
        problems.extend(found);
    }
    refuse_doubles(&specs, &mut problems);
    (specs, dedup(problems))
}

/// A mistake in a default is a mistake of every run, but need be told once.
pub(super) fn dedup(problems: Vec<Problem>) -> Vec<Problem> {
    let mut kept: Vec<Problem> = Vec::new();
    for problem in problems {
        if !kept.contains(&problem) {
            kept.push(problem);
        }
    }
    kept
}

fn take_defaults(top: &mut Table) -> Table {
    let found = RUN_KEYS
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), top.remove(key)?)));
    found.collect()
}

fn refuse_doubles(specs: &[Spec], problems: &mut Vec<Problem>) {
    for (position, spec) in specs.iter().enumerate() {
        if specs[..position]
            .iter()
            .any(|other| other.name == spec.name)
        {
            let message = format!("two runs are called `{}`", spec.name);
            problems.push(Problem::new(
                "name_taken",
                format!("run[{position}].name"),
                message,
            ));
        }
    }
}

fn read_run(
    run: Table,
    defaults: &Table,
    overrides: &Overrides,
    position: usize,
) -> (Option<Spec>, Vec<Problem>) {
    let own: Vec<String> = run.keys().cloned().collect();
    let mut merged = defaults.clone();
    merged.extend(run);
    overrides.put(&mut merged);
    let mut keys = Keys::new(merged, "");
    let spec = read_keys(&mut keys, position);
    // Where the key stands: in the run, or among the defaults.
    let place = |mut problem: Problem| {
        let key = problem.path.split(['.', '[']).next().unwrap_or_default();
        if own.iter().any(|name| name == key) {
            problem.path = format!("run[{position}].{}", problem.path);
        }
        problem
    };
    (spec, keys.finish().into_iter().map(place).collect())
}

fn read_keys(keys: &mut Keys, position: usize) -> Option<Spec> {
    let name = keys
        .text("name")
        .unwrap_or_else(|| format!("run {}", position + 1));
    let log = keys.needed("log", "name a .parquet, .csv, .csv.gz or .csv.zst file");
    let candidate = keys.needed("candidate", "name a flow document, or write \"logged\"");
    let baseline = keys.text("baseline").unwrap_or_else(|| "logged".to_owned());
    let (reward, unit) = read_reward(keys);
    let columns = keys
        .table("columns")
        .map(|columns| read_columns(columns, reward.clone(), keys));
    if columns.is_none() && reward.column.is_some() {
        keys.problem(Problem::new(
            "reward_without_columns",
            "reward.column",
            "only a log with a [columns] table has a reward column of its own",
        ));
    }
    let mapping = match columns {
        None => Mapping::Own,
        Some(columns) => Mapping::Flat(Box::new(columns?)),
    };
    let format = format::read(keys);
    let schema = read_schema(keys);
    let catalog = keys.text("catalog");
    let tolerance = read_tolerance(keys);
    let ages = maturity::read(keys, &mapping);
    let sweep = keys.text("sweep");
    let stateful = stateful::read(keys, &RUN_KEYS);
    let allocation = keys
        .text("allocation")
        .unwrap_or_else(|| "logged".to_owned());
    Some(Spec {
        name,
        log: log?,
        mapping,
        format,
        unit,
        candidate: candidate?,
        baseline,
        schema,
        catalog,
        tolerance,
        ages,
        sweep,
        stateful,
        allocation,
    })
}

/// What an offer brings.
#[derive(Debug, Clone, Default)]
struct Reward {
    column: Option<String>,
    accepted: Option<f64>,
}

fn read_reward(keys: &mut Keys) -> (Reward, String) {
    let usual = "reward".to_owned();
    let Some(mut reward) = keys.table("reward") else {
        return (Reward::default(), usual);
    };
    let column = reward.text("column");
    let accepted = reward.number("accepted");
    let unit = reward.text("unit").unwrap_or(usual);
    keys.problems.extend(reward.finish_below(&RUN_KEYS));
    (Reward { column, accepted }, unit)
}

fn read_columns(mut columns: Keys, reward: Reward, keys: &mut Keys) -> Option<Columns> {
    let destination = columns.needed("destination", "name the column that says who got the lead");
    let answers = answers(&mut columns);
    let fields = columns.texts("fields");
    for (field, _) in fields.iter().filter(|(field, _)| field == "received_at") {
        let problem = Problem::new(
            "field_reserved",
            columns.path("fields.received_at"),
            format!("`{field}` is always there"),
        );
        columns.problem(problem.hint("map it with `at`"));
    }
    let read = Columns {
        destination: destination.clone().unwrap_or_default(),
        propensity: columns.text("propensity"),
        // Both are asked for, so that neither is unknown; the reward table is the more particular.
        reward: columns
            .text("reward")
            .filter(|_| reward.column.is_none())
            .or(reward.column),
        accepted_reward: reward.accepted,
        cost: columns.text("cost"),
        at: columns.text("at"),
        lead_id: columns.text("lead_id"),
        offer: columns.text("offer"),
        answer: columns.text("answer"),
        answers,
        cluster: columns.text("cluster"),
        available: columns.text("available"),
        converted_at: columns.text("converted_at"),
        last_offer_ends: columns.flag("last_offer_ends"),
        has_unsold_rows: columns.flag("unsold_rows"),
        fields: fields.into_iter().collect(),
        destinations: Destinations {
            prefix: columns.text("destination_prefix").unwrap_or_default(),
            names: columns.texts("destinations").into_iter().collect(),
        },
    };
    keys.problems.extend(columns.finish_below(&RUN_KEYS));
    destination.map(|_| read)
}

/// The words of a log for answers.
fn answers(columns: &mut Keys) -> BTreeMap<String, Answer> {
    let mut answers = BTreeMap::new();
    for (word, ours) in columns.texts("answers") {
        if let Some(answer) = answer_from_word(&ours) {
            answers.insert(word, answer);
            continue;
        }
        let message = format!("`{ours}` is not an answer");
        let problem = Problem::new("answer_unknown", columns.path("answers"), message);
        columns.problem(problem.hint("write accepted, rejected, not_sent or unknown"));
    }
    answers
}

fn read_schema(keys: &mut Keys) -> Option<SchemaSource> {
    match keys.value("schema")? {
        Value::String(path) => Some(SchemaSource::Path(path)),
        value => match value.try_into::<Schema>() {
            Ok(schema) => Some(SchemaSource::Inline(schema)),
            Err(error) => {
                keys.problem(
                    Problem::new("schema_invalid", "schema", error.to_string())
                        .hint("name a file, or write a table with `vertical` and `fields`"),
                );
                None
            }
        },
    }
}

fn read_tolerance(keys: &mut Keys) -> Tolerance {
    let Some(value) = keys.value("tolerance") else {
        return Tolerance::default();
    };
    #[expect(clippy::cast_precision_loss, reason = "a tolerance needs no more")]
    let tolerance = match &value {
        Value::Float(number) => Some(Tolerance::Absolute(*number)),
        Value::Integer(number) => Some(Tolerance::Absolute(*number as f64)),
        Value::String(text) => text
            .strip_suffix('%')
            .and_then(|number| number.trim().parse::<f64>().ok())
            .map(|number| Tolerance::Share(number / 100.0)),
        _ => None,
    };
    let is_sound = |tolerance: &Tolerance| match tolerance {
        Tolerance::Absolute(amount) | Tolerance::Share(amount) => {
            amount.is_finite() && *amount >= 0.0
        }
    };
    tolerance.filter(is_sound).unwrap_or_else(|| {
        let message = format!("`{value}` is not a tolerance");
        let hint =
            "write a number of reward units a lead, or a share of the baseline such as \"1 %\"";
        keys.problem(Problem::new("tolerance_invalid", "tolerance", message).hint(hint));
        Tolerance::default()
    })
}
