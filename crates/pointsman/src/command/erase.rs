//! Erases persons: the request, and the work itself where no server does it.

use std::{io::Read as _, path::Path, time::Duration};

use anyhow::{Context as _, bail};
use pointsman_control::{Control, Erasure, Error, NewErasure, PersonValue};
use pointsman_history::{Clock, History, hash_key};
use pointsman_store::{Error as StoreError, Store};
use serde_json::{Value, json};

use super::{database, problems};
use crate::{
    cli::{Erase, Output},
    out,
    settings::Settings,
};

/// Who makes changes from here, where people are named.
const BY: &str = "command line";
/// Real time between two looks at what a server has done.
const LOOK_EVERY: Duration = Duration::from_millis(250);

pub(super) async fn run(settings: &Settings, erase: &Erase, output: Output) -> anyhow::Result<()> {
    let url = database::url(settings, erase.database.db.as_deref());
    let asked = asked(erase)?;
    let store = Store::open_beside(&url, &database::options(settings)?).await?;
    let control = Control::open(store.clone(), Clock::real())
        .await?
        .acting_as(BY);
    let erasure = match control.erase(asked).await {
        Ok(erasure) => erasure,
        Err(Error::Problems(found)) => return Err(problems::print(&found, output)),
        Err(error) => return Err(error.into()),
    };
    let id = erasure.id.to_string();
    out::note(format!(
        "erasure {id}: leads of these persons are not taken from now on"
    ));
    let done = if erase.no_wait {
        erasure
    } else {
        finished(settings, &url, &store, &control, &id).await?
    };
    show(&done, output)?;
    store.close().await?;
    Ok(())
}

/// Waits for the server that removes the values, or removes them where there is none.
async fn finished(
    settings: &Settings,
    url: &str,
    store: &Store,
    control: &Control,
    id: &str,
) -> anyhow::Result<Erasure> {
    let alone = if store.is_shared() {
        let servers = History::new(store.clone()).servers().await?;
        let now = store.read().order().await?.time();
        let is_served = servers.iter().any(|server| server.expires_at.0 > now);
        (!is_served).then(|| store.clone())
    } else {
        match Store::open(url, &database::options(settings)?).await {
            Ok(own) => Some(own),
            Err(StoreError::Locked) => None,
            Err(error) => return Err(error.into()),
        }
    };
    if let Some(alone) = alone {
        let hash_key = hash_key(&alone.read()).await?;
        let routes = control.routes();
        let erased = pointsman_engine::erase_now(&alone, hash_key, &Clock::real(), &routes).await;
        if !alone.is_shared() {
            alone.close().await?;
        }
        if !erased? {
            out::note(
                "a lead of these persons is still on its way: the next server goes on with it",
            );
            let found = control.find_erasure(id).await?;
            return found.with_context(|| format!("erasure {id} is gone"));
        }
    }
    loop {
        let found = control.find_erasure(id).await?;
        let found = found.with_context(|| format!("erasure {id} is gone"))?;
        if found.is_done {
            return Ok(found);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn asked(erase: &Erase) -> anyhow::Result<NewErasure> {
    let mut texts = erase.value.clone();
    if let Some(path) = &erase.values {
        let lines = read(path)?;
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        texts.extend(lines.map(str::to_owned));
    }
    let values = texts.iter().enumerate().map(|(position, text)| {
        let Some((field, value)) = text.split_once('=') else {
            // The text may be the value alone, so it is not repeated.
            bail!("value {} is not written as FIELD=VALUE", position + 1);
        };
        Ok(PersonValue {
            field: field.trim().to_owned(),
            value: Value::from(value.trim()),
        })
    });
    Ok(NewErasure {
        lead_ids: erase.lead.clone(),
        values: values.collect::<anyhow::Result<_>>()?,
        note: erase.note.clone(),
    })
}

fn read(path: &Path) -> anyhow::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))
}

fn show(erasure: &Erasure, output: Output) -> anyhow::Result<()> {
    match output {
        Output::Json => out::json(&json!({
            "id": erasure.id,
            "done": erasure.is_done,
            "by": erasure.by,
            "requested_at": erasure.requested_at.to_string(),
            "finished_at": erasure.finished_at.map(|at| at.to_string()),
            "fields": erasure.fields,
            "leads": erasure.leads,
            "rows": erasure.rows,
        })),
        Output::Text => {
            let done = if erasure.is_done { "done" } else { "under way" };
            out::data(format!("{}  {done}  {} leads", erasure.id, erasure.leads));
            for (table, rows) in &erasure.rows {
                out::data(format!("  {table}: {rows} rows"));
            }
            Ok(())
        }
    }
}
