//! Names that point to versions.

use sea_orm::{QueryFilter as _, QueryOrder as _, Set, entity::prelude::*};

use crate::{Error, Expected, Read, WriteTx};

/// A stage of a flow, such as `live`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage")]
pub struct Model {
    /// The flow.
    #[sea_orm(primary_key, auto_increment = false)]
    pub flow: String,
    /// The stage's name within the flow.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The version it points to.
    pub version_hash: String,
    /// One more with each move, from 1.
    pub revision: i64,
    /// When it last moved, microseconds.
    pub moved_at: i64,
    /// Who moved it.
    pub moved_by: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where to move a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageTarget {
    /// The flow.
    pub flow: String,
    /// The stage's name within the flow.
    pub stage: String,
    /// The version it shall point to, which exists.
    pub version_hash: String,
    /// Now, microseconds.
    pub at: i64,
    /// Who moves it.
    pub by: String,
}

/// What a stage has to be like to be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedStage<'a> {
    /// As with any other row.
    Row(Expected),
    /// Pointing to this version.
    Hash(&'a str),
}

impl WriteTx {
    /// Moves a stage, notes the move, and gives the stage as it is now.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] and [`Error::NotFound`] if the stage is not as `expected`;
    /// [`Error::NotFound`] if there is no such flow or version of it.
    pub async fn move_stage(
        &self,
        target: StageTarget,
        expected: ExpectedStage<'_>,
    ) -> Result<Model, Error> {
        let read = self.read();
        let version = read.find_flow_version(&target.version_hash).await?;
        if version.is_none_or(|version| version.flow != target.flow) {
            return Err(Error::not_found("flow version"));
        }
        let found = read.find_stage(&target.flow, &target.stage).await?;
        let revision = expected.next(found.as_ref())?;
        let row = ActiveModel {
            flow: Set(target.flow.clone()),
            name: Set(target.stage.clone()),
            version_hash: Set(target.version_hash.clone()),
            revision: Set(revision),
            moved_at: Set(target.at),
            moved_by: Set(target.by.clone()),
        };
        let stage = if found.is_some() {
            row.update(&self.tx).await?
        } else {
            row.insert(&self.tx).await?
        };
        self.note_stage_move(target, found.map(|found| found.version_hash))
            .await?;
        Ok(stage)
    }
}

impl ExpectedStage<'_> {
    fn next(self, found: Option<&Model>) -> Result<i64, Error> {
        match (self, found) {
            (Self::Row(expected), found) => expected.next(found.map(|row| row.revision), "stage"),
            (Self::Hash(hash), Some(row)) if row.version_hash == hash => Ok(row.revision + 1),
            (Self::Hash(_), Some(_)) => Err(Error::conflict("stage")),
            (Self::Hash(_), None) => Err(Error::not_found("stage")),
        }
    }
}

impl Read<'_> {
    /// A stage of a flow.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_stage(&self, flow: &str, name: &str) -> Result<Option<Model>, Error> {
        let key = (flow.to_owned(), name.to_owned());
        Ok(Entity::find_by_id(key).one(&self.executor).await?)
    }

    /// The stages of a flow, by name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn stages_of_flow(&self, flow: &str) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::Flow.eq(flow))
            .order_by_asc(Column::Name)
            .all(&self.executor)
            .await?)
    }

    /// Every stage of every flow, by flow and name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn stages(&self) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .order_by_asc(Column::Flow)
            .order_by_asc(Column::Name)
            .all(&self.executor)
            .await?)
    }
}
