//! The buyers and the flow of most scenarios.

use std::time::Duration;

use acceptance::site::solar_flow;
use serde_json::{Value, json};

use crate::{arena::Stall, manner::Habits};

/// Buyers with caps, some that refuse, one that is slow and now and then takes a lead without a word.
pub fn market(cap: u64) -> Vec<Stall> {
    let held = |caps: Value| json!({"on_unknown": "hold", "caps": caps});
    let stall = |name, habits, caps| Stall {
        name,
        habits,
        settings: held(caps),
    };
    vec![
        stall(
            "capped",
            Habits {
                wants_of_ten: 8,
                ..Habits::pays(9_000_000)
            },
            json!([{"kind": "accepted", "max": cap, "window": "lifetime"}]),
        ),
        stall(
            "quick",
            Habits {
                wants_of_ten: 6,
                ..Habits::pays(3_500_000)
            },
            json!([]),
        ),
        stall(
            "choosy",
            Habits {
                wants_of_ten: 3,
                delay: Duration::from_millis(5),
                ..Habits::pays(12_340_000)
            },
            json!([]),
        ),
        stall(
            "silent",
            Habits {
                wants_of_ten: 9,
                delay: Duration::from_millis(25),
                silent_one_in: 150,
                ..Habits::pays(2_000_001)
            },
            json!([]),
        ),
        stall(
            "narrow",
            Habits {
                delay: Duration::from_millis(60),
                ..Habits::pays(1_000_000)
            },
            json!([{"kind": "in_flight", "max": 3}, {"kind": "offers", "max": 10 * cap, "window": "lifetime"}]),
        ),
    ]
}

/// Flat roofs one after the other, steep ones by a bandit; whoever is left over goes to the others.
pub fn market_flow() -> Value {
    let nodes = json!({
        "roofs": {"kind": "when", "if": "roof == \"flat\"", "then": "in-order", "otherwise": "learned-first"},
        "in-order": {"kind": "waterfall", "to": ["capped", "narrow", "quick", "silent"]},
        "learned-first": {"kind": "waterfall", "to": ["learned", "quick"]},
        "learned": {"kind": "bandit", "explore_ppm": 100_000, "arms": [{"to": "silent"}, {"to": "choosy"}, {"to": "narrow"}]},
        "capped": {"kind": "destination"}, "quick": {"kind": "destination"}, "choosy": {"kind": "destination"},
        "silent": {"kind": "destination"}, "narrow": {"kind": "destination"},
    });
    solar_flow("roofs", &nodes)
}
