//! Destinations: who may get leads.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use pointsman_flow as flow;
use pointsman_lead as lead;

use crate::graphql::{
    fault::OrFault as _,
    node_id::named,
    scalars::{DestinationSettings, Micros, TargetDocument, Timestamp},
};

/// What a destination pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::Pays")]
pub(in crate::graphql) enum Pays {
    /// Each accepted lead.
    Accept,
    /// Each conversion, reported later.
    Conversion,
}

/// What becomes of a lead when a destination's answer never came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::OnUnknown")]
pub(in crate::graphql) enum OnUnknown {
    /// It waits, so that it is never sold twice.
    Hold,
    /// It is offered to the next destination.
    PassOn,
}

/// What a cap counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::CapKind")]
pub(in crate::graphql) enum CapKind {
    /// Offers, whatever the answer.
    Offers,
    /// Accepted leads.
    Accepted,
}

/// A calendar window of a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::Window")]
pub(in crate::graphql) enum CapWindow {
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

/// The most units in a calendar window.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Cap {
    /// Its name among the caps of the destination, if it has one.
    name: Option<String>,
    /// What is counted.
    kind: CapKind,
    /// Most units in one window.
    max: u64,
    /// The calendar window.
    window: CapWindow,
    /// IANA zone in which windows begin.
    zone: String,
}

/// When a destination takes leads.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Schedule {
    /// IANA zone of the times.
    zone: String,
    /// It is open in any of these.
    open: Vec<Opening>,
}

/// The same hours on some days of the week.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Opening {
    /// The days on which it begins.
    days: Vec<Weekday>,
    /// First minute, `HH:MM`.
    from: String,
    /// First minute after, `HH:MM` up to `24:00`.
    to: String,
}

/// Who may get leads.
pub(in crate::graphql) struct Destination(
    pub(in crate::graphql) pointsman_control::DestinationSettings,
);

/// Who may get leads: where they are sent, and what decides whether one may be.
#[Object]
impl Destination {
    /// Names it among everything.
    pub(in crate::graphql) async fn id(&self) -> ID {
        named("destination", &self.0.name)
    }

    /// Its name in flows.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether it takes leads at all.
    async fn is_active(&self) -> bool {
        self.0.settings.active
    }

    /// What it pays for a lead, if that is fixed; in the currency of the flow.
    async fn price(&self) -> Option<Micros> {
        self.0.settings.price.map(Micros::from)
    }

    /// What it pays for.
    async fn pays(&self) -> Pays {
        self.0.settings.pays.into()
    }

    /// The leads it wants, as CEL text; absent: every lead.
    async fn criteria(&self) -> Option<&str> {
        self.0.settings.criteria.as_deref()
    }

    /// The most it takes.
    async fn caps(&self) -> Vec<Cap> {
        let caps = self.0.settings.caps.iter().cloned();
        caps.map(
            |flow::Cap {
                 name,
                 kind,
                 max,
                 window,
                 zone,
             }| Cap {
                name,
                kind: kind.into(),
                max,
                window: window.into(),
                zone,
            },
        )
        .collect()
    }

    /// When it takes leads; absent: always.
    async fn schedule(&self) -> Option<Schedule> {
        let flow::Schedule { zone, open } = self.0.settings.schedule.clone()?;
        let opening = |flow::Opening { days, from, to }| Opening {
            days: days.into_iter().map(Weekday::from).collect(),
            from,
            to,
        };
        Some(Schedule {
            zone,
            open: open.into_iter().map(opening).collect(),
        })
    }

    /// What becomes of a lead whose answer is unknown.
    async fn on_unknown(&self) -> OnUnknown {
        self.0.settings.on_unknown.into()
    }

    /// Everything that decides, as `putDestination` takes it.
    async fn settings(&self) -> Result<DestinationSettings> {
        Ok(DestinationSettings(
            serde_json::to_value(&self.0.settings).or_fault()?,
        ))
    }

    /// How it is reached, as `putDestination` takes it; values of secrets read `[secret]`.
    async fn target(&self) -> Result<TargetDocument> {
        Ok(TargetDocument(
            serde_json::to_value(&self.0.target).or_fault()?,
        ))
    }

    /// One more with each change, from 1. Pass it on with the next change.
    async fn revision(&self) -> i64 {
        self.0.revision
    }

    /// When it was first put.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// When it was last put.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at.into()
    }
}
