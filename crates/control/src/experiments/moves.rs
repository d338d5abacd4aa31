//! How an experiment comes from one state to another.

use pointsman_store::ExperimentState as StoredState;

use super::ExperimentState;

/// A move of an experiment to another state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    Start,
    Pause,
    Share(u32),
}

impl Move {
    /// The state and share after it; the words for what cannot be done else.
    pub(super) fn of(
        self,
        state: ExperimentState,
        share_ppm: u32,
    ) -> Result<(StoredState, u32), &'static str> {
        match (self, state) {
            (_, ExperimentState::Concluded) => Err("it is concluded"),
            (Self::Start, ExperimentState::Running) => Err("it runs already"),
            (Self::Start, ExperimentState::Draft | ExperimentState::Paused) => {
                Ok((StoredState::Running, share_ppm))
            }
            (Self::Pause, ExperimentState::Running) => Ok((StoredState::Paused, share_ppm)),
            (Self::Pause, _) => Err("it does not run"),
            (Self::Share(share), ExperimentState::Draft) => Ok((StoredState::Draft, share)),
            (Self::Share(share), ExperimentState::Running) => Ok((StoredState::Running, share)),
            (Self::Share(share), ExperimentState::Paused) => Ok((StoredState::Paused, share)),
        }
    }
}
