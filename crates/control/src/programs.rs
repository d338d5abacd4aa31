//! The program of a version as it would run now.

use std::sync::Arc;

use pointsman_flow::Program;
use pointsman_history::WhatIfVersion;

use crate::{
    Control, Error,
    compile::Surroundings,
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
        };
        let row = store.read().find_flow_version(&hash).await?;
        let row = row
            .filter(|row| row.flow == flow)
            .ok_or_else(|| not_found(format!("version `{hash}` of flow `{flow}`")))?;
        let document = read_document(&row.hash, &row.body)?;
        let surroundings = Surroundings::read(store).await?;
        let surroundings = surroundings
            .with_subflows(store, &[&document], None)
            .await?;
        let semantics = semantics_of(&row)?;
        let compiled = Arc::new(surroundings)
            .compile_known(document, semantics)
            .await;
        match compiled {
            Ok(compiled) => Ok(compiled.route.program),
            Err(diagnostics) => Err(Error::Flow {
                flow: flow.to_owned(),
                diagnostics,
            }),
        }
    }
}
