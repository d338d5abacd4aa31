//! How an attempt to offer a lead ended, in one stored word.

use pointsman_router::Answer;

/// How an attempt ended: the answer to the offer, and whether it speaks against the destination's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The destination took the lead.
    Accepted,
    /// It does not want the lead.
    Rejected,
    /// It says that it can take nothing now.
    Busy,
    /// Our settings keep us from sending it.
    Blocked,
    /// All places that a destination has here were taken.
    DestinationBusy,
    /// The time of the lead was up before anything was sent.
    NoTime,
    /// Something failed here.
    LocalFault,
    /// The destination could not be reached.
    NotSent,
    /// It may or may not have the lead.
    Unknown,
    /// Our own deadline cut the answer off.
    CutOff,
    /// The process died before the answer.
    Interrupted,
}

impl AttemptOutcome {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Accepted,
        Self::Rejected,
        Self::Busy,
        Self::Blocked,
        Self::DestinationBusy,
        Self::NoTime,
        Self::LocalFault,
        Self::NotSent,
        Self::Unknown,
        Self::CutOff,
        Self::Interrupted,
    ];

    /// The word that is stored with the attempt.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Busy => "busy",
            Self::Blocked => "blocked",
            Self::DestinationBusy => "destination_busy",
            Self::NoTime => "no_time",
            Self::LocalFault => "local_fault",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
            Self::CutOff => "cut_off",
            Self::Interrupted => "interrupted",
        }
    }

    /// The outcome of a stored word; `None` for a word of no release.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }

    /// What it means for the walk.
    pub fn answer(self) -> Answer {
        match self {
            Self::Accepted => Answer::Accepted,
            Self::Rejected | Self::Busy => Answer::Rejected,
            Self::Blocked
            | Self::DestinationBusy
            | Self::NoTime
            | Self::LocalFault
            | Self::NotSent => Answer::NotSent,
            Self::Unknown | Self::CutOff | Self::Interrupted => Answer::Unknown,
        }
    }

    /// Whether it counts as a failure of the destination. The ledger of a later start reads the stored
    /// word, so words of old releases keep their meaning: in these, [`Self::NotSent`] and
    /// [`Self::Unknown`] also stood for what our own deadlines cut off.
    pub fn is_failure(self) -> bool {
        match self {
            Self::Busy | Self::NotSent | Self::Unknown => true,
            Self::Accepted
            | Self::Rejected
            | Self::Blocked
            | Self::DestinationBusy
            | Self::NoTime
            | Self::LocalFault
            | Self::CutOff
            | Self::Interrupted => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stored_word_is_read_back_as_what_it_was() {
        for outcome in AttemptOutcome::ALL {
            assert_eq!(AttemptOutcome::from_word(outcome.word()), Some(outcome));
        }
    }
}
