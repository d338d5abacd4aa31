//! The weights of a bandit over time, with the beliefs that they followed from.

use std::collections::BTreeMap;

use pointsman_bandit::{BanditKey, Entry, Posterior, exploration_cost};
use pointsman_lead::Timestamp;
use pointsman_store::{AllocationEntryRow, AllocationRow};

use super::{History, SegmentWeights, json};
use crate::Error;

mod thin;

/// Most points of a series.
pub const POINTS_MAX: u32 = 500;
/// Most points times arms of a series: a bandit of many arms has fewer points.
const VALUES_MAX: usize = 20_000;
/// Moments that are looked at for each point of the series.
const MOMENTS_A_POINT: u32 = 4;

/// The weights of one bandit and segment over time.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightsOverTime {
    /// The bandit and the segment that was asked for.
    pub key: BanditKey,
    /// Where the time begins.
    pub from: Timestamp,
    /// Where it ends.
    pub until: Timestamp,
    /// Whether there were more changes at the moments that were looked at than there are points.
    pub is_thinned: bool,
    /// What held at `from`, if anything did, and what changed after it, in order of time.
    pub points: Vec<WeightsPoint>,
}

/// Weights that held from a moment on.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightsPoint {
    /// The epoch that they were published in.
    pub epoch: i64,
    /// From when they held; for those of before the time that was asked for, where it begins.
    pub at: Timestamp,
    /// Up to when the beliefs take observations into account.
    pub as_of: Timestamp,
    /// Whether they are the segment's own; else they are those of all segments that have none.
    pub is_own: bool,
    /// The weights by arm.
    pub entry: Entry,
    /// The beliefs that they follow from, by arm; empty where a segment was given those of all others.
    pub posteriors: BTreeMap<String, Posterior>,
}

impl WeightsPoint {
    /// What a lead is expected to forgo against the best arm first, in micro-units or successes.
    pub fn exploration_cost(&self) -> Option<f64> {
        exploration_cost(&self.entry, &self.posteriors)
    }
}

impl WeightsOverTime {
    /// Names of all arms that had a weight at some point, by name.
    pub fn arms(&self) -> Vec<&str> {
        let names = self.points.iter().flat_map(|point| point.entry.arms.keys());
        let names: std::collections::BTreeSet<&str> = names.map(String::as_str).collect();
        names.into_iter().collect()
    }

    /// Whether worth is a count of successes; none where no belief is known.
    pub fn is_count(&self) -> Option<bool> {
        let beliefs = self
            .points
            .iter()
            .rev()
            .flat_map(|point| point.posteriors.values());
        beliefs.map(|belief| belief.is_count).next()
    }
}

/// What held at a moment, to be chosen from.
struct Candidate {
    /// Number of the moment from which on it held.
    moment: usize,
    epoch: i64,
    is_own: bool,
    entry: Entry,
}

impl History {
    /// The weights of one bandit and segment over a time, thinned to at most so many points. Nothing is computed again: each
    /// point holds the weights and beliefs that were published.
    ///
    /// What held is looked up at `4 × points` moments, evenly spread from `from`, or from the first weights if they are younger, so
    /// that what began an hour ago is seen in a month as well; where a segment had no weights of its own, what held are
    /// those of all such segments. Of more changes than points those are kept that
    /// draw the lines of the weights best. A bandit of more than 40 arms has fewer points. The work depends on the number
    /// of points and arms, and not on how often allocations were published.
    ///
    /// * `points`: 2 to [`POINTS_MAX`]; beyond these it is the nearest of both.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; [`Error::Stored`] for weights that cannot be read.
    ///
    /// # Source
    ///
    /// Steinarsson, *Downsampling Time Series for Visual Representation*, 2013 (largest triangle, three buckets), with the
    /// areas of all arms added up.
    pub async fn weights_over_time(
        &self,
        key: &BanditKey,
        from: Timestamp,
        until: Timestamp,
        points: u32,
    ) -> Result<WeightsOverTime, Error> {
        let until = until.max(from);
        let points = points.clamp(2, POINTS_MAX);
        let base = BanditKey::unsegmented(&key.flow, &key.node);
        let n_moments = points * MOMENTS_A_POINT;
        let rows = self.rows();
        let firsts = [
            rows.first_as_of(names(key)).await?,
            rows.first_as_of(names(&base)).await?,
        ];
        let first = firsts.into_iter().flatten().min().unwrap_or(from.0);
        let times = (first.clamp(from.0, until.0), until.0);
        let own = rows.epochs_over_time(names(key), times, n_moments).await?;
        let of_all = if key.segment.is_empty() {
            Vec::new()
        } else {
            let of_all = rows.epochs_over_time(names(&base), times, n_moments);
            of_all.await?
        };
        let held = held(&own, &of_all);
        let candidates = self.candidates(key, &base, &held).await?;
        let n_arms = candidates.iter().map(|it| it.entry.arms.len()).max();
        let most = (VALUES_MAX / n_arms.unwrap_or(1).max(1)).max(2);
        let most = usize::try_from(points).unwrap_or(most).min(most);
        let lines: Vec<(f64, &Entry)> = candidates
            .iter()
            .map(|it| (count(it.moment), &it.entry))
            .collect();
        let chosen = thin::chosen(&lines, most);
        let is_thinned = chosen.len() < candidates.len();
        let kept: Vec<&Candidate> = chosen.into_iter().map(|i| &candidates[i]).collect();
        let mut points = self.points(key, true, &kept).await?;
        points.extend(self.points(&base, false, &kept).await?);
        for point in &mut points {
            point.at = point.at.max(from);
        }
        points.sort_by_key(|point| (point.at, point.epoch));
        Ok(WeightsOverTime {
            key: key.clone(),
            from,
            until,
            is_thinned,
            points,
        })
    }

