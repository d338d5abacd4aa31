//! Each lead is sold once: by what is stored, and by what buyers have.

use std::collections::{BTreeMap, BTreeSet};

use super::{is_late, posts};
use crate::{Evidence, Report};

pub(super) fn check(evidence: &Evidence, report: &mut Report) {
    // Late acceptances are listed as such: the lead may have been passed on before they came.
    let late: BTreeSet<(&str, &str)> = evidence
        .stored
        .deliveries
        .iter()
        .filter(|it| is_late(it))
        .map(|it| (&*it.lead_id, &*it.destination))
        .collect();
    let mut sold: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for delivery in &evidence.stored.deliveries {
        let (lead, destination) = (&*delivery.lead_id, &*delivery.destination);
        if delivery.state == "accepted" && !late.contains(&(lead, destination)) {
            sold.entry(lead).or_default().insert(destination);
        }
    }
    let mut taken: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for post in posts(evidence) {
        if post.takes && !late.contains(&(post.lead_id, post.buyer)) {
            taken.entry(post.lead_id).or_default().insert(post.buyer);
        }
    }
    for (whose, by) in [("stored as sold to", &sold), ("taken by", &taken)] {
        for (lead, those) in by.iter().filter(|(_, those)| those.len() > 1) {
            let those: Vec<&str> = those.iter().copied().collect();
            report.find(
                "sold_twice",
                format!("{lead} is {whose} {}", those.join(" and ")),
            );
        }
    }
    for lead in &evidence.stored.leads {
        let has_sale =
            sold.contains_key(&*lead.id) || late.iter().any(|(late_lead, _)| *late_lead == lead.id);
        if lead.status == "sold" && !has_sale {
            report.find("answer_differs", format!("{} is sold to nobody", lead.id));
        }
    }
}
