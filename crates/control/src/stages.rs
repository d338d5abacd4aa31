//! Stages: which version of a flow a name points to. The one named `live` takes leads.

use std::sync::Arc;

use pointsman_flow::{Diagnostic, Document, Semantics};
use pointsman_history::Routes;
use pointsman_lead::Problem;
use pointsman_store::{CatalogRow, Expected, StageTarget};
use serde_json::{Value, json};

use crate::{
    Control, Error, SettingsChangeKind, Stage,
    changes::ChangeRecord,
    compile::{Compiled, Surroundings},
    names,
    routes::{LIVE, live_flows, read_document, rebuild, semantics_of},
    subflows::{Moving, followers},
};

/// What a stage has to be like to be moved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ExpectedStage {
    /// Anything, or not there.
    #[default]
    Any,
    /// Not there yet.
    Absent,
    /// There, with this revision.
    Revision(i64),
    /// Pointing to the version of this hash.
    Hash(String),
}

/// Where to move a stage.
#[derive(Debug, Clone)]
pub struct StageMove {
    /// The flow.
    pub flow: String,
    /// The stage.
    pub stage: String,
    /// Hash of the version that it shall point to.
    pub version: String,
    /// What the stage has to be like.
    pub expected: ExpectedStage,
    /// Who moves it.
    pub by: String,
}

/// A stage after a move.
#[derive(Debug, Clone)]
pub struct MovedStage {
    /// The stage as it is now.
    pub stage: Stage,
    /// Findings about the version that do not keep it from running.
    pub warnings: Vec<Diagnostic>,
}

/// What another version of a flow changes.
#[derive(Debug)]
pub(crate) struct Changed {
    /// The routes of the flow and of those that follow it.
    pub(crate) routes: Routes,
    /// The catalogs that these routes decide by.
    pub(crate) catalogs: Vec<CatalogRow>,
    /// Findings about the version that do not keep it from running.
    pub(crate) warnings: Vec<Diagnostic>,
}

impl Control {
    /// Points a stage of a flow to one of its versions. Moving `live` changes where leads go, at once
    /// and for whole leads: a lead under way stays with the version that it began with. Live flows that
    /// follow this one are compiled with the new version, under a new catalog.
    ///
    /// # Errors
    ///
    /// [`Error::Flow`] if the version does not run against the schema and destinations as they are,
    /// [`Error::Parent`] if a live flow that follows this one would not run with the version,
    /// [`Error::NotFound`] for an unknown flow or version, [`Error::Conflict`] if the stage is not as
    /// expected, [`Error::Problems`] for a name that cannot be one.
    pub async fn move_stage(&self, to: StageMove) -> Result<MovedStage, Error> {
        if let Some(problem) = names::check("stage", &to.stage) {
            return Err(Error::problem(problem));
        }
        self.change(to, |control, to| async move {
            control.move_stage_in_turn(to).await
        })
        .await
    }

    /// Points a stage back to the version that it pointed to before its last move.
    ///
    /// Done twice, it is back where it was.
    ///
    /// # Errors
    ///
    /// As [`Control::move_stage`]; [`Error::Problems`] if the stage moved only once.
    pub async fn roll_back(
        &self,
        flow: &str,
        stage: &str,
        expected: ExpectedStage,
        by: &str,
    ) -> Result<MovedStage, Error> {
        let asked = (flow.to_owned(), stage.to_owned(), by.to_owned(), expected);
        self.change(asked, |control, (flow, stage, by, expected)| async move {
            control.flow_row(&flow).await?;
            let last = control
                .inner
                .store
                .read()
                .stage_moves(&flow, &stage, None, 1)
                .await?
                .items
                .pop();
            let last = last.ok_or_else(|| Error::not_found("stage", &stage))?;
            let version = last.from_hash.ok_or_else(|| {
                let message = format!("stage `{stage}` has pointed to one version only");
                Error::problem(
                    Problem::new("nothing_before", "stage", message).hint("move the stage instead"),
                )
            })?;
            control
                .move_stage_in_turn(StageMove {
                    flow,
                    stage,
                    version,
                    expected,
                    by,
                })
                .await
        })
        .await
    }

