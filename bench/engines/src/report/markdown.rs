//! Tables in Markdown, such as the README quotes.

use std::fmt::Write as _;

use super::{Built, Line, Results};
use crate::{
    engine::{Boundary, Name},
    machine::Machine,
};

impl Results {
    /// All tables, with what they were measured on.
    pub fn to_markdown(&self) -> String {
        let mut text = self.machine.to_markdown();
        text.push_str("\nTime of a decision, the median. In brackets, how many times ours it is; bold where ours is slower.\n\n");
        text.push_str(&self.table(&|line, ours| {
            let time = time(line.p50_ns);
            match ours {
                Some(ours) if line.engine != Name::Pointsman => {
                    let times = line.p50_ns / ours.p50_ns;
                    if times < 1.0 {
                        format!("**{time}** ({}×)", digits(times))
                    } else {
                        format!("{time} ({}×)", digits(times))
                    }
                }
                _ => time,
            }
        }));
        text.push_str(
            "\nTime that 99 of 100 decisions do not exceed, and allocations of a decision.\n\n",
        );
        text.push_str(
            &self.table(&|line, _| format!("{}, {}", time(line.p99_ns), digits(line.allocations))),
        );
        text.push_str("\nFrom text to ready, without and with all proofs about the rules: the median time, and the memory that the engine takes.\n\n");
        text.push_str(&self.builds_table());
        text
    }

    /// A row for each boundary of each workload, a column for each engine.
    ///
    /// * `cell`: says what stands in a cell, given the line and ours of the same row.
    fn table(&self, cell: &dyn Fn(&Line, Option<&Line>) -> String) -> String {
        let mut keys: Vec<(&str, usize, Boundary)> = Vec::new();
        for decision in &self.decisions {
            let line = &decision.line;
            let key = (line.workload.as_str(), line.rows, line.boundary);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let mut text = head(&["workload", "rows", "from"]);
        for key in keys {
            let ours = self.find(key, Name::Pointsman);
            let _ = write!(text, "| {} | {} | {} |", key.0, key.1, key.2); // Writing to a String cannot fail.
            for engine in Name::ALL {
                let line = self.find(key, engine);
                let shown = line.map_or("–".to_owned(), |line| cell(line, ours));
                let _ = write!(text, " {shown} |");
            }
            text.push('\n');
        }
        text
    }

    fn builds_table(&self) -> String {
        let mut text = String::from(
            "| workload | rows | engine | work | time | memory |\n| --- | ---: | --- | --- | ---: | ---: |\n",
        );
        for built in &self.builds {
            let Built {
                workload,
                rows,
                engine,
                work,
                p50_ms,
                max_ms: _,
                allocations: _,
                bytes_kept,
            } = built;
            let (time, kib) = (time(p50_ms * 1e6), bytes_kept.div_ceil(1024));
            let _ = writeln!(
                text,
                "| {workload} | {rows} | {engine} | {work} | {time} | {kib} KiB |"
            );
        }
        text
    }
}

impl Machine {
    fn to_markdown(&self) -> String {
        let Self {
            cpu,
            n_cpus,
            load,
            rustc,
            flags,
            profile,
            commit,
        } = self;
        let flags = if flags.is_empty() { "none" } else { flags };
        format!(
            "{cpu}, {n_cpus} CPUs, load {load} at the start; {rustc}; {profile}; flags: {flags}; commit {commit}.\n"
        )
    }
}

fn head(keys: &[&str]) -> String {
    let engines = Name::ALL.map(|engine| engine.to_string());
    let columns: Vec<&str> = keys
        .iter()
        .copied()
        .chain(engines.iter().map(String::as_str))
        .collect();
    let rules = keys.iter().map(|_| "---");
    let rules: Vec<&str> = rules.chain(engines.iter().map(|_| "---:")).collect();
    format!("| {} |\n| {} |\n", columns.join(" | "), rules.join(" | "))
}

/// A time with two or three digits and a unit.
fn time(ns: f64) -> String {
    match ns {
        ..1e3 => format!("{} ns", digits(ns)),
        1e3..1e6 => format!("{} µs", digits(ns / 1e3)),
        _ => format!("{} ms", digits(ns / 1e6)),
    }
}

/// Two or three digits that count.
fn digits(number: f64) -> String {
    match number {
        0.0 => "0".to_owned(),
        ..1.0 => format!("{number:.2}"),
        1.0..10.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times_have_the_unit_that_fits() {
        assert_eq!(time(7.25), "7.2 ns");
        assert_eq!(time(74.6), "75 ns");
        assert_eq!(time(10_300.0), "10 µs");
        assert_eq!(time(5_400_000.0), "5.4 ms");
    }
}
