//! What trackers of sources are told, and what came of it.

use std::fmt;

use sea_orm::{
    ActiveEnum as _, ConnectionTrait as _, QueryFilter, Select, Statement, entity::prelude::*,
    sea_query::Expr,
};

use crate::{
    Cursor, Error, Keyed, Page, Read, WriteTx, batch,
    keys::{Place, Sealed},
    page,
};

pub(crate) mod sending;

/// A postback to a source.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_postback")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The lead.
    pub lead_id: String,
    /// The source.
    pub source: String,
    /// What it tells of, in a word.
    pub event: String,
    /// The number in commit order of what it tells of.
    pub number: i64,
    /// Which of the postbacks of the source, from 0.
    pub position: i64,
    /// When that was stored, microseconds.
    pub at: i64,
    /// The postback as the source had it then, and what its macros stand for, JSON.
    pub content_body: String,
    /// How far it has come.
    pub state: SourcePostbackState,
    /// When it is sent, microseconds; absent if it is not.
    pub due_at: Option<i64>,
    /// How often it was tried.
    pub n_attempts: i64,
    /// How often it had been tried when somebody sent it again.
    pub n_before: i64,
    /// When the last attempt ended, microseconds.
    pub attempted_at: Option<i64>,
    /// The HTTP status of that, if one came back.
    pub status: Option<i64>,
    /// What was in its way.
    pub error: Option<String>,
    /// What came back, cut.
    pub answer_excerpt: Option<String>,
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SourcePostback")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("n_attempts", &self.n_attempts)
            .finish_non_exhaustive()
    }
}

/// How far a postback to a source has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum SourcePostbackState {
    /// It is sent when it is due.
    Waiting,
    /// The tracker took it.
    Delivered,
    /// The tracker refused it, or did not take it for too long.
    Dead,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.at,
            id: self.id.clone(),
        }
    }
}

impl Sealed for Model {
    const TABLE: &'static str = "source_postback";

    fn row(&self) -> String {
        self.id.clone()
    }

    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        let answer = self.answer_excerpt.as_mut();
        let answer = answer.map(|text| ("answer_excerpt", text));
        let content = ("content_body", &mut self.content_body);
        [content].into_iter().chain(answer).collect()
    }
}

/// Which postbacks to sources to list; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourcePostbackFilter {
    /// One of these.
    pub ids: Option<Vec<String>>,
    /// Of this source.
    pub source: Option<String>,
    /// In this state.
    pub state: Option<SourcePostbackState>,
    /// Of this event.
    pub event: Option<String>,
    /// Of what was stored then or later, microseconds.
    pub from: Option<i64>,
    /// Of what was stored before, microseconds.
    pub until: Option<i64>,
}

impl SourcePostbackFilter {
    fn select(&self) -> Select<Entity> {
        let Self {
            ids,
            source,
            state,
            event,
            from,
            until,
        } = self;
        let is_in = |state: SourcePostbackState| match state {
            // Spelled out: with a bound value the planner could not tell that the partial index fits.
            SourcePostbackState::Dead => Expr::cust("state = 'dead'"),
            other => Column::State.eq(other),
        };
        let conditions = [
            ids.as_ref().map(|ids| Column::Id.is_in(ids)),
            source.as_ref().map(|source| Column::Source.eq(source)),
            state.map(is_in),
            event.as_ref().map(|event| Column::Event.eq(event)),
            from.map(|from| Column::At.gte(from)),
            until.map(|until| Column::At.lt(until)),
        ];
        conditions
            .into_iter()
            .flatten()
            .fold(Entity::find(), QueryFilter::filter)
    }
}

/// How many postbacks to sources there are that are not delivered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourcePostbackCounts {
    /// Those that wait.
    pub waiting: i64,
    /// Those that nobody sends any more.
    pub dead: i64,
    /// When the first of those that wait was due, microseconds.
    pub first_due_at: Option<i64>,
}

