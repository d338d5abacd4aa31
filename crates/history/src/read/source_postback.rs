//! What trackers of sources were told.

use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_source::{PostbackEvent, PostbackRequest};
use pointsman_store::{
    SourcePostbackFilter as StoredFilter, SourcePostbackRow, SourcePostbackState,
};

use super::handle::{History, id, json, texts};
use crate::{Error, Page, Place, source_postbacks::PostbackContent};

/// A postback to the tracker of a source, with what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcePostback {
    /// Its id, the same at every attempt.
    pub id: Id<kinds::SourcePostback>,
    /// The lead.
    pub lead_id: Id<kinds::Lead>,
    /// The source.
    pub source: String,
    /// What it tells of.
    pub event: PostbackEvent,
    /// When that happened.
    pub at: Timestamp,
    /// How far it has come.
    pub state: SourcePostbackState,
    /// When it is sent; `None` if it is not any more.
    pub due_at: Option<Timestamp>,
    /// How often it was tried.
    pub n_attempts: i64,
    /// How often it was tried since somebody sent it again, or in all.
    pub n_attempts_of_schedule: i64,
    /// When the last attempt ended.
    pub attempted_at: Option<Timestamp>,
    /// The HTTP status of that, if one came back.
    pub status: Option<i64>,
    /// What was in its way.
    pub error: Option<String>,
    /// What came back, cut.
    pub answer_excerpt: Option<String>,
    content: PostbackContent,
}

/// Which postbacks to sources to list; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourcePostbackFilter {
    /// Of this source.
    pub source: Option<String>,
    /// In this state.
    pub state: Option<SourcePostbackState>,
    /// Of this event.
    pub event: Option<PostbackEvent>,
    /// Of what happened then or later.
    pub from: Option<Timestamp>,
    /// Of what happened before.
    pub until: Option<Timestamp>,
}

impl SourcePostback {
    /// The request that tells of it, as it was pinned when that happened.
    ///
    /// * `token`: what the tracker knows us by; `None` leaves `{token}` as it stands, for whoever only looks.
    pub fn request(&self, token: Option<&str>) -> PostbackRequest {
        self.content.request(token)
    }

    pub(crate) fn of(row: SourcePostbackRow) -> Result<Self, Error> {
        let what = format!("postback {}", row.id);
        let event = PostbackEvent::of_word(&row.event);
        Ok(Self {
            id: id(&row.id)?,
            lead_id: id(&row.lead_id)?,
            source: row.source,
            event: event.ok_or_else(|| Error::Stored { what: what.clone() })?,
            at: Timestamp(row.at),
            state: row.state,
            due_at: row.due_at.map(Timestamp),
            n_attempts: row.n_attempts,
            n_attempts_of_schedule: row.n_attempts - row.n_before,
            attempted_at: row.attempted_at.map(Timestamp),
            status: row.status,
            error: row.error,
            answer_excerpt: row.answer_excerpt,
            content: json(&what, &row.content_body)?,
        })
    }
}

impl History {
    /// Postbacks to sources, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn source_postbacks(
        &self,
        filter: &SourcePostbackFilter,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<SourcePostback>, Error> {
        let filter = StoredFilter {
            ids: None,
            source: filter.source.clone(),
            state: filter.state,
            event: filter.event.map(|event| event.word().to_owned()),
            from: filter.from.map(|at| at.0),
            until: filter.until.map(|at| at.0),
        };
        let after = after.map(Place::cursor);
        let rows = self.rows().source_postbacks(&filter, after, limit).await?;
        Page::of(rows, SourcePostback::of)
    }

    /// The postbacks of leads, by what they tell of in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn source_postbacks_of_leads(
        &self,
        leads: &[Id<kinds::Lead>],
    ) -> Result<Vec<SourcePostback>, Error> {
        let rows = self.rows().source_postbacks_of_leads(&texts(leads)).await?;
        rows.into_iter().map(SourcePostback::of).collect()
    }

    /// A postback to a source by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn find_source_postback(
        &self,
        id: Id<kinds::SourcePostback>,
    ) -> Result<Option<SourcePostback>, Error> {
        let row = self.rows().find_source_postback(&id.to_string()).await?;
        row.map(SourcePostback::of).transpose()
    }

    /// Postbacks of a source that are due by a time, what is due first before the rest.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn due_source_postbacks(
        &self,
        source: &str,
        until: Timestamp,
        limit: u64,
    ) -> Result<Vec<SourcePostback>, Error> {
        let rows = self.rows();
        let rows = rows.due_source_postbacks(source, until.0, limit).await?;
        rows.into_iter().map(SourcePostback::of).collect()
    }
}
