//! All measurements, in turns, so that what else the machine does falls on everybody.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};

use crate::{
    bare,
    child::{self, BuyerProcess},
    door::Door,
    load::{Load, LoadSpec},
    options::Options,
    report,
    rows::Stored,
    server::Server,
    service::Service,
    shadow,
    site::{Setup, Site},
    span::{Spans, median},
};

/// Leads a measurement.
const N_DECIDED: usize = 60_000;
const N_SOLD: usize = 24_000;
/// How much shorter a quick run is.
const QUICK: usize = 20;

/// One round of one setup.
#[derive(Debug, Clone, Copy)]
struct Round {
    ours: Load,
    /// Two servers on one database, which only PostgreSQL has.
    two: Option<Load>,
    door: Load,
    bare_per_s: f64,
    open: Load,
    /// How long the transactions of the door take at the rate of the open loop.
    commits: Spans,
}

/// Measures everything, and prints it.
pub(crate) fn all(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let buyer = BuyerProcess::start().await?;
        let site = Site::open(options, &buyer.url).await?;
        if options.shadow {
            return shadow::all(options, &site, |setup| n_leads(options, setup)).await;
        }
        let mut results = Vec::new();
        for &clients in &options.clients {
            for &setup in &options.setups {
                results.push(measure(options, &site, setup, clients).await?);
            }
        }
        report::print(&results, &site, options)
    })
}

fn n_leads(options: &Options, setup: Setup) -> usize {
    let usual = match setup {
        Setup::Decided => N_DECIDED,
        Setup::Sold => N_SOLD,
    };
    let usual = if options.quick { usual / QUICK } else { usual };
    options.leads.unwrap_or(usual)
}

async fn measure(
    options: &Options,
    site: &Site,
    setup: Setup,
    clients: usize,
) -> Result<report::Measured> {
    let leads = n_leads(options, setup);
    let mut rounds = Vec::new();
    for n in 1..=options.rounds {
        report::note(&format!(
            "{}, {clients} clients, round {n} of {}",
            setup.name(),
            options.rounds
        ));
        rounds.push(round(site, setup, clients, leads).await?);
    }
    Ok(summed(setup, clients, &rounds))
}

async fn round(site: &Site, setup: Setup, clients: usize, leads: usize) -> Result<Round> {
    let spec = |servers: &[Server], rate: Option<f64>| LoadSpec {
        addresses: servers.iter().map(|server| server.address).collect(),
        flow: setup.name().to_owned(),
        token: site.token.clone(),
        clients,
        leads: if rate.is_some() { leads / 2 } else { leads },
        rate,
    };
    let (ours, stored) = serve(site, setup, &spec, (1, None)).await?;
    let stored = stored.context("the service stores what it takes")?;
    ensure!(stored.leads.len() == leads, "some leads are not stored");
    let bare_per_s = bare::measure(&site.database("bare").await?, &stored).await?;
    site.remove("bare").await?;
    let (door, _) = knock(site, &stored, &spec, None).await?;
    let two = if site.is_shared() {
        Some(serve(site, setup, &spec, (2, None)).await?.0)
    } else {
        None
    };
    let half = Some(ours.leads_per_s / 2.0);
    let (open, _) = serve(site, setup, &spec, (1, half)).await?;
    let (_, commits) = knock(site, &stored, &spec, half).await?;
    Ok(Round {
        ours,
        two,
        door,
        bare_per_s,
        open,
        commits,
    })
}

/// Sends leads to the service, and gives what it has stored of a closed loop.
///
/// * `n_servers`: on one database, all in this process.
async fn serve(
    site: &Site,
    setup: Setup,
    spec: &impl Fn(&[Server], Option<f64>) -> LoadSpec,
    (n_servers, rate): (usize, Option<f64>),
) -> Result<(Load, Option<Arc<Stored>>)> {
    let url = site.database("ours").await?;
    let (mut services, mut servers) = (Vec::new(), Vec::new());
    for n in 1..=n_servers {
        let service = Service::start(&url, &format!("bench-{n}")).await?;
        servers.push(Server::start(service.router()).await?);
        services.push(service);
    }
    let load = child::load(&spec(&servers, rate)).await?;
    for server in servers {
        server.stop().await?;
    }
    for service in services {
        service.stop().await?;
    }
    let stored = Stored::read(&url).await?;
    ensure!(
        stored
            .leads
            .iter()
            .all(|lead| lead.answer.contains(setup.answer())),
        "a lead did not end as it should"
    );
    site.remove("ours").await?;
    Ok((load, rate.is_none().then(|| Arc::new(stored))))
}

/// Sends leads to the door.
async fn knock(
    site: &Site,
    stored: &Arc<Stored>,
    spec: &impl Fn(&[Server], Option<f64>) -> LoadSpec,
    rate: Option<f64>,
) -> Result<(Load, Spans)> {
    let url = site.database("door").await?;
    let (door, router) = Door::open(&url, stored).await?;
    let server = Server::start(router).await?;
    let servers = [server];
    let load = child::load(&spec(&servers, rate)).await?;
    for server in servers {
        server.stop().await?;
    }
    let commits = door.close().await?;
    site.remove("door").await?;
    Ok((load, commits))
}

fn summed(setup: Setup, clients: usize, rounds: &[Round]) -> report::Measured {
    let middle = |of: fn(&Round) -> f64| median(rounds.iter().map(of).collect());
    report::Measured {
        setup: setup.name(),
        clients,
        leads_per_s: middle(|it| it.ours.leads_per_s),
        share_of_bare: middle(|it| it.ours.leads_per_s / it.bare_per_s),
        share_of_door: middle(|it| it.ours.leads_per_s / it.door.leads_per_s),
        two_of_one: rounds
            .iter()
            .map(|it| Some(it.two?.leads_per_s / it.ours.leads_per_s))
            .collect::<Option<_>>()
            .map(median),
        p50_ms: middle(|it| it.ours.spans.p50_ms),
        p99_ms: middle(|it| it.ours.spans.p99_ms),
        bare_per_s: middle(|it| it.bare_per_s),
        door_per_s: middle(|it| it.door.leads_per_s),
        open_per_s: middle(|it| it.open.leads_per_s),
        open_p50_ms: middle(|it| it.open.spans.p50_ms),
        open_p99_ms: middle(|it| it.open.spans.p99_ms),
        open_commit_p50_ms: middle(|it| it.commits.p50_ms),
    }
}
