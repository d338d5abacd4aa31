//! Keys by which texts of this database are sealed, themselves sealed by a master key.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, QueryOrder as _, QuerySelect as _, Set, entity::prelude::*};

use crate::{
    Error, Read, WriteTx,
    keys::{Keyring, MasterKeys, Wrapped},
};

/// A data key.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_key")]
pub struct Model {
    /// Its number, from 1. Texts are sealed by the largest.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The key itself, sealed.
    pub sealed_key: String,
    /// What the master key that seals it is called.
    pub sealed_by: String,
    /// When it was made, microseconds.
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn wrapped(&self) -> Wrapped {
        Wrapped {
            by: self.sealed_by.clone(),
            sealed: self.sealed_key.clone(),
        }
    }
}

/// Reads the data keys that are not known yet.
pub(crate) async fn load(executor: &impl ConnectionTrait, keys: &Keyring) -> Result<(), Error> {
    let rows = Entity::find()
        .order_by_asc(Column::Number)
        .all(executor)
        .await?;
    let Some(master) = keys.master() else {
        return if rows.is_empty() {
            Ok(())
        } else {
            Err(Error::Keys {
                what: "the database is sealed, and `master_keys` names no file with its master key"
                    .to_owned(),
            })
        };
    };
    for row in rows {
        keys.add(row.number, &master.unwrap(row.number, &row.wrapped())?);
    }
    Ok(())
}

impl WriteTx {
    /// Makes another data key, by which every process seals that reads it; those that run do so after their next start.
    ///
    /// # Errors
    ///
    /// [`Error::Keys`] without master keys.
    pub async fn add_data_key(&self, at: i64) -> Result<Model, Error> {
        let newest = Entity::find().order_by_desc(Column::Number).limit(1);
        let newest = newest.one(&self.tx).await?;
        self.insert_data_key(newest.map_or(1, |row| row.number + 1), at)
            .await
    }

    /// Makes the first data key, unless there is one.
    pub(crate) async fn add_first_data_key(&self, at: i64) -> Result<(), Error> {
        if Entity::find().limit(1).one(&self.tx).await?.is_none() {
            self.insert_data_key(1, at).await?;
        }
        Ok(())
    }

    async fn insert_data_key(&self, number: i64, at: i64) -> Result<Model, Error> {
        let (_, wrapped) = self.master()?.make(number)?;
        let row = ActiveModel {
            number: Set(number),
            sealed_key: Set(wrapped.sealed),
            sealed_by: Set(wrapped.by),
            created_at: Set(at),
        };
        Ok(row.insert(&self.tx).await?)
    }

    /// Seals the data keys by the first master key, where another one did, and says how many there were.
    ///
    /// # Errors
    ///
    /// [`Error::Keys`] without master keys, or where none of them opens a data key.
    pub async fn seal_data_keys(&self) -> Result<u64, Error> {
        let master = self.master()?;
        let first: BTreeSet<String> = master.names().into_iter().take(1).collect();
        let mut changed = 0;
        for row in Entity::find().all(&self.tx).await? {
            if first.contains(&row.sealed_by) {
                continue;
            }
            let bytes = master.unwrap(row.number, &row.wrapped())?;
            let wrapped = master.wrap(row.number, &bytes)?;
            let mut row = ActiveModel::from(row);
            row.sealed_key = Set(wrapped.sealed);
            row.sealed_by = Set(wrapped.by);
            row.update(&self.tx).await?;
            changed += 1;
        }
        Ok(changed)
    }

    fn master(&self) -> Result<&MasterKeys, Error> {
        self.keys.master().ok_or_else(|| Error::Keys {
            what: "`master_keys` names no file with a master key".to_owned(),
        })
    }
}

impl Read<'_> {
    /// The data keys, the oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn data_keys(&self) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .order_by_asc(Column::Number)
            .all(&self.executor)
            .await?)
    }
}
