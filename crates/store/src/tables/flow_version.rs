//! Versions of flows, under their hashes.

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, batch, page};

/// An immutable version of a flow.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "flow_version")]
pub struct Model {
    /// Of the normalised document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// The flow.
    pub flow: String,
    /// From 1, one more with each version of the flow.
    pub number: i64,
    /// The document, JSON.
    pub body: String,
    /// What its author says about it.
    pub message: String,
    /// Who published it.
    pub author: String,
    /// When, microseconds.
    pub created_at: i64,
    /// The semantics version that it was last published under.
    pub semantics: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.number,
            id: String::new(),
        }
    }
}

/// A version to insert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFlowVersion {
    /// Of the normalised document.
    pub hash: String,
    /// The flow, which exists.
    pub flow: String,
    /// The document, JSON.
    pub body: String,
    /// What its author says about it.
    pub message: String,
    /// Who publishes it.
    pub author: String,
    /// Now, microseconds.
    pub at: i64,
    /// The semantics version that it runs under from now on.
    pub semantics: i64,
}

/// A version that is stored now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The version.
    pub version: Model,
    /// Whether it was not there before.
    pub is_new: bool,
}

impl WriteTx {
    /// Inserts a version under the next number of its flow, or finds it if it is there. It has these semantics
    /// from now on.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such flow, [`Error::Conflict`] if the hash is one of
    /// another flow.
    pub async fn insert_flow_version(&self, version: NewFlowVersion) -> Result<Published, Error> {
        let NewFlowVersion {
            hash,
            flow,
            body,
            message,
            author,
            at,
            semantics,
        } = version;
        if let Some(mut version) = self.read().find_flow_version(&hash).await? {
            return if version.flow == flow {
                if version.semantics != semantics {
                    version.semantics = semantics;
                    self.put_semantics(&hash, semantics).await?;
                }
                Ok(Published {
                    version,
                    is_new: false,
                })
            } else {
                Err(Error::conflict("flow version"))
            };
        }
        let last = Entity::find()
            .filter(Column::Flow.eq(&flow))
            .order_by_desc(Column::Number)
            .limit(1)
            .one(&self.tx)
            .await?;
        let version = Model {
            hash,
            flow,
            number: last.map_or(1, |last| last.number + 1),
            body,
            message,
            author,
            created_at: at,
            semantics,
        };
        Entity::insert(version.clone().into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(Published {
            version,
            is_new: true,
        })
    }

    async fn put_semantics(&self, hash: &str, semantics: i64) -> Result<(), Error> {
        Entity::update_many()
            .col_expr(Column::Semantics, Expr::value(semantics))
            .filter(Column::Hash.eq(hash))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// A version by its hash.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_flow_version(&self, hash: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(hash).one(&self.executor).await?)
    }

    /// Those of the versions that exist, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn flow_versions(&self, hashes: &[String]) -> Result<Vec<Model>, Error> {
        batch::find_in::<Entity>(&self.executor, Column::Hash, hashes).await
    }

    /// The versions of a flow, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn versions_of_flow(
        &self,
        flow: &str,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let select = Entity::find().filter(Column::Flow.eq(flow));
        page::largest_first(&self.executor, select, Column::Number, after, limit).await
    }
}
