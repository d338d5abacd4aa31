//! What buyers got: nothing that was not on disk, once, and what they said of it is what is stored.

use std::collections::{BTreeMap, BTreeSet};

use super::{Post, is_late, posts};
use crate::{
    Evidence, Report,
    records::{JournalEntry, Says},
    stored::Delivery,
};

/// The posts of each buyer under each key, in the order in which they came.
type ByKey<'a> = BTreeMap<(&'a str, &'a str), Vec<Post<'a>>>;

pub(super) fn check(evidence: &Evidence, report: &mut Report) {
    let posts = posts(evidence);
    report.counts.posts = posts.len();
    let deliveries: BTreeMap<&str, &Delivery> = evidence
        .stored
        .deliveries
        .iter()
        .map(|it| (&*it.id, it))
        .collect();
    let mut by_key = ByKey::new();
    let mut keys: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for post in &posts {
        let Post { buyer, key, .. } = *post;
        let known = deliveries.get(key);
        if known.is_none_or(|it| it.destination != buyer || it.lead_id != post.lead_id) {
            let what = format!("{buyer} got {} under {key}", post.lead_id);
            report.find("post_without_delivery", what);
        }
        by_key.entry((buyer, key)).or_default().push(*post);
        keys.entry((buyer, post.lead_id)).or_default().insert(key);
    }
    for ((buyer, lead), keys) in keys.iter().filter(|(_, keys)| keys.len() > 1) {
        report.find("another_key", format!("{buyer} got {lead} under {keys:?}"));
    }
    duplicates(evidence, (&posts, &by_key), report);
    for delivery in &evidence.stored.deliveries {
        let got = by_key.get(&(&*delivery.destination, &*delivery.id));
        // A buyer without a ledger cannot be asked.
        let is_known = evidence.buyers.contains_key(&delivery.destination);
        if is_known && !fits(delivery, got.map_or(&[][..], Vec::as_slice)) {
            let said: Option<Vec<Says>> = got.map(|got| got.iter().map(|it| it.says).collect());
            let Delivery {
                id,
                state,
                destination,
                ..
            } = delivery;
            report.find(
                "answer_differs",
                format!("{id} is {state}, and {destination} said {said:?}"),
            );
        }
    }
}

/// Posts that a buyer had got before, where it had not asked for it, against those that were under way at a kill.
fn duplicates(
    evidence: &Evidence,
    (posts, by_key): (&[Post<'_>], &ByKey<'_>),
    report: &mut Report,
) {
    let kills = evidence.journal.iter().filter_map(|entry| match entry {
        JournalEntry::Killed { at } => Some(*at),
        JournalEntry::Acknowledged { .. } => None,
    });
    for kill in kills {
        let under_way = |post: &&Post<'_>| {
            post.at <= kill
                && post
                    .answered_at
                    .is_none_or(|answered_at| answered_at > kill)
        };
        report.counts.kills += 1;
        report.counts.in_flight_at_kills += posts.iter().filter(under_way).count();
    }
    let again = by_key.values().flat_map(|posts| posts.windows(2));
    let unasked = again.filter(|pair| pair[0].says != Says::Later || pair[0].answered_at.is_none());
    report.counts.duplicates = unasked.count();
    let (found, allowed) = (report.counts.duplicates, report.counts.in_flight_at_kills);
    if found > allowed {
        let what = format!("{found} posts came twice, and {allowed} were under way at kills");
        report.find("too_many_duplicates", what);
    }
}

/// Whether what is stored of an offer may come of what its buyer did.
fn fits(delivery: &Delivery, got: &[Post<'_>]) -> bool {
    let took = got.iter().any(|post| post.takes);
    match &*delivery.state {
        "accepted" => took,
        // One that was taken is told otherwise only by somebody who looked.
        "rejected" => got.iter().any(|post| post.says == Says::No) || delivery.was_released,
        "not_sent" => got.iter().all(|post| post.says == Says::Later) || delivery.was_released,
        "held" => !is_late(delivery) || took,
        _ => true,
    }
}
