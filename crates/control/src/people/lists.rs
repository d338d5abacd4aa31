//! The suppression list: whose leads are not taken.

use std::collections::BTreeMap;

use pointsman_history::{Routes, keep_person_key};
use pointsman_lead::Problem;
use pointsman_store::SuppressionRow;
use serde_json::json;

use super::{ASKED_MAX, DigestOf, PersonValue, hashes_of};
use crate::{Control, Error, SettingsChangeKind, changes::ChangeRecord, names};

/// Most digests of one upload.
const DIGESTS_MAX: usize = 10_000;
/// Longest name of a list, in characters.
const NAME_CHARS_MAX: usize = 100;

/// Persons who want to be left alone, as lists of the trade hold them.
#[derive(Debug, Clone)]
pub struct NewSuppressions {
    /// Name of the list that they come from.
    pub list: String,
    /// What the digests are of.
    pub of: DigestOf,
    /// SHA-256 of the normal form of each value, 64 hex digits.
    pub digests: Vec<String>,
}

/// How many values of the suppression list come from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionCount {
    /// `erasure`, or the name of a list.
    pub origin: String,
    /// How many.
    pub values: i64,
}

impl Control {
    /// Adds persons whose leads are not taken from now on; how many are new.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for what is no digest; nothing is added then.
    pub async fn add_suppressions(&self, new: NewSuppressions) -> Result<u64, Error> {
        self.change(new, |control, new| async move {
            control.add_suppressions_in_turn(new).await
        })
        .await
    }

    async fn add_suppressions_in_turn(&self, new: NewSuppressions) -> Result<u64, Error> {
        let NewSuppressions { list, of, digests } = new;
        let mut problems: Vec<Problem> = names::check_text("list", &list, NAME_CHARS_MAX)
            .into_iter()
            .collect();
        if list.is_empty() || list == super::ORIGIN {
            let problem = Problem::new("out_of_range", "list", "a list has a name of its own");
            problems.push(problem.hint("name it by whom it comes from"));
        }
        if digests.is_empty() || digests.len() > DIGESTS_MAX {
            let message = format!(
                "{} digests; an upload has 1 to {DIGESTS_MAX}",
                digests.len()
            );
            let problem = Problem::new("out_of_range", "digests", message);
            problems.push(problem.hint("upload a long list in parts"));
        }
        let inner = &self.inner;
        let key = keep_person_key(&inner.store).await?;
        let at = inner.clock.now().0;
        let mut rows = Vec::with_capacity(digests.len());
        for (position, text) in digests.iter().take(DIGESTS_MAX).enumerate() {
            if let Some(digest) = digest_of(text) {
                rows.push(SuppressionRow {
                    hash: key.hash_of_digest(of.subject(), digest),
                    origin: list.clone(),
                    added_at: at,
                });
            } else if problems.len() < 20 {
                let path = format!("digests[{position}]");
                let problem = Problem::new("malformed", path, "not 64 hex digits");
                problems
                    .push(problem.hint("a digest is the SHA-256 of a value in its normal form"));
            }
        }
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        rows.sort_by(|a, b| a.hash.cmp(&b.hash));
        rows.dedup_by(|a, b| a.hash == b.hash);
        let present = inner.routes.get();
        let change = ChangeRecord::new(SettingsChangeKind::SuppressionChanged, &list)
            .to(json!({ "added": rows.len(), "of": of.subject() }));
        let stored = self.store_routed(present.revision, change, move |tx| {
            Box::pin(async move { tx.suppress(rows).await })
        });
        let (n_new, revision) = stored.await?;
        inner.routes.put(Routes {
            suppresses: true,
            revision,
            ..Routes::clone(&present)
        });
        Ok(n_new)
    }

    /// Takes persons off the list, who want to be contacted again; how many values were on it.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for every value that cannot be looked for; nothing changes then.
    pub async fn lift_suppressions(
        &self,
        values: Vec<PersonValue>,
        note: Option<String>,
    ) -> Result<u64, Error> {
        self.change((values, note), |control, (values, note)| async move {
            control.lift_in_turn(&values, note.as_deref()).await
        })
        .await
    }

    async fn lift_in_turn(&self, values: &[PersonValue], note: Option<&str>) -> Result<u64, Error> {
        let inner = &self.inner;
        if values.is_empty() || values.len() > ASKED_MAX {
            let message = format!("{} values; a request names 1 to {ASKED_MAX}", values.len());
            return Err(Error::problem(Problem::new(
                "out_of_range",
                "values",
                message,
            )));
        }
        let key = keep_person_key(&inner.store).await?;
        let schemas = self.current_schemas().await?;
        let (mut hashes, mut problems) = (Vec::new(), Vec::new());
        for (position, value) in values.iter().enumerate() {
            match hashes_of(&key, &schemas, value, &format!("values[{position}]")) {
                Ok(found) => hashes.extend(found),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        let present = inner.routes.get();
        let fields: Vec<&str> = values.iter().map(|value| value.field.as_str()).collect();
        let change = ChangeRecord::new(SettingsChangeKind::SuppressionChanged, "lifted")
            .because(note)
            .to(json!({ "lifted": values.len(), "fields": fields }));
        let stored = self.store_routed(present.revision, change, move |tx| {
            Box::pin(async move {
                let n_lifted = tx.lift_suppression(&hashes).await?;
                Ok((n_lifted, tx.read().suppresses().await?))
            })
        });
        let ((n_lifted, suppresses), revision) = stored.await?;
        inner.routes.put(Routes {
            suppresses,
            revision,
            ..Routes::clone(&present)
        });
        Ok(n_lifted)
    }

    /// How many values are on the suppression list, by where they come from.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn suppression_counts(&self) -> Result<Vec<SuppressionCount>, Error> {
        let counts: BTreeMap<String, i64> = self.inner.store.read().suppression_counts().await?;
        let counts = counts.into_iter();
        Ok(counts
            .map(|(origin, values)| SuppressionCount { origin, values })
            .collect())
    }
}

fn digest_of(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut digest = [0; 32];
    for (position, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * position..2 * position + 2], 16).ok()?;
    }
    Some(digest)
}
