//! The command line.

use std::path::PathBuf;

/// What `--help` says.
pub(crate) const HELP: &str = "\
What our bandit earns in worlds whose truth is known, beside other ways to allocate.

  learning [--worlds DIR] [--world NAME,NAME] [--policy NAME,NAME] [--reps N] [--seed N]
           [--threads N] [--check] [--output text|json]

  --worlds DIR       a folder of worlds as TOML files (those of the repository)
  --world NAME,…     only these of them: names of files without `.toml`
  --policy NAME,…    only these policies (all below but `exact`)
  --reps N           runs of each policy in each world (what the world says; 400 if it says nothing)
  --seed N           fixes every draw, whatever the number of threads (1)
  --threads N        runs at the same time (as many as there are processors)
  --check            fail if an expectation of a world is not met
  --output json      a list of {world, policy, gain_share, money_a_lead, se, best_share_by_quarter, wrong_at_end, reps, …}

Policies:
";

/// What to run.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) worlds: PathBuf,
    pub(crate) only: Vec<String>,
    pub(crate) policies: Vec<String>,
    pub(crate) reps: Option<usize>,
    pub(crate) seed: u64,
    pub(crate) threads: usize,
    pub(crate) check: bool,
    pub(crate) json: bool,
    pub(crate) help: bool,
}

/// Reads the command line; `None` if nobody understands it.
pub(crate) fn parse(words: &[&str]) -> Option<Options> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let mut options = Options {
        worlds: package.join("worlds"),
        only: Vec::new(),
        policies: Vec::new(),
        reps: None,
        seed: 1,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        check: false,
        json: false,
        help: false,
    };
    let list = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut rest = words;
    loop {
        rest = match rest {
            [] => return Some(options),
            ["--help" | "-h", rest @ ..] => {
                options.help = true;
                rest
            }
            ["--worlds", folder, rest @ ..] => {
                options.worlds = PathBuf::from(folder);
                rest
            }
            ["--world", names, rest @ ..] => {
                options.only.extend(list(names));
                rest
            }
            ["--policy", names, rest @ ..] => {
                options.policies.extend(list(names));
                rest
            }
            ["--reps", n, rest @ ..] => {
                options.reps = Some(n.parse().ok().filter(|n| *n > 0)?);
                rest
            }
            ["--seed", n, rest @ ..] => {
                options.seed = n.parse().ok()?;
                rest
            }
            ["--threads", n, rest @ ..] => {
                options.threads = n.parse().ok().filter(|n| *n > 0)?;
                rest
            }
            ["--check", rest @ ..] => {
                options.check = true;
                rest
            }
            ["--output", form @ ("json" | "text"), rest @ ..] => {
                options.json = *form == "json";
                rest
            }
            _ => return None,
        };
    }
}
