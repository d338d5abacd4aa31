//! Flows that are built in Rust and come with the binary.

use pointsman_flow::{Diagnostic, Document};
use pointsman_lead::{Problem, Schema};

use crate::{Control, Error, FlowVersion, Publication};

/// Who publishes what comes with the binary.
pub(crate) const AUTHOR: &str = "code";

/// What became of a flow that came with the binary.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Its version; absent if it cannot run yet and was kept as a draft.
    pub version: Option<FlowVersion>,
    /// Whether this set the live stage. A stage that is there already is never moved.
    pub is_first: bool,
    /// Findings: what keeps it from running, or warnings.
    pub diagnostics: Vec<Diagnostic>,
}

impl Control {
    /// Publishes a flow that comes with the binary. The same flow registered twice is one version.
    ///
    /// It takes leads at once only if the flow has no live version yet. A flow that does not check,
    /// because its destinations are not there yet, is kept as a draft.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] if the vertical has another schema already, [`Error::Store`].
    pub async fn register(&self, document: Document, schema: Schema) -> Result<Registered, Error> {
        self.acting_as(AUTHOR)
            .change(
                (document, schema),
                |control, (document, schema)| async move {
                    control.register_in_turn(document, schema).await
                },
            )
            .await
    }

    async fn register_in_turn(
        &self,
        document: Document,
        schema: Schema,
    ) -> Result<Registered, Error> {
        match self.find_schema(schema.vertical()).await? {
            None => {
                self.put_schema_in_turn(schema).await?;
            }
            Some(stored) if stored.hash == schema.hash() => {}
            Some(_) => {
                let vertical = schema.vertical();
                let message = format!("vertical `{vertical}` has another schema than this program");
                let problem = Problem::new("schema_differs", "schema", message)
                    .hint("put the schema of the program, or change the program's lead type");
                return Err(Error::problem(problem));
            }
        }
        let publication = Publication {
            flow: document.flow.clone(),
            message: "registered by the program".to_owned(),
            author: AUTHOR.to_owned(),
            expected_revision: None,
            set_live_if_first: true,
        };
        match self.publish_document(document.clone(), publication).await {
            Ok(published) => Ok(Registered {
                version: Some(published.version),
                is_first: published.live.is_some(),
                diagnostics: published.warnings,
            }),
            Err(Error::Flow { diagnostics, .. }) => {
                self.keep_as_draft(document).await?;
                Ok(Registered {
                    version: None,
                    is_first: false,
                    diagnostics,
                })
            }
            Err(error) => Err(error),
        }
    }

    async fn keep_as_draft(&self, document: Document) -> Result<(), Error> {
        let found = self.inner.store.read().find_flow(&document.flow).await?;
        // Somebody's own draft is worth more than one that comes back at the next start.
        if found.is_some_and(|row| row.draft_body.is_some()) {
            return Ok(());
        }
        self.put_draft(document, None).await.map(|_| ())
    }
}
