//! Looks for what keeps the service from running.

use pointsman_store::Store;

use super::database;
use crate::{cli::Database, out, settings::Settings};

pub(super) async fn run(settings: &Settings, database: &Database) -> anyhow::Result<()> {
    let url = database::url(settings, database.db.as_deref());
    let mut healthy = true;
    let mut say = |ok: bool, what: &str, remedy: &str| {
        healthy &= ok;
        out::data(if ok {
            format!("ok    {what}")
        } else {
            format!("fail  {what}: {remedy}")
        });
    };
    say(
        settings.listen.parse::<std::net::SocketAddr>().is_ok(),
        "listen is an address and port",
        "write it like 127.0.0.1:8080",
    );
    match Store::open_read_only(&url).await {
        Ok(store) => {
            say(true, "the database opens and its tables are up to date", "");
            let destinations = store.read().destinations().await?;
            say(
                !destinations.is_empty(),
                &format!("{} destination(s)", destinations.len()),
                "put one with putDestination",
            );
            let live = store
                .read()
                .stages()
                .await?
                .into_iter()
                .filter(|stage| stage.name == "live")
                .count();
            say(
                live > 0,
                &format!("{live} live flow(s)"),
                "publish a flow and move its live stage",
            );
            let tokens = store.read().tokens().await?;
            say(
                !tokens.is_empty(),
                &format!("{} token(s)", tokens.len()),
                "make one with pointsman token create",
            );
        }
        Err(error) => say(
            false,
            "the database opens",
            &format!("{error}; pointsman migrate makes it"),
        ),
    }
    if healthy {
        Ok(())
    } else {
        Err(out::Told.into())
    }
}
