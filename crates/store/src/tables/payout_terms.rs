//! On which terms sources are paid, by the number in commit order from which they hold.

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
};

use crate::{Error, Read, WriteTx};

/// Terms of a source, until the next ones.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_terms")]
pub struct Model {
    /// The source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// Leads that are stored under this number or a larger one are paid on them.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The terms, JSON; absent: nothing is paid.
    pub terms_body: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Sets the terms of a source from the number on that this transaction gives out next, unless they are those that hold.
    ///
    /// * `terms_body`: JSON; `None`: nothing is paid.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn set_payout_terms(
        &self,
        source: &str,
        terms_body: Option<String>,
    ) -> Result<(), Error> {
        let last = Entity::find()
            .filter(Column::Source.eq(source))
            .order_by_desc(Column::Number)
            .one(&self.tx)
            .await?;
        let number = self.order().number + 1;
        let (known, is_ours) =
            last.map_or((None, false), |row| (row.terms_body, row.number == number));
        if known == terms_body {
            return Ok(());
        }
        let row = Model {
            source: source.to_owned(),
            number,
            terms_body,
        };
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
    /// All terms that held at some time, by source and number.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn payout_terms(&self) -> Result<Vec<Model>, Error> {
        let found = Entity::find()
            .order_by_asc(Column::Source)
            .order_by_asc(Column::Number);
        Ok(found.all(&self.executor).await?)
    }

    /// The number in commit order from which some source was paid; `None` if none ever was.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn first_payout_terms(&self) -> Result<Option<i64>, Error> {
        let first: Option<Option<i64>> = Entity::find()
            .select_only()
            .column_as(Column::Number.min(), "number")
            .into_tuple()
            .one(&self.executor)
            .await?;
        Ok(first.flatten())
    }
}
