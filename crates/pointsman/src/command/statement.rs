//! Statements and the entries of the ledger, as CSV.

use anyhow::bail;
use pointsman_history::{
    ENTRY_COLUMNS, History, STATEMENT_COLUMNS, StatementParty, StatementQuestion, csv_line,
    statement_csv,
};
use pointsman_store::Store;
use serde_json::{Map, Value};

use super::database;
use crate::{
    cli::{Output, Party, Statement},
    out,
    settings::Settings,
};

pub(super) async fn run(
    settings: &Settings,
    statement: &Statement,
    output: Output,
) -> anyhow::Result<()> {
    let url = database::url(settings, statement.database.db.as_deref());
    let store = Store::open_read_only(&url, &database::options(settings)?).await?;
    let history = History::new(store.clone());
    if statement.entries {
        entries(&history, output).await?;
    } else {
        lines(&history, statement, output).await?;
    }
    store.close().await?;
    Ok(())
}

async fn lines(history: &History, statement: &Statement, output: Output) -> anyhow::Result<()> {
    let from = statement.from.clone().unwrap_or_default();
    let question = StatementQuestion {
        party: match statement.by {
            Party::Destination => StatementParty::Destination,
            Party::Source => StatementParty::Source,
        },
        account: statement.account.clone(),
        until: statement.until.clone().unwrap_or_else(|| from.clone()),
        from,
        zone: statement.zone.clone(),
    };
    let lines = match history.statement(&question).await? {
        Ok(statement) => statement.lines,
        Err(problems) => {
            let told = problems
                .iter()
                .map(|it| format!("{}: {}", it.path, it.message));
            bail!("{}", told.collect::<Vec<_>>().join("; "));
        }
    };
    if output == Output::Json {
        let lines = lines
            .iter()
            .map(|line| object(&STATEMENT_COLUMNS, &line.cells()));
        return out::json(&lines.collect::<Vec<_>>());
    }
    out::data(statement_csv(&lines).trim_end());
    Ok(())
}

async fn entries(history: &History, output: Output) -> anyhow::Result<()> {
    let mut after = Some(0);
    if output == Output::Text {
        out::data(ENTRY_COLUMNS.join(","));
    }
    while let Some(number) = after {
        let (page, next) = history.money_entries(number).await?;
        for entry in page {
            let cells = entry.cells();
            if output == Output::Json {
                out::data(object(&ENTRY_COLUMNS, &cells).to_string());
            } else {
                out::data(csv_line(&cells));
            }
        }
        after = next;
    }
    Ok(())
}

fn object(names: &[&str], cells: &[String]) -> Value {
    let members = names.iter().zip(cells);
    let members = members.map(|(name, cell)| ((*name).to_owned(), Value::from(cell.as_str())));
    Value::Object(members.collect::<Map<_, _>>())
}
