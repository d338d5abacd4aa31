//! Destinations with their settings and targets.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use pointsman_flow as flow;
use pointsman_lead as lead;

use super::{
    cap::{Cap, CapUse},
    explanation::Unavailability,
};
use crate::graphql::{
    asking::Asking as _,
    fault::{self, OrFault as _},
    loaders::Now,
    node_id::named,
    scalars::{DestinationSettings, Money, TargetDocument, Timestamp},
};

/// Event that a destination pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::Pays")]
pub(in crate::graphql) enum Pays {
    /// Each accepted lead.
    Accept,
    /// Each conversion, reported later.
    Conversion,
}

/// What to do with a lead if a destination's answer was lost or could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::OnUnknown")]
pub(in crate::graphql) enum OnUnknown {
    /// Hold the lead, so that it is never sold twice.
    Hold,
    /// Offer the lead to the next destination.
    PassOn,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "lead::Weekday")]
pub(in crate::graphql) enum Weekday {
    /// Monday.
    #[graphql(name = "MON")]
    Monday,
    /// Tuesday.
    #[graphql(name = "TUE")]
    Tuesday,
    /// Wednesday.
    #[graphql(name = "WED")]
    Wednesday,
    /// Thursday.
    #[graphql(name = "THU")]
    Thursday,
    /// Friday.
    #[graphql(name = "FRI")]
    Friday,
    /// Saturday.
    #[graphql(name = "SAT")]
    Saturday,
    /// Sunday.
    #[graphql(name = "SUN")]
    Sunday,
}

/// Opening hours of a destination.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Schedule {
    /// IANA zone of the times.
    zone: String,
    /// Open during any of these.
    open: Vec<Opening>,
    /// Days on which it is closed, such as `2026-12-25`.
    holidays: Vec<String>,
}

/// The same hours on some days of the week.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Opening {
    /// Days on which the opening begins.
    days: Vec<Weekday>,
    /// Start, `HH:MM`.
    from: String,
    /// End, exclusive, `HH:MM` up to `24:00`.
    to: String,
}

/// Whether a destination takes leads at this moment.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DestinationAvailability {
    /// Whether it may be offered a lead: active, open, below its caps, with a closed circuit breaker.
    is_available: bool,
    /// Every reason why it may not; empty just if it may.
    unavailable: Vec<Unavailability>,
    /// How much of each of its caps is used, in the order of its settings.
    caps: Vec<CapUse>,
}

/// A destination to create or replace.
pub(in crate::graphql) struct Destination(
    pub(in crate::graphql) pointsman_control::DestinationSettings,
);

/// A destination: a buyer or endpoint that may receive leads, with its target and settings.
#[Object]
impl Destination {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        named("destination", &self.0.name)
    }

    /// Name of the destination in flows.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether it may receive leads at all.
    async fn is_active(&self) -> bool {
        self.0.settings.active
    }

    /// Fixed price for a lead in the currency of the flow, if there is one.
    async fn price(&self) -> Option<Money> {
        self.0.settings.price.map(Money::from)
    }

    /// Event that the destination pays for.
    async fn pays(&self) -> Pays {
        self.0.settings.pays.into()
    }

    /// Criteria for leads, as CEL text; null: every lead.
    async fn criteria(&self) -> Option<&str> {
        self.0.settings.criteria.as_deref()
    }

    /// Caps of the destination.
    async fn caps(&self) -> Vec<Cap> {
        let caps = self.0.settings.caps.iter().cloned();
        caps.map(Cap::from).collect()
    }

    /// Whether it takes leads at this moment, and how much of its caps is used.
    async fn availability(&self, context: &Context<'_>) -> Result<DestinationAvailability> {
        let now = context.batches()?.load_one(Now(())).await?;
        let now = now.ok_or_else(fault::internal)?;
        let (ledger, at) = (&now.0, now.1);
        let (name, settings) = (&self.0.name, &self.0.settings);
        let unavailable = ledger.unavailable(name, settings, None, at);
        Ok(DestinationAvailability {
            is_available: unavailable.is_empty(),
            unavailable: unavailable.into_iter().map(Unavailability::from).collect(),
            caps: ledger
                .cap_uses(name, settings, at)
                .into_iter()
                .map(CapUse::from)
                .collect(),
        })
    }

    /// Opening hours; null: always open.
    async fn schedule(&self) -> Option<Schedule> {
        let flow::Schedule {
            zone,
            open,
            holidays,
        } = self.0.settings.schedule.clone()?;
        let opening = |flow::Opening { days, from, to }| Opening {
            days: days.into_iter().map(Weekday::from).collect(),
            from,
            to,
        };
        Some(Schedule {
            zone,
            open: open.into_iter().map(opening).collect(),
            holidays: holidays.iter().map(ToString::to_string).collect(),
        })
    }

    /// What to do with a lead if this destination's answer was lost or could not be read.
    async fn on_unknown(&self) -> OnUnknown {
        self.0.settings.on_unknown.into()
    }

    /// Routing settings, as input of `putDestination`.
    async fn settings(&self) -> Result<DestinationSettings> {
        Ok(DestinationSettings(
            serde_json::to_value(&self.0.settings).or_fault()?,
        ))
    }

    /// Target, as input of `putDestination`; values of secrets read `[secret]`.
    async fn target(&self) -> Result<TargetDocument> {
        Ok(TargetDocument(
            serde_json::to_value(&self.0.target).or_fault()?,
        ))
    }

    /// Revision, from 1, incremented with each change; the next change expects it.
    async fn revision(&self) -> i64 {
        self.0.revision
    }

    /// Time of creation.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// Time of the last change.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at.into()
    }
}
