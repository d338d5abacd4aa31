//! What buyers do on ordinary days, and how they misbehave.

use std::time::Duration;

/// How a buyer behaves at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As its [`Habits`] say.
    Usual,
    /// It never answers, and takes nothing.
    Hangs,
    /// It answers 500, and takes nothing.
    Fails,
    /// It breaks off in the middle of its answer, and has taken the lead.
    Resets,
    /// It answers 500 to every other post.
    Flaps,
    /// It takes the lead, and says so after this time.
    Late(Duration),
}

/// What a buyer does on ordinary days.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// Of ten posts, how many it wants.
    pub wants_of_ten: usize,
    /// Micro-units that it pays at once.
    pub price: i64,
    /// Before it answers.
    pub delay: Duration,
    /// Of so many leads that it takes, one is taken without a word; 0: none.
    pub silent_one_in: usize,
    /// Whether it reports a sale before it has answered.
    pub reports_early: bool,
}

impl Habits {
    /// Takes whatever comes for so much.
    pub fn pays(price: i64) -> Self {
        Self {
            wants_of_ten: 10,
            price,
            delay: Duration::ZERO,
            silent_one_in: 0,
            reports_early: false,
        }
    }
}
