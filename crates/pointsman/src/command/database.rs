//! The database of a command, and its migration.

use pointsman_history::Clock;
use pointsman_store::{Options, Store};

use crate::{cli::Database, out, settings::Settings};

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
pub(crate) fn options(settings: &Settings) -> Options {
    Options {
        durability: settings.durability.into(),
        ..Options::default()
    }
}

pub(super) async fn migrate(settings: &Settings, database: &Database) -> anyhow::Result<()> {
    let url = url(settings, database.db.as_deref());
    let store = Store::open(
        &url,
        &Options {
            migrate: true,
            ..options(settings)
        },
    )
    .await?;
    pointsman_history::keep_hash_key(&store).await?;
    let clock = Clock::real();
    let restated = pointsman_history::restate(&store, clock.now()).await?;
    let hash_key = pointsman_history::hash_key(&store.read()).await?;
    pointsman_engine::write_snapshots(&store, hash_key, &clock).await?;
    store.close().await?;
    if restated > 0 {
        out::note(format!(
            "revenue or status of {restated} leads was corrected; the GraphQL query `restatements` lists them"
        ));
    }
    out::note("the database is migrated");
    Ok(())
}
