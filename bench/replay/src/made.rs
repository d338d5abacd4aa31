//! The log that all engines read: flat, one offer a lead, made from a seed, and the scenario beside it.

use std::{
    fs::{self, File},
    path::Path,
};

use anyhow::{Context as _, Result};
use polars::prelude::*;
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;
use serde_json::{Value, json};

use crate::engine::Task;

/// Columns with texts.
pub(crate) const TEXTS: [&str; 6] = [
    "lead_id",
    "state",
    "source",
    "device",
    "person",
    "destination",
];
/// Columns with numbers.
pub(crate) const NUMBERS: [&str; 5] = ["at", "age", "amount", "propensity", "reward"];

/// Rows that are made at once.
const CHUNK: usize = 500_000;
const BUYERS: [&str; 6] = ["acme", "harbor", "lakeside", "meridian", "summit", "zenith"];
const STATES: [&str; 12] = [
    "AZ", "CA", "CO", "FL", "GA", "IL", "NV", "NY", "OH", "PA", "TX", "WA",
];
const DEVICES: [&str; 3] = ["desktop", "phone", "tablet"];
/// The first lead: 2026-01-01 UTC, in microseconds.
const BEGIN: i64 = 1_767_225_600_000_000;
/// From lead to lead: three a second.
const STEP: i64 = 333_333;

/// How the log of a task is called.
pub(crate) fn log_name(task: Task) -> &'static str {
    match task {
        Task::Csv => "log.csv",
        Task::Parquet | Task::Stateful => "log.parquet",
    }
}

/// Makes the folders of all tasks, but for logs that are there already with as many rows.
pub(crate) fn files(folder: &Path, rows: usize) -> Result<()> {
    for task in [Task::Parquet, Task::Csv, Task::Stateful] {
        let folder = folder.join(task.word());
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let rows = task.rows(rows);
        let note = folder.join("rows");
        if fs::read_to_string(&note).is_ok_and(|made| made == rows.to_string()) {
            continue;
        }
        eprintln!(
            "making {} with {rows} leads",
            folder.join(log_name(task)).display()
        );
        fs::write(folder.join("candidate.json"), candidate(task).to_string())?;
        fs::write(folder.join("baseline.json"), baseline().to_string())?;
        fs::write(folder.join("scenario.toml"), scenario(task))?;
        log(&folder.join(log_name(task)), rows, task)?;
        fs::write(note, rows.to_string())?;
    }
    Ok(())
}

fn log(path: &Path, rows: usize, task: Task) -> Result<()> {
    let mut rng = Pcg64::seed_from_u64(20_261_130);
    let mut file = File::create(path)?;
    if task == Task::Csv {
        let mut frame = chunk(0, rows, &mut rng)?;
        CsvWriter::new(&mut file).finish(&mut frame)?;
        return Ok(());
    }
    let schema = chunk(0, 1, &mut rng.clone())?.schema().clone();
    let mut writer = ParquetWriter::new(&mut file).batched(&schema)?;
    for begin in (0..rows).step_by(CHUNK) {
        let frame = chunk(begin, CHUNK.min(rows - begin), &mut rng)?;
        writer.write_batch(&frame)?;
    }
    writer.finish()?;
    Ok(())
}

/// Some leads. The log drew among all buyers, by weights that depend on the device.
fn chunk(begin: usize, n: usize, rng: &mut Pcg64) -> Result<DataFrame> {
    let mut columns = Chunk::default();
    for number in begin..begin + n {
        columns.push(number, rng);
    }
    columns.frame()
}

#[derive(Default)]
struct Chunk {
    texts: [Vec<String>; 6],
    at: Vec<i64>,
    age: Vec<i64>,
    amount: Vec<i64>,
    propensity: Vec<f64>,
    reward: Vec<f64>,
}

impl Chunk {
    fn push(&mut self, number: usize, rng: &mut Pcg64) {
        let device = rng.random_range(0..DEVICES.len());
        let buyer = drawn(device, rng);
        let age = rng.random_range(16..90_i64);
        let amount = rng.random_range(1..400_i64) * 250;
        let is_sold = rng.random_bool(0.05 + 0.03 * (buyer % 3) as f64);
        let texts = [
            format!("lead-{number:010}"),
            STATES[rng.random_range(0..STATES.len())].to_owned(),
            format!("source-{}", rng.random_range(0..40_u32)),
            DEVICES[device].to_owned(),
            format!("p{}", rng.random_range(0..4_000_000_u32)),
            BUYERS[buyer].to_owned(),
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.push(text);
        }
        self.at
            .push(BEGIN + STEP * i64::try_from(number).unwrap_or(0));
        self.age.push(age);
        self.amount.push(amount);
        self.propensity
            .push(f64::from(weights(device)[buyer]) / 1e6);
        let paid = 10.0 + 5.0 * (buyer as f64);
        self.reward.push(if is_sold { paid } else { 0.0 });
    }

