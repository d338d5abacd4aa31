//! Leads at a steady rate, whoever waits for what, and how long they waited.

use std::{
    fmt,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    caller::try_answer,
    site::{Site, solar_lead},
};

/// How many leads come, how fast, and for how long the buyer hangs.
#[derive(Debug)]
pub(super) struct Crowd {
    pub(super) rounds: u32,
    pub(super) hang: Duration,
    /// Whether this is the script's run and not that of a test among others.
    pub(super) is_full: bool,
    leads_per_second: u32,
    seconds: u32,
}

/// What became of the leads of one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    /// Milliseconds that 99 of 100 leads of the quick buyer did not exceed.
    p99_ms: u128,
    p50_ms: u128,
    /// Leads for the quick buyer alone that were not sold to it.
    pub(super) unsold: usize,
    /// Those of them that the server refused.
    refused: usize,
    /// All leads for the quick buyer alone.
    n_quick: usize,
    /// Leads for the buyer that hangs, by whom they were sold to.
    sold_to_slow: usize,
    passed_to_quick: usize,
    /// Leads for the buyer that hangs with another end, or refused.
    others: usize,
}

/// Whose lead it was, how long it took, and the answer if there was one.
type Taken = (bool, Duration, Option<Value>);

impl Crowd {
    /// A small one, or that of `tests/hanging-buyer.sh`.
    pub(super) fn of_the_environment() -> Self {
        let setting = |name: &str| -> Option<u32> {
            let text = std::env::var(format!("POINTSMAN_HANGING_{name}")).ok()?;
            Some(text.parse().unwrap())
        };
        let rounds = setting("ROUNDS");
        let (leads_per_second, seconds, hang_ms) = match rounds {
            Some(_) => (200, 60, 10_000),
            None => (60, 2, 1_500),
        };
        Self {
            rounds: rounds.unwrap_or(1),
            hang: Duration::from_millis(hang_ms),
            is_full: rounds.is_some(),
            leads_per_second: setting("RATE").unwrap_or(leads_per_second),
            seconds: setting("SECONDS").unwrap_or(seconds),
        }
    }

    /// Sends one lead after another at its moment, also while others wait, and waits for all answers.
    pub(super) async fn send(&self, site: &Site) -> Figures {
        let source = site.source();
        let mut under_way: JoinSet<Taken> = JoinSet::new();
        let started = Instant::now();
        for n in 0..self.leads_per_second * self.seconds {
            let due = started + Duration::from_secs(1) * n / self.leads_per_second;
            tokio::time::sleep_until(due.into()).await;
            let is_quick = n % 2 == 0;
            let mut lead = solar_lead();
            lead["fields"]["roof"] = json!(if is_quick { "steep" } else { "flat" });
            let source = source.clone();
            under_way.spawn(async move {
                let request = source
                    .request(reqwest::Method::POST, "/v1/leads")
                    .json(&lead);
                let answer = try_answer(request).await.ok();
                let answer = answer.filter(|answer| answer.status < 300);
                // From when it was due: a caller that is kept from calling waits as well.
                (is_quick, due.elapsed(), answer.map(|answer| answer.json()))
            });
        }
        Figures::of(&under_way.join_all().await)
    }
}

impl Figures {
    fn of(taken: &[Taken]) -> Self {
        let sold_to = |taken: &Taken, name: &str| {
            let answer = taken.2.as_ref();
            answer.is_some_and(|answer| answer["destination"] == name)
        };
        let (quick, slow): (Vec<&Taken>, Vec<&Taken>) = taken.iter().partition(|taken| taken.0);
        let mut waits: Vec<Duration> = quick.iter().map(|taken| taken.1).collect();
        waits.sort_unstable();
        let sold = |whose: &[&Taken], name: &str| {
            whose.iter().filter(|taken| sold_to(taken, name)).count()
        };
        let (sold_to_slow, passed_to_quick) = (sold(&slow, "slow"), sold(&slow, "quick"));
        Self {
            p99_ms: waits[(waits.len() * 99).div_ceil(100) - 1].as_millis(),
            p50_ms: waits[waits.len() / 2].as_millis(),
            unsold: quick.len() - sold(&quick, "quick"),
            refused: quick.iter().filter(|taken| taken.2.is_none()).count(),
            n_quick: quick.len(),
            sold_to_slow,
            passed_to_quick,
            others: slow.len() - sold_to_slow - passed_to_quick,
        }
    }

    /// Of an odd number of runs.
    pub(super) fn median_p99_ms(runs: &[Self]) -> u128 {
        let mut all: Vec<u128> = runs.iter().map(|figures| figures.p99_ms).collect();
        all.sort_unstable();
        all[all.len() / 2]
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            p99_ms,
            p50_ms,
            unsold,
            refused,
            n_quick,
            sold_to_slow,
            passed_to_quick,
            others,
        } = self;
        write!(
            formatter,
            "of {n_quick} leads for the quick buyer {unsold} were not sold ({refused} refused), p50 {p50_ms} ms, p99 {p99_ms} ms; of the \
             others {sold_to_slow} were sold to the first choice that hangs, {passed_to_quick} to the second, {others} \
             to nobody"
        )
    }
}
