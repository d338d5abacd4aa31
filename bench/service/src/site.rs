//! What is configured: ten destinations with five hourly caps each, and a flow with a split, a bandit and a waterfall.

use anyhow::{Context as _, Result, anyhow, ensure};
use pointsman_control::{Control, NewDestination, Publication};
use pointsman_engine::{LeadRequest, Mode};
use pointsman_flow::{Document, Severity};
use serde_json::{Map, Value, json};

use crate::buyers::Buyers;

/// Name of the flow, and of its vertical.
pub(crate) const FLOW: &str = "loans";
/// Who sends leads.
pub(crate) const SOURCE: &str = "web";

const N_DESTINATIONS: usize = 10;
const N_CAPS: usize = 5;
/// Zones of the caps.
const ZONES: [&str; N_CAPS] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "UTC",
];
const CREDITS: [&str; 3] = ["good", "fair", "poor"];

/// Configures everything, and revises the destinations until there were so many catalogs.
pub(crate) async fn configure(control: &Control, buyers: &Buyers, n_catalogs: u64) -> Result<()> {
    control
        .put_schema(FLOW, &fields())
        .await
        .context("the schema")?;
    put_destinations(control, buyers).await?;
    let document = Document::from_json(&flow().to_string());
    let document = document.map_err(|found| anyhow!("the flow cannot be read: {found:?}"))?;
    let saved = control.save_draft(document, None).await?;
    let mut found = saved.diagnostics.iter();
    ensure!(
        found.all(|found| found.severity != Severity::Error),
        "the flow has mistakes: {:?}",
        saved.diagnostics
    );
    let publication = Publication {
        flow: FLOW.to_owned(),
        message: "for the benchmark".to_owned(),
        author: "benchmark".to_owned(),
        expected_revision: None,
        set_live_if_first: true,
    };
    control.publish(publication).await?;
    for revision in 1..n_catalogs {
        put(
            control,
            buyers,
            usize::try_from(revision)? % N_DESTINATIONS,
            revision,
        )
        .await?;
    }
    Ok(())
}

/// Puts all destinations where these buyers are.
pub(crate) async fn put_destinations(control: &Control, buyers: &Buyers) -> Result<()> {
    for n in 0..N_DESTINATIONS {
        put(control, buyers, n, 0).await?;
    }
    Ok(())
}

/// Says where the buyers are now; what decides stays as it is.
pub(crate) async fn move_destinations(control: &Control, buyers: &Buyers) -> Result<()> {
    for known in control.destinations().await? {
        let new = NewDestination {
            target: buyers.target(&known.name),
            settings: serde_json::to_value(&known.settings)?,
            name: known.name,
            vertical: None,
            expected_revision: None,
        };
        control.put_destination(new).await?;
    }
    Ok(())
}

async fn put(control: &Control, buyers: &Buyers, n: usize, revision: u64) -> Result<()> {
    let name = name(n);
    let caps: Vec<Value> = ZONES
        .iter()
        .enumerate()
        .map(|(cap, zone)| {
            let kind = if cap % 2 == 0 { "accepted" } else { "offers" };
            json!({"name": format!("hourly-{cap}"), "kind": kind, "max": 1_000_000_000, "window": "hour", "zone": zone})
        })
        .collect();
    // The price makes the revision another one.
    let price = format!("{}.{:02}", 1 + revision / 100, revision % 100);
    let new = NewDestination {
        target: buyers.target(&name),
        settings: json!({"price": price, "pays": "conversion", "caps": caps}),
        vertical: None,
        expected_revision: None,
        name,
    };
    let put = control.put_destination(new).await;
    put.with_context(|| format!("destination {n}"))?;
    Ok(())
}

fn name(n: usize) -> String {
    format!("buyer-{n:02}")
}

fn fields() -> Value {
    json!([
        {"name": "credit", "kind": "enum", "labels": CREDITS, "required": "post"},
        {"name": "home_owner", "kind": "boolean", "required": "post"},
        {"name": "age", "kind": "integer", "min": 16, "max": 120},
        {"name": "postal_code", "kind": "postal_code"},
        {"name": "phone", "kind": "phone", "required": "post", "pii": true},
        {"name": "email", "kind": "email", "pii": true},
    ])
}

/// A third goes by hand, the others are learned.
fn flow() -> Value {
    let names: Vec<String> = (0..N_DESTINATIONS).map(name).collect();
    let mut nodes: Map<String, Value> = names
        .iter()
        .map(|name| (name.clone(), json!({"kind": "destination"})))
        .collect();
    let (by_hand, learned) = names.split_at(N_DESTINATIONS / 2);
    let arms: Vec<Value> = learned.iter().map(|name| json!({"to": name})).collect();
    nodes.insert(
        "by-hand".to_owned(),
        json!({"kind": "waterfall", "to": by_hand}),
    );
    nodes.insert(
        "learned".to_owned(),
        json!({"kind": "bandit", "explore_ppm": 100_000, "segment_by": ["credit"], "arms": arms}),
    );
    nodes.insert(
        "trial".to_owned(),
        json!({"kind": "split", "arms": [
            {"name": "by-hand", "weight_ppm": 333_333, "to": "by-hand"},
            {"name": "learned", "weight_ppm": 666_667, "to": "learned"}]}),
    );
    json!({"flow": FLOW, "vertical": FLOW, "currency": "USD", "root": "trial", "nodes": nodes})
}

/// The n-th lead.
///
/// * `key`: its idempotency key.
pub(crate) fn lead(n: u64, key: String, mode: Mode) -> LeadRequest {
    let credit = CREDITS[usize::try_from(n % 3).unwrap_or_default()];
    let fields = json!({
        "credit": credit,
        "home_owner": n % 4 != 0,
        "age": 20 + n % 60,
        "postal_code": format!("{:05}", 10_000 + n * 7 % 80_000),
        "phone": format!("+1202555{:04}", n % 10_000),
        "email": format!("person.{n}@example.com"),
    });
    LeadRequest {
        flow: FLOW.to_owned(),
        source: SOURCE.to_owned(),
        idempotency_key: Some(key),
        fields: fields.as_object().cloned().unwrap_or_default(),
        mode,
        ..LeadRequest::default()
    }
}
