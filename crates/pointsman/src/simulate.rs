//! Replays of our own history: as a job of the service, for the demonstration, and as a log.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::{anyhow, bail};
use pointsman_engine::{Checked, Kind, ReportProgress};
use pointsman_history::{allocations, hash_key};
use pointsman_lead::{Problem, Timestamp};
use pointsman_replay::{Allocations, FlowPolicy, Maturity, Options, Policy, Report, SweepQuestion};
use pointsman_store::{LeadFilter, Options as StoreOptions, Store};
use serde::Deserialize;
use serde_json::Value;

mod aligned;
mod candidate;
mod draws;
mod exported;
mod past;
mod replays;
mod swept;
mod timeline;
mod words;

use candidate::{Candidate, present_catalog, version};
use replays::Replays;
use swept::Swept;

use aligned::PastLead;

pub(crate) use aligned::Aligned;
pub(crate) use exported::write_scenario;
pub(crate) use past::Past;

/// The baseline that is the candidate as it stands: what a sweep adds to it.
const ITSELF: &str = "candidate";

/// The name of the kind of job.
pub(crate) const KIND: &str = "simulate";

/// The kinds of jobs that the binary adds to the service.
///
/// * `options`: how the database is opened.
/// * `leads_max`: most leads of one simulation; they are held in memory.
pub(crate) fn jobs(
    database_url: &str,
    options: &StoreOptions,
    leads_max: u64,
) -> BTreeMap<String, Arc<dyn Kind>> {
    let simulate: Arc<dyn Kind> = Arc::new(Simulate {
        database_url: database_url.to_owned(),
        options: options.clone(),
        leads_max,
    });
    BTreeMap::from([(KIND.to_owned(), simulate)])
}

/// Replays the history of a flow under two of its versions.
#[derive(Debug)]
struct Simulate {
    database_url: String,
    options: StoreOptions,
    leads_max: u64,
}

/// What to replay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    flow: String,
    /// What is judged: a version, or a document that was never published.
    candidate: Candidate,
    /// Hash of the version to judge it against, or [`ITSELF`]; absent: what was done at the time.
    #[serde(default)]
    baseline: Option<String>,
    /// One number of the candidate, and the values that it takes one after the other.
    #[serde(default)]
    sweep: Option<SweepQuestion>,
    /// First moment of the history, epoch microseconds.
    #[serde(default)]
    from: Option<i64>,
    /// First moment after it.
    #[serde(default)]
    until: Option<i64>,
    /// The moment at which the question is asked, epoch microseconds: what became known later is not read. Absent: now.
    #[serde(default)]
    as_of: Option<i64>,
    /// How long a lead may take to bring what it brings; younger leads are left out.
    #[serde(default)]
    attribution_window_days: Option<u16>,
}

impl Params {
    fn maturity(&self) -> Maturity {
        let day = 24 * 3_600_000_000;
        let window = self.attribution_window_days;
        Maturity {
            window_micros: window.map_or(Maturity::WINDOW_MICROS, |days| i64::from(days) * day),
            observed_until: self.as_of.map_or_else(now, Timestamp),
            is_as_of: self.as_of.is_some(),
        }
    }
}

impl Simulate {
    /// What is too large to be replayed by a process that takes leads as well.
    async fn too_large(
        &self,
        params: &Params,
        store: &Store,
    ) -> Result<Option<Problem>, pointsman_store::Error> {
        let Params {
            flow, from, until, ..
        } = params;
        let filter = LeadFilter {
            flow: Some(flow.clone()),
            from: *from,
            until: *until,
            ..LeadFilter::default()
        };
        let read = store.read();
        if !read.has_more_leads_than(&filter, self.leads_max).await? {
            return Ok(None);
        }
        let message = format!(
            "flow `{flow}` has more than {} leads in this time",
            self.leads_max
        );
        let hint = "name a shorter time by from and until, or raise simulation_leads_max \
                    where the machine has the memory, about 6 KB a lead";
        let problem = Problem::new("too_many_leads", "scenario.flow", message);
        Ok(Some(problem.hint(hint)))
    }
}

