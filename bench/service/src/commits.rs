//! What a commit costs: leads taken in by the engine, and in turn the bare insert of the same rows.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures_util::future::join_all;
use pointsman_engine::Mode;
use pointsman_history::Clock;

use crate::{
    bare::{self, Places},
    buyers::Buyers,
    platform::Platform,
    report::Bar,
    site,
    url::Url,
};

/// Turns of each database: what else runs on the machine falls on everybody.
const TURNS: usize = 5;
/// The first commits of a turn, which nobody counts: statements are prepared and pages are read.
const WARM_UP: usize = 10;
/// How long a buyer thinks, so that no answer comes while leads are being stored.
const THINKS: Duration = Duration::from_millis(50);

/// What commits of one database took.
#[derive(Debug, Default)]
pub(crate) struct Costs {
    ours: Vec<Duration>,
    bare: Vec<Duration>,
}

impl Costs {
    /// Medians in milliseconds: ours, and the bare insert.
    pub(crate) fn medians_ms(&self) -> (f64, f64) {
        (median_ms(&self.ours), median_ms(&self.bare))
    }
}

fn median_ms(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    median.as_secs_f64() * 1e3
}

/// Times commits in several databases, turn by turn.
///
/// * `n_commits`: in each database, of ours and of bare inserts.
/// * `n_leads`: of each commit.
pub(crate) async fn measure(urls: &[&Url], n_commits: usize, n_leads: usize) -> Result<Vec<Costs>> {
    let mut costs: Vec<Costs> = urls.iter().map(|_| Costs::default()).collect();
    let n_turn = n_commits.div_ceil(TURNS) + WARM_UP;
    for _ in 0..TURNS {
        for (url, costs) in urls.iter().zip(&mut costs) {
            let (ours, places) = ours(url, n_turn, n_leads).await?;
            let bare = bare::insert(url, &places).await?;
            costs.ours.extend(&ours[WARM_UP..]);
            costs.bare.extend(&bare[WARM_UP..]);
        }
    }
    Ok(costs)
}

/// Commits of the engine: their times, and the places in commit order that they gave out.
async fn ours(url: &Url, n_commits: usize, n_leads: usize) -> Result<(Vec<Duration>, Vec<Places>)> {
    let buyers = Buyers::start(THINKS).await?;
    let platform = Platform::open(url, Clock::real()).await?;
    site::move_destinations(&platform.control, &buyers).await?;
    let bar = Bar::new("our commits", n_commits as u64);
    let mut keys = Keys::new();
    let (mut times, mut places) = (Vec::new(), Vec::new());
    for _ in 0..n_commits {
        let intake = platform.engine.intake();
        let after = platform.engine.store().read().max_seq().await?;
        let requests: Vec<_> = (0..n_leads)
            .map(|_| site::lead(keys.next() % 10_000, keys.text(), Mode::Async))
            .collect();
        let started = Instant::now();
        let sent = join_all(requests.into_iter().map(|it| intake.submit(it)));
        // All of them are polled before anybody else, so that they are in the queue together.
        let outcomes = tokio::task::unconstrained(sent).await;
        times.push(started.elapsed());
        let last = platform.engine.store().read().max_seq().await?;
        places.push(Places { after, last });
        let n_stored = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        ensure!(
            n_stored == n_leads,
            "of {n_leads} leads {n_stored} were stored"
        );
        while platform.engine.dispatcher().n_active() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bar.add(1);
    }
    bar.done();
    platform.stop().await?;
    Ok((times, places))
}

/// Keys that come in no order, as those of sources do.
struct Keys(u64);

impl Keys {
    fn new() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(u64::try_from(since.unwrap_or_default().as_nanos()).unwrap_or_default())
    }

    /// The generator `SplitMix64` of Steele, Lea and Flood, 2014.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn text(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }
}
