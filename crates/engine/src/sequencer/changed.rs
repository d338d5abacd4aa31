//! What a batch changes.

use pointsman_history::Committed;

use super::memory::Memory;

/// What a batch changes: here, and by its row of the log in other processes.
#[derive(Debug)]
pub(crate) struct Changed<'a> {
    pub(crate) memory: &'a mut Memory,
    pub(crate) committed: &'a mut Committed,
}
