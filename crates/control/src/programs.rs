//! The program of a version as it would run now.

use std::sync::Arc;

use pointsman_flow::{Diagnostic, Document, Program};
use pointsman_history::WhatIfVersion;

use crate::{
    Control, Error,
    compile::{Compiled, Surroundings},
    routes::{LIVE, read_document, semantics_of},
};

impl Control {
    /// Compiles a version of a flow against the schemas and destinations as they are. Stores nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown flow, stage or version, [`Error::Flow`] for a version that does
    /// not run with the destinations as they are, [`Error::Stored`] and [`Error::Store`].
    pub async fn program_of(
        &self,
        flow: &str,
        version: &WhatIfVersion,
    ) -> Result<Arc<Program>, Error> {
        let not_found = |what: String| Error::NotFound { what };
        let store = &self.inner.store;
        let hash = match version {
            WhatIfVersion::Stage(name) if name == LIVE => {
                let routes = self.inner.routes.get();
                let route = routes.find(flow);
                let route =
                    route.ok_or_else(|| not_found(format!("flow `{flow}` that takes leads")))?;
                return Ok(Arc::clone(&route.program));
            }
            WhatIfVersion::Stage(name) => {
                let stage = store.read().find_stage(flow, name).await?;
                let missing = || not_found(format!("stage `{name}` of flow `{flow}`"));
                stage.ok_or_else(missing)?.version_hash
            }
            WhatIfVersion::Hash(hash) => hash.clone(),
            WhatIfVersion::Draft => return self.program_of_draft(flow).await,
        };
        let row = store.read().find_flow_version(&hash).await?;
        let row = row
            .filter(|row| row.flow == flow)
            .ok_or_else(|| not_found(format!("version `{hash}` of flow `{flow}`")))?;
        let document = read_document(&row.hash, &row.body)?;
        let surroundings = self.surroundings_of(&document).await?;
        let semantics = semantics_of(&row)?;
        let compiled = surroundings.compile_known(document, semantics).await;
        program(flow, compiled)
    }

    /// Compiles the draft of a flow as it would be published now.
    async fn program_of_draft(&self, flow: &str) -> Result<Arc<Program>, Error> {
        let row = self.flow_row(flow).await?;
        let Some(body) = row.draft_body else {
            return Err(Error::not_found("draft of flow", flow));
        };
        let document = Document::from_json(&body).map_err(|_| Error::Stored {
            what: format!("the draft of {flow}"),
        })?;
        let surroundings = self.surroundings_of(&document).await?;
        program(flow, surroundings.compile(document).await)
    }

    async fn surroundings_of(&self, document: &Document) -> Result<Arc<Surroundings>, Error> {
        let store = &self.inner.store;
        let surroundings = Surroundings::read(store).await?;
        let surroundings = surroundings.with_subflows(store, &[document], None).await?;
        Ok(Arc::new(surroundings))
    }
}

fn program(flow: &str, compiled: Result<Compiled, Vec<Diagnostic>>) -> Result<Arc<Program>, Error> {
    match compiled {
        Ok(compiled) => Ok(compiled.route.program),
        Err(diagnostics) => Err(Error::Flow {
            flow: flow.to_owned(),
            diagnostics,
        }),
    }
}
