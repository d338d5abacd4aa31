//! The command line.

use std::path::PathBuf;

use crate::site::Setup;

/// What `--help` says.
pub(crate) const HELP: &str = "\
Leads in over HTTP, beside a bare insert of the same rows.

  intake [--quick] [--shadow] [--clients 64,256] [--setup decided|sold] [--leads N] [--rounds N]
         [--database URL] [--folder PATH] [--output text|json]

  --quick            a short run, to see that all works
  --clients N,N      connections of the load generator (64,256)
  --setup NAME       only one of the two
  --shadow           instead: the same leads with a shadow that decides all of them, and without
  --leads N          leads a measurement (60000 decided and 24000 sold; a twentieth of that with --quick)
  --rounds N         measurements of each, of which the median counts (3; 1 with --quick)
  --database URL     a PostgreSQL server, such as postgres://user@host/postgres, on which databases may be created; else SQLite
  --folder PATH      where the SQLite files are (a temporary one)
  --output json      a list of {setup, clients, leads_per_s, share_of_bare, share_of_door, p50_ms, p99_ms, …}
";

/// What the process is.
#[derive(Debug)]
pub(crate) enum Role {
    Help,
    /// It runs the service and all measurements.
    Bench(Options),
    /// It sends leads; the specification comes on its standard input.
    Load,
    /// It buys leads.
    Buyer,
}

/// What to measure.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) clients: Vec<usize>,
    pub(crate) setups: Vec<Setup>,
    /// Leads a measurement; `None`: the usual number.
    pub(crate) leads: Option<usize>,
    pub(crate) rounds: usize,
    pub(crate) quick: bool,
    pub(crate) shadow: bool,
    pub(crate) database: Option<String>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) json: bool,
}

/// Reads the command line; `None` if nobody understands it.
pub(crate) fn parse(words: &[&str]) -> Option<Role> {
    match words {
        ["load"] => return Some(Role::Load),
        ["buyer"] => return Some(Role::Buyer),
        _ => {}
    }
    let mut rounds = None;
    let mut options = Options {
        clients: vec![64, 256],
        setups: vec![Setup::Decided, Setup::Sold],
        leads: None,
        rounds: 3,
        quick: false,
        shadow: false,
        database: None,
        folder: None,
        json: false,
    };
    let mut rest = words;
    loop {
        rest = match rest {
            [] => break,
            ["--help" | "-h", ..] => return Some(Role::Help),
            ["--quick", rest @ ..] => {
                options.quick = true;
                rest
            }
            ["--shadow", rest @ ..] => {
                options.shadow = true;
                rest
            }
            ["--clients", list, rest @ ..] => {
                let clients = list.split(',').map(|n| n.parse().ok().filter(|n| *n > 0));
                options.clients = clients.collect::<Option<_>>()?;
                rest
            }
            ["--setup", name, rest @ ..] => {
                options.setups = vec![Setup::from_name(name)?];
                rest
            }
            ["--leads", n, rest @ ..] => {
                options.leads = Some(n.parse().ok().filter(|n| *n >= 1_000)?);
                rest
            }
            ["--rounds", n, rest @ ..] => {
                rounds = Some(n.parse().ok().filter(|n| *n > 0)?);
                rest
            }
            ["--database", url, rest @ ..] => {
                options.database = Some((*url).to_owned());
                rest
            }
            ["--folder", path, rest @ ..] => {
                options.folder = Some(PathBuf::from(path));
                rest
            }
            ["--output", form @ ("json" | "text"), rest @ ..] => {
                options.json = *form == "json";
                rest
            }
            _ => return None,
        };
    }
    options.rounds = rounds.unwrap_or(if options.quick { 1 } else { 3 });
    Some(Role::Bench(options))
}
