//! Rates of what comes late: how much of it has come already, and what is believed while some of it is outstanding.

mod exponential;
mod pending;

pub use exponential::{Exponential, fit_exponential};
pub use pending::{Outstanding, PendingRate};

/// A success whose lead was followed for some time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrived {
    /// How long it took; any unit of time.
    pub delay: f64,
    /// How long ago the lead came, in the same unit; at least the delay.
    pub age: f64,
}

/// Trials by how much of their successes would have come: `Σ G(age)`, in trials.
///
/// Successes over this number estimate the rate without waiting for the late ones.
///
/// * `shares`: for each trial the share of successes that arrive by its age, shape `(n,)`, in `[0, 1]`; for those
///   with a success too.
///
/// # Source
///
/// Vernade, Cappé, Perchet, *Stochastic Bandit Models for Delayed Conversions*, 2017.
pub fn effective_trials(shares: &[f64]) -> f64 {
    shares.iter().sum()
}

/// Share of successes that arrive by each delay seen, of those within the longest: (delay, share), ascending.
///
/// A long delay is only seen if the lead is old enough. So shares are found from the longest delay downwards: at each
/// one, how many of those that could be there are. `G(t) = Π_{s > t} (1 − dN(s) / R(s))`, `R(s)` counting the successes
/// with a delay up to `s` whose lead is at least that old.
///
/// * `arrived`: the successes, shape `(n,)`, in any order; the time grows with its square.
///
/// # Source
///
/// Lawless, *Adjustments for Reporting Delays and the Prediction of Occurred but Not Reported Events*, 1994.
pub fn product_limit(arrived: &[Arrived]) -> Vec<(f64, f64)> {
    let mut delays: Vec<f64> = arrived.iter().map(|it| it.delay).collect();
    delays.sort_by(f64::total_cmp);
    delays.dedup();
    let mut shares = Vec::with_capacity(delays.len());
    let mut share = 1.0;
    for &delay in delays.iter().rev() {
        shares.push((delay, share));
        let there =
            |is: &dyn Fn(&Arrived) -> bool| float(arrived.iter().filter(|it| is(it)).count());
        let events = there(&|it| it.delay.total_cmp(&delay).is_eq());
        let at_risk = there(&|it| it.delay <= delay && delay <= it.age);
        share *= 1.0 - events / at_risk;
    }
    shares.reverse();
    shares
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2⁵³")]
fn float(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests;
