//! The routes of all live flows, rebuilt whenever something they refer to changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_experiment::{Layer, Plan};
use pointsman_flow::{Diagnostic, Document, Semantics};
use pointsman_history::{CandidateRoute, Route, Routes};
use pointsman_store::{CatalogRow, ExperimentRow, ExperimentState, FlowVersionRow, Store};

use crate::{
    Control, Error,
    compile::{self, Surroundings},
    source_routes::source_routes,
};

/// Name of the stage whose version takes leads.
pub(crate) const LIVE: &str = "live";

/// A flow that takes leads, as written.
#[derive(Debug, Clone)]
pub(crate) struct LiveFlow {
    pub(crate) flow: String,
    pub(crate) document: Document,
    /// What it was published under.
    pub(crate) semantics: Semantics,
    /// Set where it is tried out on a share of leads, beside the live version.
    pub(crate) candidate: Option<CandidateOf>,
}

/// The experiment that tries out a version.
#[derive(Debug, Clone)]
pub(crate) struct CandidateOf {
    pub(crate) experiment: String,
    /// Parts per million.
    pub(crate) share_ppm: u32,
    /// The field that keeps people.
    pub(crate) sticky: Option<String>,
    /// The part of a layer that it has.
    pub(crate) layer: Option<Layer>,
}

/// All routes under some surroundings, with the flows that have none.
#[derive(Debug, Default)]
pub(crate) struct Rebuilt {
    pub(crate) routes: Routes,
    /// Flow and what keeps it from running.
    pub(crate) broken: Vec<(String, Vec<Diagnostic>)>,
    /// What is odd about flows that would run otherwise than they do.
    pub(crate) findings: Vec<Diagnostic>,
}

impl Rebuilt {
    /// The catalogs that its programs decide by.
    pub(crate) fn catalogs(&self, at: i64) -> Result<Vec<CatalogRow>, Error> {
        let routes = self.routes.all();
        routes
            .map(|route| compile::catalog_row(&route.program, at))
            .collect()
    }

    /// Refuses what would stop a flow that takes leads under `present`.
    pub(crate) fn refuse_harm(&mut self, present: &Routes) -> Result<(), Error> {
        // A flow that was broken before must not stand in the way of what may repair it.
        let harmed = self
            .broken
            .iter()
            .position(|(flow, _)| present.find(flow).is_some());
        match harmed.map(|position| self.broken.swap_remove(position)) {
            Some((flow, diagnostics)) => Err(Error::Flow { flow, diagnostics }),
            None => Ok(()),
        }
    }
}

/// The document of a stored version.
pub(crate) fn read_document(hash: &str, body: &str) -> Result<Document, Error> {
    Document::from_json(body).map_err(|_| Error::Stored {
        what: format!("flow version {hash}"),
    })
}

/// What a version was published under.
pub(crate) fn semantics_of(version: &FlowVersionRow) -> Result<Semantics, Error> {
    Semantics::of_version(version.semantics).ok_or_else(|| Error::Stored {
        what: format!("the semantics of flow version {}", version.hash),
    })
}

/// Every flow that takes leads, as stored, and after them the versions that are tried out.
pub(crate) async fn live_flows(store: &Store) -> Result<Vec<LiveFlow>, Error> {
    let mut live = live_stages(store).await?;
    let mut candidates: BTreeMap<String, CandidateOf> = BTreeMap::new();
    for experiment in store.read().open_experiments().await? {
        let is_running = experiment.state == ExperimentState::Running && experiment.share_ppm > 0;
        if let (Some(hash), true) = (experiment.candidate_hash.clone(), is_running) {
            let plan = plan_of(&experiment)?;
            let share_ppm = u32::try_from(experiment.share_ppm).unwrap_or(0);
            let experiment = experiment.name;
            candidates.insert(
                hash,
                CandidateOf {
                    experiment,
                    share_ppm,
                    sticky: plan.sticky,
                    layer: plan.layer,
                },
            );
        }
    }
    let hashes: Vec<String> = candidates.keys().cloned().collect();
    for version in store.read().flow_versions(&hashes).await? {
        live.push(LiveFlow {
            semantics: semantics_of(&version)?,
            document: read_document(&version.hash, &version.body)?,
            candidate: candidates.remove(&version.hash),
            flow: version.flow,
        });
    }
    Ok(live)
}

