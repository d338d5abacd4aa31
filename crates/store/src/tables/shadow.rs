//! Versions that decide leads beside the live one without sending anything.

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, entity::prelude::*,
    sea_query::ExprTrait as _,
};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, page};

pub(crate) mod catalog;
pub(crate) mod sums;

/// A version that decides leads without sending anything.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shadow")]
pub struct Model {
    /// The number in commit order of its start, which names it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub since_seq: i64,
    /// The flow.
    pub flow: String,
    /// The version.
    pub version_hash: String,
    /// The share of leads that it decides, in parts per million.
    pub share_ppm: i64,
    /// When it was set, microseconds.
    pub since_at: i64,
    /// Who set it.
    pub since_by: String,
    /// Why, if somebody said so.
    pub since_note: Option<String>,
    /// The number in commit order of its end; absent while it goes on, like the two below.
    pub until_seq: Option<i64>,
    /// When it ended.
    pub until_at: Option<i64>,
    /// Who ended it.
    pub until_by: Option<String>,
    /// Why, if somebody said so.
    pub until_note: Option<String>,
    /// The number in commit order up to which its leads are known.
    pub folded_seq: i64,
    /// Leads that it decided.
    pub leads: i64,
    /// Those that it sends elsewhere first.
    pub elsewhere: i64,
    /// Those of which it cannot be known.
    pub undecided: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.since_seq,
            id: String::new(),
        }
    }
}

/// A version to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewShadow {
    /// The flow.
    pub flow: String,
    /// The version.
    pub version_hash: String,
    /// The catalog that it was compiled with, which is stored.
    pub catalog_hash: String,
    /// The share of leads that it decides, in parts per million.
    pub share_ppm: i64,
    /// Now, microseconds.
    pub at: i64,
    /// Who sets it.
    pub by: String,
    /// Why.
    pub note: Option<String>,
}

/// The end of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowEnd {
    /// The flow.
    pub flow: String,
    /// Now, microseconds.
    pub at: i64,
    /// Who ends it.
    pub by: String,
    /// Why.
    pub note: Option<String>,
}

impl WriteTx {
    /// Sets the version that decides leads of a flow beside the live one, from the number on that this transaction gives
    /// out next. The one before it ends.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such version or catalog.
    pub async fn set_shadow(&self, new: NewShadow) -> Result<Model, Error> {
        let NewShadow {
            flow,
            version_hash,
            catalog_hash,
            share_ppm,
            at,
            by,
            note,
        } = new;
        let end = ShadowEnd {
            flow: flow.clone(),
            at,
            by: by.clone(),
            note: None,
        };
        self.end_shadow(end).await?;
        let seq = self.order().number + 1;
        let row = Model {
            since_seq: seq,
            flow,
            version_hash,
            share_ppm,
            since_at: at,
            since_by: by,
            since_note: note,
            until_seq: None,
            until_at: None,
            until_by: None,
            until_note: None,
            folded_seq: seq,
            leads: 0,
            elsewhere: 0,
            undecided: 0,
        };
        Entity::insert(row.clone().into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        self.add_shadow_catalog(seq, catalog_hash).await?;
        Ok(row)
    }

    /// Ends the one of a flow under the number that this transaction gives out next; whether there was one.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn end_shadow(&self, end: ShadowEnd) -> Result<bool, Error> {
        let ShadowEnd { flow, at, by, note } = end;
        let ended = Entity::update_many()
            .col_expr(Column::UntilSeq, (self.order().number + 1).into())
            .col_expr(Column::UntilAt, at.into())
            .col_expr(Column::UntilBy, by.into())
            .col_expr(Column::UntilNote, note.into())
            .filter(Column::Flow.eq(flow))
            .filter(Column::UntilSeq.is_null())
            .exec(&self.tx)
            .await?;
        Ok(ended.rows_affected > 0)
    }
}

impl Read<'_> {
    /// Those that go on, and those that have ended before all of their leads were known, by number.
    ///
    /// * `last`: the last number in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn shadows_behind(&self, last: i64) -> Result<Vec<Model>, Error> {
        let unknown = Column::UntilSeq
            .is_null()
            .or(Expr::col(Column::UntilSeq).gt(Expr::col(Column::FoldedSeq)));
        let select = Entity::find().filter(Column::FoldedSeq.lt(last));
        let select = select.filter(unknown).order_by_asc(Column::SinceSeq);
        Ok(select.all(&self.executor).await?)
    }

    /// Those that go on, by number.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn open_shadows(&self) -> Result<Vec<Model>, Error> {
        let select = Entity::find().filter(Column::UntilSeq.is_null());
        Ok(select
            .order_by_asc(Column::SinceSeq)
            .all(&self.executor)
            .await?)
    }

    /// The one of a number.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_shadow(&self, since_seq: i64) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(since_seq).one(&self.executor).await?)
    }

    /// Those of a flow, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn shadows(
        &self,
        flow: &str,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let select = Entity::find().filter(Column::Flow.eq(flow));
        page::largest_first(&self.executor, select, Column::SinceSeq, after, limit).await
    }
}
