//! Leads whose personal values were removed: the one place that removes them, in every table.

use std::collections::BTreeMap;

use sea_orm::{
    ConnectionTrait as _, IntoActiveModel as _, QueryFilter as _, Statement, Value,
    entity::prelude::*, sea_query::OnConflict,
};

use crate::{ERASED, Error, Read, WriteTx, batch, keys::Place};

/// What is kept of a lead instead of its personal values. It tells nobody who the person was.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_erasure")]
pub struct Model {
    /// The lead.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: String,
    /// The erasure that removed them.
    pub erasure_id: String,
    /// When, microseconds.
    pub erased_at: i64,
    /// What its decision can be made again by, JSON.
    pub body: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A lead without its personal values.
#[derive(Debug, Clone)]
pub struct ErasedLead {
    /// What is kept instead of them; of a lead that was erased before, what was kept then stays.
    pub kept: Model,
    /// Its other fields, JSON.
    pub fields_body: String,
    /// What its source was answered, without what destinations wrote.
    pub response_body: Option<String>,
    /// The bids of its steps, without what destinations wrote, by the number of the step.
    pub bids: Vec<(i64, String)>,
    /// When its walk had ended, as it was read; a walk that has gone on since is looked at again.
    pub settled_at: Option<i64>,
}

/// What names a person or may do so, besides the fields of the lead: a table and a statement about one lead.
///
/// Texts of destinations may hold anything that they were sent. An offer that stays unknown has such a text as the
/// reason of its decision's end.
const TRACES: [(&str, &str); 9] = [
    ("lead_given", "DELETE FROM lead_given WHERE lead_id = $1"),
    (
        "attempt",
        "UPDATE attempt SET request_excerpt = NULL, response_excerpt = NULL
         WHERE delivery_id IN (SELECT id FROM delivery WHERE lead_id = $1)
           AND (request_excerpt IS NOT NULL OR response_excerpt IS NOT NULL)",
    ),
    (
        "conversion",
        "UPDATE conversion SET raw_body = '{}'
         WHERE delivery_id IN (SELECT id FROM delivery WHERE lead_id = $1)
           AND event_body IS NOT NULL AND raw_body <> '{}'",
    ),
    (
        "parked_postback",
        "DELETE FROM parked_postback WHERE click_id IN (SELECT click_id FROM delivery WHERE lead_id = $1)",
    ),
    (
        "delivery",
        // Findings of our own say that an answer came late; others may quote one.
        "UPDATE delivery SET redirect_url = NULL, reason = NULL,
            finding = CASE WHEN finding LIKE 'accepted after the lead was taken over%' THEN finding END
         WHERE lead_id = $1 AND (redirect_url IS NOT NULL OR reason IS NOT NULL OR finding IS NOT NULL)",
    ),
    (
        "delivery_release",
        "UPDATE delivery_release SET reason = NULL
         WHERE delivery_id IN (SELECT id FROM delivery WHERE lead_id = $1) AND reason IS NOT NULL",
    ),
    (
        "lead_return",
        "UPDATE lead_return SET reason = NULL, note = NULL
         WHERE lead_id = $1 AND (reason IS NOT NULL OR note IS NOT NULL)",
    ),
    (
        // What was sent names no personal field; what a tracker wrote may.
        "source_postback",
        "UPDATE source_postback SET answer_excerpt = NULL WHERE lead_id = $1 AND answer_excerpt IS NOT NULL",
    ),
    (
        "decision",
        "UPDATE decision SET end_reason = NULL WHERE lead_id = $1 AND end_state = 'held' AND end_reason IS NOT NULL",
    ),
];

impl WriteTx {
    /// Removes the personal values of a lead whose walk has ended, in every table, and says how many rows that changed,
    /// by table; `None` for a lead that is still on its way: try again later.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn erase_lead(
        &self,
        erased: ErasedLead,
    ) -> Result<Option<BTreeMap<&'static str, u64>>, Error> {
        let ErasedLead {
            kept,
            fields_body,
            response_body,
            bids,
            settled_at,
        } = erased;
        let id = kept.lead_id.clone();
        let place = Place {
            table: "lead",
            column: "fields_body",
            row: &id,
        };
        let fields_body = self.keys.seal(&place, fields_body)?;
        let lead = self.run(
            "UPDATE lead SET fields_body = $2, response_body = $3, fingerprint = $4
             WHERE id = $1 AND settled_at = $5",
            [
                id.clone().into(),
                fields_body.into(),
                response_body.into(),
                ERASED.into(),
                settled_at.into(),
            ],
        );
        let n_leads = lead.await?;
        if n_leads == 0 {
            return Ok(None);
        }
        let mut counts = BTreeMap::from([("lead", n_leads)]);
        for (table, sql) in TRACES {
            let n_rows = self.run(sql, [id.clone().into()]).await?;
            *counts.entry(table).or_default() += n_rows;
        }
        for (n, body) in bids {
            let steps = self.run(
                "UPDATE decision_step SET bids_body = $3
                 WHERE n = $2 AND decision_id = (SELECT id FROM decision WHERE lead_id = $1) AND bids_body <> $3",
                [id.clone().into(), n.into(), body.into()],
            );
            *counts.entry("decision_step").or_default() += steps.await?;
        }
        Entity::insert(kept.into_active_model())
            .on_conflict(OnConflict::column(Column::LeadId).do_nothing().to_owned())
            .exec_without_returning(&self.tx)
            .await?;
        counts.retain(|_, n_rows| *n_rows > 0);
        Ok(Some(counts))
    }

    async fn run<const N: usize>(&self, sql: &str, values: [Value; N]) -> Result<u64, Error> {
        let statement = Statement::from_sql_and_values(self.tx.get_database_backend(), sql, values);
        Ok(self.tx.execute_raw(statement).await?.rows_affected())
    }
}

impl Read<'_> {
    /// What is kept of leads whose personal values were removed.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn lead_erasures(&self, lead_ids: &[String]) -> Result<Vec<Model>, Error> {
        batch::find_in::<Entity>(&self.executor, Column::LeadId, lead_ids).await
    }

    /// The leads of an erasure, by id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn leads_of_erasure(
        &self,
        erasure_id: &str,
        limit: u64,
    ) -> Result<Vec<String>, Error> {
        use sea_orm::QuerySelect as _;
        let found = Entity::find()
            .select_only()
            .column(Column::LeadId)
            .filter(Column::ErasureId.eq(erasure_id))
            .limit(limit);
        Ok(found.into_tuple().all(&self.executor).await?)
    }
}
