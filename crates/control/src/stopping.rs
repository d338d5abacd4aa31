//! Stopping a flow at once, and letting it take leads again.

use pointsman_history::Routes;
use serde_json::json;

use crate::{Control, Error, Flow, SettingsChangeKind, changes::ChangeRecord};

impl Control {
    /// Stops a flow, or lets it take leads again. Which version is live stays as it is, and leads under way go on.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] and [`Error::Store`].
    pub async fn set_flow_stopped(&self, flow: &str, is_stopped: bool) -> Result<Flow, Error> {
        let asked = (flow.to_owned(), is_stopped);
        self.change(asked, |control, (flow, is_stopped)| async move {
            control.set_flow_stopped_in_turn(&flow, is_stopped).await
        })
        .await
    }

    async fn set_flow_stopped_in_turn(&self, flow: &str, is_stopped: bool) -> Result<Flow, Error> {
        let inner = &self.inner;
        let present = inner.routes.get();
        let known = self.find_flow(flow).await?;
        let known = known.ok_or_else(|| Error::not_found("flow", flow))?;
        if known.is_stopped == is_stopped {
            return Ok(known);
        }
        let said = |is_stopped: bool| json!({ "stopped": is_stopped });
        let change = ChangeRecord::new(SettingsChangeKind::FlowStopped, flow)
            .from(Some(said(known.is_stopped)))
            .to(said(is_stopped));
        let name = flow.to_owned();
        let stored = self.store_routed(present.revision, change, move |tx| {
            Box::pin(async move { tx.set_flow_stopped(&name, is_stopped).await })
        });
        let ((), revision) = stored.await?;
        let mut stopped = present.stopped.clone();
        if is_stopped {
            stopped.insert(flow.to_owned());
        } else {
            stopped.remove(flow);
        }
        inner.routes.put(Routes {
            stopped,
            revision,
            ..Routes::clone(&present)
        });
        Ok(Flow {
            is_stopped,
            ..known
        })
    }
}
