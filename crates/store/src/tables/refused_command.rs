//! What could never be stored, for people to look at.

use sea_orm::{IntoActiveModel as _, entity::prelude::*};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, page};

/// A command that was refused for good: nothing of it is stored but this.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refused_command")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// What it was: `lead`, `answer`, `bids` or `postback`.
    pub kind: String,
    /// The lead, or the click of a postback.
    pub subject: String,
    /// Who sent it: a source or a destination; absent for a postback whose token is for all of them.
    pub sender: Option<String>,
    /// Why it cannot be stored.
    pub reason: String,
    /// When it was refused, microseconds.
    pub at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.at,
            id: self.id.clone(),
        }
    }
}

impl WriteTx {
    /// Keeps what was refused.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the id exists.
    pub async fn insert_refused_command(&self, command: Model) -> Result<(), Error> {
        let insert = Entity::insert(command.into_active_model());
        insert.exec_without_returning(&self.tx).await?;
        Ok(())
    }
}

impl Read<'_> {
    /// What was refused for good, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn refused_commands(
        &self,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let key = (Column::At, Column::Id);
        page::newest_first(&self.executor, Entity::find(), key, after, limit).await
    }
}
