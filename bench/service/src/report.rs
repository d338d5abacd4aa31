//! What came out, as a table for people and as JSON for programs; and how far the work is.

use std::time::Instant;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::say;

/// One number.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    pub(crate) task: &'static str,
    pub(crate) database: &'static str,
    pub(crate) leads: u64,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
}

/// All numbers, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Results(Vec<Line>);

impl Results {
    pub(crate) fn add(&mut self, line: Line) {
        let Line {
            task,
            leads,
            value,
            unit,
            ..
        } = &line;
        say(&format!("{task}, {leads} leads: {value:.2} {unit}"));
        self.0.push(line);
    }

    pub(crate) fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(&self.0)? + "\n")
    }

    pub(crate) fn to_text(&self) -> String {
        let head = format!(
            "{:<44} {:<9} {:>10} {:>10} {:<6} goal\n",
            "task", "database", "leads", "value", "unit"
        );
        let lines = self.0.iter().map(|line| {
            let Line {
                task,
                database,
                leads,
                value,
                unit,
            } = line;
            let goal = goal(task).map_or_else(String::new, |most| format!("at most {most}"));
            let text =
                format!("{task:<44} {database:<9} {leads:>10} {value:>10.2} {unit:<6} {goal}");
            text.trim_end().to_owned() + "\n"
        });
        head + &lines.collect::<String>()
    }
}

/// The most that a number should be.
fn goal(task: &str) -> Option<f64> {
    match task {
        START | START_LATER => Some(2.0),
        MEMORY | MEMORY_LATER => Some(300.0),
        GROWTH => Some(1.2),
        _ => None,
    }
}

/// From the start of the process to the first 200 of `/readyz`.
pub(crate) const START: &str = "start to /readyz";
/// Resident memory five seconds after that.
pub(crate) const MEMORY: &str = "memory at rest after a start";
/// The same, with what the commits have added to the commit log.
pub(crate) const START_LATER: &str = "start after the commits";
pub(crate) const MEMORY_LATER: &str = "memory at rest after that start";
/// How many times as large our overhead is in the large database as in the small one.
pub(crate) const GROWTH: &str = "growth of ours / bare with the leads";

/// How far a long piece of work is.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: ProgressBar,
    what: &'static str,
    started: Instant,
    n: u64,
}

impl Bar {
    pub(crate) fn new(what: &'static str, n: u64) -> Self {
        let bar = ProgressBar::new(n).with_message(what);
        let style = "{msg} {bar:40} {human_pos} of {human_len}, {elapsed} of about {duration}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.tick();
        Self {
            bar,
            what,
            started: Instant::now(),
            n,
        }
    }

    pub(crate) fn add(&self, n: u64) {
        self.bar.inc(n);
    }

    pub(crate) fn done(self) {
        let Self {
            bar,
            what,
            started,
            n,
        } = self;
        bar.finish_and_clear();
        say(&format!(
            "{what}: {n} in {:.1} s",
            started.elapsed().as_secs_f64()
        ));
    }
}
