//! Caps of destinations: what they count, and how much of them is used.

use async_graphql::{Enum, SimpleObject};
use pointsman_control::DestinationSettings;
use pointsman_flow as flow;
use pointsman_lead as lead;
use pointsman_ledger::{CapUse as LedgerCapUse, Ledger};

use super::destination::Weekday;
use crate::graphql::scalars::{Money, Timestamp};

/// Most alerts of an answer.
const ALERTS_MAX: usize = 1_000;

/// Event that a cap counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::CapKind")]
pub(in crate::graphql) enum CapKind {
    /// Offers, whatever the answer, unless nothing reached the destination (`NOT_SENT`).
    Offers,
    /// Accepted leads, and offers whose answer is awaited or unknown.
    Accepted,
    /// Sales reported by the destination, in the window of the report.
    Conversions,
    /// Money: prices of accepted leads and of offers whose answer is awaited or unknown, and reported amounts.
    Revenue,
    /// Offers whose answer is awaited.
    InFlight,
}

/// Units of a cap as numbers of an answer: those of revenue in whole main units.
pub(in crate::graphql) fn units(kind: flow::CapKind, amount: u64) -> u64 {
    match kind {
        flow::CapKind::Revenue => amount / 1_000_000,
        _ => amount,
    }
}

/// The same as money, of a cap of revenue.
fn money(kind: flow::CapKind, amount: u64) -> Option<Money> {
    let amount = i64::try_from(amount).unwrap_or(i64::MAX);
    (kind == flow::CapKind::Revenue).then(|| lead::Micros(amount).into())
}

/// A calendar window of a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::Window")]
pub(in crate::graphql) enum CapWindow {
    /// From full minute to full minute.
    Minute,
    /// From full hour to full hour.
    Hour,
    /// From midnight to midnight.
    Day,
    /// From Monday to Monday.
    Week,
    /// From the first of a month to the next.
    Month,
    /// All time.
    Lifetime,
}

/// A maximum of units in a calendar window.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Cap {
    /// Name of the cap within the destination, if it has one.
    name: Option<String>,
    /// Counted event.
    kind: CapKind,
    /// Maximum of units in one window; of revenue, whole main units.
    max: u64,
    /// The same of revenue as money; null for other kinds.
    max_revenue: Option<Money>,
    /// Other maxima on days of the week.
    max_on: Vec<CapOnDay>,
    /// The calendar window.
    window: CapWindow,
    /// IANA zone of the calendar.
    zone: String,
    /// Whether it lets no more through than the part of the window that has passed.
    is_paced: bool,
    /// Whether it only alerts, and closes nothing.
    is_soft: bool,
    /// Group of destinations that it counts together; null: this destination alone.
    group: Option<String>,
    /// Sources of whose leads alone it counts; empty: all.
    sources: Vec<String>,
    /// Whether each source is counted and closed apart.
    is_each_source: bool,
}

/// A maximum on a day of the week.
#[derive(SimpleObject)]
pub(in crate::graphql) struct CapOnDay {
    /// The day.
    day: Weekday,
    /// Maximum of units; of revenue, whole main units.
    max: u64,
}

impl From<flow::Cap> for Cap {
    fn from(cap: flow::Cap) -> Self {
        let flow::Cap {
            name,
            kind,
            max,
            max_on,
            window,
            zone,
            paced,
            soft,
            group,
            sources,
            each_source,
        } = cap;
        let days = max_on.into_iter().map(|(day, max)| CapOnDay {
            day: day.into(),
            max: units(kind, max),
        });
        Self {
            name,
            kind: kind.into(),
            max: units(kind, max),
            max_revenue: money(kind, max),
            max_on: days.collect(),
            window: window.into(),
            zone,
            is_paced: paced,
            is_soft: soft,
            group,
            sources: sources.into_iter().collect(),
            is_each_source: each_source,
        }
    }
}

/// How much of a cap is used in its present window.
#[derive(SimpleObject)]
pub(in crate::graphql) struct CapUse {
    /// Name of the cap within the destination, if it has one.
    name: Option<String>,
    /// Counted event.
    kind: CapKind,
    /// Maximum of units in the present window; of revenue, whole main units.
    max: u64,
    /// Maximum of units by this moment: less than `max` if the cap is paced.
    allowed: u64,
    /// Units counted in the present window, including offers that await an answer; of revenue, whole main units.
    used: u64,
    /// Maximum of revenue in the present window; null for other kinds.
    max_revenue: Option<Money>,
    /// Revenue counted in the present window; null for other kinds.
    used_revenue: Option<Money>,
    /// Units beyond the maximum: of what was sold before, conversions and revenue may be reported after it is reached.
    beyond: u64,
    /// Highest of 50, 70, 90 and 100 percent that is reached; null below.
    reached_percent: Option<u8>,
    /// Whether it only alerts, and closes nothing.
    is_soft: bool,
    /// Group of destinations that it counts together; null: this destination alone.
    group: Option<String>,
    /// Sources of whose leads alone it counts; empty: all.
    sources: Vec<String>,
    /// Source counted here, if each is counted apart.
    source: Option<String>,
    /// The calendar window.
    window: CapWindow,
    /// IANA zone of the calendar.
    zone: String,
    /// Start of the next window; null: never.
    until: Option<Timestamp>,
}

impl From<LedgerCapUse> for CapUse {
    fn from(cap_use: LedgerCapUse) -> Self {
        let (beyond, reached_percent) = (cap_use.beyond(), cap_use.reached_percent());
        let LedgerCapUse {
            cap,
            max,
            by_now,
            used,
            until,
            source,
        } = cap_use;
        let flow::Cap {
            name,
            kind,
            max: _,
            max_on: _,
            window,
            zone,
            paced: _,
            soft,
            group,
            sources,
            each_source: _,
        } = cap;
        Self {
            name,
            kind: kind.into(),
            max: units(kind, max),
            allowed: units(kind, by_now),
            used: units(kind, used),
            max_revenue: money(kind, max),
            used_revenue: money(kind, used),
            beyond: units(kind, beyond),
            reached_percent,
            is_soft: soft,
            group,
            sources: sources.into_iter().collect(),
            source,
            window: window.into(),
            zone,
            until: until.map(Timestamp::from),
        }
    }
}

/// A cap that is half used up in its present window, or more.
#[derive(SimpleObject)]
pub(in crate::graphql) struct CapAlert {
    /// Name of the destination.
    destination: String,
    /// Highest of 50, 70, 90 and 100 percent that is reached.
    percent: u8,
    /// How much of the cap is used.
    cap: CapUse,
}

impl CapAlert {
    /// Those of some destinations, the fullest first.
    pub(in crate::graphql) fn all(
        destinations: Vec<DestinationSettings>,
        ledger: &Ledger,
        at: lead::Timestamp,
    ) -> Vec<Self> {
        let mut alerts = Vec::new();
        for DestinationSettings { name, settings, .. } in destinations {
            for cap_use in ledger.cap_uses(&name, &settings, at) {
                if let Some(percent) = cap_use.reached_percent() {
                    alerts.push(Self {
                        destination: name.clone(),
                        percent,
                        cap: cap_use.into(),
                    });
                }
            }
        }
        alerts.sort_by(|a, b| {
            let by_name = || a.destination.cmp(&b.destination);
            b.percent.cmp(&a.percent).then_with(by_name)
        });
        alerts.truncate(ALERTS_MAX);
        alerts
    }
}
