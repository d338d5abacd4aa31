//! What a destination said, as far as it may be kept and shown.

use pointsman_lead::printable;

use crate::{NotSent, Outcome, Secret, Target, secret::redact};

const REASON_CHARS_MAX: usize = 300;

/// Tidies what came from a target: without its secrets, and as databases hold it.
pub(super) struct Tidy<'a> {
    target: &'a Target,
    /// What came of its secrets, or instead of them: tokens, names with passwords.
    made: Vec<Secret>,
}

impl<'a> Tidy<'a> {
    pub(super) fn new(target: &'a Target) -> Self {
        Self {
            target,
            made: Vec::new(),
        }
    }

    /// Blots one more text from here on.
    pub(super) fn hide(&mut self, secret: Secret) {
        self.made.push(secret);
    }
}

impl Tidy<'_> {
    /// A text with secrets blotted, odd characters marked, and no longer than this.
    pub(super) fn text(&self, text: &str, chars_max: usize) -> String {
        shorten(&printable(&self.blotted(text)), chars_max)
    }

    /// The outcome with every text that came from outside tidied, and the note on it. A redirect that
    /// would show a secret of ours to the person it sends on is dropped.
    pub(super) fn outcome(
        &self,
        outcome: Outcome,
        note: Option<&str>,
    ) -> (Outcome, Option<String>) {
        let (outcome, found) = match outcome {
            Outcome::Accepted {
                price,
                redirect_url: Some(address),
            } if self.blotted(&address) != address => {
                let outcome = Outcome::Accepted {
                    price,
                    redirect_url: None,
                };
                let found = "accepted, but its redirect holds a secret of the target";
                (outcome, Some(found))
            }
            Outcome::Rejected {
                reason,
                busy,
                retry_after_s,
            } => {
                let outcome = Outcome::Rejected {
                    reason: self.text(&reason, REASON_CHARS_MAX),
                    busy,
                    retry_after_s,
                };
                (outcome, None)
            }
            Outcome::NotSent {
                why:
                    NotSent::Deferred {
                        reason,
                        retry_after_s,
                    },
            } => {
                let reason = self.text(&reason, REASON_CHARS_MAX);
                let why = NotSent::Deferred {
                    reason,
                    retry_after_s,
                };
                (Outcome::NotSent { why }, None)
            }
            other => (other, None),
        };
        let notes: Vec<&str> = note.into_iter().chain(found).collect();
        let note = notes.join("; ");
        let note = (!note.is_empty()).then(|| self.text(&note, REASON_CHARS_MAX));
        (outcome, note)
    }

    pub(super) fn blotted(&self, text: &str) -> String {
        redact(text, self.target.secrets.values().chain(&self.made))
    }
}

fn shorten(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
