//! Replays of our own history: as a job of the service, for the demonstration, and as a log.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::{Context as _, bail};
use pointsman_flow::{Catalog, Destination, Document, Program, check};
use pointsman_lead::Schema;
use pointsman_replay::{Books, FlowPolicy, Options, Policy, Report, evaluate};
use pointsman_service::{Kind, Report as JobReport, config};
use pointsman_store::Store;
use serde::Deserialize;
use serde_json::Value;

mod aligned;
mod books;
mod past;
mod words;

pub(crate) use aligned::Aligned;
pub(crate) use past::Past;

/// The name of the kind of job.
pub(crate) const KIND: &str = "simulate";

/// The kinds of jobs that the binary adds to the service.
pub(crate) fn jobs(database_url: &str) -> BTreeMap<String, Arc<dyn Kind>> {
    let simulate: Arc<dyn Kind> = Arc::new(Simulate {
        database_url: database_url.to_owned(),
    });
    BTreeMap::from([(KIND.to_owned(), simulate)])
}

/// Replays the history of a flow under two of its versions.
#[derive(Debug)]
struct Simulate {
    database_url: String,
}

/// What to replay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    flow: String,
    /// Hash of the version to judge.
    candidate: String,
    /// Hash of the version to judge it against; absent: what was done at the time.
    #[serde(default)]
    baseline: Option<String>,
    /// First moment of the history, epoch microseconds.
    #[serde(default)]
    from: Option<i64>,
    /// First moment after it.
    #[serde(default)]
    until: Option<i64>,
}

impl Kind for Simulate {
    fn run(&self, params: &Value, report: JobReport<'_>) -> Result<Value, String> {
        let params: Params =
            serde_json::from_value(params.clone()).map_err(|error| error.to_string())?;
        let work = async {
            let store = Store::open_read_only(&self.database_url).await?;
            let compared = compare(&store, &params, report).await;
            store.close().await?;
            Ok::<Value, anyhow::Error>(serde_json::to_value(compared?)?)
        };
        // The job queue gives each job a thread of its own, which knows no runtime.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        runtime.block_on(work).map_err(|error| format!("{error:#}"))
    }
}

/// Puts a value on one version of a flow against another, over everything that has happened.
///
/// # Errors
///
/// A version that does not exist or does not check against the present catalog, or a database that
/// does not answer.
pub(crate) async fn compare_versions(
    store: &Store,
    flow: &str,
    baseline: &str,
    candidate: &str,
) -> anyhow::Result<Report> {
    let params = Params {
        flow: flow.to_owned(),
        candidate: candidate.to_owned(),
        baseline: Some(baseline.to_owned()),
        from: None,
        until: None,
    };
    compare(store, &params, &|_| ()).await
}

async fn compare(store: &Store, params: &Params, report: JobReport<'_>) -> anyhow::Result<Report> {
    let mut past = Past::of(store, &params.flow, params.from, params.until);
    let mut leads = Vec::new();
    while let Some(mut page) = past.next_page().await? {
        leads.append(&mut page);
        report(past.share_done() * 0.9);
    }
    if leads.is_empty() {
        bail!("flow `{}` has no settled leads in this time", params.flow);
    }
    let candidate = program(store, &params.flow, &params.candidate).await?;
    // Both programs are checked against the present schema, and read fields by their places in it.
    let aligned = Aligned::under(candidate.schema(), leads);
    let warnings = aligned.warnings();
    let leads = aligned.leads;
    let epochs: BTreeSet<u64> = leads.iter().filter_map(|lead| lead.epoch).collect();
    let baseline = match &params.baseline {
        Some(hash) => Some((hash, program(store, &params.flow, hash).await?)),
        None => None,
    };
    // Bandits of subflows draw by what is known under the names of their own flows.
    let programs = [&candidate].into_iter();
    let programs = programs.chain(baseline.as_ref().map(|(_, program)| program));
    let flows: BTreeSet<&str> = programs
        .flat_map(|program| program.nodes().map(|(node, _)| program.origin(node).flow))
        .collect();
    let books = books::books(&store.read(), &flows, &epochs).await?;
    let policy = |program| FlowPolicy {
        program,
        books: Books::logged(books.iter().cloned()),
    };
    let candidate = policy(candidate);
    let unit = candidate.program.document().currency.to_string();
    let (baseline, run) = match baseline {
        Some((hash, baseline)) => (
            Policy::Flow(Box::new(policy(baseline))),
            format!("{} against {}", short(&params.candidate), short(hash)),
        ),
        None => (
            Policy::Logged,
            format!("{} against what was done", short(&params.candidate)),
        ),
    };
    let options = Options {
        run,
        unit,
        destinations: past.destinations().clone(),
        warnings,
        ..Options::default()
    };
    Ok(evaluate(
        leads,
        &Policy::Flow(Box::new(candidate)),
        &baseline,
        options,
    ))
}

fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}

/// A version of a flow under the present catalog.
async fn program(store: &Store, flow: &str, hash: &str) -> anyhow::Result<Program> {
    let read = store.read();
    let version = read
        .find_flow_version(hash)
        .await?
        .filter(|version| version.flow == flow);
    let Some(version) = version else {
        bail!("flow `{flow}` has no version {hash}")
    };
    let document = Document::from_json(&version.body)
        .map_err(|_| anyhow::anyhow!("version {hash} cannot be read"))?;
    let catalog = present_catalog(store, &document).await?;
    let checked = check(&document, &catalog).map_err(|diagnostics| {
        let told: Vec<String> = diagnostics
            .iter()
            .map(|diagnostic| diagnostic.message.clone())
            .collect();
        anyhow::anyhow!(
            "version {hash} does not check any more: {}",
            told.join("; ")
        )
    })?;
    Ok(checked.program)
}

/// The schema, the destinations and the subflows as they are now.
async fn present_catalog(store: &Store, document: &Document) -> anyhow::Result<Catalog> {
    let read = store.read();
    let schema = read
        .lead_schemas()
        .await?
        .into_iter()
        .find(|row| row.vertical == document.vertical)
        .with_context(|| format!("there is no lead schema `{}`", document.vertical))?;
    let schema: Schema = serde_json::from_str(&schema.body).context("the lead schema")?;
    let mut destinations = BTreeMap::new();
    for row in read.destinations().await? {
        let mut settings: Destination =
            serde_json::from_str(&row.settings_body).with_context(|| row.name.clone())?;
        settings.name_caps();
        destinations.insert(row.name, settings);
    }
    Ok(Catalog {
        schema,
        currency: document.currency,
        destinations,
        subflows: config::subflows_of(store, &[document]).await?,
    })
}
