//! Times the intake of leads over HTTP beside a bare insert of the same rows.

mod bare;
mod buyer;
mod child;
mod door;
mod http;
mod load;
mod options;
mod report;
mod rows;
mod run;
mod server;
mod service;
mod shadow;
mod site;
mod span;

use std::process::ExitCode;

use options::{HELP, Role};

/// That of `pointsman serve`, for everybody who is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit code for a command line that nobody understands, as everywhere in Pointsman.
const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some(role) = options::parse(&words) else {
        report::note(&format!(
            "error: cannot read `{}`\n\n{HELP}",
            words.join(" ")
        ));
        return ExitCode::from(MISUSED);
    };
    let ended = match role {
        Role::Help => report::out(HELP),
        Role::Bench(options) => run::all(&options),
        Role::Load => load::main(),
        Role::Buyer => buyer::main(),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::note(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
