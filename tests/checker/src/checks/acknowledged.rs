//! What sources were told: each lead is there once, as they were told, and has come to its end.

use std::collections::BTreeMap;

use crate::{
    Evidence, Report,
    records::JournalEntry,
    stored::{Delivery, Lead},
};

/// States of a lead from which nothing more happens by itself.
const ENDS: [&str; 7] = [
    "held",
    "declined",
    "unsold",
    "sold",
    "returned",
    "duplicate",
    "suppressed",
];
/// States of a delivery from which nothing more happens by itself.
const SETTLED: [&str; 4] = ["accepted", "rejected", "not_sent", "held"];

pub(super) fn check(evidence: &Evidence, report: &mut Report) {
    let stored = &evidence.stored;
    let mut by_key: BTreeMap<(&str, &str), &Lead> = BTreeMap::new();
    for lead in &stored.leads {
        let Some(key) = &lead.idempotency_key else {
            continue;
        };
        if let Some(other) = by_key.insert((&lead.source, key), lead) {
            let what = format!("{key} of {}: {} and {}", lead.source, other.id, lead.id);
            report.find("two_leads_of_a_key", what);
        }
    }
    let mut of_lead: BTreeMap<&str, Vec<&Delivery>> = BTreeMap::new();
    for delivery in &stored.deliveries {
        of_lead.entry(&delivery.lead_id).or_default().push(delivery);
    }
    for entry in &evidence.journal {
        let JournalEntry::Acknowledged {
            at: _,
            source,
            key,
            lead_id,
            status,
            destination,
        } = entry
        else {
            continue;
        };
        report.counts.acknowledged += 1;
        let Some(lead) = by_key.get(&(&**source, &**key)) else {
            report.find(
                "lost",
                format!("{key} of {source} was acknowledged as {lead_id}"),
            );
            continue;
        };
        let deliveries = of_lead.get(&*lead.id).map_or(&[][..], Vec::as_slice);
        let told = (&**lead_id, &**status, destination.as_deref());
        if let Some(what) = differs(lead, deliveries, told) {
            report.find("told_otherwise", what);
        }
    }
    ended(evidence, report);
}

/// How what is stored differs from what was told. Later events may have changed a status, but not what a buyer took.
fn differs(
    lead: &Lead,
    deliveries: &[&Delivery],
    (id, status, destination): (&str, &str, Option<&str>),
) -> Option<String> {
    if lead.id != id {
        return Some(format!("{id} was told, and {} is stored", lead.id));
    }
    let accepted = |by: &str| {
        let mut those = deliveries.iter();
        those.any(|it| it.destination == by && it.state == "accepted")
    };
    if let Some(by) = destination.filter(|by| !accepted(by)) {
        return Some(format!("{id} was told to be sold to {by}"));
    }
    let fits = match status {
        // No more than that it is on disk.
        "queued" | "received" => true,
        "sold" => matches!(&*lead.status, "sold" | "returned"),
        // What is not known may become known.
        "held" => matches!(
            &*lead.status,
            "held" | "sold" | "unsold" | "declined" | "returned"
        ),
        other => lead.status == other,
    };
    (!fits).then(|| format!("{id} was told to be {status}, and is {}", lead.status))
}

fn ended(evidence: &Evidence, report: &mut Report) {
    let stored = &evidence.stored;
    let mut decided: BTreeMap<&str, usize> = BTreeMap::new();
    for decision in &stored.decisions {
        *decided.entry(&decision.lead_id).or_default() += 1;
        if decision.end_state.is_none() {
            report.find("not_ended", format!("the decision of {}", decision.lead_id));
        }
    }
    for lead in &stored.leads {
        let n_decisions = decided.get(&*lead.id).copied().unwrap_or(0);
        // Whoever is not taken is not decided.
        let is_passed_over = matches!(&*lead.status, "duplicate" | "suppressed");
        if n_decisions != 1 && !is_passed_over {
            report.find(
                "not_ended",
                format!("{} has {n_decisions} decisions", lead.id),
            );
        }
        if !ENDS.contains(&&*lead.status) {
            report.find("not_ended", format!("{} is {}", lead.id, lead.status));
        }
    }
    for delivery in &stored.deliveries {
        if !SETTLED.contains(&&*delivery.state) || delivery.settled_seq.is_none() {
            report.find(
                "not_ended",
                format!("{} is {}", delivery.id, delivery.state),
            );
        }
    }
}
