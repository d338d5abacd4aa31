//! Keeps what needs a person, and tells a webhook: once when it begins, and once when it is over.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use pointsman_delivery::{Client, Limits, Offer, Outcome, Policy, Target};
use pointsman_flow::{Cap, Hash};
use pointsman_lead::{Currency, Timestamp};
use pointsman_store::{
    AlertRow, AlertUpdate, DeliveryFilter, DeliveryState, Error as StoreError, LeadFilter, WriteTx,
};
use serde_json::{Map, Value, json};

use crate::{platform::Platform, settings::Settings};

/// The work, which one process does for all.
const DUTY: &str = "alerts";
/// Real time between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Time of the webhook to answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// Of so many microseconds the offers are looked at whose share of failures counts.
const RATE_OVER: i64 = 5 * 60 * 1_000_000;
/// Fewer offers than these say nothing about a share.
const OFFERS_MIN: i64 = 20;
/// A source that was silent for so long is not expected any more, in microseconds.
const EXPECTED_FOR: i64 = 7 * 24 * 3_600 * 1_000_000;
/// Where nobody is told, it is looked less often.
const LOOK_EVERY_UNTOLD: Duration = Duration::from_secs(30);
/// Most things that alerts are about at once; beyond, nobody reads them.
const ALERTS_MAX: usize = 200;
/// What is over is kept for so long, in microseconds.
const KEPT_FOR: i64 = 90 * 24 * 3_600 * 1_000_000;

