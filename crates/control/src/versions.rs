//! Versions of flows: immutable, under the hash of what they say.

use pointsman_flow::{Change, Diagnostic, Document, Semantics, diff};
use pointsman_lead::Problem;
use pointsman_store::{
    CatalogRow, Expected, ExpectedStage, FlowVersionRow, NewFlowVersion, Published, StageRow,
    StageTarget,
};
use serde_json::{Value, json};

use crate::{
    Control, Error, FlowMoves, FlowVersion, SettingsChangeKind, Stage,
    changes::ChangeRecord,
    names,
    register::AUTHOR,
    routes::{LIVE, read_document, semantics_of},
    stages::Changed,
};

/// Most characters of a message or an author's name.
const MESSAGE_MAX_CHARS: usize = 2_000;

/// What to publish.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The flow whose draft becomes a version.
    pub flow: String,
    /// What the author says about it.
    pub message: String,
    /// Who publishes it.
    pub author: String,
    /// The revision that the draft must have; `None`: any.
    pub expected_revision: Option<i64>,
    /// Whether the version takes leads at once if the flow has no live version yet.
    pub set_live_if_first: bool,
}

/// A version that is there now.
#[derive(Debug, Clone)]
pub struct PublishedVersion {
    /// The version.
    pub version: FlowVersion,
    /// Whether it was not there before.
    pub is_new: bool,
    /// The live stage, if publishing set it.
    pub live: Option<Stage>,
    /// Findings that do not keep it from running.
    pub warnings: Vec<Diagnostic>,
    /// The people who change arm once it takes the place of the version that was live, or of the latest one if
    /// none was; `None` if the flow had no version.
    pub moves: Option<FlowMoves>,
}

/// A value, or nothing of its kind.
fn only_if<T: Default>(is_wanted: bool, value: T) -> T {
    if is_wanted { value } else { T::default() }
}

