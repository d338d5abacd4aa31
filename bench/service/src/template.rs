//! A few hundred real leads, from which all others are copied.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Result, ensure};
use pointsman_engine::{LeadState, Mode};
use pointsman_history::ManualClock;
use pointsman_lead::Timestamp;
use pointsman_store::DeliveryState;

use crate::{buyers::Buyers, platform::Platform, report::Bar, site, url::Url};

/// Leads that are sent; the history is copies of these.
pub(crate) const N_LEADS: u64 = 200;
/// Of so many sold leads one brings a postback.
const SOLD_PER_POSTBACK: u64 = 3;

/// When the leads of a history come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The first one.
    pub(crate) start: Timestamp,
    /// Microseconds from one to the next, whole milliseconds.
    pub(crate) gap: i64,
}

impl Pace {
    /// So many leads in a year that ends an hour ago.
    pub(crate) fn of(n_leads: u64, now: Timestamp) -> Result<Self> {
        const HOUR: i64 = 3_600_000_000;
        let year = 365 * 24 * HOUR;
        let gap = year / i64::try_from(n_leads)? / 1_000 * 1_000;
        ensure!(gap >= 2_000, "a year is too short for {n_leads} leads");
        let length = gap * i64::try_from(n_leads)?;
        Ok(Self {
            start: Timestamp((now.0 - HOUR - length) / 1_000 * 1_000),
            gap,
        })
    }
}

/// Sends the leads, one after the other, each at its time.
///
/// * `n_catalogs`: how often what decisions read was revised before.
pub(crate) async fn make(url: &Url, pace: Pace, n_catalogs: u64) -> Result<()> {
    let clock = ManualClock::new(pace.start);
    let buyers = Buyers::start(Duration::ZERO).await?;
    let platform = Platform::open(url, (&clock).into()).await?;
    site::configure(&platform.control, &buyers, n_catalogs).await?;
    let bar = Bar::new("sending leads", N_LEADS);
    let (mut at, mut n_sold) = (pace.start, 0);
    for n in 0..N_LEADS {
        clock.set(at);
        let request = site::lead(n, format!("template-{n}"), Mode::Sync);
        let outcome = platform.engine.intake().submit(request).await?;
        if outcome.status == LeadState::Sold {
            n_sold += 1;
            if n_sold % SOLD_PER_POSTBACK == 0 {
                clock.set(at.plus(pace.gap / 2));
                report(&platform, &outcome.lead_id.to_string()).await?;
            }
        }
        at = at.plus(pace.gap);
        bar.add(1);
    }
    bar.done();
    ensure!(n_sold > 0, "no lead was sold");
    platform.stop().await
}

/// Reports the sale of a lead.
async fn report(platform: &Platform, lead_id: &str) -> Result<()> {
    let read = platform.engine.store().read();
    let deliveries = read.deliveries_of_leads(&[lead_id.to_owned()]).await?;
    let sold = |state: DeliveryState| state == DeliveryState::Accepted;
    for delivery in deliveries.into_iter().filter(|it| sold(it.state)) {
        let params = BTreeMap::from([
            ("click_id".to_owned(), delivery.click_id),
            ("payout".to_owned(), "3.25".to_owned()),
            ("txid".to_owned(), "1".to_owned()),
        ]);
        let postbacks = platform.engine.postbacks();
        postbacks.report(&params, None, Vec::new()).await?;
    }
    Ok(())
}
