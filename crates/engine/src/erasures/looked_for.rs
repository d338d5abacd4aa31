//! Whose leads are looked for.

use std::collections::BTreeMap;

use pointsman_store::{ErasureRow, Error, LeadRow};
use serde::{Deserialize, Serialize};

/// By what the leads of a person are found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Matches {
    /// Keyed hashes of values.
    #[serde(default)]
    hashes: Vec<String>,
    /// The lead that the person was named by.
    #[serde(default)]
    lead_ids: Vec<String>,
}

/// All persons that are looked for, by what they are found by.
#[derive(Debug, Default)]
pub(super) struct LookedFor {
    hashes: BTreeMap<String, Vec<Asked>>,
    lead_ids: BTreeMap<String, Vec<Asked>>,
}

/// The stretch of the commit order that an erasure has not looked through.
#[derive(Debug, Clone)]
struct Asked {
    erasure_id: String,
    after: i64,
    until: i64,
}

impl LookedFor {
    /// # Errors
    ///
    /// [`Error::Corrupt`] that names the erasure.
    pub(super) fn of(running: &[ErasureRow]) -> Result<Self, Error> {
        let mut looked_for = Self::default();
        for row in running {
            let matches: Matches =
                serde_json::from_str(&row.matches_body).map_err(|_| Error::Corrupt {
                    what: format!("what erasure {} looks for", row.id),
                })?;
            let asked = Asked {
                erasure_id: row.id.clone(),
                after: row.scanned_seq,
                until: row.until_seq,
            };
            for hash in matches.hashes {
                let all = looked_for.hashes.entry(hash).or_default();
                all.push(asked.clone());
            }
            for id in matches.lead_ids {
                let all = looked_for.lead_ids.entry(id).or_default();
                all.push(asked.clone());
            }
        }
        Ok(looked_for)
    }

    /// The first erasure that a lead is of.
    ///
    /// * `hashes`: of its values.
    pub(super) fn erasure_of(&self, lead: &LeadRow, hashes: &[String]) -> Option<String> {
        let by_hash = hashes.iter().filter_map(|hash| self.hashes.get(hash));
        let all = by_hash.chain(self.lead_ids.get(&lead.id)).flatten();
        let mut wanted = all.filter(|it| it.after < lead.seq && lead.seq <= it.until);
        wanted.next().map(|it| it.erasure_id.clone())
    }
}
