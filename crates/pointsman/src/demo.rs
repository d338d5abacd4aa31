//! Shows the whole system at work: generated leads, mock buyers, late conversions, a bandit that
//! learns from them, and a replay of it all.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::bail;
use pointsman_bandit::{Objective, posteriors, weights_ppm};
use pointsman_testkit::{DESTINATIONS, GeneratedLead, World};
use tokio::sync::watch;

use crate::{
    cli::{Demo, Seeds},
    out,
    server::StopSignal,
    simulate,
};

mod caller;
mod database;
mod flows;
mod gain;
mod history;
mod market;
mod pace;
mod postbacks;
mod progress;
mod seeds;
mod site;
mod table;
mod traffic;
mod trial;

use flows::{BANDIT, FLOW};
use history::History;
use progress::Progress;
use site::Site;
use table::{ArmFacts, grouped};

/// How long the learner may take to process the last conversion.
const LEARNER_TIMEOUT: Duration = Duration::from_secs(5);

/// What everybody in the demonstration knows.
struct Run<'a> {
    site: &'a Site,
    world: World,
    leads: &'a [GeneratedLead],
    progress: Arc<Progress>,
}

/// Runs the demonstration, and stays up after it unless `--exit` says otherwise.
///
/// # Errors
///
/// Anything that fails, a decision that cannot be reproduced, or rewards that do not add up.
pub(crate) async fn run(demo: Demo) -> anyhow::Result<()> {
    if let Some(Seeds(seeds)) = &demo.seeds {
        return tokio::task::block_in_place(|| seeds::run(seeds.clone(), demo.leads));
    }
    let (world, leads) = pace::leads(demo.seed, demo.leads);
    let zenith_a_day = pace::zenith_a_day(demo.leads);
    let site = Site::open(&demo, world, || pace::clock(&leads), zenith_a_day).await?;
    let mut stop_signal = StopSignal::listen()?;
    out::note(format!(
        "listening on {0}; open it in a browser, no sign-in is needed",
        site.base
    ));
    let progress = Arc::new(Progress::new(leads.len())?);
    let run = Run {
        site: &site,
        world,
        leads: &leads,
        progress,
    };
    let shown = tokio::select! {
        shown = show(&run) => Some(shown),
        () = stop_signal.received() => None,
        broken = site.platform.engine.wait_for_broken() => Some(Err(broken.into())),
    };
    if let Some(Ok(())) = shown
        && !demo.exit
    {
        print_addresses(&site);
        stop_signal.received().await;
    }
    out::note("stopping");
    site.close().await?;
    shown.unwrap_or(Ok(()))
}

async fn show(run: &Run<'_>) -> anyhow::Result<()> {
    send(run).await?;
    let Run {
        site,
        world,
        leads,
        progress,
    } = run;
    let history = History::read(site.platform.engine.store().read(), leads, *world).await?;
    out::data(format!("\nseed {}, {} days", world.seed(), pace::DAYS));
    out::data(table::totals(&history, progress.postbacks()));
    out::data(format!(
        "\nbandit `{BANDIT}` on good leads, with the true values; it maximises what the whole walk earns\n"
    ));
    out::data(table::arms(&history, &arm_facts(site, *world)));
    out::data(table::gain(&history.gain));
    out::data(
        "version 2 (the trial ends: every good lead goes to the bandit) against version 1, replayed over these leads\n",
    );
    let [first, second] = &site.versions;
    let report =
        simulate::compare_versions(site.platform.engine.store(), FLOW, first, second).await?;
    out::data(pointsman_replay::render_text(&[report]));
    verify(site).await
}

/// Sends the leads, and their conversions back.
async fn send(run: &Run<'_>) -> anyhow::Result<()> {
    let (sent, is_sent) = watch::channel(false);
    let sources = async {
        if let Some(first) = run.leads.first() {
            pace::until(&run.site.platform.engine.clock(), first.at).await;
        }
        let started = Instant::now();
        traffic::send(run).await?;
        sent.send_replace(true);
        anyhow::Ok(started.elapsed().as_secs_f64())
    };
    let (seconds, n_late) = tokio::try_join!(sources, postbacks::report(run, is_sent))?;
    run.progress.finish();
    // Whoever looks on from here must find the last days still the last.
    run.site.platform.engine.clock().slow_down();
    let n_leads = u64::try_from(run.leads.len())?;
    let rate = table::count(n_leads) / seconds;
    out::note(format!(
        "{} leads in {seconds:.1} s, {rate:.0} a second",
        grouped(n_leads)
    ));
    out::note(format!(
        "then {} later postbacks, in order and without waiting",
        grouped(n_late)
    ));
    Ok(())
}

/// The truth about each arm, and what the bandit thinks of it by now.
fn arm_facts(site: &Site, world: World) -> Vec<ArmFacts> {
    let state = site.platform.engine.learner().state();
    let node = state.node(FLOW, BANDIT).cloned().unwrap_or_default();
    let as_of = site.platform.engine.clock().now().0;
    let learner = site.platform.engine.learner();
    let config = learner.config();
    let objective = Objective::NetRevenue;
    let beliefs = posteriors(&node, "", &DESTINATIONS, objective, as_of, config);
    let chances: Vec<f64> = beliefs.iter().map(|belief| belief.best).collect();
    let weights = weights_ppm(&chances, config.focus, flows::EXPLORE_PPM);
    let facts = DESTINATIONS
        .into_iter()
        .zip(weights)
        .map(|(name, weight_ppm)| ArmFacts {
            name,
            true_own: world.expected_value_where(name, flows::is_good),
            true_walk: world.first_value_where(name, &DESTINATIONS, flows::is_good),
            weight_ppm,
        });
    facts.collect()
}

/// Runs every decision again, and adds up all rewards again.
async fn verify(site: &Site) -> anyhow::Result<()> {
    let store = site.platform.engine.store();
    let found = pointsman_history::verify(store, &mut |_| ()).await?;
    out::data(format!(
        "decisions    {} of {} reproduced from the database, {} availability bits with them",
        grouped(found.reproduced),
        grouped(found.decisions),
        grouped(found.availability_bits),
    ));
    let rebuilt = pointsman_history::rebuild(store).await?;
    let deadline = Instant::now() + LEARNER_TIMEOUT;
    while site.platform.engine.learner().state() != rebuilt && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let is_equal = site.platform.engine.learner().state() == rebuilt;
    let word = if is_equal { "equals" } else { "DIFFERS FROM" };
    out::data(format!(
        "rewards      the learner's total {word} the total of the database"
    ));
    if let Some(mismatch) = found.mismatches.first() {
        bail!("a decision was not reproduced: {mismatch:?}");
    }
    if !found.is_reproduced() || !is_equal {
        bail!("the run cannot be reproduced from its database");
    }
    if let Some(parked) = store
        .read()
        .parked_postbacks(&pointsman_store::ParkedPostbackFilter::default(), None, 1)
        .await?
        .items
        .first()
    {
        bail!("a postback of click {} is still parked", parked.click_id);
    }
    Ok(())
}

fn print_addresses(site: &Site) {
    let Site {
        base,
        source_token,
        postback_token,
        database,
        ..
    } = site;
    out::data(format!(
        "\nconsole      {base}/?range=30d\n\
         GraphiQL     {base}/graphiql\n\
         GraphQL      {base}/graphql\n\
         leads        POST {base}/v1/leads, with `Authorization: Bearer {source_token}`\n\
         postbacks    GET {base}/v1/postbacks/{postback_token}?click_id=…&payout=…\n\
         database     {}\n",
        database.path().display(),
    ));
    out::note("stop with Ctrl-C");
}
