//! A folder with everything that is needed to replay the history of a flow: its log, the live version with its catalog, the
//! allocations that leads were decided by, and what the service has come to.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::{Context as _, bail};
use pointsman_bandit::{Allocation, State};
use pointsman_flow::{Document, Program, compile};
use pointsman_history::{CommitLog, Error, Fold, Folded, allocations};
use pointsman_lead::{Schema, Timestamp};
use pointsman_ledger::Ledger;
use pointsman_replay::{
    log::{CommitTime, LogLead, write_parquet},
    stateful::{LoggedLook, ServiceState},
};
use pointsman_store::Store;
use serde::Serialize;

use super::{Past, candidate::present_catalog};

/// Name of the log in the folder.
const LOG: &str = "leads.parquet";

/// Writes the folder.
///
/// * `folder`: must not exist, or be empty.
/// * `leads`: of the whole history, under one schema.
///
/// # Errors
///
/// A folder with files in it, a flow without a live version, and what keeps files from being written.
pub(crate) async fn write_scenario(
    store: &Store,
    past: &Past<'_>,
    (flow, folder): (&str, &Path),
    (schema, leads): (&Schema, Vec<LogLead>),
) -> anyhow::Result<u64> {
    let is_taken = folder.is_file()
        || std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if is_taken {
        bail!("`{}` is there already; name a new folder", folder.display());
    }
    let (document, program) = live_version(store, flow).await?;
    let used: BTreeSet<u64> = leads.iter().filter_map(|lead| lead.epoch).collect();
    let (service, allocations) = service_state(store, past, &program, used).await?;
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| path.display().to_string())
    };
    let n_leads = write_parquet(&folder.join(LOG), schema, leads)?;
    write("flow.json", &document.to_json())?;
    write("catalog.json", &json(program.catalog())?)?;
    write(&format!("{LOG}.allocations.json"), &json(&allocations)?)?;
    write(&format!("{LOG}.service.json"), &json(&service)?)?;
    write("scenario.toml", &scenario(flow, &program))?;
    Ok(n_leads)
}

fn json(value: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string(value)?)
}

fn scenario(flow: &str, program: &Program) -> String {
    let currency = program.document().currency;
    format!(
        "# The history of the flow `{flow}`. Change flow.json, or name another document as the candidate, and run\n\
         # `pointsman simulate` on this folder.\n\
         name = \"{flow}\"\n\
         log = \"{LOG}\"\n\
         candidate = \"flow.json\"\n\
         baseline = \"logged\"\n\
         catalog = \"catalog.json\"\n\
         \n\
         [reward]\n\
         unit = \"{currency}\"\n\
         \n\
         # Caps, rotations and bandits that learn, in the order of time.\n\
         [stateful]\n\
         answers = \"recorded\"\n"
    )
}

/// The live version of a flow, under the present catalog.
async fn live_version(store: &Store, flow: &str) -> anyhow::Result<(Document, Program)> {
    let read = store.read();
    let stage = read.find_stage(flow, "live").await?;
    let stage = stage.with_context(|| format!("flow `{flow}` has no live version"))?;
    let hash = &stage.version_hash;
    let version = read.find_flow_version(hash).await?;
    let version = version.with_context(|| format!("version {hash}"))?;
    let document = Document::from_json(&version.body)
        .map_err(|_| anyhow::anyhow!("version {hash} cannot be read"))?;
    let catalog = present_catalog(store, &document).await?;
    let program = compile(&document, &catalog)
        .map_err(|_| anyhow::anyhow!("version {hash} does not check any more"))?;
    Ok((document, program))
}

/// What the service has come to, and the allocations of all epochs that count.
async fn service_state(
    store: &Store,
    past: &Past<'_>,
    program: &Program,
    mut epochs: BTreeSet<u64>,
) -> anyhow::Result<(ServiceState, Vec<Allocation>)> {
    let read = store.read();
    let (looks, ledger, arms) = folded(store).await?;
    let epoch = u64::try_from(read.latest_epoch().await?)?;
    let flows: BTreeSet<&str> = program
        .nodes()
        .map(|(node, _)| program.origin(node).flow)
        .collect();
    epochs.insert(epoch);
    let mut all = epochs.clone();
    all.extend(looks.iter().map(|look| look.epoch));
    let found = match allocations(&read, &flows, &all).await {
        Err(Error::TooLarge(_)) => allocations(&read, &flows, &epochs).await?,
        found => found?,
    };
    let state = ServiceState {
        format: ServiceState::FORMAT,
        version: program.flow_hash().to_string(),
        ledger,
        arms,
        looks,
        epoch,
        revenue: past.revenue(),
        beside: past.beside(),
    };
    Ok((state, found))
}

/// The looks of the learner, caps and arm state, out of the commit log.
async fn folded(store: &Store) -> anyhow::Result<(Vec<LoggedLook>, Ledger, State)> {
    let mut folds = (
        Folded::<Ledger>::default(),
        Folded::<State>::default(),
        Looks::default(),
    );
    let mut log = CommitLog::after(store.read(), 0);
    while let Some(commit) = log.next().await? {
        folds.0.take(&commit);
        folds.1.take(&commit);
        folds.2.take(&commit);
    }
    let (ledger, arms, looks) = folds;
    // A history that is older than the commit log is known by the snapshots alone.
    let ledger = newest(store, ledger).await?;
    let arms = newest(store, arms).await?;
    let mut found = Vec::with_capacity(looks.found.len());
    for (epoch, look) in looks.found {
        let row = store.read().find_allocation(epoch).await?;
        let row = row.with_context(|| format!("allocation {epoch}"))?;
        found.push(LoggedLook {
            epoch: u64::try_from(epoch)?,
            as_of: row.as_of,
            moment: looks
                .moments
                .get(&look.number)
                .copied()
                .unwrap_or(CommitTime {
                    at: Timestamp(i64::MIN),
                    number: look.number,
                }),
            since: look.since,
        });
    }
    Ok((found, ledger, arms))
}

async fn newest<F: Fold>(store: &Store, folded: Folded<F>) -> anyhow::Result<F> {
    let latest = Folded::<F>::latest(store.read()).await?;
    Ok(latest.unwrap_or(folded).fold)
}

/// The looks of the learner, and when the commits were that they knew.
#[derive(Default)]
struct Looks {
    found: Vec<(i64, pointsman_history::Look)>,
    moments: BTreeMap<i64, CommitTime>,
    /// The latest commits: a look knows one of them.
    latest: BTreeMap<i64, CommitTime>,
}

/// Commits that a look may lag behind.
const LATEST_MAX: usize = 10_000;

impl Looks {
    fn take(&mut self, commit: &pointsman_history::LoggedCommit) {
        let moment = CommitTime {
            at: commit.at,
            number: commit.number,
        };
        self.latest.insert(commit.number, moment);
        if self.latest.len() > LATEST_MAX {
            self.latest.pop_first();
        }
        let committed = &commit.committed;
        let (Some(epoch), Some(look)) = (committed.allocation, committed.look) else {
            return;
        };
        let Ok(epoch) = i64::try_from(epoch) else {
            return;
        };
        let known = self.latest.range(..=look.number).next_back();
        if let Some((_, moment)) = known {
            let moment = CommitTime {
                number: look.number,
                ..*moment
            };
            self.moments.insert(look.number, moment);
        }
        self.found.push((epoch, look));
    }
}
