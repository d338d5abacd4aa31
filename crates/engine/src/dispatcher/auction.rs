//! Holds auctions: everybody is asked at once, and what is not there in time is no bid.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use pointsman_delivery::{Ask, Quote, QuoteEnd};
use pointsman_flow::ProgramDestination;
use pointsman_history::record::BidRecord;
use tokio::task::JoinSet;

use crate::{
    Dispatcher,
    active_lead::{ActiveLead, Pinging},
};

impl Dispatcher {
    /// Asks the destinations of a ping step, and gives what each of them said, in their order.
    ///
    /// It ends with the auction's deadline or the lead's, whichever comes first. A destination without
    /// a way to be asked bids its fixed price.
    pub(super) async fn ask(&self, active: &ActiveLead, pinging: &Pinging) -> Vec<BidRecord> {
        let left = active.deadline.saturating_duration_since(Instant::now());
        let budget = left.min(Duration::from_millis(pinging.deadline_ms.into()));
        let mut under_way = JoinSet::new();
        for (position, destination) in pinging.destinations.iter().enumerate() {
            let client = self.client.clone();
            let ask = Ask::new(
                active.route.program.schema(),
                &active.fields,
                &active.lead_id.to_string(),
                &destination.name,
                active.route.program.document().currency,
            );
            let (destination, targets) = (destination.clone(), Arc::clone(&active.route.targets));
            under_way.spawn(async move {
                let quote = match targets.get(&destination.name) {
                    Some(target) if target.ping.is_some() => {
                        client.ping(target, &ask, budget).await
                    }
                    _ => fixed_price(&destination),
                };
                (position, quote)
            });
        }
        let mut quotes = vec![None; pinging.destinations.len()];
        while let Some(asked) = under_way.join_next().await {
            // A task that panicked brings no bid; its panic is already on the log.
            if let Ok((position, quote)) = asked {
                quotes[position] = Some(quote);
            }
        }
        let broken = || Quote::none(QuoteEnd::Failed, "the ping broke off");
        let destinations = pinging.destinations.iter();
        destinations
            .zip(quotes)
            .map(|(destination, quote)| {
                BidRecord::new(&destination.name, quote.unwrap_or_else(broken))
            })
            .collect()
    }
}

fn fixed_price(destination: &ProgramDestination) -> Quote {
    match destination.settings.price {
        Some(price) => Quote::fixed(price),
        None => Quote::none(
            QuoteEnd::Failed,
            "the destination has no ping target and no price",
        ),
    }
}