impl Control {
    /// Makes the draft of a flow a version. The same draft published twice is one version.
    ///
    /// # Errors
    ///
    /// [`Error::Flow`] with everything that keeps it from running; [`Error::NotFound`] for an unknown
    /// flow; [`Error::Problems`] if it has no draft; [`Error::Conflict`] for another revision.
    pub async fn publish(&self, publication: Publication) -> Result<PublishedVersion, Error> {
        let text = |path, text: &str| names::check_text(path, text, MESSAGE_MAX_CHARS);
        let problems: Vec<Problem> = [
            text("message", &publication.message),
            text("author", &publication.author),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !problems.is_empty() {
            return Err(Error::Problems(problems));
        }
        self.change(publication, |control, publication| async move {
            control.publish_in_turn(publication).await
        })
        .await
    }

    async fn publish_in_turn(&self, publication: Publication) -> Result<PublishedVersion, Error> {
        let row = self.flow_row(&publication.flow).await?;
        if publication
            .expected_revision
            .is_some_and(|expected| expected != row.draft_revision)
        {
            return Err(Error::conflict("the draft"));
        }
        let Some(body) = &row.draft_body else {
            let problem = Problem::new(
                "no_draft",
                "flow",
                format!("flow `{}` has no draft", row.name),
            )
            .hint("save a draft first");
            return Err(Error::problem(problem));
        };
        let document = Document::from_json(body).map_err(|_| Error::Stored {
            what: format!("the draft of {}", row.name),
        })?;
        self.publish_document(document, publication).await
    }

    /// Publishes a document of an existing flow; the caller has the turn.
    pub(crate) async fn publish_document(
        &self,
        document: Document,
        publication: Publication,
    ) -> Result<PublishedVersion, Error> {
        let inner = &self.inner;
        let revision = inner.routes.revision();
        let (flow, vertical) = (document.flow.clone(), document.vertical.clone());
        let body = document.to_json();
        let hash = document.hash().to_string();
        let live = inner.store.read().find_stage(&flow, LIVE).await?;
        let live = live.map(|stage| stage.version_hash);
        let set_live = publication.set_live_if_first && live.is_none();
        let stored = inner.store.read().find_flow_version(&hash).await?;
        let stored = stored.filter(|row| row.flow == flow);
        // What a program brings along is registered at each start, and that must move nobody.
        let semantics = match &stored {
            Some(row) if publication.author == AUTHOR => semantics_of(row)?,
            _ => Semantics::CURRENT,
        };
        let number = i64::from(semantics.version());
        let is_same = |row: &FlowVersionRow| row.semantics == number;
        let is_new = !stored.as_ref().is_some_and(is_same);
        let is_redrawn = stored.is_some() && is_new && live.as_deref() == Some(&hash);
        let moves_leads = set_live || is_redrawn;
        let known = stored.map(|_| semantics);
        let moves = self.moves_to(&document, semantics).await?;
        let Changed {
            routes,
            catalogs,
            warnings,
        } = self.changed_routes(document, known, moves_leads).await?;
        let at = inner.clock.now().0;
        let target = set_live.then(|| StageTarget {
            flow: flow.clone(),
            stage: LIVE.to_owned(),
            version_hash: hash.clone(),
            at,
            by: publication.author.clone(),
        });
        let version = NewFlowVersion {
            hash,
            flow,
            body,
            message: publication.message,
            author: publication.author,
            at,
            semantics: number,
        };
        let decided_by = only_if(moves_leads, catalogs);
        let routes = only_if(moves_leads, routes);
        let ((published, live), revision) = self
            .put_version(
                (version, vertical),
                decided_by,
                target,
                (live, is_new),
                revision,
            )
            .await?;
        self.swap_routes(routes, revision);
        Ok(PublishedVersion {
            version: published.version.into(),
            is_new: published.is_new,
            live: live.map(Stage::from),
            warnings,
            moves,
        })
    }

    /// What is kept of a publication.
    ///
    /// * `live`: the version that is live.
    async fn published(
        &self,
        version: &NewFlowVersion,
        live: Option<String>,
        set_live: bool,
    ) -> Result<ChangeRecord, Error> {
        let NewFlowVersion {
            hash, flow, body, ..
        } = version;
        let read = self.inner.store.read();
        let before = match &live {
            Some(live) => read.find_flow_version(live).await?,
            None => read.versions_of_flow(flow, None, 1).await?.items.pop(),
        };
        let said = |version: &str, body: &str, live: Option<&str>| {
            // What is stored and cannot be read must not keep what repairs it from being published.
            let document: Value = serde_json::from_str(body).unwrap_or_default();
            json!({ "version": version, "live": live, "document": document })
        };
        let before = before.map(|row| said(&row.hash, &row.body, live.as_deref()));
        let now_live = if set_live {
            Some(hash.as_str())
        } else {
            live.as_deref()
        };
        let change = ChangeRecord::new(SettingsChangeKind::FlowVersionPublished, flow);
        Ok(change
            .by(&version.author)
            .because(Some(&version.message))
            .from(before)
            .to(said(hash, body, now_live)))
    }

    /// Stores a version of a flow of a vertical, with the catalogs that it decides by from now on.
    ///
    /// * `target`: the stage that points to it from now on.
    /// * `live`: the version that is live, and whether this one is stored otherwise than before.
    /// * `known`: the revision of the settings that it was compiled with.
    async fn put_version(
        &self,
        (version, vertical): (NewFlowVersion, String),
        catalogs: Vec<CatalogRow>,
        target: Option<StageTarget>,
        (live, is_new): (Option<String>, bool),
        known: i64,
    ) -> Result<((Published, Option<StageRow>), i64), Error> {
        // What a program brings along and is there already is no change.
        let change = if is_new || target.is_some() {
            let change = self.published(&version, live, target.is_some());
            Some(change.await?)
        } else {
            None
        };
        let stored = self.store_routed(known, change, move |tx| {
            Box::pin(async move {
                tx.put_flow(&version.flow, &vertical, version.at).await?;
                let published = tx.insert_flow_version(version).await?;
                for catalog in catalogs {
                    tx.put_catalog(catalog).await?;
                }
                let Some(target) = target else {
                    return Ok((published, None));
                };
                let stage = tx
                    .move_stage(target, ExpectedStage::Row(Expected::Absent))
                    .await?;
                Ok((published, Some(stage)))
            })
        });
        stored.await
    }

    /// The document of a version.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Stored`] and [`Error::Store`].
    pub async fn version_document(&self, hash: &str) -> Result<Document, Error> {
        let row = self.version_row(hash).await?;
        read_document(&row.hash, &row.body)
    }

    pub(crate) async fn version_row(&self, hash: &str) -> Result<FlowVersionRow, Error> {
        let row = self.inner.store.read().find_flow_version(hash).await?;
        row.ok_or_else(|| Error::not_found("flow version", hash))
    }

    /// What changed from one version to another, which may be of another flow.
    ///
    /// * `from`, `to`: hashes.
    ///
    /// # Errors
    ///
    /// As [`Control::version_document`].
    pub async fn diff(&self, from: &str, to: &str) -> Result<Vec<Change>, Error> {
        Ok(diff(
            &self.version_document(from).await?,
            &self.version_document(to).await?,
        ))
    }
}
