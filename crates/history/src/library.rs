//! Programs and allocations of the past, read back from the database and kept at hand.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use pointsman_bandit::{Allocation, BanditKey, Entry};
use pointsman_flow::{Catalog, Document, Program, Semantics, compile_under};
use pointsman_router::HashKey;
use pointsman_store::{AllocationEntryRow, DecisionRow, Read};

use crate::{Error, lists::with_lists};

/// Allocations kept at once; decisions come in commit order, so old ones are hardly asked for again.
const ALLOCATIONS_MAX: usize = 64;
/// Programs kept at once, for the same reason. A large one takes a few megabytes.
const PROGRAMS_MAX: usize = 64;
/// An allocation at most this many epochs after one at hand is made from it and from what changed in between.
const NEAR: i64 = 64;

/// Everything that decisions were made with, by its content address.
#[derive(Debug)]
pub struct Library {
    pub(crate) hash_key: HashKey,
    programs: BTreeMap<ProgramKey, Arc<Program>>,
    /// Keys of the programs at hand, the first that was read coming first.
    read_programs: VecDeque<ProgramKey>,
    allocations: BTreeMap<i64, Arc<Allocation>>,
}

/// A flow version, a catalog and a semantics version.
type ProgramKey = (String, String, i64);

impl Library {
    /// A library of nothing yet.
    ///
    /// * `hash_key`: of the database that is read; it counts where a decision has no stored hashes.
    pub fn new(hash_key: HashKey) -> Self {
        Self {
            hash_key,
            programs: BTreeMap::new(),
            read_programs: VecDeque::new(),
            allocations: BTreeMap::new(),
        }
    }

    /// The program of a flow version and a catalog revision.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for what is not there or cannot be read.
    pub async fn program(
        &mut self,
        read: &Read<'_>,
        decision: &DecisionRow,
    ) -> Result<Arc<Program>, Error> {
        let (version, catalog) = (&decision.version_hash, &decision.catalog_hash);
        self.compiled(read, (version, catalog, decision.semantics))
            .await
    }

    /// The key of the database's hashes.
    pub fn hash_key(&self) -> HashKey {
        self.hash_key
    }

    /// The program of a flow version with a catalog, under a semantics version.
    pub(crate) async fn compiled(
        &mut self,
        read: &Read<'_>,
        (version, catalog, semantics): (&str, &str, i64),
    ) -> Result<Arc<Program>, Error> {
        let key = (version.to_owned(), catalog.to_owned(), semantics);
        if let Some(program) = self.programs.get(&key) {
            return Ok(Arc::clone(program));
        }
        let stored = |what: String| Error::Stored { what };
        let version_row = read
            .find_flow_version(version)
            .await?
            .ok_or_else(|| stored(format!("flow version {version}")))?;
        let catalog_row = read
            .find_catalog(catalog)
            .await?
            .ok_or_else(|| stored(format!("catalog {catalog}")))?;
        let document = Document::from_json(&version_row.body)
            .map_err(|_| stored(format!("flow version {version}")))?;
        let mut catalog = Catalog::from_stored(&catalog_row.body)
            .map_err(|_| stored(format!("catalog {catalog}")))?;
        with_lists(read, &mut catalog).await?;
        let semantics = Semantics::of_version(semantics)
            .ok_or_else(|| stored(format!("semantics version {semantics}")))?;
        let program = compile_under(document, &catalog, semantics)
            .map_err(|_| stored(format!("flow version {version}")))?;
        let program = Arc::new(program);
        if self.programs.len() >= PROGRAMS_MAX
            && let Some(first) = self.read_programs.pop_front()
        {
            self.programs.remove(&first);
        }
        self.read_programs.push_back(key.clone());
        self.programs.insert(key, Arc::clone(&program));
        Ok(program)
    }

    /// The allocation of an epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for weights that cannot be read.
    pub async fn allocation(
        &mut self,
        read: &Read<'_>,
        epoch: i64,
    ) -> Result<Arc<Allocation>, Error> {
        if let Some(allocation) = self.allocations.get(&epoch) {
            return Ok(Arc::clone(allocation));
        }
        let before = self.allocations.range(..epoch).next_back();
        let allocation = match before.filter(|(before, _)| epoch - **before <= NEAR) {
            Some((&before, allocation)) => {
                let changes = read.allocation_entries_between(before, epoch).await?;
                with_entries(Allocation::clone(allocation), epoch, changes)?
            }
            None => allocation_of(epoch, read.allocation_at(epoch).await?)?,
        };
        let allocation = Arc::new(allocation);
        if self.allocations.len() >= ALLOCATIONS_MAX {
            self.allocations.pop_first();
        }
        self.allocations.insert(epoch, Arc::clone(&allocation));
        Ok(allocation)
    }
}

/// Puts the rows of an epoch together.
fn allocation_of(epoch: i64, rows: Vec<AllocationEntryRow>) -> Result<Allocation, Error> {
    with_entries(Allocation::prior(), epoch, rows)
}

/// An allocation of an epoch: another one, with entries put in the place of those of the same segments.
fn with_entries(
    mut allocation: Allocation,
    epoch: i64,
    rows: Vec<AllocationEntryRow>,
) -> Result<Allocation, Error> {
    allocation.epoch = u64::try_from(epoch).map_err(|_| Error::Stored {
        what: format!("epoch {epoch}"),
    })?;
    for row in rows {
        let entry: Entry = serde_json::from_str(&row.weights_body).map_err(|_| Error::Stored {
            what: format!("the weights of {} in epoch {}", row.node, row.epoch),
        })?;
        allocation.entries.insert(
            BanditKey {
                flow: row.flow,
                node: row.node,
                segment: row.segment,
            },
            entry,
        );
    }
    Ok(allocation)
}

/// The latest allocation.
///
/// # Errors
///
/// [`Error::Store`], and [`Error::Stored`] for weights that cannot be read.
pub async fn latest_allocation(read: &Read<'_>) -> Result<Allocation, Error> {
    let epoch = read.latest_epoch().await?;
    allocation_of(epoch, read.allocation_at(epoch).await?)
}
