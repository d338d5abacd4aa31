//! What the destinations of a flow say in the catalog.

use pointsman_lead::Zone;

use super::{caps, predicate::formula, scope::Scope};
use crate::{
    Catalog, Destination, Diagnostic, Document, Place, Returns,
    graph::Graph,
    inputs,
    typed_flow::{Proofs, TypedFlow},
};

pub(super) fn check(
    document: &Document,
    catalog: &Catalog,
    graph: &Graph<'_>,
    flow: &mut TypedFlow,
    (proofs, found): (Proofs, &mut Vec<Diagnostic>),
) {
    for name in graph.destinations(document) {
        let Some(settings) = catalog.destinations.get(name) else {
            continue; // Reported with the node.
        };
        let mut scope = Scope {
            schema: &catalog.schema,
            lists: &catalog.lists,
            document: None,
            place: Place::destination(name),
            proofs,
            inputs: &mut flow.inputs,
            found,
        };
        if let Some(text) = &settings.criteria
            && let Some(formula) = formula(&mut scope, "criteria", text)
        {
            flow.criteria.insert(name.to_owned(), formula);
        }
        found.extend(settings.diagnostics(name));
        if let Some(dedupe) = &settings.dedupe {
            found.extend(dedupe.diagnostics(&Place::destination(name), &catalog.schema));
        }
    }
}

impl Destination {
    /// Everything that is wrong with its caps, schedule, price and terms of returns.
    ///
    /// * `name`: its name in the catalog.
    pub fn diagnostics(&self, name: &str) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut report = |code, part: String, message: String, hint: Option<String>| {
            let place = Place::destination(name).part(part);
            let mut diagnostic = Diagnostic::error(code, place, message);
            diagnostic.hint = hint;
            found.push(diagnostic);
        };
        for (idx, cap) in self.caps.iter().enumerate() {
            caps::check_group(cap, &self.caps[..idx], &format!("caps[{idx}]"), &mut report);
            caps::check(
                cap,
                self.known_price(),
                &format!("caps[{idx}]"),
                &mut report,
            );
            zone(&cap.zone, format!("caps[{idx}].zone"), &mut report);
        }
        if let Some(schedule) = &self.schedule {
            zone(&schedule.zone, "schedule.zone".to_owned(), &mut report);
            for (idx, opening) in schedule.open.iter().enumerate() {
                let part = format!("schedule.open[{idx}]");
                if opening.days.is_empty() {
                    report(
                        "empty",
                        format!("{part}.days"),
                        "there are no days".to_owned(),
                        None,
                    );
                }
                if opening.minutes().is_none() {
                    let message = format!(
                        "`{}` to `{}` are no hours of one day",
                        opening.from, opening.to
                    );
                    let hint = "write 09:00 to 17:30, up to 24:00; split what goes over midnight";
                    report("bad_time", part, message, Some(hint.to_owned()));
                }
            }
            if schedule.open.is_empty() {
                let message = "it is never open".to_owned();
                report("empty", "schedule.open".to_owned(), message, None);
            }
        }
        if self.price.is_some_and(|price| price.0 < 0) {
            let message = "a price is not negative".to_owned();
            report("price_range", "price".to_owned(), message, None);
        }
        for (code, member, message, hint) in self.returns.iter().flat_map(Returns::problems) {
            report(code, format!("returns.{member}"), message, Some(hint));
        }
        found
    }
}

fn zone(
    zone: &str,
    part: String,
    report: &mut impl FnMut(&'static str, String, String, Option<String>),
) {
    if Zone::parse(zone).is_ok() {
        return;
    }
    let hint = match inputs::closest_zone(zone) {
        Some(zone) => format!("did you mean `{zone}`?"),
        None => "write a name that follows the clocks of a place, like America/New_York, or UTC"
            .to_owned(),
    };
    let message = format!("`{zone}` is not an IANA time zone");
    report("unknown_zone", part, message, Some(hint));
}