/// What an alert is about: a kind, and a destination or source.
type About = (&'static str, String);

/// What is looked for, and who is told.
#[derive(Debug)]
pub(crate) struct Alerts {
    platform: Platform,
    client: Client,
    /// The webhook; `None`: nobody is told.
    url: Option<String>,
    node: String,
    silence: Option<i64>,
    failures_percent: i64,
}

impl Alerts {
    /// Looks for what needs a person for as long as the platform runs, keeps it, and tells the webhook.
    ///
    /// # Errors
    ///
    /// An address that is none, or that the policy forbids in principle.
    pub(crate) fn start(
        platform: &Platform,
        settings: &Settings,
        (policy, node): (Policy, String),
    ) -> anyhow::Result<()> {
        let minutes = i64::from(settings.alerts_silence_minutes);
        let url = settings.alerts_url.clone();
        let alerts = Arc::new(Self {
            platform: platform.clone(),
            client: Client::with_limits(policy, Limits::default())?,
            url: (!url.is_empty()).then_some(url),
            node,
            silence: (minutes > 0).then_some(minutes * 60 * 1_000_000),
            failures_percent: i64::from(settings.alerts_failures_percent),
        });
        let mut every = LOOK_EVERY_UNTOLD;
        if let Some(url) = &alerts.url {
            // A mistake in the address is told at the start, and not at the first alert.
            target(url, &json!({})).context("alerts_url")?;
            every = LOOK_EVERY;
        }
        platform.engine.serve(DUTY, every, move || {
            let alerts = Arc::clone(&alerts);
            async move {
                if let Err(error) = alerts.look().await {
                    tracing::warn!(error = %error, "alerts could not be looked for");
                }
            }
        });
        Ok(())
    }

    async fn look(&self) -> anyhow::Result<()> {
        let found = self.found().await?;
        let now = self.platform.engine.clock().now();
        let store = self.platform.engine.store();
        let known = store.read().unsettled_alerts().await?;
        let (begun, over) = differences(&found, &known, now);
        if !begun.is_empty() || !over.is_empty() {
            let stored = store.note(move |tx| {
                Box::pin(async move {
                    for row in over {
                        tx.update_alert(row).await?;
                    }
                    for row in begun {
                        tx.insert_alert(row).await?;
                    }
                    tx.forget_alerts(now.0.saturating_sub(KEPT_FOR)).await
                })
            });
            stored.await?;
        }
        let Some(url) = &self.url else {
            return Ok(());
        };
        for row in store.read().unsettled_alerts().await? {
            if let Some(update) = self.tell(url, row).await {
                let told = store.note(move |tx| Box::pin(note(tx, update)));
                told.await?;
            }
        }
        Ok(())
    }

    /// Everything that needs a person at this moment.
    async fn found(&self) -> anyhow::Result<BTreeMap<About, String>> {
        let mut found = BTreeMap::new();
        let now = self.platform.engine.clock().now();
        self.destinations(now, &mut found).await?;
        self.failures(now, &mut found).await?;
        self.silence(now, &mut found).await?;
        while found.len() > ALERTS_MAX {
            found.pop_last();
        }
        Ok(found)
    }

    /// Breakers that are open, and caps that are used up.
    async fn destinations(
        &self,
        now: Timestamp,
        found: &mut BTreeMap<About, String>,
    ) -> anyhow::Result<()> {
        let engine = &self.platform.engine;
        let ledger = engine.sequencer().ledger().await?;
        for (name, _) in ledger.resting(now) {
            let message = format!("destination `{name}` failed again and again, and rests");
            found.insert(("breaker_open", name.to_owned()), message);
        }
        let routes = engine.routes();
        let programs = routes.all().map(|route| &route.program);
        for destination in programs.flat_map(|program| program.destinations()) {
            let name = &destination.name;
            for used in ledger.cap_uses(name, &destination.settings, now) {
                let Some(percent) = used.reached_percent() else {
                    continue;
                };
                let of_source = used.source.iter();
                let of_source = of_source.map(|source| format!(" of source `{source}`"));
                let cap = format!("{}{}", label(&used.cap), of_source.collect::<String>());
                let about = format!("{name}/{cap}");
                let (about, message) = if percent == 100 {
                    let message = format!("cap `{cap}` of destination `{name}` is used up");
                    (("cap_reached", about), message)
                } else {
                    let message =
                        format!("{percent} % of cap `{cap}` of destination `{name}` are used");
                    (("cap_used", format!("{about}/{percent}")), message)
                };
                found.insert(about, message);
            }
        }
        Ok(())
    }

    /// Destinations of whose latest offers too many came to nothing that the destination said.
    async fn failures(
        &self,
        now: Timestamp,
        found: &mut BTreeMap<About, String>,
    ) -> anyhow::Result<()> {
        let latest = DeliveryFilter {
            from: Some(now.0.saturating_sub(RATE_OVER)),
            ..DeliveryFilter::default()
        };
        let read = self.platform.engine.store().read();
        let mut offers: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for count in read.delivery_counts(&latest).await? {
            let (all, failed) = offers.entry(count.destination).or_default();
            match count.state {
                DeliveryState::NotSent | DeliveryState::Held => {
                    *all += count.deliveries;
                    *failed += count.deliveries;
                }
                DeliveryState::Accepted | DeliveryState::Rejected => *all += count.deliveries,
                DeliveryState::Pending | DeliveryState::Sending => {}
            }
        }
        for (name, (all, failed)) in offers {
            if all >= OFFERS_MIN && failed * 100 >= all * self.failures_percent {
                let message =
                    format!("{failed} of the last {all} offers to destination `{name}` failed");
                found.insert(("error_rate", name), message);
            }
        }
        Ok(())
    }

    /// Sources that sent leads before and do not any more.
    async fn silence(
        &self,
        now: Timestamp,
        found: &mut BTreeMap<About, String>,
    ) -> anyhow::Result<()> {
        let Some(silence) = self.silence else {
            return Ok(());
        };
        let read = self.platform.engine.store().read();
        let tokens = read.tokens().await?.into_iter();
        let valid = tokens.filter(|token| token.revoked_at.is_none());
        let mut sources: BTreeSet<String> = valid.filter_map(|token| token.source).collect();
        sources.extend(read.sources().await?.into_iter().map(|source| source.name));
        for name in sources.into_iter().take(ALERTS_MAX) {
            let of_source = LeadFilter {
                source: Some(name.clone()),
                ..LeadFilter::default()
            };
            let last = read.leads(&of_source, None, 1).await?.items.pop();
            let Some(quiet) = last.map(|lead| now.0.saturating_sub(lead.received_at)) else {
                continue;
            };
            if (silence..EXPECTED_FOR).contains(&quiet) {
                let minutes = silence / 60_000_000;
                let message = format!("source `{name}` has sent no lead for {minutes} minutes");
                found.insert(("source_silent", name), message);
            }
        }
        Ok(())
    }

    /// Tells the webhook that something began or is over; what is to be noted of that, if it has taken it. What was over
    /// before it was told is not told.
    async fn tell(&self, url: &str, row: AlertRow) -> Option<AlertUpdate> {
        let state = match (row.ended_at, row.told_at, row.end_told_at) {
            (None, None, _) => "firing",
            (Some(_), Some(_), None) => "resolved",
            _ => return None,
        };
        let now = self.platform.engine.clock().now();
        let (kind, subject) = (row.kind.as_str(), row.subject.as_str());
        let alert = json!({
            "kind": kind, "subject": subject, "state": state, "message": row.message,
            "server": self.node, "at": now.to_string(),
        });
        let target = target(url, &alert).ok()?;
        let exchange = self
            .client
            .post(&target, &message_of(&alert), ANSWER_MAX)
            .await;
        if !matches!(exchange.outcome, Outcome::Accepted { .. }) {
            let class = exchange.outcome.class();
            tracing::warn!(
                kind,
                subject,
                state,
                class,
                "an alert could not be told yet"
            );
            return None;
        }
        tracing::info!(kind, subject, state, "an alert was told");
        let is_over = row.ended_at.is_some();
        Some(AlertUpdate {
            told_at: row.told_at.or(Some(now.0)),
            end_told_at: is_over.then_some(now.0),
            ended_at: row.ended_at,
            id: row.id,
        })
    }
}

async fn note(tx: &WriteTx, update: AlertUpdate) -> Result<(), StoreError> {
    tx.update_alert(update).await
}

/// What begins, and what is over, by what is there now and what is known to last.
fn differences(
    found: &BTreeMap<About, String>,
    known: &[AlertRow],
    now: Timestamp,
) -> (Vec<AlertRow>, Vec<AlertUpdate>) {
    let lasting = known.iter().filter(|row| row.ended_at.is_none());
    let lasting: BTreeMap<(&str, &str), &AlertRow> = lasting
        .map(|row| ((row.kind.as_str(), row.subject.as_str()), row))
        .collect();
    let begun = found
        .iter()
        .filter(|((kind, subject), _)| !lasting.contains_key(&(*kind, subject.as_str())));
    let begun = begun.map(|((kind, subject), message)| {
        AlertRow {
            // Of one thing two do not begin at one moment.
            id: format!("{kind} {subject} {}", now.0),
            kind: (*kind).to_owned(),
            subject: subject.clone(),
            message: message.clone(),
            began_at: now.0,
            ended_at: None,
            told_at: None,
            end_told_at: None,
        }
    });
    let there: BTreeSet<(&str, &str)> = found
        .keys()
        .map(|(kind, subject)| (*kind, subject.as_str()))
        .collect();
    let over = lasting.iter().filter(|(about, _)| !there.contains(*about));
    let over = over.map(|(_, row)| AlertUpdate {
        id: row.id.clone(),
        ended_at: Some(now.0),
        told_at: row.told_at,
        end_told_at: None,
    });
    (begun.collect(), over.collect())
}

/// The webhook, with what is told as its body.
fn target(url: &str, alert: &Value) -> anyhow::Result<Target> {
    let target: Target = serde_json::from_value(json!({ "url": url, "body": literal(alert) }))?;
    Ok(target)
}

/// How people know a cap.
fn label(cap: &Cap) -> String {
    let word = |value: Value| value.as_str().unwrap_or("cap").to_owned();
    let unnamed = || format!("{} a {}", word(json!(cap.kind)), word(json!(cap.window)));
    cap.name.clone().unwrap_or_else(unnamed)
}

/// A template that is written as it stands.
fn literal(alert: &Value) -> Value {
    match alert {
        Value::String(text) => Value::from(text.replace("{{", "{ {")),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), literal(value)))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// What a client needs to know of a lead; there is none.
fn message_of(alert: &Value) -> Offer {
    Offer {
        delivery_id: Hash::of_text(&alert.to_string()).to_string(),
        click_id: String::new(),
        lead_id: String::new(),
        destination: "alerts".to_owned(),
        fields: Map::new(),
        price: None,
        bid: None,
        ping_id: None,
        reference: None,
        currency: Currency::USD,
    }
}
