//! Steps of decisions: what was offered next, and how likely that was.

use sea_orm::entity::prelude::*;

use crate::{
    Error, Read, WriteTx,
    batch::{self, Change},
    page,
};

/// A step of a walk.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "decision_step")]
pub struct Model {
    /// The decision.
    #[sea_orm(primary_key, auto_increment = false)]
    pub decision_id: String,
    /// From 0 in each decision.
    #[sea_orm(primary_key, auto_increment = false)]
    pub n: i64,
    /// Its place in commit order.
    pub seq: i64,
    /// When, microseconds.
    pub at: i64,
    /// Which destinations were available, in the flow's order; hexadecimal.
    pub availability: String,
    /// The nodes and choices on the way, JSON.
    pub trace_body: String,
    /// Whether it asks for bids, offers or ends.
    pub kind: StepKind,
    /// Where the lead is offered; absent for other steps.
    pub destination: Option<String>,
    /// How likely this step was, given all before it; in (0, 1].
    pub propensity: f64,
    /// How likely each other step was, JSON.
    pub outlook_body: String,
    /// How the flow's rotations stood, JSON; absent where it has none or no order mattered.
    pub rotation_body: Option<String>,
    /// The auction that asks for bids; absent for other steps, like the two below.
    pub node: Option<String>,
    /// Which destinations are asked, in the flow's order; hexadecimal.
    pub asked: Option<String>,
    /// What each of them said, JSON; absent while bids are waited for.
    pub bids_body: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a step asks for bids, offers or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum StepKind {
    /// Destinations are asked what they would pay.
    Ping,
    /// The lead is offered to a destination.
    Offer,
    /// The walk ends.
    Done,
}

/// What the destinations said that a step asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BidsUpdate {
    /// The decision.
    pub decision_id: String,
    /// Which step of it.
    pub n: i64,
    /// What each of them said, JSON.
    pub bids_body: String,
}

impl WriteTx {
    /// Writes down what was said to pings.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if a step does not exist.
    pub async fn update_bids(&self, updates: Vec<BidsUpdate>) -> Result<(), Error> {
        const CHANGE: Change = Change {
            table: "decision_step",
            key: &["decision_id", "n"],
            set: &["bids_body"],
            add: &[],
        };
        let rows = updates.into_iter().map(|update| {
            let BidsUpdate {
                decision_id,
                n,
                bids_body,
            } = update;
            vec![decision_id.into(), n.into(), bids_body.into()]
        });
        CHANGE.apply(&self.tx, rows.collect()).await
    }

    /// Inserts steps; their decisions are there.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if a step or a sequence number exists; [`Error::NotFound`] if a decision
    /// does not.
    pub async fn insert_steps(&self, steps: Vec<Model>) -> Result<(), Error> {
        batch::insert(&self.tx, steps).await
    }
}

impl Read<'_> {
    /// The steps of decisions, by decision and number.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn steps_of_decisions(&self, decision_ids: &[String]) -> Result<Vec<Model>, Error> {
        let mut steps =
            batch::find_in::<Entity>(&self.executor, Column::DecisionId, decision_ids).await?;
        steps.sort_by(|a, b| (&a.decision_id, a.n).cmp(&(&b.decision_id, b.n)));
        Ok(steps)
    }

    /// The next steps in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn steps_in_order(&self, after_seq: i64, limit: u64) -> Result<Vec<Model>, Error> {
        page::in_order(
            &self.executor,
            Entity::find(),
            Column::Seq,
            after_seq,
            limit,
        )
        .await
    }
}
