//! Deliveries: offers on their way, and how they ended.

use sea_orm::entity::prelude::*;

use crate::{
    Cursor, Error, Keyed, WriteTx,
    batch::{self, Change},
};

pub(crate) mod late;
pub(crate) mod listing;

/// The durable record of an offer.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    /// Its id, which is also the idempotency key that the destination sees.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The lead.
    pub lead_id: String,
    /// The decision.
    pub decision_id: String,
    /// The step of the decision that offers it.
    pub n: i64,
    /// The destination; one lead is offered to it at most once.
    pub destination: String,
    /// What the destination sends back with a postback.
    pub click_id: String,
    /// How far it has come.
    pub state: DeliveryState,
    /// When its cap units were reserved, in commit order.
    pub reserved_seq: i64,
    /// When it was settled, in commit order; absent before.
    pub settled_seq: Option<i64>,
    /// When it was settled, microseconds; absent before.
    pub settled_at: Option<i64>,
    /// What the destination pays at once, micro-units, if it accepted and does.
    pub price: Option<i64>,
    /// Where to send the person, if the destination said so.
    pub redirect_url: Option<String>,
    /// Why it was not accepted.
    pub reason: Option<String>,
    /// When it was offered, microseconds.
    pub created_at: i64,
    /// When an answer comes too late, microseconds.
    pub deadline_at: i64,
    /// What was reported of it later, added up, JSON; absent before anything was.
    pub conversion_totals_body: Option<String>,
    /// What was odd about its answer, such as a price that could not be read.
    pub finding: Option<String>,
    /// The destination's own id of the lead, if it gave one.
    pub reference: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.created_at,
            id: self.id.clone(),
        }
    }
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum DeliveryState {
    /// Nothing was sent yet.
    Pending,
    /// A request may be on its way.
    Sending,
    /// The destination took the lead.
    Accepted,
    /// The destination said no.
    Rejected,
    /// Nothing reached the destination.
    NotSent,
    /// The answer is unknown.
    Held,
}

/// What changes in a delivery: all of these at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryUpdate {
    /// The delivery.
    pub id: String,
    /// How far it has come.
    pub state: DeliveryState,
    /// When it was settled, in commit order.
    pub settled_seq: Option<i64>,
    /// When it was settled, microseconds.
    pub settled_at: Option<i64>,
    /// What the destination pays at once, micro-units.
    pub price: Option<i64>,
    /// Where to send the person.
    pub redirect_url: Option<String>,
    /// Why it was not accepted.
    pub reason: Option<String>,
    /// What was odd about its answer.
    pub finding: Option<String>,
    /// The destination's own id of the lead.
    pub reference: Option<String>,
}

impl WriteTx {
    /// Inserts deliveries; their leads and decisions are there.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if an id, a click id, a sequence number, or a delivery of the lead to the
    /// destination exists; [`Error::NotFound`] if a lead or decision does not.
    pub async fn insert_deliveries(&self, deliveries: Vec<Model>) -> Result<(), Error> {
        batch::insert(&self.tx, deliveries).await
    }

    /// Changes deliveries, each once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if one does not exist.
    pub async fn update_deliveries(&self, updates: Vec<DeliveryUpdate>) -> Result<(), Error> {
        const CHANGE: Change = Change {
            table: "delivery",
            key: &["id"],
            set: &[
                "state",
                "settled_seq",
                "settled_at",
                "price",
                "redirect_url",
                "reason",
                "finding",
                "reference",
            ],
            add: &[],
        };
        let rows = updates.into_iter().map(|update| {
            let DeliveryUpdate {
                id,
                state,
                settled_seq,
                settled_at,
                price,
                redirect_url,
                reason,
                finding,
                reference,
            } = update;
            vec![
                id.into(),
                state.into(),
                settled_seq.into(),
                settled_at.into(),
                price.into(),
                redirect_url.into(),
                reason.into(),
                finding.into(),
                reference.into(),
            ]
        });
        CHANGE.apply(&self.tx, rows.collect()).await
    }

    /// Writes down what was reported of deliveries, added up: pairs of an id and JSON.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if one does not exist.
    pub async fn put_accounts(&self, totals: Vec<(String, String)>) -> Result<(), Error> {
        const CHANGE: Change = Change {
            table: "delivery",
            key: &["id"],
            set: &["conversion_totals_body"],
            add: &[],
        };
        let rows = totals
            .into_iter()
            .map(|(id, body)| vec![id.into(), body.into()]);
        CHANGE.apply(&self.tx, rows.collect()).await
    }
}
