//! The explanation of a stored decision.

use anyhow::bail;
use pointsman_history::Explanation;
use pointsman_store::Store;

use super::database;
use crate::{
    cli::{Explain, Output},
    out,
    settings::Settings,
};

pub(super) async fn run(
    settings: &Settings,
    explain: &Explain,
    output: Output,
) -> anyhow::Result<()> {
    let url = database::url(settings, explain.database.db.as_deref());
    let store = Store::open_read_only(&url, &database::options(settings)?).await?;
    let explanation = match explain.decision.parse() {
        Ok(decision) => pointsman_history::explain(&store, decision).await?,
        // A text of another form is the id of nothing.
        Err(_) => None,
    };
    store.close().await?;
    let Some(explanation) = explanation else {
        bail!("there is no decision `{}`", explain.decision)
    };
    print(&explanation, output)?;
    if explanation.mismatches.is_empty() {
        Ok(())
    } else {
        Err(out::Reported.into())
    }
}

/// Prints an explanation.
pub(super) fn print(explanation: &Explanation, output: Output) -> anyhow::Result<()> {
    match output {
        Output::Json => out::json(explanation)?,
        Output::Text => out::data(explanation.to_text().trim_end()),
    }
    Ok(())
}