impl Kind for Simulate {
    fn check<'a>(&'a self, params: &'a Value, store: &'a Store) -> Checked<'a> {
        Box::pin(async move {
            let found = match serde_json::from_value::<Params>(params.clone()) {
                Ok(params) => {
                    let mut found = params.candidate.problems(&params.flow);
                    found.extend(self.too_large(&params, store).await?);
                    if let Some(sweep) = &params.sweep {
                        found.extend(swept::problems(sweep, &params, store).await?);
                    }
                    found
                }
                Err(error) => vec![
                    Problem::new("malformed", "scenario", error.to_string()).hint(
                        "a scenario has flow and candidate, and may have baseline, from, until, as_of, attribution_window_days and sweep",
                    ),
                ],
            };
            Ok(found)
        })
    }

    fn run(&self, params: &Value, report: ReportProgress<'_>) -> Result<Value, String> {
        let params: Params =
            serde_json::from_value(params.clone()).map_err(|error| error.to_string())?;
        let work = async {
            let store = Store::open_read_only(&self.database_url, &self.options).await?;
            // More may have come in while the job waited.
            let compared = match self.too_large(&params, &store).await? {
                Some(problem) => Err(anyhow!(problem.message)),
                None => compare(&store, &params, report).await,
            };
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
        candidate: Candidate::Version(candidate.to_owned()),
        baseline: Some(baseline.to_owned()),
        sweep: None,
        from: None,
        until: None,
        as_of: None,
        attribution_window_days: None,
    };
    compare(store, &params, &|_| Ok(())).await
}

async fn compare(
    store: &Store,
    params: &Params,
    report: ReportProgress<'_>,
) -> anyhow::Result<Report> {
    let hash_key = hash_key(&store.read()).await?;
    let maturity = params.maturity();
    let mut past = Past::of(store, &params.flow, hash_key, (params.from, params.until));
    if maturity.is_as_of {
        past = past.known_at(maturity.observed_until);
    }
    // A sweep is as many replays as it has values: reading is the smaller part of it.
    let read = if params.sweep.is_some() { 0.3 } else { 0.9 };
    let leads = leads_of(&mut past, &params.flow, &|share| report(share * read)).await?;
    let candidate = params.candidate.program(store, &params.flow).await?;
    // Both programs are checked against the present schema, and read fields by their places in it.
    let aligned = Aligned::under(candidate.schema(), leads);
    let warnings = aligned.warnings();
    let leads = aligned.leads;
    let epochs: BTreeSet<u64> = leads.iter().filter_map(|lead| lead.epoch).collect();
    let hash = params.baseline.as_deref().filter(|hash| *hash != ITSELF);
    let baseline = match hash {
        Some(hash) => Some((hash, version(store, &params.flow, hash).await?)),
        None => None,
    };
    // Bandits of subflows draw by what is known under the names of their own flows.
    let programs = [&candidate].into_iter();
    let programs = programs.chain(baseline.as_ref().map(|(_, program)| program));
    let flows: BTreeSet<&str> = programs
        .flat_map(|program| program.nodes().map(|(node, _)| program.origin(node).flow))
        .collect();
    let allocations = allocations(&store.read(), &flows, &epochs).await?;
    let policy = |program| {
        Policy::Flow(Box::new(FlowPolicy {
            program,
            allocations: Allocations::logged(allocations.iter().cloned()),
            hash_key,
        }))
    };
    let name = params.candidate.name(&candidate);
    let document = candidate.document().clone();
    let candidate = policy(candidate);
    let (baseline, against) = match baseline {
        Some((hash, baseline)) => (policy(baseline), short(hash).to_owned()),
        None if params.baseline.is_some() => (candidate.clone(), "itself".to_owned()),
        None => (Policy::Logged, "what was done".to_owned()),
    };
    let options = Options {
        run: format!("{name} against {against}"),
        unit: document.currency.to_string(),
        destinations: past.destinations().clone(),
        maturity: Some(maturity),
        warnings,
        ..Options::default()
    };
    let replays = Replays {
        leads: &leads,
        baseline: &baseline,
        options,
        report,
    };
    let Some(question) = &params.sweep else {
        return replays.of(&candidate, [read, 1.0]);
    };
    let catalog = present_catalog(store, &document).await?;
    let swept = Swept::of(question, &document, catalog)?;
    replays.swept(&swept, &candidate, &policy, read)
}

