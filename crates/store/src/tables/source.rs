//! Sources whose payloads are read by a document.

use std::fmt;

use sea_orm::{IntoActiveModel as _, QueryOrder as _, entity::prelude::*};

use crate::{Error, Expected, Read, WriteTx, keys::Sealed};

/// A source. Its document may hold secrets, so `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source")]
pub struct Model {
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// How its payloads are read, JSON.
    pub document_body: String,
    /// One more with each change, from 1.
    pub revision: i64,
    /// When it was first put, microseconds.
    pub created_at: i64,
    /// When it was last put, microseconds.
    pub updated_at: i64,
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Source")
            .field("name", &self.name)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Sealed for Model {
    const TABLE: &'static str = "source";

    fn row(&self) -> String {
        self.name.clone()
    }

    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![("document_body", &mut self.document_body)]
    }
}

/// A source to put.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSource {
    /// Its name.
    pub name: String,
    /// How its payloads are read, JSON.
    pub document_body: String,
    /// Now, microseconds.
    pub at: i64,
}

impl fmt::Debug for NewSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NewSource")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl WriteTx {
    /// Puts a source in place of the one of its name and gives what is there now.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] and [`Error::NotFound`] if it is not as `expected`.
    pub async fn put_source(&self, source: NewSource, expected: Expected) -> Result<Model, Error> {
        let NewSource {
            name,
            document_body,
            at,
        } = source;
        let found = self.read().find_source(&name).await?;
        let revision = expected.next(found.as_ref().map(|row| row.revision), "source")?;
        let row = Model {
            name,
            document_body,
            revision,
            created_at: found.as_ref().map_or(at, |row| row.created_at),
            updated_at: at,
        };
        let sealed = self.keys.sealed(row.clone())?.into_active_model();
        if found.is_some() {
            sealed.reset_all().update(&self.tx).await?;
        } else {
            sealed.insert(&self.tx).await?;
        }
        Ok(row)
    }
}

impl Read<'_> {
    /// A source by its name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_source(&self, name: &str) -> Result<Option<Model>, Error> {
        let found = Entity::find_by_id(name).one(&self.executor).await?;
        self.opened_one(found).await
    }

    /// Every source that has a document, by name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn sources(&self) -> Result<Vec<Model>, Error> {
        let found = Entity::find().order_by_asc(Column::Name);
        self.opened(found.all(&self.executor).await?).await
    }
}