    async fn move_stage_in_turn(&self, to: StageMove) -> Result<MovedStage, Error> {
        let StageMove {
            flow,
            stage,
            version,
            expected,
            by,
        } = to;
        let inner = &self.inner;
        let known = inner.routes.revision();
        self.flow_row(&flow).await?;
        let row = inner.store.read().find_flow_version(&version).await?;
        let row = row
            .filter(|row| row.flow == flow)
            .ok_or_else(|| Error::not_found("version of this flow", &version))?;
        let document = read_document(&row.hash, &row.body)?;
        let is_live = stage == LIVE;
        if is_live {
            self.refuse_while_tried_out(&flow).await?;
        }
        let Changed {
            routes,
            catalogs,
            warnings,
        } = self
            .changed_routes(document, Some(semantics_of(&row)?), is_live)
            .await?;
        let before = inner.store.read().find_stage(&flow, &stage).await?;
        let change = ChangeRecord::new(SettingsChangeKind::StageMoved, &flow)
            .by(&by)
            .from(before.map(|before| stage_said(&stage, &before.version_hash)))
            .to(stage_said(&stage, &row.hash));
        let at = inner.clock.now().0;
        let target = StageTarget {
            flow: flow.clone(),
            stage,
            version_hash: row.hash,
            at,
            by,
        };
        let moved = self.store_routed(known, change, move |tx| {
            Box::pin(async move {
                for catalog in catalogs {
                    tx.put_catalog(catalog).await?;
                }
                let expected = match &expected {
                    ExpectedStage::Any => pointsman_store::ExpectedStage::Row(Expected::Any),
                    ExpectedStage::Absent => pointsman_store::ExpectedStage::Row(Expected::Absent),
                    ExpectedStage::Revision(revision) => {
                        pointsman_store::ExpectedStage::Row(Expected::Revision(*revision))
                    }
                    ExpectedStage::Hash(hash) => pointsman_store::ExpectedStage::Hash(hash),
                };
                tx.move_stage(target, expected).await
            })
        });
        let (moved, revision) = moved.await?;
        self.swap_routes(if is_live { routes } else { Routes::default() }, revision);
        Ok(MovedStage {
            stage: moved.into(),
            warnings,
        })
    }

    /// What a version of a flow would change: its own route, and if it becomes live, those of the live
    /// flows that follow it.
    ///
    /// * `known`: what it is known to run under, if it was published before.
    pub(crate) async fn changed_routes(
        &self,
        document: Document,
        known: Option<Semantics>,
        becomes_live: bool,
    ) -> Result<Changed, Error> {
        let store = &self.inner.store;
        let flow = document.flow.clone();
        let live = if becomes_live {
            live_flows(store).await?
        } else {
            Vec::new()
        };
        let moving = becomes_live.then(|| Moving {
            flow: flow.clone(),
            document: document.clone(),
        });
        let documents = live.iter().map(|live| &live.document);
        let documents: Vec<&Document> = documents.chain([&document]).collect();
        let surroundings = Surroundings::read(store).await?;
        let surroundings = surroundings
            .with_subflows(store, &documents, moving.as_ref())
            .await?;
        let followers = followers(&flow, live, &surroundings.subflows);
        let surroundings = Arc::new(surroundings);
        let compiled = match known {
            Some(semantics) => surroundings.compile_known(document, semantics).await,
            None => surroundings.compile(document).await,
        };
        let Compiled { route, warnings } = compiled.map_err(|diagnostics| Error::Flow {
            flow: flow.clone(),
            diagnostics,
        })?;
        let present = self.inner.routes.get();
        let mut rebuilt = rebuild(&surroundings, followers, &present).await;
        rebuilt.refuse_harm(&present).map_err(|error| match error {
            Error::Flow {
                flow: parent,
                diagnostics,
            } => Error::Parent {
                parent,
                diagnostics,
            },
            other => other,
        })?;
        rebuilt.routes.flows.insert(flow, route);
        Ok(Changed {
            catalogs: rebuilt.catalogs(self.inner.clock.now().0)?,
            routes: rebuilt.routes,
            warnings,
        })
    }

    /// Lets flows take leads by other routes from now on; the caller has the turn.
    ///
    /// * `revision`: that of the change.
    pub(crate) fn swap_routes(&self, changed: Routes, revision: i64) {
        let mut routes = (*self.inner.routes.get()).clone();
        routes.flows.extend(changed.flows);
        routes.candidates.extend(changed.candidates);
        routes.revision = revision;
        self.inner.routes.put(routes);
    }
}

/// What a stage says, as it is kept with its changes.
fn stage_said(stage: &str, version: &str) -> Value {
    json!({ "stage": stage, "version": version })
}
