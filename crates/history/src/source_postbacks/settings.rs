//! The postbacks of sources over time.

use std::collections::BTreeMap;

use pointsman_source::SourcePostback;
use pointsman_store::Read;

use crate::Error;

/// The postbacks of all sources, each with the number in commit order from which they hold.
#[derive(Debug, Clone, Default)]
pub(super) struct DatedPostbacks {
    by_source: BTreeMap<String, Vec<(i64, Vec<SourcePostback>)>>,
}

impl DatedPostbacks {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for postbacks that this release cannot read.
    pub(super) async fn load(read: &Read<'_>) -> Result<Self, Error> {
        let mut by_source: BTreeMap<String, Vec<(i64, Vec<SourcePostback>)>> = BTreeMap::new();
        for row in read.postback_settings().await? {
            let postbacks = row.postbacks_body.as_deref().map(serde_json::from_str);
            let postbacks = postbacks.transpose().map_err(|_| Error::Stored {
                what: format!("the postbacks of source {} at {}", row.source, row.number),
            })?;
            let of_source = by_source.entry(row.source).or_default();
            of_source.push((row.number, postbacks.unwrap_or_default()));
        }
        Ok(Self { by_source })
    }

    /// Whether a source had some at any time.
    pub(super) fn has(&self, source: &str) -> bool {
        self.by_source.contains_key(source)
    }

    /// Those that a source had when something was stored under a number.
    pub(super) fn at(&self, source: &str, number: i64) -> &[SourcePostback] {
        let Some(of_source) = self.by_source.get(source) else {
            return &[];
        };
        let after = of_source.partition_point(|(since, _)| *since <= number);
        let last = after.checked_sub(1).and_then(|last| of_source.get(last));
        last.map_or(&[], |(_, postbacks)| postbacks)
    }

    /// The number from which some source has postbacks; `None` if none ever had.
    pub(super) fn since(&self) -> Option<i64> {
        let first = self.by_source.values().filter_map(|it| it.first());
        first.map(|(number, _)| *number).min()
    }
}
