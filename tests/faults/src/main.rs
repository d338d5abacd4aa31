//! `soak`: runs scenarios at full size, tells how far it is, and prints a table.

use std::{
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use faults::{
    outcome::Outcome,
    plan::Plan,
    scenarios::{ALL, Scenario, run},
};

const USAGE: &str = "\
usage: soak [--only NAME]… [--rounds N] [--seed S] [--output table|json]

  --only NAME     such as R1; all scenarios with this name, or whose name begins with it and a dash
  --rounds N      how often something goes wrong in each; without it, each has its own number
  --seed S        what the moments follow from; without it, from the time
";

/// What was asked for.
struct Asked {
    only: Vec<String>,
    rounds: Option<u64>,
    seed: u64,
    json: bool,
}

impl Asked {
    /// `None` for words that nobody understands.
    fn read(words: &[String]) -> Option<Self> {
        let mut asked = Self {
            only: Vec::new(),
            rounds: None,
            seed: new_seed(),
            json: false,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let value = words.next()?;
            match &**word {
                "--only" => asked.only.push(value.clone()),
                "--rounds" => asked.rounds = Some(value.parse().ok().filter(|n| *n > 0)?),
                "--seed" => asked.seed = value.parse().ok()?,
                "--output" if value == "json" => asked.json = true,
                "--output" if value == "table" => asked.json = false,
                _ => return None,
            }
        }
        let is_known = |name: &String| ALL.iter().any(|it| is_named(it, name));
        asked.only.iter().all(is_known).then_some(asked)
    }

    fn wants(&self, scenario: &Scenario) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| is_named(scenario, name))
    }
}

fn is_named(scenario: &Scenario, name: &str) -> bool {
    let rest = scenario.name.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[tokio::main(flavor = "multi_thread", worker_threads = 6)]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table goes to stdout, all else to stderr"
)]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(asked) = Asked::read(&words) else {
        let names: Vec<&str> = ALL.iter().map(|it| it.name).collect();
        eprint!("{USAGE}\nscenarios: {}\n", names.join(", "));
        return ExitCode::from(2);
    };
    let mut outcomes = Vec::new();
    for scenario in ALL.iter().filter(|it| asked.wants(it)) {
        let plan = Plan {
            seed: asked.seed,
            rounds: asked.rounds.unwrap_or(scenario.rounds),
            is_whole: true,
        };
        let Scenario { name, what, .. } = scenario;
        eprintln!("{name}: {what}; {} rounds, seed {}", plan.rounds, plan.seed);
        match run(scenario, plan).await {
            Some(outcome) => {
                eprint!("{outcome}");
                outcomes.push(outcome);
            }
            None => eprintln!("  left out: name a server in POINTSMAN_TEST_POSTGRES"),
        }
    }
    if asked.json {
        let text = serde_json::to_string_pretty(&outcomes);
        println!("{}", text.unwrap_or_default());
    } else {
        print!("{}", table(&outcomes));
    }
    if outcomes.iter().all(Outcome::holds) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Another one each time.
fn new_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::from(since.unwrap_or_default().subsec_micros())
}

/// A row for each scenario.
fn table(outcomes: &[Outcome]) -> String {
    let head = "| scenario | on | rounds | seed | leads | criteria | result | time |\n\
        | --- | --- | ---: | ---: | ---: | ---: | --- | ---: |\n";
    let rows = outcomes.iter().map(|outcome| {
        let Outcome {
            name,
            on,
            seed,
            rounds,
            seconds,
            criteria,
            counts,
            ..
        } = outcome;
        let n_leads = counts.as_ref().map_or(0, |counts| counts.leads);
        let n_criteria = criteria.len();
        let word = if outcome.holds() { "holds" } else { "**fails**" };
        format!("| {name} | {on} | {rounds} | {seed} | {n_leads} | {n_criteria} | {word} | {seconds} s |\n")
    });
    head.to_owned() + &rows.collect::<String>()
}
