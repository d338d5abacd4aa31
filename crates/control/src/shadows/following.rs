//! Compiles shadows anew when what they refer to has changed.

use std::{sync::Weak, time::Duration};

use pointsman_store::{CatalogRow, ShadowEnd, ShadowRow};

use crate::{Control, Error, Inner};

/// Real time between two looks.
const EVERY: Duration = Duration::from_secs(1);
/// Who ends those that would not run any more, where people are named.
const CHECK: &str = "check";

/// Looks at shadows whenever settings have changed, until nobody configures any more.
pub(crate) async fn watch(inner: Weak<Inner>) {
    let mut seen = None;
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(inner) = inner.upgrade() else {
            return;
        };
        let revision = inner.routes.revision();
        if seen == Some(revision) {
            continue;
        }
        let control = Control {
            inner,
            author: None,
            reason: None,
        };
        match control.compile_shadows().await {
            Ok(()) => seen = Some(revision),
            Err(error) => {
                tracing::warn!(error = %error, "shadows could not be compiled anew");
            }
        }
    }
}

impl Control {
    async fn compile_shadows(&self) -> Result<(), Error> {
        let mut compiled = Ok(());
        for row in self.inner.store.read().open_shadows().await? {
            let flow = row.flow.clone();
            if let Err(error) = self.compile_shadow(row).await {
                tracing::warn!(flow, error = %error, "its shadow could not be compiled anew");
                compiled = Err(error);
            }
        }
        compiled
    }

    async fn compile_shadow(&self, row: ShadowRow) -> Result<(), Error> {
        let Some(live) = self.live_document(&row.flow).await? else {
            return Ok(());
        };
        match self.candidate_catalog(&live, &row.version_hash).await {
            Ok(Ok(catalog)) => self.note_catalog(row, catalog).await,
            Ok(Err(problems)) => {
                let why = problems.first().map(ToString::to_string);
                self.end_shadow_of(row, why.unwrap_or_default()).await
            }
            Err(Error::Flow { diagnostics, .. }) => {
                let why = diagnostics.first().map(ToString::to_string);
                self.end_shadow_of(row, why.unwrap_or_default()).await
            }
            Err(error) => Err(error),
        }
    }

    async fn note_catalog(&self, row: ShadowRow, catalog: CatalogRow) -> Result<(), Error> {
        let number = row.since_seq;
        let last = self.inner.store.read().shadow_catalogs(number).await?;
        if last
            .last()
            .is_some_and(|it| it.catalog_hash == catalog.hash)
        {
            return Ok(());
        }
        let stored = self.inner.store.write(move |tx| {
            Box::pin(async move {
                // Another process may have been faster.
                let last = tx.read().shadow_catalogs(number).await?;
                if last.last().is_none_or(|it| it.catalog_hash != catalog.hash) {
                    let hash = catalog.hash.clone();
                    tx.put_catalog(catalog).await?;
                    tx.add_shadow_catalog(number, hash).await?;
                }
                tx.log_nothing().await
            })
        });
        Ok(stored.await?)
    }

    async fn end_shadow_of(&self, row: ShadowRow, why: String) -> Result<(), Error> {
        tracing::warn!(flow = row.flow, why, "its shadow ends");
        let end = ShadowEnd {
            flow: row.flow,
            at: self.inner.clock.now().0,
            by: CHECK.to_owned(),
            note: Some(why),
        };
        let number = row.since_seq;
        let ended = self.inner.store.write(move |tx| {
            Box::pin(async move {
                let row = tx.read().find_shadow(number).await?;
                if row.is_some_and(|row| row.until_seq.is_none()) {
                    tx.end_shadow(end).await?;
                }
                tx.log_nothing().await
            })
        });
        Ok(ended.await?)
    }
}
