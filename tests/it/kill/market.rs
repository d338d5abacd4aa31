//! A server with the five buyers of a generated world, some of which keep their answer to themselves.

use std::time::Duration;

use pointsman_store::Store;
use pointsman_testkit::{Buyer, Quirks, RunningBuyer, World};
use serde_json::json;

use crate::{
    caller::Caller,
    server::Server,
    site::{publish, put_destination, token},
    wait::until,
};

/// The buyer with a cap.
pub(super) const CAPPED: &str = "meridian";
/// Most leads that it takes in a round, on average.
const CAP_A_ROUND: u64 = 120;
/// Long enough for a busy machine; short, since a lost answer is waited for as long.
const BUYER_MS: u32 = 1_000;
/// One lead in this many is taken without a word. More of them would come back side by side at the
/// end of a round, count as failures in a row, and take the buyer out of the next one.
const LOST_ONE_IN: u64 = 150;

/// The server and the buyers.
pub(super) struct Market {
    pub(super) server: Server,
    pub(super) buyers: Vec<RunningBuyer>,
    pub(super) cap: u64,
    source_token: String,
}

impl Market {
    /// Opens the market of a server that knows nothing yet.
    pub(super) async fn open(server: Server, world: World, rounds: u64) -> Self {
        let admin = server.admin();
        let schema = world.schema_json();
        let schema = json!({"vertical": schema["vertical"], "fields": schema["fields"]});
        admin.change("putLeadSchema", &schema, "").await;
        let cap = CAP_A_ROUND * rounds;
        let mut buyers = Vec::new();
        for buyer in Buyer::all(world) {
            let quirks = Quirks {
                busy_one_in: Some(50),
                lost_one_in: Some(LOST_ONE_IN),
                delay: Duration::from_millis(5),
                ..Quirks::default()
            };
            let buyer = buyer.quirks(quirks).start().await.unwrap();
            let mut target = buyer.target_json();
            target["timeout_ms"] = BUYER_MS.into();
            let mut settings = buyer.settings_json();
            if buyer.name == CAPPED {
                settings["caps"] = json!([{"kind": "accepted", "max": cap, "window": "lifetime"}]);
            }
            put_destination(&admin, buyer.name, &target, &settings).await;
            buyers.push(buyer);
        }
        publish(&admin, &flow()).await;
        let source_token = token(&admin, "SOURCE", json!({})).await;
        Self {
            server,
            buyers,
            cap,
            source_token,
        }
    }

    /// The client of all sources, at the present address of the server.
    pub(super) fn source(&self) -> Caller {
        self.server.caller(&self.source_token)
    }

    /// Waits until no lead is under way.
    pub(super) async fn settled(&self, store: &Store) {
        until("every lead is settled", async || {
            let read = store.read();
            let unfinished = read.unfinished_deliveries(0, 1).await.unwrap();
            let open = read.open_decisions(0, 1).await.unwrap();
            (unfinished.is_empty() && open.is_empty()).then_some(())
        })
        .await;
    }
}

/// Rules, a split, fallbacks and a bandit over all five. A lead is sold once.
fn flow() -> serde_json::Value {
    json!({
        "flow": "auto-insurance", "vertical": "auto-insurance", "currency": "USD", "root": "by-state",
        "nodes": {
            "by-state": {"kind": "when", "if": "state in [\"AK\", \"HI\"]", "then": "unlicensed", "otherwise": "trial"},
            "unlicensed": {"kind": "reject", "reason": "nobody is licensed in this state"},
            "trial": {"kind": "split", "arms": [
                {"name": "by-hand", "weight_ppm": 400_000, "to": "by-hand"},
                {"name": "learned", "weight_ppm": 600_000, "to": "learned"}]},
            "by-hand": {"kind": "waterfall", "to": ["meridian", "zenith", "acme"]},
            "learned": {"kind": "bandit", "explore_ppm": 100_000, "segment_by": ["credit"], "arms": [
                {"to": "acme"}, {"to": "zenith"}, {"to": "harbor"}, {"to": "meridian"}, {"to": "lakeside"}]},
            "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
            "harbor": {"kind": "destination"}, "meridian": {"kind": "destination"},
            "lakeside": {"kind": "destination"},
        },
    })
}
