//! Erasures: persons who are to be forgotten, and what is too old to be kept.

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, Set, Unchanged, entity::prelude::*,
};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, page};

pub(crate) mod lead;
pub(crate) mod retention;
pub(crate) mod suppression;

/// An erasure, with what came of it so far.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Why.
    pub kind: ErasureKind,
    /// How far it has come.
    pub state: ErasureState,
    /// Who asked for it: name of a token, or of a part of the program.
    pub by_whom: String,
    /// When, microseconds.
    pub requested_at: i64,
    /// By what its leads are found, JSON: keyed hashes of values, or a vertical.
    pub matches_body: String,
    /// Names of the fields that it was asked by, JSON.
    pub fields_body: String,
    /// The last number in commit order that a lead of the person can have.
    pub until_seq: i64,
    /// The number up to which leads were looked through.
    pub scanned_seq: i64,
    /// Rows by table, JSON.
    pub counts_body: String,
    /// Leads that were found.
    pub n_leads: i64,
    /// When it was done, microseconds; absent before.
    pub finished_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.requested_at,
            id: self.id.clone(),
        }
    }
}

/// Why values are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ErasureKind {
    /// A person asked for it.
    Person,
    /// They are older than they may be.
    Retention,
}

/// How far an erasure has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ErasureState {
    /// Leads are looked through.
    Running,
    /// Nothing is left.
    Done,
}

/// How far an erasure has come: all of these at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureUpdate {
    /// The erasure.
    pub id: String,
    /// How far leads were looked through.
    pub scanned_seq: i64,
    /// Rows by table, JSON.
    pub counts_body: String,
    /// Leads that were found.
    pub n_leads: i64,
    /// When it was done; `None`: it goes on.
    pub finished_at: Option<i64>,
}

impl WriteTx {
    /// Begins an erasure.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the id exists.
    pub async fn insert_erasure(&self, row: Model) -> Result<(), Error> {
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Notes how far an erasure has come.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn move_erasure_on(&self, update: ErasureUpdate) -> Result<(), Error> {
        let ErasureUpdate {
            id,
            scanned_seq,
            counts_body,
            n_leads,
            finished_at,
        } = update;
        let state = match finished_at {
            Some(_) => ErasureState::Done,
            None => ErasureState::Running,
        };
        let row = ActiveModel {
            id: Unchanged(id),
            scanned_seq: Set(scanned_seq),
            counts_body: Set(counts_body),
            n_leads: Set(n_leads),
            finished_at: Set(finished_at),
            state: Set(state),
            ..<ActiveModel as ActiveModelTrait>::default()
        };
        row.update(&self.tx).await?;
        Ok(())
    }
}

impl Read<'_> {
    /// Erasures that are not done, the oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn running_erasures(&self) -> Result<Vec<Model>, Error> {
        let running = Entity::find()
            .filter(Column::State.eq(ErasureState::Running))
            .order_by_asc(Column::RequestedAt)
            .order_by_asc(Column::Id);
        Ok(running.all(&self.executor).await?)
    }

    /// An erasure by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_erasure(&self, id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(id).one(&self.executor).await?)
    }

    /// Erasures, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn erasures(&self, after: Option<&Cursor>, limit: u64) -> Result<Page<Model>, Error> {
        let key = (Column::RequestedAt, Column::Id);
        page::newest_first(&self.executor, Entity::find(), key, after, limit).await
    }
}