async fn live_stages(store: &Store) -> Result<Vec<LiveFlow>, Error> {
    let mut stages = store.read().stages().await?;
    stages.retain(|stage| stage.name == LIVE);
    let hashes: Vec<String> = stages
        .iter()
        .map(|stage| stage.version_hash.clone())
        .collect();
    let mut live = Vec::with_capacity(stages.len());
    for version in store.read().flow_versions(&hashes).await? {
        let document = read_document(&version.hash, &version.body)?;
        live.push(LiveFlow {
            semantics: semantics_of(&version)?,
            flow: version.flow,
            document,
            candidate: None,
        });
    }
    live.sort_by(|a, b| a.flow.cmp(&b.flow));
    Ok(live)
}

/// Everything that these flows refer to, as it is stored now.
pub(crate) async fn for_all(store: &Store, live: &[LiveFlow]) -> Result<Surroundings, Error> {
    let documents: Vec<&Document> = live.iter().map(|live| &live.document).collect();
    let surroundings = Surroundings::read(store).await?;
    surroundings.with_subflows(store, &documents, None).await
}

/// Compiles flows; those that `present` has already under the same hashes are kept as they are.
pub(crate) async fn rebuild(
    surroundings: &Arc<Surroundings>,
    live: Vec<LiveFlow>,
    present: &Routes,
) -> Rebuilt {
    let mut rebuilt = Rebuilt::default();
    // What sources send has nothing to do with how flows are compiled.
    rebuilt.routes.sources.clone_from(&present.sources);
    rebuilt.routes.suppresses = present.suppresses;
    rebuilt.routes.stopped.clone_from(&present.stopped);
    rebuilt.routes.kept.clone_from(&present.kept);
    for LiveFlow {
        flow,
        document,
        semantics,
        candidate,
    } in live
    {
        match surroundings.compile_known(document, semantics).await {
            Ok(compiled) => {
                let present = match &candidate {
                    Some(_) => present
                        .candidates
                        .get(&flow)
                        .map(|candidate| &candidate.route),
                    None => present.find(&flow),
                };
                let route = same_program(present, compiled.route);
                if present.is_none_or(|present| !Arc::ptr_eq(&present.program, &route.program)) {
                    for finding in compiled.warnings {
                        let finding = of_flow(&flow, finding);
                        if !rebuilt.findings.contains(&finding) {
                            rebuilt.findings.push(finding);
                        }
                    }
                }
                let routes = &mut rebuilt.routes;
                match candidate {
                    Some(CandidateOf {
                        experiment,
                        share_ppm,
                        sticky,
                        layer,
                    }) => {
                        let candidate = CandidateRoute {
                            experiment,
                            share_ppm,
                            sticky,
                            layer,
                            route,
                        };
                        routes.candidates.insert(flow, candidate);
                    }
                    None => {
                        routes.flows.insert(flow, route);
                    }
                }
            }
            Err(diagnostics) => rebuilt.broken.push((flow, diagnostics)),
        }
    }
    rebuilt
}

/// A finding that says which flow it is of, unless it is of a destination, which flows share.
fn of_flow(flow: &str, finding: Diagnostic) -> Diagnostic {
    if finding.place.destination.is_some() {
        return finding;
    }
    let message = format!("flow `{flow}`: {}", finding.message);
    Diagnostic { message, ..finding }
}

/// Keeps the program that runs if the new one is the same, so that no lead under way sees two.
fn same_program(present: Option<&Route>, new: Route) -> Route {
    match present {
        Some(present)
            if present.program.flow_hash() == new.program.flow_hash()
                && present.program.catalog_hash() == new.program.catalog_hash()
                && present.program.semantics() == new.program.semantics() =>
        {
            Route {
                program: Arc::clone(&present.program),
                targets: new.targets,
            }
        }
        _ => new,
    }
}