impl WriteTx {
    /// Stores what is told of a stretch of the commit order, with the number that it was followed to; `false`, and nothing is
    /// stored, if it was known up to another number than `from`.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if one of them is stored, [`Error::Unavailable`].
    pub async fn add_source_postbacks(
        &self,
        (from, to): (i64, i64),
        rows: Vec<Model>,
    ) -> Result<bool, Error> {
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "UPDATE source_postback_progress SET folded_seq = $1 WHERE folded_seq = $2",
            [to.into(), from.into()],
        );
        if self.tx.execute_raw(statement).await?.rows_affected() != 1 {
            return Ok(false);
        }
        batch::insert(&self.tx, self.keys.sealed_all(rows)?).await?;
        Ok(true)
    }
}

impl Read<'_> {
    /// The number in commit order up to which postbacks to sources are stored.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] without the row, [`Error::Unavailable`].
    pub async fn source_postback_progress(&self) -> Result<i64, Error> {
        let sql = "SELECT folded_seq FROM source_postback_progress WHERE id = 1";
        let statement = Statement::from_string(self.backend(), sql);
        let row = self.executor.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| Error::Corrupt {
            what: "the row of the progress of postbacks to sources is gone".to_owned(),
        })?;
        Ok(row.try_get("", "folded_seq")?)
    }

    /// A postback to a source by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_source_postback(&self, id: &str) -> Result<Option<Model>, Error> {
        let found = Entity::find_by_id(id).one(&self.executor).await?;
        self.opened_one(found).await
    }

    /// The postbacks of leads, by what they tell of in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn source_postbacks_of_leads(
        &self,
        lead_ids: &[String],
    ) -> Result<Vec<Model>, Error> {
        let mut found = batch::find_in::<Entity>(&self.executor, Column::LeadId, lead_ids).await?;
        found.sort_by(|a, b| {
            (a.number, &a.event, a.position).cmp(&(b.number, &b.event, b.position))
        });
        self.opened(found).await
    }

    /// Postbacks to sources, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn source_postbacks(
        &self,
        filter: &SourcePostbackFilter,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let key = (Column::At, Column::Id);
        let Page { items, next } =
            page::newest_first(&self.executor, filter.select(), key, after, limit).await?;
        Ok(Page {
            items: self.opened(items).await?,
            next,
        })
    }

    /// How many postbacks to sources there are, counted up to a number.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn n_source_postbacks(
        &self,
        filter: &SourcePostbackFilter,
        max: u64,
    ) -> Result<u64, Error> {
        page::count_to(&self.executor, filter.select(), Column::Id, max).await
    }

    /// Those of the postbacks that exist, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn source_postbacks_by_id(&self, ids: &[String]) -> Result<Vec<Model>, Error> {
        let found = batch::find_in::<Entity>(&self.executor, Column::Id, ids).await?;
        self.opened(found).await
    }

    /// How many postbacks to sources are not delivered.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn source_postback_counts(&self) -> Result<SourcePostbackCounts, Error> {
        // Both by an index of few rows.
        let sql =
            "SELECT (SELECT COUNT(*) FROM source_postback WHERE due_at IS NOT NULL) AS waiting,
             (SELECT COUNT(*) FROM source_postback WHERE state = 'dead') AS dead,
             (SELECT MIN(due_at) FROM source_postback WHERE due_at IS NOT NULL) AS first_due_at";
        let statement = Statement::from_string(self.backend(), sql);
        let Some(row) = self.executor.query_one_raw(statement).await? else {
            return Ok(SourcePostbackCounts::default());
        };
        Ok(SourcePostbackCounts {
            waiting: row.try_get("", "waiting")?,
            dead: row.try_get("", "dead")?,
            first_due_at: row.try_get("", "first_due_at")?,
        })
    }
}

/// Where an answer is sealed for.
fn answer_place(id: &str) -> Place<'_> {
    Place {
        table: Model::TABLE,
        column: "answer_excerpt",
        row: id,
    }
}

/// A state as it is stored.
fn word(state: SourcePostbackState) -> String {
    state.to_value()
}
