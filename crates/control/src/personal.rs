//! Who looked at the personal data of leads in the console.

use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_store::PersonalReadRow;

use crate::{Control, Error};

/// Most looks at one lead that are told.
const READS_MAX: u64 = 50;

/// One look at the personal data of a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalRead {
    /// When.
    pub at: Timestamp,
    /// Name of the token that looked.
    pub by: String,
}

impl Control {
    /// Notes that somebody is about to see the personal data of a lead.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; nobody may see it then.
    pub async fn note_personal_read(&self, lead: Id<kinds::Lead>, by: &str) -> Result<(), Error> {
        let row = PersonalReadRow {
            lead_id: lead.to_string(),
            read_at: self.inner.clock.now().0,
            read_by: by.to_owned(),
        };
        let noted = self
            .inner
            .store
            .note(move |tx| Box::pin(async move { tx.insert_personal_read(row).await }));
        match noted.await {
            // The same token at the same moment has looked once.
            Ok(()) | Err(pointsman_store::Error::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The last looks at the personal data of a lead, newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn personal_reads(&self, lead: Id<kinds::Lead>) -> Result<Vec<PersonalRead>, Error> {
        let read = self.inner.store.read();
        let rows = read.personal_reads(&lead.to_string(), READS_MAX).await?;
        let reads = rows.into_iter().map(|row| PersonalRead {
            at: Timestamp(row.read_at),
            by: row.read_by,
        });
        Ok(reads.collect())
    }
}
