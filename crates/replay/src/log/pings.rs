//! The pings of a lead as they stand in a file: one JSON list.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_lead::Micros;
use pointsman_ledger::OrderNames;
use serde::{Deserialize, Serialize};

use super::{
    LogPing,
    columns::Names,
    line::{Line, SURE_MAX},
    own::{OutlookText, outlook_of, text_of_outlook},
    shown,
};

/// The column that holds them.
pub(crate) const PINGS: &str = "pings";

/// One ping as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PingText {
    /// How many offers came before it.
    #[serde(default)]
    after_offers: usize,
    asked: Vec<String>,
    /// In main units, such as `12.50`.
    #[serde(default)]
    bids: BTreeMap<String, String>,
    propensity: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    available: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outlook: Option<OutlookText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    orders: Option<OrderNames>,
}

/// Reads the pings of a row; a mistake in them is noted.
pub(super) fn read(text: &str, names: &mut Names, line: &mut Line<'_>) -> Vec<LogPing> {
    let pings: Result<Vec<PingText>, _> = serde_json::from_str(text);
    let read = pings.ok().and_then(|pings| {
        let pings = pings.into_iter().map(|ping| one(ping, names));
        pings.collect::<Option<Vec<LogPing>>>()
    });
    read.unwrap_or_else(|| {
        let hint = r#"write it like [{"after_offers": 0, "asked": ["acme"], "bids": {"acme": "12.50"}, "propensity": 1.0}]"#;
        line.note("pings_unreadable", PINGS, Some(hint), || {
            format!("{} is not a list of pings", shown::value(text))
        });
        Vec::new()
    })
}

/// `None` for a bid that is no amount of money, and for a propensity that is none.
fn one(ping: PingText, names: &mut Names) -> Option<LogPing> {
    let PingText {
        after_offers,
        asked,
        bids,
        propensity,
        available,
        outlook,
        orders,
    } = ping;
    if !(propensity > 0.0 && propensity <= SURE_MAX) {
        return None;
    }
    let bids = bids.into_iter().map(|(name, amount)| {
        let amount: Micros = amount.parse().ok()?;
        Some((names.name(&name), amount))
    });
    let bids = bids.collect::<Option<BTreeMap<Arc<str>, Micros>>>()?;
    Some(LogPing {
        after_offers,
        asked: asked.iter().map(|name| names.name(name)).collect(),
        bids,
        propensity,
        available: available.map(|free| free.iter().map(|name| names.name(name)).collect()),
        outlook: outlook.map(|outlook| Arc::new(outlook_of(outlook, names))),
        orders,
    })
}

/// The text of pings in a file; none for none.
pub(super) fn text(pings: &[LogPing]) -> Option<String> {
    if pings.is_empty() {
        return None;
    }
    let plain = |names: &mut dyn Iterator<Item = &Arc<str>>| -> Vec<String> {
        names.map(ToString::to_string).collect()
    };
    let pings: Vec<PingText> = pings
        .iter()
        .map(|ping| {
            let LogPing {
                after_offers,
                asked,
                bids,
                propensity,
                available,
                outlook,
                orders,
            } = ping;
            let bids = bids
                .iter()
                .map(|(name, amount)| (name.to_string(), amount.to_string()));
            PingText {
                after_offers: *after_offers,
                asked: plain(&mut asked.iter()),
                bids: bids.collect(),
                propensity: *propensity,
                available: available.as_ref().map(|free| plain(&mut free.iter())),
                outlook: outlook.as_deref().map(text_of_outlook),
                orders: orders.clone(),
            }
        })
        .collect();
    // Plain lists and maps: this cannot fail.
    serde_json::to_string(&pings).ok()
}
