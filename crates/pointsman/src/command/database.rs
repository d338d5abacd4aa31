//! The database of a command, and its migration.

use pointsman_history::{Clock, ROLLUP_FORMAT};
use pointsman_store::{Options, Store};

use crate::{cli::Migrate, out, settings::Settings};

/// The URL of the database: the flag, or else the setting. A bare path is SQLite.
pub(crate) fn url(settings: &Settings, flag: Option<&str>) -> String {
    let url = flag.unwrap_or(&settings.database_url);
    if url.contains("://") {
        url.to_owned()
    } else {
        format!("sqlite://{url}")
    }
}

/// How the database is opened.
///
/// # Errors
///
/// A file of master keys that cannot be read.
pub(crate) fn options(settings: &Settings) -> anyhow::Result<Options> {
    Ok(Options {
        durability: settings.durability.into(),
        master_keys: settings.master_keys()?,
        ..Options::default()
    })
}

pub(super) async fn migrate(settings: &Settings, migrate: &Migrate) -> anyhow::Result<()> {
    let url = url(settings, migrate.database.db.as_deref());
    let store = Store::open(
        &url,
        &Options {
            migrate: true,
            ..options(settings)?
        },
    )
    .await?;
    pointsman_history::keep_hash_key(&store).await?;
    let clock = Clock::real();
    let restated = pointsman_history::restate(&store, clock.now()).await?;
    let hash_key = pointsman_history::hash_key(&store.read()).await?;
    pointsman_engine::write_snapshots(&store, hash_key, &clock).await?;
    if migrate.rebuild_metrics {
        let reset = store.note(|tx| Box::pin(async move { tx.reset_rollups(ROLLUP_FORMAT).await }));
        reset.await?;
        out::note("the next server adds all leads up anew");
    }
    store.close().await?;
    if restated > 0 {
        out::note(format!(
            "revenue or status of {restated} leads was corrected; the GraphQL query `restatements` lists them"
        ));
    }
    out::note("the database is migrated");
    Ok(())
}
