//! Destinations as they are now.

use std::fmt;

use sea_orm::{QueryOrder as _, Set, entity::prelude::*};

use crate::{Error, Expected, Read, WriteTx};

/// A destination. Its target may hold secrets, so `Debug` leaves the bodies out.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "destination")]
pub struct Model {
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Where and how to send, JSON.
    pub target_body: String,
    /// What decisions read: price, criteria, caps, schedule. JSON.
    pub settings_body: String,
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
            .debug_struct("Destination")
            .field("name", &self.name)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A destination to put.
#[derive(Clone, PartialEq, Eq)]
pub struct NewDestination {
    /// Its name.
    pub name: String,
    /// Where and how to send, JSON.
    pub target_body: String,
    /// What decisions read, JSON.
    pub settings_body: String,
    /// Now, microseconds.
    pub at: i64,
}

impl fmt::Debug for NewDestination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NewDestination")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl WriteTx {
    /// Puts a destination in place of the one of its name and gives what is there now.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] and [`Error::NotFound`] if it is not as `expected`.
    pub async fn put_destination(
        &self,
        destination: NewDestination,
        expected: Expected,
    ) -> Result<Model, Error> {
        let NewDestination {
            name,
            target_body,
            settings_body,
            at,
        } = destination;
        let found = self.read().find_destination(&name).await?;
        let revision = expected.next(found.as_ref().map(|row| row.revision), "destination")?;
        let row = ActiveModel {
            name: Set(name),
            target_body: Set(target_body),
            settings_body: Set(settings_body),
            revision: Set(revision),
            created_at: Set(found.as_ref().map_or(at, |row| row.created_at)),
            updated_at: Set(at),
        };
        if found.is_some() {
            Ok(row.update(&self.tx).await?)
        } else {
            Ok(row.insert(&self.tx).await?)
        }
    }
}

impl Read<'_> {
    /// A destination by its name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_destination(&self, name: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(name).one(&self.executor).await?)
    }

    /// Every destination, by name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn destinations(&self) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .order_by_asc(Column::Name)
            .all(&self.executor)
            .await?)
    }
}