    /// The weights of what held, without those that cannot be found.
    async fn candidates(
        &self,
        key: &BanditKey,
        base: &BanditKey,
        held: &[(usize, i64, bool)],
    ) -> Result<Vec<Candidate>, Error> {
        let mut weights: BTreeMap<(i64, bool), Entry> = BTreeMap::new();
        for (key, is_own) in [(key, true), (base, false)] {
            let epochs = held.iter().filter(|(_, _, own)| *own == is_own);
            let epochs: Vec<i64> = epochs.map(|(_, epoch, _)| *epoch).collect();
            if epochs.is_empty() {
                continue;
            }
            for row in self.rows().weights_in_epochs(names(key), &epochs).await? {
                let what = format!("the weights of {key} in epoch {}", row.epoch);
                let entry: Entry = json(&what, &row.weights_body)?;
                weights.insert((row.epoch, is_own), entry);
            }
        }
        let candidates = held.iter().filter_map(|(moment, epoch, is_own)| {
            Some(Candidate {
                moment: *moment,
                epoch: *epoch,
                is_own: *is_own,
                entry: weights.get(&(*epoch, *is_own))?.clone(),
            })
        });
        Ok(candidates.collect())
    }

    /// The points of one key among those that are kept.
    async fn points(
        &self,
        key: &BanditKey,
        is_own: bool,
        kept: &[&Candidate],
    ) -> Result<Vec<WeightsPoint>, Error> {
        let epochs = kept.iter().filter(|it| it.is_own == is_own);
        let epochs: Vec<i64> = epochs.map(|it| it.epoch).collect();
        if epochs.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.rows();
        let rows = rows.allocation_entries_in_epochs(names(key), &epochs);
        let rows = rows.await?.into_iter();
        rows.map(|row| point(row, is_own)).collect()
    }

    /// The newest weights of one bandit and segment; those of all segments without weights of their own where it has none.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; [`Error::Stored`].
    pub async fn newest_weights(&self, key: &BanditKey) -> Result<Option<WeightsPoint>, Error> {
        let rows = self.rows();
        if let Some(row) = rows.latest_allocation_entry(names(key)).await? {
            return point(row, true).map(Some);
        }
        let base = BanditKey::unsegmented(&key.flow, &key.node);
        let row = rows.latest_allocation_entry(names(&base)).await?;
        row.map(|row| point(row, false)).transpose()
    }
}

fn point(row: (AllocationRow, AllocationEntryRow), is_own: bool) -> Result<WeightsPoint, Error> {
    let (allocation, entry) = row;
    let weights = SegmentWeights::from(entry);
    Ok(WeightsPoint {
        epoch: allocation.epoch,
        at: Timestamp(allocation.created_at),
        as_of: Timestamp(allocation.as_of),
        is_own,
        entry: weights.entry()?,
        posteriors: weights.posteriors()?,
    })
}

/// Moments at which what holds changes, with the epoch, and whether it is the segment's own.
fn held(own: &[Option<i64>], of_all: &[Option<i64>]) -> Vec<(usize, i64, bool)> {
    let mut held: Vec<(usize, i64, bool)> = Vec::new();
    for (moment, own) in own.iter().enumerate() {
        let of_all = of_all.get(moment).copied().flatten();
        let own = own.map(|epoch| (epoch, true));
        let Some((epoch, is_own)) = own.or(of_all.map(|epoch| (epoch, false))) else {
            continue;
        };
        let is_new = held
            .iter()
            .all(|(_, known, was_own)| (*known, *was_own) != (epoch, is_own));
        if is_new {
            held.push((moment, epoch, is_own));
        }
    }
    held
}

fn names(key: &BanditKey) -> (&str, &str, &str) {
    (&key.flow, &key.node, &key.segment)
}

#[expect(clippy::cast_precision_loss, reason = "some thousand moments")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::held;

    #[test]
    fn what_holds_is_the_segments_own_once_there_is_one() {
        let own = [None, None, Some(7), Some(7), Some(9)];
        let of_all = [None, Some(3), Some(3), Some(8), Some(8)];
        assert_eq!(
            held(&own, &of_all),
            [(1, 3, false), (2, 7, true), (4, 9, true)]
        );
        assert_eq!(held(&own, &[]), [(2, 7, true), (4, 9, true)]);
        assert_eq!(held(&[None, None], &[]), []);
    }
}
