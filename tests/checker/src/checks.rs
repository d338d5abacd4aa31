//! All checks, each of which looks at the whole history.

mod acknowledged;
mod caps;
mod money;
mod posts;
mod sales;

use std::collections::BTreeMap;

use crate::{Evidence, Report, records::BuyerEntry, stored::Delivery};

/// What a delivery's finding says of an acceptance that came when another process had its lead.
const LATE_ACCEPTANCE: &str = "accepted after the lead was taken over";

/// Makes all of them.
pub(crate) fn all(evidence: &Evidence) -> Report {
    let mut report = Report::default();
    count(evidence, &mut report);
    acknowledged::check(evidence, &mut report);
    sales::check(evidence, &mut report);
    posts::check(evidence, &mut report);
    caps::check(evidence, &mut report);
    money::check(evidence, &mut report);
    let stored = &evidence.stored;
    if stored.largest_number > stored.last_number {
        let (largest, last) = (stored.largest_number, stored.last_number);
        report.find(
            "beyond_the_order",
            format!("{largest} is stored, and {last} was the last"),
        );
    }
    if stored.health != "ok" {
        report.find("damaged", stored.health.clone());
    }
    report
}

fn count(evidence: &Evidence, report: &mut Report) {
    let stored = &evidence.stored;
    let of = |state: &str| {
        stored
            .deliveries
            .iter()
            .filter(|it| it.state == state)
            .count()
    };
    let late = stored.deliveries.iter().filter(|it| is_late(it));
    let counts = &mut report.counts;
    counts.leads = stored.leads.len();
    counts.decisions = stored.decisions.len();
    counts.deliveries = stored.deliveries.len();
    counts.accepted = of("accepted");
    counts.held = of("held");
    counts.late_acceptances = late.count();
    counts.conversions = stored.conversions.len();
    counts.revenue = stored.leads.iter().map(|lead| lead.revenue).sum();
}

/// Whether it was accepted when another process had its lead.
fn is_late(delivery: &Delivery) -> bool {
    let finding = delivery.finding.as_deref();
    finding.is_some_and(|finding| finding.contains(LATE_ACCEPTANCE))
}

/// A post as its buyer got it.
#[derive(Debug, Clone, Copy)]
struct Post<'a> {
    buyer: &'a str,
    at: i64,
    key: &'a str,
    lead_id: &'a str,
    takes: bool,
    says: crate::records::Says,
    price: Option<i64>,
    /// When it was answered; absent: never.
    answered_at: Option<i64>,
}

/// All posts of all buyers, each buyer's in the order in which they came.
fn posts(evidence: &Evidence) -> Vec<Post<'_>> {
    let mut posts: Vec<Post<'_>> = Vec::new();
    for (buyer, entries) in &evidence.buyers {
        // The posts under a key that wait for their answer; the first to come is the first to be answered.
        let mut waiting: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for entry in entries {
            match entry {
                BuyerEntry::Received {
                    at,
                    key,
                    lead_id,
                    click_id: _,
                    takes,
                    says,
                    price,
                } => {
                    waiting.entry(key).or_default().push(posts.len());
                    posts.push(Post {
                        buyer,
                        at: *at,
                        key,
                        lead_id,
                        takes: *takes,
                        says: *says,
                        price: *price,
                        answered_at: None,
                    });
                }
                BuyerEntry::Answered { at, key } => {
                    let first = waiting.get_mut(&**key).filter(|those| !those.is_empty());
                    if let Some(those) = first {
                        posts[those.remove(0)].answered_at = Some(*at);
                    }
                }
                BuyerEntry::Reported { .. } => {}
            }
        }
    }
    posts
}
