//! Keys by which a database is sealed: what there is, another one, and sealing what is older.

use indicatif::{ProgressBar, ProgressStyle};
use pointsman_history::Clock;
use pointsman_lead::Timestamp;
use pointsman_store::{DataKeyRow, Older, Store};
use serde_json::json;

use super::database;
use crate::{
    cli::{KeysVerb, Output},
    out,
    settings::Settings,
};

pub(super) async fn run(
    settings: &Settings,
    verb: &KeysVerb,
    output: Output,
) -> anyhow::Result<()> {
    let (KeysVerb::List { database } | KeysVerb::Rotate { database } | KeysVerb::Seal { database }) =
        verb;
    let url = database::url(settings, database.db.as_deref());
    let options = database::options(settings)?;
    match verb {
        KeysVerb::List { .. } => {
            let store = Store::open_read_only(&url, &options).await?;
            list(&store, output).await?;
            store.close().await?;
        }
        KeysVerb::Rotate { .. } => {
            let store = Store::open_beside(&url, &options).await?;
            let at = Clock::real().now().0;
            let made = store.note(move |tx| Box::pin(async move { tx.add_data_key(at).await }));
            let made = made.await?;
            store.close().await?;
            out::note(format!(
                "data key {} is made; servers seal by it from their next start on, and `pointsman keys seal` seals what is older",
                made.number
            ));
        }
        KeysVerb::Seal { .. } => {
            let store = Store::open_beside(&url, &options).await?;
            let keys = store.note(|tx| Box::pin(async move { tx.seal_data_keys().await }));
            let keys = keys.await?;
            let done = seal(&store).await?;
            // What was stored as it is has to leave the log of SQLite too.
            let is_empty = store.checkpoint().await?;
            store.close().await?;
            show(&done, keys, output)?;
            if !is_empty {
                out::note(
                    "somebody reads the database: its log keeps what it holds until the next checkpoint",
                );
            }
        }
    }
    Ok(())
}

async fn list(store: &Store, output: Output) -> anyhow::Result<()> {
    let keys = store.read().data_keys().await?;
    let made = |key: &DataKeyRow| Timestamp(key.created_at).to_string();
    match output {
        Output::Json => {
            let keys = keys.iter().map(|key| {
                json!({"number": key.number, "sealed_by": key.sealed_by, "created_at": made(key)})
            });
            out::json(&keys.collect::<Vec<_>>())?;
        }
        Output::Text if keys.is_empty() => {
            out::note("everything is stored as it is: there are no keys");
        }
        Output::Text => {
            for key in &keys {
                out::data(format!(
                    "{}  {}  sealed by {}",
                    key.number,
                    made(key),
                    key.sealed_by
                ));
            }
        }
    }
    Ok(())
}

async fn seal(store: &Store) -> anyhow::Result<Older> {
    let mut older = store.older().await?;
    let bar = ProgressBar::new(older.rows);
    bar.set_style(ProgressStyle::with_template(
        "sealing {wide_bar} {pos} of {len} rows",
    )?);
    while let Some(next) = store.seal_piece(older.clone()).await? {
        older = next;
        bar.set_position(older.looked_at);
    }
    bar.finish_and_clear();
    Ok(older)
}

fn show(done: &Older, keys: u64, output: Output) -> anyhow::Result<()> {
    match output {
        Output::Json => out::json(&json!({
            "rows": done.looked_at, "texts_sealed": done.sealed, "data_keys_sealed": keys,
        })),
        Output::Text => {
            out::data(format!(
                "{} rows looked at, {} texts sealed, {keys} data keys sealed by another master key",
                done.looked_at, done.sealed
            ));
            Ok(())
        }
    }
}
