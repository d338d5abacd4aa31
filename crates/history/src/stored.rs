//! Reads back what steps keep as JSON. What cannot be read is an error that names its row, and never empty.

use pointsman_router::UnitHashes;
use pointsman_store::{DecisionRow, DecisionStepRow, Error};
use serde::de::DeserializeOwned;

use crate::record::{BidRecord, OutlookRecord, TraceRecord};

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

/// The hashes that the sticky nodes of a decision drew by; `None` where it stored none.
///
/// # Errors
///
/// [`Error::Corrupt`] that names the decision.
pub fn unit_hashes_of(decision: &DecisionRow) -> Result<Option<UnitHashes>, Error> {
    let body = decision.unit_hashes_body.as_deref();
    let hashes = body.map(serde_json::from_str).transpose();
    hashes.map_err(|error| Error::Corrupt {
        what: format!("the unit hashes of decision {}: {error}", decision.id),
    })
}

fn read<T: DeserializeOwned>(what: &str, step: &DecisionStepRow, body: &str) -> Result<T, Error> {
    serde_json::from_str(body).map_err(|error| Error::Corrupt {
        what: format!(
            "the {what} of step {} of decision {}: {error}",
            step.n, step.decision_id
        ),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use pointsman_store::StepKind;

    use super::*;

    /// An offer whose bodies are all this text.
    pub(crate) fn step(body: &str) -> DecisionStepRow {
        DecisionStepRow {
            decision_id: "dec_1".to_owned(),
            n: 3,
            seq: 7,
            at: 0,
            availability: "1".to_owned(),
            trace_body: body.to_owned(),
            kind: StepKind::Offer,
            destination: Some("acme".to_owned()),
            propensity: 1.0,
            outlook_body: body.to_owned(),
            rotation_body: None,
            node: None,
            asked: None,
            bids_body: Some(body.to_owned()),
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_and_never_empty() {
        for body in ["", "{", "null", "[{\"node\": 1}]", "\u{0}"] {
            let step = step(body);
            let errors = [
                trace_of(&step).unwrap_err(),
                bids_of(&step).unwrap_err(),
                outlook_of(&step).unwrap_err(),
            ];
            for (what, error) in ["trace", "bids", "outlook"].into_iter().zip(errors) {
                let told = error.to_string();
                let place = format!("the {what} of step 3 of decision dec_1: ");
                assert!(told.contains(&place), "{body:?}: {told}");
            }
        }
        assert_eq!(trace_of(&step("[]")).unwrap(), []);
    }
}
