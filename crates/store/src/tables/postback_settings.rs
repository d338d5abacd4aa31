//! Which postbacks sources have, by the number in commit order from which they hold.

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
};

use crate::{Error, Read, WriteTx, keys::Sealed};

/// Postbacks of a source, until the next ones.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "postback_settings")]
pub struct Model {
    /// The source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// They are sent for what is stored under this number or a larger one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The postbacks, JSON; absent: there are none.
    pub postbacks_body: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Sealed for Model {
    const TABLE: &'static str = "postback_settings";

    fn row(&self) -> String {
        format!("{}/{}", self.source, self.number)
    }

    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        let body = self.postbacks_body.as_mut();
        body.map(|body| ("postbacks_body", body))
            .into_iter()
            .collect()
    }
}

impl WriteTx {
    /// Sets the postbacks of a source from the number on that this transaction gives out next, unless they are those that
    /// hold.
    ///
    /// * `postbacks_body`: JSON; `None`: there are none.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn set_postbacks(
        &self,
        source: &str,
        postbacks_body: Option<String>,
    ) -> Result<(), Error> {
        let last = Entity::find()
            .filter(Column::Source.eq(source))
            .order_by_desc(Column::Number)
            .one(&self.tx)
            .await?;
        let last = self.read().opened_one(last).await?;
        let number = self.order().number + 1;
        let (known, is_ours) = last.map_or((None, false), |row| {
            (row.postbacks_body, row.number == number)
        });
        if known == postbacks_body {
            return Ok(());
        }
        let row = self.keys.sealed(Model {
            source: source.to_owned(),
            number,
            postbacks_body,
        })?;
        if is_ours {
            row.into_active_model().reset_all().update(&self.tx).await?;
        } else {
            Entity::insert(row.into_active_model())
                .exec_without_returning(&self.tx)
                .await?;
        }
        Ok(())
    }
}

impl Read<'_> {
    /// All postbacks that held at some time, by source and number.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn postback_settings(&self) -> Result<Vec<Model>, Error> {
        let found = Entity::find()
            .order_by_asc(Column::Source)
            .order_by_asc(Column::Number);
        self.opened(found.all(&self.executor).await?).await
    }

    /// The number in commit order from which some source had postbacks; `None` if none ever had.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn first_postback_settings(&self) -> Result<Option<i64>, Error> {
        let first: Option<Option<i64>> = Entity::find()
            .select_only()
            .column_as(Column::Number.min(), "number")
            .into_tuple()
            .one(&self.executor)
            .await?;
        Ok(first.flatten())
    }
}
