//! What tokens let their bearers do.

use serde::{Deserialize, Serialize};

/// What a token lets its bearer do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, tokens included.
    Admin,
    /// Reads everything, and changes schemas, destinations and flows.
    Editor,
    /// Reads everything but personal data, pauses destinations and experiments, and applies parked postbacks.
    Operator,
    /// Reads everything, and asks what-if questions.
    Analyst,
    /// Sends leads and sees what became of its own.
    Source,
    /// Reports conversions.
    Postback,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 6] = [
        Self::Admin,
        Self::Editor,
        Self::Operator,
        Self::Analyst,
        Self::Source,
        Self::Postback,
    ];

    /// The word for it, as stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Operator => "operator",
            Self::Analyst => "analyst",
            Self::Source => "source",
            Self::Postback => "postback",
        }
    }

    /// The role of a word; `None` for a word of no role.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}
