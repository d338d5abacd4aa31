//! Who changed which setting when.

use sea_orm::{IntoActiveModel as _, entity::prelude::*, sea_query::OnConflict};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, page};

/// A change of settings. What they said before and after is kept by the hashes of the texts.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "settings_change")]
pub struct Model {
    /// The number of its transaction in commit order.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When, microseconds.
    pub at: i64,
    /// Who made it.
    pub by_whom: String,
    /// The token of whoever made it; absent where none was needed.
    pub by_token: Option<String>,
    /// What kind of change: a word of the service's.
    pub kind: String,
    /// Name or id of what was changed.
    pub object: String,
    /// Why, if somebody said so.
    pub note: Option<String>,
    /// Of what it said before; absent if it was not there.
    pub before_hash: Option<String>,
    /// Of what it says since; absent if it is not there any more.
    pub after_hash: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.seq,
            id: String::new(),
        }
    }
}

/// What settings said.
mod text {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "settings_text")]
    pub(super) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(super) hash: String,
        pub(super) body: String,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A change to keep, in the transaction that makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSettingsChange {
    /// Now, microseconds.
    pub at: i64,
    /// Who makes it.
    pub by_whom: String,
    /// Their token, if they needed one.
    pub by_token: Option<String>,
    /// What kind of change.
    pub kind: String,
    /// Name or id of what is changed.
    pub object: String,
    /// Why.
    pub note: Option<String>,
    /// What it said: the hash of a text, and the text, which holds no secret.
    pub before: Option<(String, String)>,
    /// What it says from now on, likewise.
    pub after: Option<(String, String)>,
}

/// Which changes to list; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsChangeFilter {
    /// Of one of these kinds.
    pub kinds: Option<Vec<String>>,
    /// Of this object.
    pub object: Option<String>,
    /// Made by somebody of this name.
    pub by_whom: Option<String>,
    /// Made then or later, microseconds.
    pub from: Option<i64>,
    /// Made before, microseconds.
    pub until: Option<i64>,
}

impl WriteTx {
    /// Keeps a change of settings under the number of this transaction. One for each transaction that changes any.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] for a second one.
    pub async fn insert_settings_change(&self, change: NewSettingsChange) -> Result<(), Error> {
        let NewSettingsChange {
            at,
            by_whom,
            by_token,
            kind,
            object,
            note,
            before,
            after,
        } = change;
        let row = Model {
            seq: self.order().number + 1,
            at,
            by_whom,
            by_token,
            kind,
            object,
            note,
            before_hash: self.put_settings_text(before).await?,
            after_hash: self.put_settings_text(after).await?,
        };
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    async fn put_settings_text(
        &self,
        given: Option<(String, String)>,
    ) -> Result<Option<String>, Error> {
        let Some((hash, body)) = given else {
            return Ok(None);
        };
        let row = text::Model {
            hash: hash.clone(),
            body,
        };
        let keep = OnConflict::column(text::Column::Hash)
            .do_nothing()
            .to_owned();
        text::Entity::insert(row.into_active_model())
            .on_conflict(keep)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(Some(hash))
    }
}

impl Read<'_> {
    /// Changes of settings, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn settings_changes(
        &self,
        filter: &SettingsChangeFilter,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let SettingsChangeFilter {
            kinds,
            object,
            by_whom,
            from,
            until,
        } = filter;
        let conditions = [
            kinds.as_ref().map(|kinds| Column::Kind.is_in(kinds)),
            object.as_ref().map(|object| Column::Object.eq(object)),
            by_whom.as_ref().map(|name| Column::ByWhom.eq(name)),
            from.map(|from| Column::At.gte(from)),
            until.map(|until| Column::At.lt(until)),
        ];
        let conditions = conditions.into_iter().flatten();
        let select = conditions.fold(Entity::find(), QueryFilter::filter);
        page::largest_first(&self.executor, select, Column::Seq, after, limit).await
    }

    /// A text that settings once said, by its hash.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_settings_text(&self, hash: &str) -> Result<Option<String>, Error> {
        let row = text::Entity::find_by_id(hash).one(&self.executor).await?;
        Ok(row.map(|row| row.body))
    }
}
