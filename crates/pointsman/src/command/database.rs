//! Which database a verb works on, and bringing its tables up to date.

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
    let restated =
        pointsman_history::restate(&store, pointsman_history::Clock::real().now()).await?;
    store.close().await?;
    if restated > 0 {
        out::note(format!(
            "{restated} leads came out otherwise when revenue and status were reckoned again; `restatements` of the API lists them"
        ));
    }
    out::note("the tables are up to date");
    Ok(())
}
