//! Stages: which version of a flow a name points to. The one named `live` takes leads.

use std::sync::Arc;

use pointsman_flow::Diagnostic;
use pointsman_lead::Problem;
use pointsman_store::{Expected, StageRow, StageTarget};

use super::{
    Error,
    compile::{self, Compiled, Surroundings},
    names,
    routes::{LIVE, read_document},
};
use crate::{Platform, Route};

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
    pub stage: StageRow,
    /// Findings about the version that do not keep it from running.
    pub warnings: Vec<Diagnostic>,
}

impl Platform {
    /// Points a stage of a flow to one of its versions. Moving `live` changes where leads go, at once
    /// and for whole leads: a lead under way stays with the version that it began with.
    ///
    /// # Errors
    ///
    /// [`Error::Flow`] if the version does not run against the schema and destinations as they are,
    /// [`Error::NotFound`] for an unknown flow or version, [`Error::Conflict`] if the stage is not as
    /// expected, [`Error::Problems`] for a name that cannot be one.
    pub async fn move_stage(&self, to: StageMove) -> Result<MovedStage, Error> {
        if let Some(problem) = names::check("stage", &to.stage) {
            return Err(Error::problem(problem));
        }
        self.change(move |platform| async move { platform.move_stage_in_turn(to).await })
            .await
    }

    /// Points a stage back to the version that it pointed to before its last move.
    ///
    /// Done twice, it is back where it was.
    ///
    /// # Errors
    ///
    /// As [`Platform::move_stage`]; [`Error::Problems`] if the stage moved only once.
    pub async fn roll_back(
        &self,
        flow: &str,
        stage: &str,
        expected: ExpectedStage,
        by: &str,
    ) -> Result<MovedStage, Error> {
        let (flow, stage, by) = (flow.to_owned(), stage.to_owned(), by.to_owned());
        self.change(move |platform| async move {
            platform.flow_row(&flow).await?;
            let last = platform
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
            platform
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
        self.flow_row(&flow).await?;
        let row = inner.store.read().find_flow_version(&version).await?;
        let row = row
            .filter(|row| row.flow == flow)
            .ok_or_else(|| Error::not_found("version of this flow", &version))?;
        let document = read_document(&row.hash, &row.body)?;
        let surroundings = Arc::new(Surroundings::read(&inner.store).await?);
        let Compiled { route, warnings } =
            surroundings
                .compile(document)
                .await
                .map_err(|diagnostics| Error::Flow {
                    flow: flow.clone(),
                    diagnostics,
                })?;
        let at = inner.clock.now().0;
        let is_live = stage == LIVE;
        let catalog = compile::catalog_row(&route.program, at)?;
        let target = StageTarget {
            flow: flow.clone(),
            stage,
            version_hash: row.hash,
            at,
            by,
        };
        let moved = inner.store.write(move |tx| {
            Box::pin(async move {
                tx.put_catalog(catalog).await?;
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
        let moved = moved.await?;
        if is_live {
            self.swap_route(&flow, route);
        }
        Ok(MovedStage {
            stage: moved,
            warnings,
        })
    }

    /// Lets a flow take leads by another route from now on; the caller has the turn.
    pub(super) fn swap_route(&self, flow: &str, route: Route) {
        let mut routes = (*self.inner.routes.load_full()).clone();
        routes.flows.insert(flow.to_owned(), route);
        self.inner.routes.store(Arc::new(routes));
    }
}
