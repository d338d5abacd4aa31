//! Decisions: the walk of one lead as a whole.

use sea_orm::entity::prelude::*;

use crate::{
    Error, Read, WriteTx,
    batch::{self, Change},
    page,
};

/// A decision: what fixed it, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The lead; each has one decision.
    pub lead_id: String,
    /// The flow.
    pub flow: String,
    /// The version of the flow, which is stored.
    pub version_hash: String,
    /// The catalog, which is stored.
    pub catalog_hash: String,
    /// The semantics version.
    pub semantics: i64,
    /// The epoch of the allocation, pinned at the first step.
    pub epoch: i64,
    /// What draws depend on.
    pub unit_key: String,
    /// What draws of sticky nodes depend on instead: hashes by the names of their fields, JSON; absent
    /// where nothing is sticky.
    pub unit_hashes_body: Option<String>,
    /// Its start in commit order.
    pub started_seq: i64,
    /// How it ended; absent before, like the two below.
    pub end_state: Option<EndState>,
    /// Why, where the end has a reason.
    pub end_reason: Option<String>,
    /// Its end in commit order.
    pub ended_seq: Option<i64>,
    /// The lease under which its lead was taken.
    pub lease: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum EndState {
    /// Accepted as often as the flow sells a lead.
    Sold,
    /// A `reject` node said no.
    Declined,
    /// No destination accepted it.
    Unsold,
    /// An answer is unknown.
    Held,
}

/// The end of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionEnd {
    /// The decision.
    pub id: String,
    /// How it ended.
    pub end_state: EndState,
    /// Why, where the end has a reason.
    pub end_reason: Option<String>,
    /// Its end in commit order.
    pub ended_seq: i64,
}

impl WriteTx {
    /// Inserts decisions; their leads, versions and catalogs are there.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if an id, a sequence number or a decision of the lead exists;
    /// [`Error::NotFound`] if a lead, version or catalog does not.
    pub async fn insert_decisions(&self, decisions: Vec<Model>) -> Result<(), Error> {
        batch::insert(&self.tx, decisions).await
    }

    /// Ends decisions, each once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if one does not exist.
    pub async fn end_decisions(&self, ends: Vec<DecisionEnd>) -> Result<(), Error> {
        const CHANGE: Change = Change {
            table: "decision",
            key: &["id"],
            set: &["end_state", "end_reason", "ended_seq"],
            add: &[],
        };
        let rows = ends.into_iter().map(|end| {
            let DecisionEnd {
                id,
                end_state,
                end_reason,
                ended_seq,
            } = end;
            vec![
                id.into(),
                end_state.into(),
                end_reason.into(),
                ended_seq.into(),
            ]
        });
        CHANGE.apply(&self.tx, rows.collect()).await
    }
}

impl Read<'_> {
    /// A decision by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_decision(&self, id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(id).one(&self.executor).await?)
    }

    /// Those of the decisions that exist, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn decisions_by_id(&self, ids: &[String]) -> Result<Vec<Model>, Error> {
        batch::find_in::<Entity>(&self.executor, Column::Id, ids).await
    }

    /// The decisions of leads, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn decisions_of_leads(&self, lead_ids: &[String]) -> Result<Vec<Model>, Error> {
        batch::find_in::<Entity>(&self.executor, Column::LeadId, lead_ids).await
    }

    /// The next decisions in commit order of their start.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn decisions_in_order(
        &self,
        after_seq: i64,
        limit: u64,
    ) -> Result<Vec<Model>, Error> {
        let select = Entity::find();
        page::in_order(&self.executor, select, Column::StartedSeq, after_seq, limit).await
    }

    /// The next decisions without an end, in commit order of their start: a restart goes on with them.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn open_decisions(&self, after_seq: i64, limit: u64) -> Result<Vec<Model>, Error> {
        let select = Entity::find().filter(Column::EndedSeq.is_null());
        page::in_order(&self.executor, select, Column::StartedSeq, after_seq, limit).await
    }
}
