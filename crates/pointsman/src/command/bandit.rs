//! What bandits have learned, from the command line, also while a server uses the database.

use std::collections::BTreeSet;

use anyhow::{Context as _, bail};
use pointsman_bandit::{BanditKey, Posterior, StreamBelief};
use pointsman_control::Control;
use pointsman_history::{Clock, History, SegmentWeights, WeightsOverTime, WeightsPoint};
use pointsman_lead::Timestamp;
use pointsman_store::Store;
use serde_json::{Value, json};

use super::database;
use crate::{
    cli::{BanditReport, Output},
    out,
    settings::Settings,
};

mod html;
mod plot;
mod text;

/// How far back a report goes unless it is said, in microseconds: 30 days.
const TIME_DEFAULT: i64 = 30 * 24 * 3_600_000_000;

/// What is reported of one bandit.
struct Learned {
    weights: WeightsOverTime,
    /// What worth is counted in: a currency, or successes.
    unit: String,
    /// Its segments with weights of their own, by name.
    segments: Vec<SegmentWeights>,
}

impl Learned {
    /// What holds at the end.
    fn last(&self) -> Option<&WeightsPoint> {
        self.weights.points.last()
    }

    /// Worth or cost in the unit.
    fn worth(&self, value: f64) -> f64 {
        value / self.micros()
    }

    fn micros(&self) -> f64 {
        if self.weights.is_count() == Some(true) {
            1.0
        } else {
            1e6
        }
    }
}

pub(super) async fn run(
    settings: &Settings,
    report: &BanditReport,
    output: Output,
) -> anyhow::Result<()> {
    let url = database::url(settings, report.database.db.as_deref());
    let store = Store::open_read_only(&url, &database::options(settings)?).await?;
    let learned = learned(&store, report).await?;
    store.close().await?;
    if let Some(file) = &report.html {
        std::fs::write(file, html::page(&report.flow, &learned))
            .with_context(|| format!("{} cannot be written", file.display()))?;
        out::note(format!("wrote {}", file.display()));
    }
    match output {
        Output::Json => out::json(&learned.iter().map(to_json).collect::<Vec<_>>())?,
        Output::Text => out::data(text::text(&report.flow, &learned).trim_end()),
    }
    Ok(())
}

/// The bandits that were asked for.
async fn learned(store: &Store, report: &BanditReport) -> anyhow::Result<Vec<Learned>> {
    let history = History::new(store.clone());
    let weights = history.weights_at(None).await?.into_iter();
    let of_flow: Vec<SegmentWeights> = weights.filter(|it| it.key.flow == report.flow).collect();
    let nodes: BTreeSet<String> = of_flow.iter().map(|it| it.key.node.clone()).collect();
    let nodes: Vec<String> = match &report.node {
        Some(node) => nodes.into_iter().filter(|it| it == node).collect(),
        None => nodes.into_iter().collect(),
    };
    if nodes.is_empty() {
        match &report.node {
            Some(node) => bail!(
                "the bandit `{node}` of flow `{}` has no weights yet; a bandit has some once leads have come back",
                report.flow
            ),
            None => bail!("no bandit of flow `{}` has weights yet", report.flow),
        }
    }
    let currency = currency(store, &report.flow).await?;
    let mut learned = Vec::new();
    for node in nodes {
        let key = BanditKey {
            flow: report.flow.clone(),
            node,
            segment: report.segment.clone(),
        };
        let (from, until) = times(&history, &key, report).await?;
        let weights = history.weights_over_time(&key, from, until, report.points);
        let weights = weights.await?;
        let is_own = |it: &&SegmentWeights| it.key.node == key.node && !it.key.segment.is_empty();
        learned.push(Learned {
            segments: of_flow.iter().filter(is_own).cloned().collect(),
            unit: match weights.is_count() {
                Some(true) => "successes".to_owned(),
                _ => currency.clone(),
            },
            weights,
        });
    }
    Ok(learned)
}

/// The time to report about.
async fn times(
    history: &History,
    key: &BanditKey,
    report: &BanditReport,
) -> anyhow::Result<(Timestamp, Timestamp)> {
    let read = |name: &str, text: &Option<String>| {
        let at = text.as_deref().map(str::parse::<Timestamp>).transpose();
        at.with_context(|| format!("--{name} is not a time such as 2026-01-31T09:30:00Z"))
    };
    let (from, until) = (read("from", &report.from)?, read("until", &report.until)?);
    let newest = history.newest_weights(key).await?;
    let newest = newest.map_or_else(|| Clock::real().now(), |point| point.at);
    let until = until.unwrap_or(newest);
    let from = from.unwrap_or_else(|| until.plus(-TIME_DEFAULT));
    if from >= until {
        bail!("--from must be before --until, which is {until}");
    }
    Ok((from, until))
}

/// The currency of a flow's latest version.
async fn currency(store: &Store, flow: &str) -> anyhow::Result<String> {
    let control = Control::open(store.clone(), Clock::real()).await?;
    let versions = control.versions_of(flow, None, 1).await?.entries;
    Ok(match versions.first() {
        Some((_, version)) => version.document()?.currency.to_string(),
        None => String::new(),
    })
}

fn to_json(learned: &Learned) -> Value {
    let points = learned.weights.points.iter().map(|point| {
        let arms = point.entry.arms.iter().map(|(name, weight_ppm)| {
            json!({
                "name": name, "weight_ppm": weight_ppm,
                "belief": point.posteriors.get(name).map(|belief| belief_json(learned, belief)),
            })
        });
        json!({
            "epoch": point.epoch, "at": point.at.to_string(), "as_of": point.as_of.to_string(),
            "is_own": point.is_own,
            "exploration_cost": point.exploration_cost().map(|cost| learned.worth(cost)),
            "arms": arms.collect::<Vec<_>>(),
        })
    });
    let weights = &learned.weights;
    json!({
        "flow": weights.key.flow, "node": weights.key.node, "segment": weights.key.segment,
        "from": weights.from.to_string(), "until": weights.until.to_string(),
        "unit": learned.unit, "is_thinned": weights.is_thinned,
        "points": points.collect::<Vec<_>>(),
    })
}

fn belief_json(learned: &Learned, belief: &Posterior) -> Value {
    let all = |values: [f64; 3]| values.map(|value| learned.worth(value));
    let stream = |stream: &StreamBelief| {
        json!({
            "place": stream.place, "kind": stream.kind, "events": stream.events,
            "mean_value": learned.worth(stream.mean_value), "quantiles": stream.quantiles.map(all),
            "delay_days": stream.delay_days, "waiting_share": stream.waiting,
        })
    };
    json!({
        "trials": belief.trials, "mean_value": learned.worth(belief.mean_value),
        "quantiles": all(belief.quantiles), "best_probability": belief.best,
        "waiting_share": belief.waiting_share(),
        "streams": belief.streams.iter().map(stream).collect::<Vec<_>>(),
    })
}
