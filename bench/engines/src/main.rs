//! Times all engines on all workloads: tables or JSON to stdout, progress to stderr.

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use engines::{count, machine::Machine, plan::Plan, plot, report::Timer, workloads};

const HELP: &str = "\
Pointsman beside other rule engines. The answers are compared before any time is taken.

  engines [--quick] [--output text|json] [--save FOLDER]

  --quick            a short run, to see that all works
  --output json      a list of {workload, rows, boundary, engine, p50_ns, p99_ns, allocations}
  --save FOLDER      also writes engines.md, engines.json and growth.svg there
";

/// Exit code for a command line that nobody understands, as everywhere in Pointsman.
const MISUSED: u8 = 2;

/// What the command line asks for.
#[derive(Debug, Default)]
struct Asked {
    quick: bool,
    json: bool,
    help: bool,
    save: Option<PathBuf>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(asked) = parse(&words) else {
        say(&format!(
            "error: cannot read `{}`\n\n{HELP}",
            words.join(" ")
        ));
        return ExitCode::from(MISUSED);
    };
    match run(&asked) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn parse(words: &[&str]) -> Option<Asked> {
    let mut asked = Asked::default();
    let mut rest = words;
    loop {
        rest = match rest {
            [] => return Some(asked),
            ["--quick", rest @ ..] => {
                asked.quick = true;
                rest
            }
            ["--help" | "-h", rest @ ..] => {
                asked.help = true;
                rest
            }
            ["--output", form @ ("json" | "text"), rest @ ..] => {
                asked.json = *form == "json";
                rest
            }
            ["--save", folder, rest @ ..] => {
                asked.save = Some(PathBuf::from(folder));
                rest
            }
            _ => return None,
        };
    }
}

fn run(asked: &Asked) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    if asked.help {
        return Ok(stdout.write_all(HELP.as_bytes())?);
    }
    let plan = if asked.quick {
        Plan::quick()
    } else {
        Plan::full()
    };
    let machine = Machine::here();
    say("counting allocations");
    let counts = count::count_apart(asked.quick)?;
    let mut timer = Timer::new(&plan, say);
    workloads::visit(&plan, &mut timer)?;
    let results = timer.finish(machine, &counts)?;
    if let Some(folder) = &asked.save {
        let write = |name: &str, text: String| {
            let path = folder.join(name);
            std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
        };
        write("engines.md", results.to_markdown())?;
        write(
            "engines.json",
            serde_json::to_string_pretty(&results)? + "\n",
        )?;
        write("growth.svg", plot::growth(&results)?)?;
    }
    let text = if asked.json {
        serde_json::to_string_pretty(&results.lines())? + "\n"
    } else {
        results.to_markdown()
    };
    Ok(stdout.write_all(text.as_bytes())?)
}

/// Says on stderr how far it is, or what went wrong.
#[expect(clippy::print_stderr, reason = "the one place that writes to stderr")]
fn say(line: &str) {
    eprintln!("{line}");
}
