//! Steps of decisions: what came next, and how likely that was.

use pointsman_flow::Mask;
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_store::{DecisionStepRow, StepKind as StoredKind};

use super::handle::{History, id, texts};
use crate::{
    Error, bids_of, outlook_of,
    record::{BidRecord, OutlookRecord, TraceRecord},
    rotation::{RotationRecord, rotations_of},
    trace_of,
};

/// Whether a step pings, offers or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepKind {
    /// Destinations are pinged for bids.
    Ping,
    /// The lead is offered to a destination.
    Offer,
    /// The walk ends.
    Done,
}

impl From<StoredKind> for StepKind {
    fn from(stored: StoredKind) -> Self {
        match stored {
            StoredKind::Ping => Self::Ping,
            StoredKind::Offer => Self::Offer,
            StoredKind::Done => Self::Done,
        }
    }
}

/// One step of a walk. What is stored as JSON is read when it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionStep {
    decision_id: Id<kinds::Decision>,
    row: DecisionStepRow,
}

impl DecisionStep {
    fn of(row: DecisionStepRow) -> Result<Self, Error> {
        Ok(Self {
            decision_id: id(&row.decision_id)?,
            row,
        })
    }

    /// The decision.
    pub fn decision_id(&self) -> Id<kinds::Decision> {
        self.decision_id
    }

    /// Its number in the walk, from 0.
    pub fn number(&self) -> i64 {
        self.row.n
    }

    /// When it was.
    pub fn at(&self) -> Timestamp {
        Timestamp(self.row.at)
    }

    /// Whether it pings, offers or ends.
    pub fn kind(&self) -> StepKind {
        self.row.kind.into()
    }

    /// Where the lead is offered; `None` for other steps.
    pub fn destination(&self) -> Option<&str> {
        self.row.destination.as_deref()
    }

    /// Probability of the step, given all steps before it; in (0, 1].
    pub fn propensity(&self) -> f64 {
        self.row.propensity
    }

    /// The auction that pings; `None` for other steps.
    pub fn node(&self) -> Option<&str> {
        self.row.node.as_deref()
    }

    /// Which destinations were available, by position in the catalog.
    ///
    /// * `n_destinations`: how many the catalog has.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`].
    pub fn available(&self, n_destinations: u16) -> Result<Mask, Error> {
        self.mask(n_destinations, &self.row.availability)
    }

    /// Which destinations are pinged, by position in the catalog; `None` for other steps.
    ///
    /// * `n_destinations`: how many the catalog has.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`].
    pub fn asked(&self, n_destinations: u16) -> Result<Option<Mask>, Error> {
        let asked = self.row.asked.as_deref();
        asked.map(|hex| self.mask(n_destinations, hex)).transpose()
    }

    /// The answers to its ping; `None` while bids are awaited, and for other steps.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] for what cannot be read.
    pub fn bids(&self) -> Result<Option<Vec<BidRecord>>, Error> {
        Ok(bids_of(&self.row)?)
    }

    /// The probabilities of everything that could have come.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] for what cannot be read.
    pub fn outlook(&self) -> Result<OutlookRecord, Error> {
        Ok(outlook_of(&self.row)?)
    }

    /// The choices from the root down.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] for what cannot be read.
    pub fn trace(&self) -> Result<Vec<TraceRecord>, Error> {
        Ok(trace_of(&self.row)?)
    }

    /// The state of the rotations before it; empty if no rotation mattered.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`].
    pub fn rotations(&self) -> Result<Vec<RotationRecord>, Error> {
        rotations_of(&self.row).ok_or_else(|| self.unreadable("the rotations"))
    }

    fn mask(&self, n_destinations: u16, hex: &str) -> Result<Mask, Error> {
        Mask::from_hex(n_destinations, hex).map_err(|_| self.unreadable("a set of destinations"))
    }

    fn unreadable(&self, what: &str) -> Error {
        Error::Stored {
            what: format!(
                "{what} of step {} of decision {}",
                self.row.n, self.decision_id
            ),
        }
    }
}

impl History {
    /// The steps of decisions, by decision and number.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn steps_of_decisions(
        &self,
        decisions: &[Id<kinds::Decision>],
    ) -> Result<Vec<DecisionStep>, Error> {
        let rows = self.rows().steps_of_decisions(&texts(decisions)).await?;
        rows.into_iter().map(DecisionStep::of).collect()
    }
}
