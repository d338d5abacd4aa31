//! What would make a question decidable that a log leaves open.

use pointsman_lead::Timestamp;
use pointsman_stats::{
    comparison::Compared,
    normal,
    weighted::tails::{REWARDS_MIN, Tail},
};

use crate::{maturity::Matured, unsupported::UnsupportedDestination, verdict::VerdictKind};

/// Effective leads that a verdict needs.
const ESS_MIN: f64 = 200.0;
/// Clusters that a verdict needs.
const CLUSTERS_MIN: f64 = 30.0;
/// The share of leads that is proposed to be drawn for a destination of which nothing is known.
const EXPLORE: f64 = 0.03;
/// Destinations that are named.
const NAMED_MAX: usize = 3;
/// Beyond so many times the leads, more of them are no advice.
const TIMES_MAX: f64 = 100.0;
const DAY_MICROS: f64 = 86_400e6;

/// How fast leads came.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pace {
    n: u64,
    times: Option<(Timestamp, Timestamp)>,
}

impl Pace {
    pub(crate) fn add(&mut self, at: Timestamp) {
        self.n += 1;
        let (oldest, newest) = self.times.unwrap_or((at, at));
        self.times = Some((oldest.min(at), newest.max(at)));
    }

    /// In words, how long so many leads take; none where the log does not tell.
    #[expect(clippy::cast_precision_loss, reason = "days for people")]
    fn time_of(self, n_leads: f64) -> Option<String> {
        let (oldest, newest) = self.times?;
        let days = newest.0.saturating_sub(oldest.0) as f64 / DAY_MICROS;
        let days = n_leads * days / self.n.max(2) as f64;
        (days > 0.0).then(|| match days.ceil() {
            1.0 => "about a day".to_owned(),
            days => format!("about {days:.0} days"),
        })
    }
}

/// What a log lacks for a verdict, each with what it would take; nothing where the verdict stands.
pub(crate) fn decidable(
    kind: VerdictKind,
    compared: &Compared,
    tolerance: f64,
    unsupported: &[UnsupportedDestination],
    matured: Option<&Matured>,
    pace: Pace,
) -> Vec<String> {
    if matches!(kind, VerdictKind::Ship | VerdictKind::DoNotShip) {
        return Vec::new();
    }
    let explored = unsupported.iter().filter(|it| it.share > 0.001);
    let mut needs: Vec<String> = explored
        .take(NAMED_MAX)
        .map(|it| explore(it, compared, pace))
        .collect();
    needs.extend(matured.and_then(Matured::when_mature));
    // Where the log never goes, more of the same log says nothing more.
    if needs.is_empty() {
        needs.extend(more_leads(compared, tolerance, pace));
    }
    needs
}

/// A share of leads for a destination, and for how long.
#[expect(clippy::cast_precision_loss, reason = "leads are far below 2^53")]
fn explore(it: &UnsupportedDestination, compared: &Compared, pace: Pace) -> String {
    let baseline = &compared.baseline;
    let rate = baseline.rewards / baseline.n.max(1) as f64;
    let offers = if rate > 0.0 {
        (REWARDS_MIN / rate).max(ESS_MIN)
    } else {
        ESS_MIN
    };
    let n_leads = offers / EXPLORE;
    let how_long = pace
        .time_of(n_leads)
        .unwrap_or_else(|| format!("about {n_leads:.0} leads"));
    format!(
        "explore {:.0} % for {how_long} at `{}`: about {offers:.0} leads drawn for it at random would show what it pays, if it sells as the others do",
        100.0 * EXPLORE,
        it.destination
    )
}

/// How many more leads of the same kind it takes, if the difference stays what it is.
#[expect(clippy::cast_precision_loss, reason = "leads are far below 2^53")]
fn more_leads(compared: &Compared, tolerance: f64, pace: Pace) -> Option<String> {
    let Compared {
        candidate,
        difference,
        ..
    } = compared;
    let estimate = candidate.estimate.as_ref().ok()?;
    if difference.apart <= 0.0 {
        return None;
    }
    let distance = difference.diff + tolerance;
    let reach = normal::quantile(0.975) * difference.se_paired;
    let is_near = distance.abs() < reach;
    let sides = [&difference.gains, &difference.losses]
        .map(Tail::count)
        .into_iter()
        .filter(|count| *count > 0.0);
    let clusters = candidate.n_clusters.map(|n| CLUSTERS_MIN / n.max(1) as f64);
    let times = [
        ESS_MIN / estimate.ess,
        REWARDS_MIN / difference.rewards,
        if is_near {
            (reach / distance).powi(2)
        } else {
            1.0
        },
    ];
    let times = sides
        .map(|count| REWARDS_MIN / count)
        .chain(times)
        .chain(clusters)
        .filter(|times| !times.is_nan())
        .fold(1.0_f64, f64::max);
    if times <= 1.0 {
        return None;
    }
    if times > TIMES_MAX {
        return Some(
            "leads like these hardly ever decide it: the difference is too small for its spread, or too near to the tolerance"
                .to_owned(),
        );
    }
    let more = candidate.n as f64 * (times - 1.0);
    let how_long = pace.time_of(more);
    let how_long = how_long.map(|time| format!(", {time} at the pace of the log"));
    Some(format!(
        "about {more:.0} more leads like these would decide it{}, if the difference stays as it is",
        how_long.unwrap_or_default()
    ))
}
