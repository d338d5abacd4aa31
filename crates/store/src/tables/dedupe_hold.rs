//! Which leads stand in the way of others that are like them.

use sea_orm::{Condition, QueryOrder as _, Set, entity::prelude::*, sea_query::OnConflict};

use crate::{Error, Read, WriteTx};

/// Keys of one statement: SQLite takes expressions of at most 1,000 levels.
const KEYS_MAX: usize = 200;

/// The lead that holds a key.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dedupe_hold")]
pub struct Model {
    /// A flow or a destination.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// Of the compared values.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// The lead.
    pub lead_id: String,
    /// When it came, or was offered, microseconds.
    pub at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Lets leads hold keys in place of those that held them, each key once.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn put_holds(&self, holds: Vec<Model>) -> Result<(), Error> {
        for some in holds.chunks(KEYS_MAX) {
            let rows = some.iter().map(|hold| ActiveModel {
                scope: Set(hold.scope.clone()),
                hash: Set(hold.hash.clone()),
                lead_id: Set(hold.lead_id.clone()),
                at: Set(hold.at),
            });
            let replace = OnConflict::columns([Column::Scope, Column::Hash])
                .update_columns([Column::LeadId, Column::At])
                .to_owned();
            Entity::insert_many(rows)
                .on_conflict(replace)
                .exec_without_returning(&self.tx)
                .await?;
        }
        Ok(())
    }

    /// Gives keys back: pairs of a scope and a hash.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn release_holds(&self, keys: &[(String, String)]) -> Result<(), Error> {
        for some in keys.chunks(KEYS_MAX) {
            Entity::delete_many()
                .filter(any_of(some))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }
}

impl Read<'_> {
    /// What holds these keys: pairs of a scope and a hash.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_holds(&self, keys: &[(String, String)]) -> Result<Vec<Model>, Error> {
        let mut found = Vec::new();
        for some in keys.chunks(KEYS_MAX) {
            found.extend(
                Entity::find()
                    .filter(any_of(some))
                    .all(&self.executor)
                    .await?,
            );
        }
        Ok(found)
    }

    /// What is held after a key, in the order of scope and hash.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn holds_after(
        &self,
        after: Option<&(String, String)>,
        limit: u64,
    ) -> Result<Vec<Model>, Error> {
        let mut found = Entity::find()
            .order_by_asc(Column::Scope)
            .order_by_asc(Column::Hash);
        if let Some((scope, hash)) = after {
            let same = Condition::all()
                .add(Column::Scope.eq(scope.as_str()))
                .add(Column::Hash.gt(hash.as_str()));
            let later = Condition::any()
                .add(Column::Scope.gt(scope.as_str()))
                .add(same);
            found = found.filter(later);
        }
        Ok(sea_orm::QuerySelect::limit(found, limit)
            .all(&self.executor)
            .await?)
    }
}

fn any_of(keys: &[(String, String)]) -> Condition {
    let keys = keys.iter().map(|(scope, hash)| {
        Condition::all()
            .add(Column::Scope.eq(scope.as_str()))
            .add(Column::Hash.eq(hash.as_str()))
    });
    keys.fold(Condition::any(), Condition::add)
}
