//! Changes of settings, also while a server uses the database.

use pointsman_control::{ChangeFilter, Control};
use pointsman_history::Clock;
use pointsman_store::Store;
use serde_json::json;

use super::database;
use crate::{
    cli::{Changes, Output},
    out,
    settings::Settings,
};

pub(super) async fn run(
    settings: &Settings,
    changes: &Changes,
    output: Output,
) -> anyhow::Result<()> {
    let url = database::url(settings, changes.database.db.as_deref());
    let store = Store::open_read_only(&url, &database::options(settings)?).await?;
    let control = Control::open(store.clone(), Clock::real()).await?;
    let filter = ChangeFilter {
        object: changes.object.clone(),
        who: changes.who.clone(),
        ..ChangeFilter::default()
    };
    let page = control.changes(&filter, None, changes.limit).await?;
    let mut rows = Vec::new();
    for (_, change) in page.entries {
        let changed = control.changed_settings(&change).await?;
        let told = changed.differences.into_iter().map(|it| it.message);
        let told: Vec<String> = told.collect();
        match output {
            Output::Json => rows.push(json!({
                "number": change.number, "at": change.at, "by": change.by, "token": change.token,
                "kind": change.kind.word(), "object": change.object, "note": change.note,
                "before": changed.before, "after": changed.after, "differences": told,
            })),
            Output::Text => {
                let kind = change.kind.word();
                out::data(format!(
                    "{}  {}  {}  {kind}  {}",
                    change.number, change.at, change.by, change.object
                ));
                for line in change.note.iter().chain(&told) {
                    out::data(format!("    {line}"));
                }
            }
        }
    }
    drop(control);
    store.close().await?;
    match output {
        Output::Json => out::json(&rows),
        Output::Text => Ok(()),
    }
}