    fn frame(self) -> Result<DataFrame> {
        let texts = TEXTS.into_iter().zip(self.texts);
        let texts = texts.map(|(name, texts)| Column::new(name.into(), texts));
        let numbers = [
            Column::new("at".into(), self.at),
            Column::new("age".into(), self.age),
            Column::new("amount".into(), self.amount),
            Column::new("propensity".into(), self.propensity),
            Column::new("reward".into(), self.reward),
        ];
        let columns: Vec<Column> = texts.chain(numbers).collect();
        let height = columns[0].len();
        Ok(DataFrame::new(height, columns)?)
    }
}

/// The parts per million with which the log drew each buyer.
fn weights(device: usize) -> [u32; 6] {
    match device {
        0 => [250_000, 150_000, 150_000, 150_000, 150_000, 150_000],
        1 => [100_000, 300_000, 200_000, 150_000, 150_000, 100_000],
        _ => [200_000, 100_000, 100_000, 200_000, 200_000, 200_000],
    }
}

fn drawn(device: usize, rng: &mut Pcg64) -> usize {
    let mut left = rng.random_range(0..1_000_000_u32);
    for (buyer, weight) in weights(device).into_iter().enumerate() {
        if left < weight {
            return buyer;
        }
        left -= weight;
    }
    BUYERS.len() - 1
}

fn scenario(task: Task) -> String {
    let stateful = match task {
        Task::Stateful => "[stateful]\nanswers = \"recorded\"\nlearning = \"28 minutes\"\n",
        Task::Parquet | Task::Csv => "",
    };
    format!(
        r#"log = "{log}"
candidate = "candidate.json"
baseline = "baseline.json"
attribution_window = 0
reward = {{ unit = "USD" }}

[columns]
lead_id = "lead_id"
at = "at"
cluster = "person"
destination = "destination"
propensity = "propensity"
reward = "reward"
last_offer_ends = true
fields = {{ state = "state", source = "source", device = "device", age = "age", amount = "amount" }}

{stateful}"#,
        log = log_name(task)
    )
}

/// Rules by state, age and amount, a score, splits, and a bandit where it learns.
fn candidate(task: Task) -> Value {
    let even = match task {
        Task::Stateful => {
            json!({"kind": "bandit", "arms": arms([1; 6], false), "explore_ppm": 60_000})
        }
        Task::Parquet | Task::Csv => {
            json!({"kind": "split", "arms": arms([160_000, 160_000, 170_000, 170_000, 170_000, 170_000], true)})
        }
    };
    flow(
        "candidate",
        json!({
            "by-state": {"kind": "table", "columns": ["state", "age"], "otherwise": "even", "rows": [
                {"cells": [["CA", "TX"], {"from": 25, "to": 65}], "to": "graded"},
                {"cells": [["NY", "FL", "PA"], null], "to": "by-device"},
                {"cells": [["OH"], {"to": 21}], "to": "east"}]},
            "quality": {"kind": "scorecard", "points": [
                {"if": "amount >= 50000", "points": 40}, {"if": "age >= 40", "points": 20}, {"if": "device == 'desktop'", "points": 10}]},
            "graded": {"kind": "when", "if": "quality >= 50", "then": "west", "otherwise": "even"},
            "by-device": {"kind": "switch", "on": "device", "cases": [
                {"in": ["phone"], "to": "east"}, {"in": ["tablet"], "to": "west"}], "otherwise": "even"},
            "east": {"kind": "split", "arms": arms([300_000, 300_000, 100_000, 100_000, 100_000, 100_000], true)},
            "west": {"kind": "split", "arms": arms([100_000, 100_000, 100_000, 100_000, 300_000, 300_000], true)},
            "even": even,
        }),
    )
}

fn baseline() -> Value {
    let weights = [150_000, 200_000, 160_000, 160_000, 160_000, 170_000];
    flow(
        "baseline",
        json!({"by-state": {"kind": "split", "arms": arms(weights, true)}}),
    )
}

fn arms(weights: [u32; 6], has_weights: bool) -> Value {
    let arms = BUYERS
        .into_iter()
        .zip(weights)
        .map(|(buyer, weight)| match has_weights {
            true => json!({"weight_ppm": weight, "to": buyer}),
            false => json!({"to": buyer}),
        });
    arms.collect()
}

fn flow(name: &str, mut nodes: Value) -> Value {
    for buyer in BUYERS {
        nodes[buyer] = json!({"kind": "destination"});
    }
    json!({"flow": name, "vertical": "auto", "currency": "USD", "root": "by-state", "nodes": nodes})
}