/// The leads of a past, each with whom it is not independent of.
async fn leads_of(
    past: &mut Past<'_>,
    flow: &str,
    report: ReportProgress<'_>,
) -> anyhow::Result<Vec<PastLead>> {
    let mut leads = Vec::new();
    while let Some(mut page) = past.next_page().await? {
        leads.append(&mut page);
        report(past.share_done())?;
    }
    if leads.is_empty() {
        bail!("flow `{flow}` has no settled leads in this time");
    }
    past.cluster(&mut leads);
    Ok(leads)
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let micros = since.map_or(0, |since| since.as_micros());
    Timestamp(i64::try_from(micros).unwrap_or(i64::MAX))
}

fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}

#[cfg(test)]
mod tests {
    use pointsman_store::{LeadRow, LeadStatus, Mode};
    use serde_json::json;

    use super::*;

    fn lead(seq: i64) -> LeadRow {
        LeadRow {
            id: format!("lead_{seq}"),
            seq,
            vertical: "auto".to_owned(),
            flow: "auto".to_owned(),
            source: "web".to_owned(),
            idempotency_key: None,
            fingerprint: String::new(),
            fields_body: "{}".to_owned(),
            unit_key: String::new(),
            is_test: false,
            mode: Mode::Sync,
            status: LeadStatus::Sold,
            response_body: None,
            revenue: 0,
            received_at: seq,
            settled_at: None,
        }
    }

    #[tokio::test]
    async fn a_simulation_of_too_many_leads_is_refused_before_any_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("leads.db").display());
        let store = Store::open(&url, &pointsman_store::Options::default())
            .await
            .unwrap();
        let leads = (1..=4).map(lead).collect();
        let insert = store.write(|tx| Box::pin(async move { tx.insert_leads(leads).await }));
        insert.await.unwrap();
        let simulate = Simulate {
            database_url: url,
            options: StoreOptions::default(),
            leads_max: 3,
        };
        let codes = async |params: Value| -> Vec<String> {
            let problems = simulate.check(&params, &store).await.unwrap();
            problems.into_iter().map(|problem| problem.code).collect()
        };
        let all = json!({"flow": "auto", "candidate": "a"});
        assert_eq!(codes(all).await, ["too_many_leads"]);
        let fewer = json!({"flow": "auto", "candidate": "a", "from": 2});
        assert_eq!(codes(fewer).await, [""; 0]);
        let of_another = json!({"flow": "solar", "candidate": "a"});
        assert_eq!(codes(of_another).await, [""; 0]);
        assert_eq!(codes(json!({"flow": 1})).await, ["malformed"]);
        assert_eq!(
            codes(json!({"flow": "solar", "candidate": 1})).await,
            ["malformed"]
        );
        let of_another = json!({"flow": "solar", "candidate": {"flow": "auto", "vertical": "auto",
            "currency": "USD", "root": "a", "nodes": {"a": {"kind": "destination"}}}});
        assert_eq!(codes(of_another).await, ["wrong_flow"]);
        let broken = json!({"flow": "solar", "candidate": {"flow": "solar", "knots": {}}});
        assert!(!codes(broken).await.is_empty());
    }
}
