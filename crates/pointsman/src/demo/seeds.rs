//! The market of several seeds, one run after the other on each core, and what they come to.

use std::{
    ops::RangeInclusive,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use pointsman_testkit::World;

use super::{
    gain::{Worth, ranking},
    market::{self, MarketRun},
    table::{count, grouped, percent},
};
use crate::out;

/// By how much the best arm has to lead the second to be expected to be favoured.
const CLEAR_LEAD: f64 = 0.05;

/// Runs all seeds and prints a row for each, and the mean.
///
/// # Errors
///
/// The first run that fails.
pub(super) fn run(seeds: RangeInclusive<u64>, n_leads: u64) -> anyhow::Result<()> {
    let ranking = ranking(World::new(*seeds.start()));
    out::data(truth(&ranking));
    out::data(format!(
        "{} leads in {} days, weights each hour\n\n\
         seed   leads of the bandit   a lead     even   best first   share of the gain   favourite at the end",
        grouped(n_leads),
        super::pace::DAYS
    ));
    let mut runs = all(seeds, n_leads)?;
    runs.sort_by_key(|run| run.seed);
    for run in &runs {
        out::data(row(run));
    }
    out::data(summary(&runs, &ranking));
    Ok(())
}

/// Runs seeds on all cores.
fn all(seeds: RangeInclusive<u64>, n_leads: u64) -> anyhow::Result<Vec<MarketRun>> {
    let next = AtomicU64::new(*seeds.start());
    let done = Mutex::new(Ok(Vec::new()));
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..n_cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if !seeds.contains(&seed) {
                        return;
                    }
                    let run = market::run(seed, n_leads);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    match (&mut *done, run) {
                        (Ok(runs), Ok(run)) => runs.push(run),
                        (done, Err(error)) => *done = Err(error),
                        (Err(_), Ok(_)) => {}
                    }
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// What the arms are truly worth.
fn truth(ranking: &[Worth]) -> String {
    let arms = ranking.iter().map(|arm| {
        let Worth { name, own, walk } = arm;
        format!("  {name:<12} ${own:>6.2} itself, ${walk:>6.2} in the whole walk\n")
    });
    let arms: Vec<String> = arms.collect();
    format!(
        "true worth of a good lead that an arm gets first\n{}",
        arms.concat()
    )
}

fn row(run: &MarketRun) -> String {
    let [money, even, best] = run.gain.a_lead();
    let favourite = run.favourite();
    let weight = run.weights.get(favourite).copied().unwrap_or(0);
    format!(
        "{:<6} {:>19} {:>8} {:>8} {:>12} {:>19}   {favourite} {}",
        run.seed,
        grouped(run.gain.n),
        format!("${money:.2}"),
        format!("${even:.2}"),
        format!("${best:.2}"),
        run.gain.share().map_or_else(String::new, percent),
        percent(f64::from(weight) / 1e6),
    )
}

/// Mean, spread and favourites of all runs.
fn summary(runs: &[MarketRun], ranking: &[Worth]) -> String {
    let shares: Vec<f64> = runs.iter().filter_map(|run| run.gain.share()).collect();
    let n = count(shares.len() as u64);
    let mean = shares.iter().sum::<f64>() / n.max(1.0);
    let squares: f64 = shares.iter().map(|share| (share - mean).powi(2)).sum();
    let sd = (squares / (n - 1.0).max(1.0)).sqrt();
    let least = shares.iter().copied().fold(f64::INFINITY, f64::min);
    let most = shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (best, second) = (ranking[0], ranking[1]);
    let lead = best.walk / second.walk - 1.0;
    let right = runs
        .iter()
        .filter(|run| run.favourite() == best.name)
        .count();
    let asked = if lead >= CLEAR_LEAD {
        "a clear lead"
    } else {
        "no clear lead"
    };
    format!(
        "\nshare of the possible gain: mean {}, standard deviation {}, standard error {}, from {} to {}\n\
         truly best arm `{}` leads `{}` by {} ({asked}); favoured at the end in {right} of {} runs",
        percent(mean),
        percent(sd),
        percent(sd / n.max(1.0).sqrt()),
        percent(least),
        percent(most),
        best.name,
        second.name,
        percent(lead),
        runs.len(),
    )
}
