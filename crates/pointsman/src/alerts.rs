//! Tells a webhook when something needs a person: once when it begins, and once when it is over.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use pointsman_delivery::{Client, Limits, Offer, Outcome, Policy, Target};
use pointsman_flow::{Cap, Hash};
use pointsman_lead::{Currency, Timestamp};
use pointsman_store::{DeliveryFilter, DeliveryState, LeadFilter};
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
/// Most things that alerts are about at once; beyond, nobody reads them.
const ALERTS_MAX: usize = 200;

/// What an alert is about: a kind, and a destination or source.
type About = (&'static str, String);

/// What is told, and to whom.
#[derive(Debug)]
pub(crate) struct Alerts {
    platform: Platform,
    client: Client,
    url: String,
    node: String,
    silence: Option<i64>,
    failures_percent: i64,
    /// What has been told and is not over.
    told: Mutex<BTreeMap<About, String>>,
}

impl Alerts {
    /// Looks for what needs a person for as long as the platform runs; does nothing without an address.
    ///
    /// # Errors
    ///
    /// An address that is none, or that the policy forbids in principle.
    pub(crate) fn start(
        platform: &Platform,
        settings: &Settings,
        (policy, node): (Policy, String),
    ) -> anyhow::Result<()> {
        if settings.alerts_url.is_empty() {
            return Ok(());
        }
        let minutes = i64::from(settings.alerts_silence_minutes);
        let alerts = Arc::new(Self {
            platform: platform.clone(),
            client: Client::with_limits(policy, Limits::default())?,
            url: settings.alerts_url.clone(),
            node,
            silence: (minutes > 0).then_some(minutes * 60 * 1_000_000),
            failures_percent: i64::from(settings.alerts_failures_percent),
            told: Mutex::default(),
        });
        // A mistake in the address is told at the start, and not at the first alert.
        alerts.target(&json!({})).context("alerts_url")?;
        platform.engine.serve(DUTY, LOOK_EVERY, move || {
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
        let told = self.told();
        for (about, message) in &found {
            if !told.contains_key(about) && self.tell(about, message, true).await {
                self.remember(about, Some(message));
            }
        }
        for (about, message) in told.iter().filter(|(about, _)| !found.contains_key(about)) {
            if self.tell(about, message, false).await {
                self.remember(about, None);
            }
        }
        Ok(())
    }

    fn told(&self) -> BTreeMap<About, String> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.clone()
    }

    fn remember(&self, about: &About, message: Option<&String>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match message {
            Some(message) => told.insert(about.clone(), message.clone()),
            None => told.remove(about),
        };
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

    /// Tells the webhook; whether it has taken that.
    async fn tell(&self, (kind, subject): &About, message: &str, is_firing: bool) -> bool {
        let state = if is_firing { "firing" } else { "resolved" };
        let alert = json!({
            "kind": kind, "subject": subject, "state": state, "message": message,
            "server": self.node, "at": self.platform.engine.clock().now().to_string(),
        });
        let Ok(target) = self.target(&alert) else {
            return false;
        };
        let exchange = self
            .client
            .post(&target, &message_of(&alert), ANSWER_MAX)
            .await;
        let is_taken = matches!(exchange.outcome, Outcome::Accepted { .. });
        if is_taken {
            tracing::info!(kind, subject, state, "an alert was told");
        } else {
            let class = exchange.outcome.class();
            tracing::warn!(
                kind,
                subject,
                state,
                class,
                "an alert could not be told yet"
            );
        }
        is_taken
    }

    /// The webhook, with what is told as its body.
    fn target(&self, alert: &Value) -> anyhow::Result<Target> {
        let target: Target =
            serde_json::from_value(json!({ "url": self.url, "body": literal(alert) }))?;
        Ok(target)
    }
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
