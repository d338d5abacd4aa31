//! Named lists, also while a server uses the database.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use anyhow::{Context as _, anyhow, bail};
use pointsman_control::{Control, Error, List, NewList};
use pointsman_flow::{ListKind, ListReader, NamedList};
use pointsman_history::{Clock, read_list};
use pointsman_store::Store;
use serde_json::json;

use super::{database, problems};
use crate::{
    cli::{ListVerb, Output},
    out,
    settings::Settings,
};

/// Who makes changes from here, where people are named.
const BY: &str = "command line";
/// Most values of a difference that are told of each side.
const SAMPLES: usize = 20;

pub(super) async fn run(
    settings: &Settings,
    verb: &ListVerb,
    output: Output,
) -> anyhow::Result<()> {
    let flag = match verb {
        ListVerb::List(database)
        | ListVerb::Show { database, .. }
        | ListVerb::Put { database, .. }
        | ListVerb::Diff { database, .. } => database.db.as_deref(),
    };
    let url = database::url(settings, flag);
    let store = Store::open_beside(&url, &database::options(settings)?).await?;
    let control = Control::open(store.clone(), Clock::real())
        .await?
        .acting_as(BY);
    let done = act(&control, &store, verb, output).await;
    store.close().await?;
    done
}

async fn act(
    control: &Control,
    store: &Store,
    verb: &ListVerb,
    output: Output,
) -> anyhow::Result<()> {
    match verb {
        ListVerb::List(_) => {
            let lists = control.lists().await?;
            match output {
                Output::Json => out::json(&lists.iter().map(shown).collect::<Vec<_>>())?,
                Output::Text => lists.iter().for_each(|list| out::data(words(list))),
            }
            Ok(())
        }
        ListVerb::Show { name, revision, .. } => {
            let list = found(control, name).await?;
            let hash = match revision {
                None => list.hash,
                Some(revision) => {
                    let version = store
                        .read()
                        .find_named_list_version(name, *revision)
                        .await?;
                    let version = version.with_context(|| no_version(name, *revision))?;
                    version.hash.parse()?
                }
            };
            let list = read_list(&store.read(), list.kind, hash).await?;
            let values = list.values().into_iter().flat_map(|it| it.iter());
            values.for_each(out::data);
            Ok(())
        }
        ListVerb::Put {
            name,
            file,
            kind,
            expected_revision,
            ..
        } => {
            let put = put(control, (name, file), kind.as_deref(), *expected_revision);
            match put.await {
                Ok(list) if output == Output::Json => out::json(&shown(&list)),
                Ok(list) => {
                    out::data(words(&list));
                    Ok(())
                }
                Err(error) => match error.downcast::<Error>() {
                    Ok(Error::Problems(found)) => Err(problems::print(&found, output)),
                    Ok(error) => Err(error.into()),
                    Err(error) => Err(error),
                },
            }
        }
        ListVerb::Diff { name, from, to, .. } => diff(control, name, (*from, *to), output).await,
    }
}

async fn put(
    control: &Control,
    (name, file): (&str, &Path),
    kind: Option<&str>,
    expected_revision: Option<i64>,
) -> anyhow::Result<List> {
    let unknown = |word: &str| {
        let kinds = ListKind::ALL.map(ListKind::word).join(", ");
        anyhow!("`{word}` is no kind of lists; kinds are {kinds}")
    };
    let kind = kind.map(|word| ListKind::of_word(word).ok_or_else(|| unknown(word)));
    let kind = control.kind_of_list(name, kind.transpose()?).await?;
    let new = NewList {
        name: name.to_owned(),
        list: read(file, kind)?,
        expected_revision,
    };
    Ok(control.put_list(new).await?)
}

/// Reads a list out of a file, line by line.
fn read(file: &Path, kind: ListKind) -> anyhow::Result<NamedList> {
    let cannot = || format!("cannot read {}", file.display());
    let mut lines = BufReader::new(File::open(file).with_context(cannot)?);
    let mut reader = ListReader::new(kind);
    let (mut line, mut number) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).with_context(cannot)? == 0 {
            break;
        }
        number += 1;
        let path = format!("line {number}");
        match str::from_utf8(&line) {
            Ok(text) => reader.add(&path, text.strip_prefix('\u{feff}').unwrap_or(text)),
            Err(_) => bail!("{path} of {} is not UTF-8", file.display()),
        }
    }
    Ok(reader.finish().map_err(Error::Problems)?)
}

async fn diff(
    control: &Control,
    name: &str,
    (from, to): (i64, Option<i64>),
    output: Output,
) -> anyhow::Result<()> {
    let list = found(control, name).await?;
    let to = to.unwrap_or(list.revision);
    let difference = control.list_difference(&list, (from, to), SAMPLES).await?;
    let difference = difference.with_context(|| no_version(name, from.max(to)))?;
    if output == Output::Json {
        return out::json(&json!({
            "from": from, "to": to, "added": difference.n_added, "removed": difference.n_removed,
            "added_values": difference.added, "removed_values": difference.removed,
        }));
    }
    out::data(format!(
        "{} added, {} removed",
        difference.n_added, difference.n_removed
    ));
    let sides = [('+', &difference.added), ('-', &difference.removed)];
    for (sign, value) in sides
        .into_iter()
        .flat_map(|(sign, values)| values.iter().map(move |value| (sign, value)))
    {
        out::data(format!("{sign} {value}"));
    }
    Ok(())
}

async fn found(control: &Control, name: &str) -> anyhow::Result<List> {
    let list = control.find_list(name).await?;
    list.with_context(|| format!("there is no list `{name}`"))
}

fn no_version(name: &str, revision: i64) -> String {
    format!("list `{name}` has no version {revision}")
}

fn shown(list: &List) -> serde_json::Value {
    json!({
        "name": list.name, "kind": list.kind, "revision": list.revision, "values": list.n_values,
        "hash": list.hash,
    })
}

fn words(list: &List) -> String {
    format!(
        "{}  {} values of kind {}  revision {}  {}",
        list.name,
        list.n_values,
        list.kind.word(),
        list.revision,
        &list.hash.to_string()[..12]
    )
}