/// The live flows that do not check with the destinations, schemas and subflows as they are now, and what
/// is wrong with each. They take no leads.
///
/// # Errors
///
/// [`Error::Stored`] and [`Error::Store`].
pub async fn broken_flows(store: &Store) -> Result<Vec<(String, Vec<Diagnostic>)>, Error> {
    let live = live_flows(store).await?;
    let surroundings = Arc::new(for_all(store, &live).await?);
    let rebuilt = rebuild(&surroundings, live, &Routes::default()).await;
    Ok(rebuilt.broken)
}

impl Control {
    /// Rebuilds the routes of all live flows from the database, as at boot.
    ///
    /// A live flow that does not check any more takes no leads; it is logged and named in the answer.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn refresh_routes(&self) -> Result<Vec<(String, Vec<Diagnostic>)>, Error> {
        self.change(
            (),
            |control, ()| async move { control.refresh_in_turn().await },
        )
        .await
    }

    async fn refresh_in_turn(&self) -> Result<Vec<(String, Vec<Diagnostic>)>, Error> {
        let inner = &self.inner;
        // Read first: of settings that change meanwhile, some may be read already, and all are read again then.
        let revision = inner.store.read().order().await?.revision;
        if revision > inner.routes.revision() {
            inner.known_tokens.forget_all();
        }
        let live = live_flows(&inner.store).await?;
        let surroundings = Arc::new(for_all(&inner.store, &live).await?);
        let rebuilt = rebuild(&surroundings, live, &inner.routes.get()).await;
        let catalogs = rebuilt.catalogs(inner.clock.now().0)?;
        put_catalogs(&inner.store, catalogs).await?;
        let Rebuilt { routes, broken, .. } = rebuilt;
        inner.routes.put(Routes {
            sources: source_routes(&inner.store).await?,
            suppresses: inner.store.read().suppresses().await?,
            stopped: stopped_flows(&inner.store).await?,
            kept: kept_fields(&inner.store).await?,
            revision,
            ..routes
        });
        for (flow, diagnostics) in &broken {
            tracing::error!(
                flow,
                findings = diagnostics.len(),
                "a live flow does not check; it takes no leads"
            );
        }
        Ok(broken)
    }

    /// Reads settings again that another process has changed.
    pub(crate) async fn catch_up_in_turn(&self) -> Result<(), Error> {
        let inner = &self.inner;
        let order = inner.store.read().order().await?;
        if order.revision > inner.routes.revision() {
            self.refresh_in_turn().await?;
        }
        Ok(())
    }
}

/// The fields by which running experiments know people, by flow.
async fn kept_fields(store: &Store) -> Result<BTreeMap<String, BTreeSet<String>>, Error> {
    let mut kept: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in store.read().open_experiments().await? {
        // One that cannot be read is not counted either.
        let sticky = plan_of(&row).ok().and_then(|plan| plan.sticky);
        let is_running = row.state == ExperimentState::Running;
        if let Some(field) = sticky.filter(|_| is_running) {
            kept.entry(row.flow).or_default().insert(field);
        }
    }
    Ok(kept)
}

fn plan_of(row: &ExperimentRow) -> Result<Plan, Error> {
    serde_json::from_str(&row.plan_body).map_err(|_| Error::Stored {
        what: format!("the plan of experiment {}", row.name),
    })
}

/// The flows that are stopped.
async fn stopped_flows(store: &Store) -> Result<BTreeSet<String>, Error> {
    let flows = store.read().flows().await?.into_iter();
    let stopped = flows.filter(|row| row.is_stopped);
    Ok(stopped.map(|row| row.name).collect())
}

async fn put_catalogs(store: &Store, catalogs: Vec<CatalogRow>) -> Result<(), Error> {
    let hashes: Vec<String> = catalogs
        .iter()
        .map(|catalog| catalog.hash.clone())
        .collect();
    let stored = store.read().catalogs(&hashes).await?;
    let is_new = |catalog: &CatalogRow| stored.iter().all(|row| row.hash != catalog.hash);
    let catalogs: Vec<CatalogRow> = catalogs.into_iter().filter(is_new).collect();
    if catalogs.is_empty() {
        return Ok(());
    }
    let put = store.write(|tx| {
        Box::pin(async move {
            for catalog in catalogs {
                tx.put_catalog(catalog).await?;
            }
            tx.log_nothing().await
        })
    });
    Ok(put.await?)
}
