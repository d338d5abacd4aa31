//! The people who change arm from one version of a flow to another.

use pointsman_flow::{Document, Moves, Semantics, Version, moves};
use pointsman_store::FlowVersionRow;

use crate::{
    Control, Error, FlowVersion,
    routes::{LIVE, read_document, semantics_of},
    subflows::resolve,
};

/// The people who change arm from one version of a flow to another.
#[derive(Debug, Clone)]
pub struct FlowMoves {
    /// The earlier version. Its semantics are those of before.
    pub from: FlowVersion,
    /// The semantics that the earlier version was published under.
    pub from_semantics: Semantics,
    /// The semantics that the later version was published under. If it is another one, draws are independent of
    /// those before.
    pub to_semantics: Semantics,
    /// The nodes at which people change arm, by name.
    pub nodes: Vec<Moves>,
}

impl Control {
    /// The people who change arm from one version to another, which may be of another flow. References to
    /// other flows mean what they mean now.
    ///
    /// * `from`, `to`: hashes.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::Stored`] and [`Error::Store`].
    pub async fn moves(&self, from: &str, to: &str) -> Result<FlowMoves, Error> {
        let from = self.version_row(from).await?;
        let to = self.version_row(to).await?;
        let document = read_document(&to.hash, &to.body)?;
        self.moves_from(from, document, semantics_of(&to)?).await
    }

    /// The people who change arm when a document takes the place of the live version of its flow, or of the
    /// latest one if none is live; `None` if there is no version yet.
    ///
    /// * `semantics`: what the document is published under.
    pub(crate) async fn moves_to(
        &self,
        document: &Document,
        semantics: Semantics,
    ) -> Result<Option<FlowMoves>, Error> {
        let flow = &document.flow;
        let read = self.inner.store.read();
        let from = if let Some(stage) = read.find_stage(flow, LIVE).await? {
            read.find_flow_version(&stage.version_hash).await?
        } else {
            let latest = read.versions_of_flow(flow, None, 1).await?;
            latest.items.into_iter().next()
        };
        let Some(from) = from else {
            return Ok(None);
        };
        let hash = from.hash.clone();
        match self.moves_from(from, document.clone(), semantics).await {
            Ok(moves) => Ok(Some(moves)),
            // A version that cannot be read must not keep the one that repairs the flow from being published.
            Err(Error::Stored { what }) => {
                tracing::warn!(hash, what, "a version cannot be compared");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn moves_from(
        &self,
        from: FlowVersionRow,
        to: Document,
        to_semantics: Semantics,
    ) -> Result<FlowMoves, Error> {
        let before = read_document(&from.hash, &from.body)?;
        let from_semantics = semantics_of(&from)?;
        let subflows = resolve(&self.inner.store, &[&before, &to], None).await?;
        // A large flow takes a while.
        let task = tokio::task::spawn_blocking(move || {
            let version = |document, semantics| Version {
                document,
                subflows: &subflows,
                semantics,
            };
            moves(
                &version(&before, from_semantics),
                &version(&to, to_semantics),
            )
        });
        Ok(FlowMoves {
            from: from.into(),
            from_semantics,
            to_semantics,
            nodes: crate::finished(task).await.ok_or(Error::Stopping)?,
        })
    }
}

#[cfg(test)]
mod tests;
