//! How large a scenario is run, and from which seed.

use acceptance::chance::draw;

/// How a scenario is run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Every moment follows from it.
    pub seed: u64,
    /// How often something goes wrong; each scenario says what it counts.
    pub rounds: u64,
    /// Whether times are criteria too. In a test beside others they are only told.
    pub is_whole: bool,
}

impl Plan {
    /// A number below `below` for one part of one round.
    pub fn draw(&self, round: u64, part: u64, below: u64) -> u64 {
        draw(self.seed, round, part, below)
    }
}
