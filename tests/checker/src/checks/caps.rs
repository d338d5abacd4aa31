//! Caps, followed through the commits: at none of them is more used than there may be.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Evidence, Report, stored::Delivery};

/// A cap as it is written.
#[derive(Debug, Clone, Copy)]
struct Cap {
    counts: Counted,
    max: i64,
    /// Microseconds of a window of UTC; absent: all of time is one.
    window: Option<i64>,
}

/// What uses a unit, and what gives it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    /// Each offer; back if nothing reached the destination.
    Offers,
    /// Each offer; back after a refusal too.
    Accepted,
    /// Each offer; back with its answer.
    InFlight,
}

pub(super) fn check(evidence: &Evidence, report: &mut Report) {
    for destination in &evidence.stored.destinations {
        let name = &destination.name;
        let settings: Value = serde_json::from_str(&destination.settings_body).unwrap_or_default();
        for written in settings["caps"].as_array().into_iter().flatten() {
            let Some(cap) = Cap::read(written) else {
                report.find("cap_not_checked", format!("{name}: {written}"));
                continue;
            };
            report.counts.caps += 1;
            let offers = evidence.stored.deliveries.iter();
            let offers: Vec<&Delivery> = offers.filter(|it| it.destination == *name).collect();
            if let Some((number, used)) = cap.exceeded(&offers) {
                let what = format!("{name} used {used} at number {number}: {written}");
                report.find("over_cap", what);
            }
        }
    }
}

impl Cap {
    /// `None` for what this program does not know.
    fn read(written: &Value) -> Option<Self> {
        let known = ["kind", "max", "window", "name", "zone"];
        let members = written.as_object()?;
        if members.keys().any(|it| !known.contains(&&**it)) {
            return None;
        }
        if members.get("zone").is_some_and(|zone| zone != "UTC") {
            return None;
        }
        let counts = match written["kind"].as_str()? {
            "offers" => Counted::Offers,
            "accepted" => Counted::Accepted,
            "in_flight" => Counted::InFlight,
            _ => return None,
        };
        let window = match written["window"].as_str() {
            None | Some("lifetime") => None,
            Some("minute") => Some(60_000_000),
            Some("hour") => Some(3_600_000_000),
            Some("day") => Some(86_400_000_000),
            Some(_) => return None,
        };
        Some(Self {
            counts,
            max: written["max"].as_i64()?,
            window,
        })
    }

    /// The first number at which more was used than may be, and how much.
    fn exceeded(self, offers: &[&Delivery]) -> Option<(i64, i64)> {
        let mut changes: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
        for offer in offers {
            let window = self
                .window
                .map_or(0, |micros| offer.created_at.div_euclid(micros));
            changes
                .entry(offer.reserved_seq)
                .or_default()
                .push((window, 1));
            if let Some(settled) = offer.settled_seq.filter(|_| self.gives_back(offer)) {
                changes.entry(settled).or_default().push((window, -1));
            }
        }
        let mut used: BTreeMap<i64, i64> = BTreeMap::new();
        for (number, changes) in changes {
            for (window, change) in changes {
                let used = used.entry(window).or_default();
                *used += change;
                if *used > self.max {
                    return Some((number, *used));
                }
            }
        }
        None
    }

    fn gives_back(self, offer: &Delivery) -> bool {
        let state = &*offer.state;
        // The unit of an offer whose answer was unknown stays used, whatever became of it.
        let keeps = offer.was_released && self.counts != Counted::InFlight;
        !keeps
            && match self.counts {
                Counted::Offers => state == "not_sent",
                Counted::Accepted => matches!(state, "not_sent" | "rejected"),
                Counted::InFlight => true,
            }
    }
}
