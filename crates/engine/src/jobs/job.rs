//! Jobs as others may read them.

use pointsman_history::{Page, Place};
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_store::{JobRow, JobState as StoredState};
use serde_json::Value;

use super::{JobError, Jobs};

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobState {
    /// It waits to be started.
    Pending,
    /// It runs, or ran when the process died.
    Running,
    /// It has a result.
    Done,
    /// It has an error.
    Failed,
    /// A user cancelled it.
    Cancelled,
}

impl From<StoredState> for JobState {
    fn from(stored: StoredState) -> Self {
        match stored {
            StoredState::Pending => Self::Pending,
            StoredState::Running => Self::Running,
            StoredState::Done => Self::Done,
            StoredState::Failed => Self::Failed,
            StoredState::Cancelled => Self::Cancelled,
        }
    }
}

/// A job: what it was asked, and what it has come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: Id<kinds::Job>,
    /// What it does.
    pub kind: String,
    /// How far it has come.
    pub state: JobState,
    /// How much is done, from 0 to 1.
    pub progress: f64,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// How often it was begun.
    pub attempts: i64,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    params_body: String,
    result_body: Option<String>,
}

impl Job {
    /// What it was asked.
    ///
    /// # Errors
    ///
    /// [`JobError::Stored`].
    pub fn params(&self) -> Result<Value, JobError> {
        self.json(&self.params_body)
    }

    /// What it found; `None` before it is done.
    ///
    /// # Errors
    ///
    /// [`JobError::Stored`].
    pub fn result(&self) -> Result<Option<Value>, JobError> {
        let body = self.result_body.as_deref();
        body.map(|body| self.json(body)).transpose()
    }

    fn json(&self, body: &str) -> Result<Value, JobError> {
        serde_json::from_str(body).map_err(|_| JobError::Stored {
            what: format!("job {}", self.id),
        })
    }

    fn of(row: JobRow) -> Result<Self, JobError> {
        let JobRow {
            id,
            kind,
            state,
            params_body,
            progress,
            result_body,
            error,
            created_at,
            updated_at,
            attempts,
        } = row;
        Ok(Self {
            id: id.parse().map_err(|_| JobError::Stored {
                what: format!("the id `{id}`"),
            })?,
            kind,
            state: state.into(),
            progress,
            error,
            attempts,
            created_at: Timestamp(created_at),
            updated_at: Timestamp(updated_at),
            params_body,
            result_body,
        })
    }
}

impl Jobs {
    /// A job by its id.
    ///
    /// # Errors
    ///
    /// [`JobError::Store`] and [`JobError::Stored`].
    pub async fn find(&self, id: Id<kinds::Job>) -> Result<Option<Job>, JobError> {
        let row = self.store.read().find_job(&id.to_string()).await?;
        row.map(Job::of).transpose()
    }

    /// Jobs, the newest first.
    ///
    /// # Errors
    ///
    /// [`JobError::Store`] and [`JobError::Stored`].
    pub async fn list(&self, after: Option<&Place>, limit: u64) -> Result<Page<Job>, JobError> {
        let after = after.map(Place::cursor);
        let rows = self.store.read().jobs(after, limit).await?;
        Page::of(rows, Job::of)
    }
}
