//! Destinations as they are now.

use std::fmt;

use sea_orm::{IntoActiveModel as _, QueryOrder as _, entity::prelude::*};

use crate::{Error, Expected, Read, WriteTx, keys::Sealed};

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

impl Sealed for Model {
    const TABLE: &'static str = "destination";

    fn row(&self) -> String {
        self.name.clone()
    }

    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![("target_body", &mut self.target_body)]
    }
}

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
        let row = Model {
            name,
            target_body,
            settings_body,
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
    /// A destination by its name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_destination(&self, name: &str) -> Result<Option<Model>, Error> {
        let found = Entity::find_by_id(name).one(&self.executor).await?;
        self.opened_one(found).await
    }

    /// Every destination, by name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn destinations(&self) -> Result<Vec<Model>, Error> {
        let found = Entity::find().order_by_asc(Column::Name);
        self.opened(found.all(&self.executor).await?).await
    }
}
