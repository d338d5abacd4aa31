//! The leads of shadows, as a fold over what happened in commit order.

use std::sync::Arc;

use pointsman_flow::Program;
use pointsman_router::takes_part;
use pointsman_store::{DecisionRow, Read, ShadowCatalogRow, ShadowRow};

use crate::{
    Error, Library, ShadowSums, StoredWalk,
    shadow_walk::{ShadowOf, Shadowed, shadowed, unreadable},
};

/// Walks that are read at once.
const PAGE: usize = 500;
/// Numbers in commit order that are looked at before the next ones are.
const STRETCH: i64 = 10_000;

/// A shadow with all that it takes to decide leads by it.
#[derive(Debug, Clone)]
pub struct OpenShadow {
    row: ShadowRow,
    /// What its version was published under.
    semantics: i64,
    catalogs: Vec<ShadowCatalogRow>,
}

impl OpenShadow {
    /// Reads what belongs to a shadow.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for a version that is not there.
    pub async fn of(read: &Read<'_>, row: &ShadowRow) -> Result<Self, Error> {
        let version = read.find_flow_version(&row.version_hash).await?;
        let version = version.ok_or_else(|| Error::Stored {
            what: format!("flow version {}", row.version_hash),
        })?;
        Ok(Self {
            row: row.clone(),
            semantics: version.semantics,
            catalogs: read.shadow_catalogs(row.since_seq).await?,
        })
    }

    /// What it decides by, under each of its catalogs.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and [`Error::Stored`].
    pub async fn programs(
        &self,
        library: &mut Library,
        read: &Read<'_>,
    ) -> Result<Vec<Arc<Program>>, Error> {
        let mut programs = Vec::new();
        for catalog in &self.catalogs {
            let key = (
                &*self.row.version_hash,
                &*catalog.catalog_hash,
                self.semantics,
            );
            programs.push(library.compiled(read, key).await?);
        }
        Ok(programs)
    }

    /// The last number whose leads belong to it, if it came to its end.
    pub fn until(&self) -> Option<i64> {
        self.row.until_seq
    }

    /// Adds what happened in a stretch of the commit order after that up to which the sums are known.
    ///
    /// Leads are added when their walk has ended: only then is known what everybody said who was asked.
    ///
    /// * `until`: the last number.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] if the version itself cannot be read.
    pub async fn follow(
        &self,
        library: &mut Library,
        read: &Read<'_>,
        sums: &mut ShadowSums,
        until: i64,
    ) -> Result<(), Error> {
        let after = sums.row.folded_seq;
        let touched: Vec<String> = read
            .decisions_touched(after, until)
            .await?
            .into_iter()
            .collect();
        let mut walks = Vec::new();
        for ids in touched.chunks(PAGE) {
            let mut decisions = read.decisions_by_id(ids).await?;
            decisions.retain(|it| self.has(it, until));
            walks.extend(StoredWalk::load(read, decisions).await?);
        }
        walks.retain(|walk| !walk.lead.is_test);
        walks.sort_by_key(|walk| walk.decision.ended_seq);
        for walk in walks {
            let decided = match self.decide(library, read, &walk).await {
                // One lead that cannot be read must not keep the others from being decided.
                Err(error) if !error.is_unavailable() => {
                    tracing::warn!(error = %error, "a lead cannot be decided by a shadow");
                    unreadable(&walk)
                }
                decided => decided?,
            };
            sums.add(&walk, &decided, (after, until));
        }
        sums.row.folded_seq = until;
        Ok(())
    }

    /// Whether a decision is compared, as far as it is known up to a number.
    fn has(&self, decision: &DecisionRow, until: i64) -> bool {
        let ShadowRow {
            since_seq,
            flow,
            version_hash,
            share_ppm,
            ..
        } = &self.row;
        let share_ppm = u32::try_from(*share_ppm).unwrap_or(0);
        decision.flow == *flow
            && decision.version_hash != *version_hash
            && decision.started_seq > *since_seq
            && decision.ended_seq.is_some_and(|ended| ended <= until)
            && takes_part(&format!("{flow}/shadow"), &decision.unit_key, share_ppm)
    }

    async fn decide(
        &self,
        library: &mut Library,
        read: &Read<'_>,
        walk: &StoredWalk,
    ) -> Result<Shadowed, Error> {
        let decision = &walk.decision;
        let mut catalogs = self.catalogs.iter().rev();
        let catalog = catalogs.find(|it| it.from_seq < decision.started_seq);
        let catalog = catalog.ok_or_else(|| Error::Stored {
            what: format!("the catalog of shadow {}", self.row.since_seq),
        })?;
        let version = (
            self.row.version_hash.as_str(),
            catalog.catalog_hash.as_str(),
            self.semantics,
        );
        let candidate = library.compiled(read, version).await?;
        let live = library.program(read, decision).await?;
        let allocation = library.allocation(read, decision.epoch).await?;
        let with = ShadowOf {
            candidate: &candidate,
            live: &live,
            allocation: &allocation,
            hash_key: library.hash_key,
        };
        shadowed(with, walk)
    }

    /// The sums as they have to be stored at this moment, from the decisions alone. What is stored can be compared with
    /// it.
    ///
    /// # Errors
    ///
    /// As [`OpenShadow::follow`].
    pub async fn rebuilt(
        &self,
        library: &mut Library,
        read: &Read<'_>,
    ) -> Result<ShadowSums, Error> {
        let mut sums = ShadowSums::none(&self.row);
        while sums.row.folded_seq < self.row.folded_seq {
            let until = self.row.folded_seq.min(sums.row.folded_seq + STRETCH);
            self.follow(library, read, &mut sums, until).await?;
        }
        Ok(sums)
    }
}
