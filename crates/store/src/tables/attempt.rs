//! Attempts: each HTTP exchange of a delivery.

use sea_orm::entity::prelude::*;

use crate::{
    Error, Read, WriteTx,
    batch::{self, Change},
    keys::{Place, Sealed},
};

/// One HTTP exchange. Without an end, the answer of the destination is unknown.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempt")]
pub struct Model {
    /// The delivery.
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery_id: String,
    /// From 0 in each delivery.
    #[sea_orm(primary_key, auto_increment = false)]
    pub n: i64,
    /// When it was about to start, microseconds.
    pub started_at: i64,
    /// When it ended, microseconds; absent before.
    pub finished_at: Option<i64>,
    /// How it ended, in a word of the delivery's; absent before.
    pub outcome: Option<String>,
    /// The HTTP status, if one came back.
    pub status: Option<i64>,
    /// From start to end in real time, milliseconds.
    pub latency_ms: Option<i64>,
    /// What was sent, cut and without secrets, if that is kept.
    pub request_excerpt: Option<String>,
    /// What came back, cut.
    pub response_excerpt: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Sealed for Model {
    const TABLE: &'static str = "attempt";

    fn row(&self) -> String {
        row(&self.delivery_id, self.n)
    }

    fn texts(&mut self) -> Vec<(&'static str, &mut String)> {
        let request = self.request_excerpt.as_mut();
        let response = self.response_excerpt.as_mut();
        let texts = [("request_excerpt", request), ("response_excerpt", response)];
        let texts = texts.into_iter();
        texts
            .filter_map(|(column, text)| Some((column, text?)))
            .collect()
    }
}

/// What an attempt is called among the places of sealed texts.
fn row(delivery_id: &str, n: i64) -> String {
    format!("{delivery_id}/{n}")
}

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptFinish {
    /// The delivery.
    pub delivery_id: String,
    /// Which attempt of it.
    pub n: i64,
    /// When it ended, microseconds.
    pub finished_at: i64,
    /// How it ended, in a word of the delivery's.
    pub outcome: String,
    /// The HTTP status, if one came back.
    pub status: Option<i64>,
    /// From start to end in real time, milliseconds.
    pub latency_ms: i64,
    /// What came back, cut.
    pub response_excerpt: Option<String>,
}

impl WriteTx {
    /// Inserts attempts; their deliveries are there.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if one exists; [`Error::NotFound`] if a delivery does not.
    pub async fn insert_attempts(&self, attempts: Vec<Model>) -> Result<(), Error> {
        batch::insert(&self.tx, self.keys.sealed_all(attempts)?).await
    }

    /// Ends attempts, each once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if one does not exist.
    pub async fn finish_attempts(&self, ends: Vec<AttemptFinish>) -> Result<(), Error> {
        const CHANGE: Change = Change {
            table: "attempt",
            key: &["delivery_id", "n"],
            set: &[
                "finished_at",
                "outcome",
                "status",
                "latency_ms",
                "response_excerpt",
            ],
            add: &[],
        };
        let rows = ends.into_iter().map(|end| {
            let AttemptFinish {
                delivery_id,
                n,
                finished_at,
                outcome,
                status,
                latency_ms,
                response_excerpt,
            } = end;
            let response_excerpt = response_excerpt.map(|text| {
                let place = Place {
                    table: "attempt",
                    column: "response_excerpt",
                    row: &row(&delivery_id, n),
                };
                self.keys.seal(&place, text)
            });
            Ok(vec![
                delivery_id.into(),
                n.into(),
                finished_at.into(),
                outcome.into(),
                status.into(),
                latency_ms.into(),
                response_excerpt.transpose()?.into(),
            ])
        });
        let rows = rows.collect::<Result<Vec<_>, Error>>()?;
        CHANGE.apply(&self.tx, rows).await
    }
}

impl Read<'_> {
    /// The attempts of deliveries, by delivery and number.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn attempts_of_deliveries(
        &self,
        delivery_ids: &[String],
    ) -> Result<Vec<Model>, Error> {
        let mut rows =
            batch::find_in::<Entity>(&self.executor, Column::DeliveryId, delivery_ids).await?;
        rows.sort_by(|a, b| (&a.delivery_id, a.n).cmp(&(&b.delivery_id, b.n)));
        self.opened(rows).await
    }
}
