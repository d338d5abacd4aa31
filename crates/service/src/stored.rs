//! Reads back what steps keep as JSON. What cannot be read is an error that names its row, and never empty.

use pointsman_store::{DecisionStepRow, Error};
use serde::de::DeserializeOwned;

use crate::{BidRecord, OutlookRecord, TraceRecord};

/// The choices on the way to a stored step.
///
/// # Errors
///
/// [`Error::Corrupt`] that names the step.
pub fn trace_of(step: &DecisionStepRow) -> Result<Vec<TraceRecord>, Error> {
    read("trace", step, &step.trace_body)
}

/// What each destination said that a stored step asked; `None` while bids are waited for, and for a step
/// that asks nobody.
///
/// # Errors
///
/// [`Error::Corrupt`] that names the step.
pub fn bids_of(step: &DecisionStepRow) -> Result<Option<Vec<BidRecord>>, Error> {
    let body = step.bids_body.as_deref();
    body.map(|body| read("bids", step, body)).transpose()
}

/// The probabilities of everything that could have come at a stored step.
///
/// # Errors
///
/// [`Error::Corrupt`] that names the step.
pub fn outlook_of(step: &DecisionStepRow) -> Result<OutlookRecord, Error> {
    read("outlook", step, &step.outlook_body)
}

fn read<T: DeserializeOwned>(what: &str, step: &DecisionStepRow, body: &str) -> Result<T, Error> {
    serde_json::from_str(body).map_err(|error| Error::Corrupt {
        what: format!(
            "the {what} of step {} of decision {}: {error}",
            step.n, step.decision_id
        ),
    })
}
