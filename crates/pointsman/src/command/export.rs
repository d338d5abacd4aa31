//! The history of a flow as a Parquet log.

use anyhow::{anyhow, bail};
use indicatif::ProgressBar;
use pointsman_history::hash_key;
use pointsman_lead::Problem;
use pointsman_replay::log;
use pointsman_store::Store;

use super::database;
use crate::{
    cli::Export,
    out,
    settings::Settings,
    simulate::{Aligned, Past, write_scenario},
};

pub(super) async fn run(settings: &Settings, export: &Export) -> anyhow::Result<()> {
    let url = database::url(settings, export.database.db.as_deref());
    let store = Store::open_read_only(&url, &database::options(settings)?).await?;
    let hash_key = hash_key(&store.read()).await?;
    let mut past = Past::of(&store, &export.flow, hash_key, (None, None));
    let mut leads = Vec::new();
    let bar = ProgressBar::new(1_000);
    while let Some(mut page) = past.next_page().await? {
        leads.append(&mut page);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a thousand"
        )]
        bar.set_position((past.share_done() * 1_000.0) as u64);
    }
    bar.finish_and_clear();
    past.cluster(&mut leads);
    let schema = past
        .schema()
        .map_err(|problems| anyhow!("lead fields of the history: {}", messages(&problems)))?;
    let Some(schema) = schema else {
        bail!("flow `{}` has no settled leads", export.flow)
    };
    let aligned = Aligned::under(&schema, leads);
    for warning in aligned.warnings() {
        out::note(format!("warning: {warning}"));
    }
    let n_leads = if export.scenario {
        let place = (export.flow.as_str(), export.file.as_path());
        write_scenario(&store, &past, place, (&schema, aligned.leads)).await?
    } else {
        log::write_parquet(&export.file, &schema, aligned.leads)?
    };
    out::note(format!("{n_leads} leads in {}", export.file.display()));
    store.close().await?;
    Ok(())
}

fn messages(problems: &[Problem]) -> String {
    let messages: Vec<&str> = problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    messages.join("; ")
}
