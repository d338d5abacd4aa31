//! Flows and their drafts.

use sea_orm::{QueryFilter as _, QueryOrder as _, Set, entity::prelude::*, sea_query::OnConflict};

use crate::{Error, Expected, Read, WriteTx};

/// A flow: a name with a draft and versions.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "flow")]
pub struct Model {
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Whose leads it routes.
    pub vertical: String,
    /// The draft, JSON; none if there is none.
    pub draft_body: Option<String>,
    /// One more with each change of the draft; 0 before the first.
    pub draft_revision: i64,
    /// When the flow was first seen, microseconds.
    pub created_at: i64,
    /// When its draft last changed, microseconds.
    pub updated_at: i64,
    /// Whether it takes no leads, whatever is live.
    pub is_stopped: bool,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A draft to put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The flow, which is made if it does not exist.
    pub flow: String,
    /// Whose leads it routes.
    pub vertical: String,
    /// The document, JSON; absent to discard the draft.
    pub body: Option<String>,
    /// Now, microseconds.
    pub at: i64,
}

impl WriteTx {
    /// Puts a draft in place of the one its flow has and gives the flow as it is now.
    ///
    /// * `expected`: of `draft_revision`; [`Expected::Absent`] means that there is no such flow yet.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] and [`Error::NotFound`] if the flow is not as `expected`.
    pub async fn put_flow_draft(&self, draft: Draft, expected: Expected) -> Result<Model, Error> {
        let Draft {
            flow,
            vertical,
            body,
            at,
        } = draft;
        let found = self.read().find_flow(&flow).await?;
        let revision = expected.next(found.as_ref().map(|row| row.draft_revision), "flow draft")?;
        let row = ActiveModel {
            name: Set(flow),
            vertical: Set(vertical),
            draft_body: Set(body),
            draft_revision: Set(revision),
            created_at: Set(found.as_ref().map_or(at, |row| row.created_at)),
            updated_at: Set(at),
            is_stopped: Set(found.as_ref().is_some_and(|row| row.is_stopped)),
        };
        if found.is_some() {
            Ok(row.update(&self.tx).await?)
        } else {
            Ok(row.insert(&self.tx).await?)
        }
    }

    /// Stops a flow, or lets it take leads again.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such flow.
    pub async fn set_flow_stopped(&self, name: &str, is_stopped: bool) -> Result<(), Error> {
        let updated = Entity::update_many()
            .col_expr(Column::IsStopped, is_stopped.into())
            .filter(Column::Name.eq(name))
            .exec(&self.tx)
            .await?;
        if updated.rows_affected == 0 {
            return Err(Error::not_found("flow"));
        }
        Ok(())
    }

    /// Makes a flow without a draft unless it is there; `true` if it is new.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn put_flow(&self, name: &str, vertical: &str, at: i64) -> Result<bool, Error> {
        let row = ActiveModel {
            name: Set(name.to_owned()),
            vertical: Set(vertical.to_owned()),
            draft_body: Set(None),
            draft_revision: Set(0),
            created_at: Set(at),
            updated_at: Set(at),
            is_stopped: Set(false),
        };
        let rows = Entity::insert(row)
            .on_conflict(OnConflict::column(Column::Name).do_nothing().to_owned())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(rows == 1)
    }
}

impl Read<'_> {
    /// A flow by its name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_flow(&self, name: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(name).one(&self.executor).await?)
    }

    /// Every flow, by name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn flows(&self) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .order_by_asc(Column::Name)
            .all(&self.executor)
            .await?)
    }
}
