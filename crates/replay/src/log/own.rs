//! Our own format: one row a lead, its offers in parallel lists.

mod offer_payments;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use foldhash::fast::RandomState;
use pointsman_lead::Fields;
use pointsman_ledger::OrderNames;
use pointsman_router::{Answer, UnitHashes};

use super::{
    EndKind, LogEnd, LogLead, LogOffer, LogOutlook, Payment,
    batch::Batch,
    cells::{Cells, Entries},
    columns::Names,
    fields::FieldReader,
    findings::{Findings, Noted},
    line::Line,
    payments,
    pings::{self, PINGS},
    shown,
    timeline::{self, TIMELINE},
    times::Times,
};
use offer_payments::payments_of;

/// The column that says when offers brought what they brought.
pub(crate) const PAYMENTS: &str = "offer_payments";
/// The prefix of columns that hold lead fields.
pub(crate) const FIELD_PREFIX: &str = "field.";

/// All columns that are not lead fields, in the order in which they are written.
pub(crate) const COLUMNS: [&str; 21] = [
    "lead_id",
    "received_at",
    "unit_key",
    "unit_hashes",
    "cluster",
    "epoch",
    "offer_destination",
    "offer_propensity",
    "offer_answer",
    "offer_reward",
    PAYMENTS,
    "offer_available",
    "offer_outlook",
    "offer_orders",
    PINGS,
    "end_kind",
    "end_propensity",
    "end_available",
    "end_outlook",
    "end_orders",
    TIMELINE,
];

/// The columns without which a file is not a log.
pub(crate) const NEEDED: [&str; 5] = [
    "lead_id",
    "received_at",
    "offer_destination",
    "offer_propensity",
    "offer_answer",
];

/// Reads the leads of batches. Rows with a mistake are noted and left out.
#[derive(Debug)]
pub(crate) struct OwnReader {
    names: Names,
    times: Times,
    /// What is told of a step is the same for many leads, and is read and kept once.
    outlooks: HashMap<String, Arc<LogOutlook>, RandomState>,
    /// Offers whose reward is not known.
    pub(crate) n_without_reward: u64,
    /// Rows whose time a clock change makes doubtful.
    pub(crate) doubtful_times: Noted,
}

/// The lists of one lead.
struct Offers<'a> {
    destination: Entries<'a>,
    propensity: Entries<'a>,
    answer: Entries<'a>,
    reward: Entries<'a>,
    payments: Entries<'a>,
    available: Entries<'a>,
    outlook: Entries<'a>,
    orders: Entries<'a>,
}

impl OwnReader {
    pub(crate) fn new(times: Times) -> Self {
        Self {
            names: Names::default(),
            times,
            outlooks: HashMap::default(),
            n_without_reward: 0,
            doubtful_times: Noted::default(),
        }
    }

    /// Reads the leads of a batch.
    pub(crate) fn read(
        &mut self,
        batch: &Batch,
        fields: &mut FieldReader,
        findings: &mut Findings,
    ) -> Vec<LogLead> {
        let field_cells = fields.cells(batch);
        let mut leads = Vec::with_capacity(batch.numbers.len());
        for (row, &number) in batch.numbers.iter().enumerate() {
            let at = batch.cells("received_at").known_time(row, &self.times);
            let values = fields.read(&field_cells, row, at, Line::new(number, findings));
            leads.extend(self.lead(batch, row, values, Line::new(number, findings)));
        }
        leads
    }

    fn lead(
        &mut self,
        batch: &Batch,
        row: usize,
        fields: Fields,
        mut line: Line<'_>,
    ) -> Option<LogLead> {
        let lead_id = line.there(batch.cells("lead_id"), row, "lead_id", "each row is a lead");
        let lead_id = lead_id.unwrap_or_default().into_owned();
        let received_at = line.time(
            batch.cells("received_at"),
            row,
            "received_at",
            &self.times,
            &mut self.doubtful_times,
        );
        let unit_key = batch.cells("unit_key").text(row);
        let unit_key = unit_key.map_or_else(|| lead_id.clone(), std::borrow::Cow::into_owned);
        let unit_hashes = unit_hashes(batch.cells("unit_hashes"), row, &mut line);
        let epoch = line.count(batch.cells("epoch"), row, "epoch");
        let offers = self.offers(batch, row, &mut line);
        let pings = batch.cells(PINGS).text(row);
        let pings = pings.map(|text| pings::read(&text, &mut self.names, &mut line));
        let end = self.end(batch, row, &mut line);
        let timeline = batch.cells(TIMELINE).text(row);
        let timeline = timeline.and_then(|text| timeline::read(&text, &mut line));
        let lead = LogLead {
            lead_id,
            received_at: received_at.unwrap_or_default(),
            unit_key,
            unit_hashes,
            cluster: batch
                .cells("cluster")
                .text(row)
                .map(std::borrow::Cow::into_owned),
            epoch,
            fields,
            offers,
            pings: pings.unwrap_or_default(),
            end,
            timeline,
        };
        timeline::check(&lead, &mut line);
        line.is_sound().then_some(lead)
    }

    fn offers(&mut self, batch: &Batch, row: usize, line: &mut Line<'_>) -> Vec<LogOffer> {
        let mut list = |column: &'static str| match batch.cells(column).list(row) {
            Ok(list) => list.unwrap_or_else(Entries::none),
            Err(unreadable) => {
                let hint = Some("in CSV a list is JSON text");
                line.note("not_a_list", column, hint, || {
                    format!("{} is not a list", shown::value(&unreadable.0))
                });
                Entries::none()
            }
        };
        let offers = Offers {
            destination: list("offer_destination"),
            propensity: list("offer_propensity"),
            answer: list("offer_answer"),
            reward: list("offer_reward"),
            payments: list(PAYMENTS),
            available: list("offer_available"),
            outlook: list("offer_outlook"),
            orders: list("offer_orders"),
        };
        let n_offers = offers.destination.len();
        let uneven = [&offers.propensity, &offers.answer]
            .into_iter()
            .any(|list| list.len() != n_offers);
        if uneven {
            line.note("offers_uneven", "offer_destination", None, || {
                "the lists of destinations, propensities and answers differ in length".to_owned()
            });
            return Vec::new();
        }
        (0..n_offers)
            .map(|offer| self.offer(&offers, offer, line))
            .collect()
    }

    fn offer(&mut self, offers: &Offers<'_>, offer: usize, line: &mut Line<'_>) -> LogOffer {
        let reward = line.float(
            offers.reward.cells(),
            offers.reward.row(offer),
            "offer_reward",
        );
        self.n_without_reward += u64::from(reward.is_none());
        let destination = line.there(
            offers.destination.cells(),
            offers.destination.row(offer),
            "offer_destination",
            "an offer goes to somebody",
        );
        let Offers {
            propensity,
            answer,
            available,
            outlook,
            orders,
            ..
        } = offers;
        LogOffer {
            destination: self.names.name(destination.as_deref().unwrap_or_default()),
            propensity: line.propensity(
                propensity.cells(),
                propensity.row(offer),
                "offer_propensity",
            ),
            answer: line
                .answer(
                    answer.cells(),
                    answer.row(offer),
                    "offer_answer",
                    &BTreeMap::new(),
                )
                .unwrap_or(Answer::Unknown),
            reward: reward.unwrap_or(0.0),
            payments: payments_of(&offers.payments, offer, reward, line),
            available: line.available(
                available.cells(),
                available.row(offer),
                "offer_available",
                &mut self.names,
            ),
            outlook: self.outlook(outlook.cells(), outlook.row(offer), "offer_outlook", line),
            orders: line.orders(orders.cells(), orders.row(offer), "offer_orders"),
        }
    }

    fn end(&mut self, batch: &Batch, row: usize, line: &mut Line<'_>) -> Option<LogEnd> {
        let word = batch.cells("end_kind").text(row)?;
        let Some(kind) = EndKind::from_word(&word) else {
            let hint = "write sold, declined, unsold or held";
            line.note("end_unknown", "end_kind", Some(hint), || {
                format!("{} is not an end", shown::value(&word))
            });
            return None;
        };
        Some(LogEnd {
            kind,
            propensity: line.propensity(batch.cells("end_propensity"), row, "end_propensity"),
            available: line.available(
                batch.cells("end_available"),
                row,
                "end_available",
                &mut self.names,
            ),
            outlook: self.outlook(batch.cells("end_outlook"), row, "end_outlook", line),
            orders: line.orders(batch.cells("end_orders"), row, "end_orders"),
        })
    }

    fn outlook(
        &mut self,
        cells: &Cells,
        row: usize,
        column: &'static str,
        line: &mut Line<'_>,
    ) -> Option<Arc<LogOutlook>> {
        let text = cells.text(row)?;
        if let Some(known) = self.outlooks.get(&*text) {
            return Some(Arc::clone(known));
        }
        let Ok(outlook) = serde_json::from_str::<OutlookText>(&text) else {
            let hint = r#"write it like {"offers": {"acme": 0.5}, "declined": 0.5, "unsold": 0.0}"#;
            line.note("outlook_unreadable", column, Some(hint), || {
                format!("{} is not an outlook", shown::value(&text))
            });
            return None;
        };
        let outlook = Arc::new(outlook_of(outlook, &mut self.names));
        // Those that do not repeat must not fill the memory.
        if self.outlooks.len() >= 65_536 {
            self.outlooks.clear();
        }
        let text = text.into_owned();
        self.outlooks.insert(text, Arc::clone(&outlook));
        Some(outlook)
    }
}

/// The hashes of sticky values; none where the log says nothing.
fn unit_hashes(cells: &Cells, row: usize, line: &mut Line<'_>) -> UnitHashes {
    let Some(text) = cells.text(row) else {
        return UnitHashes::new();
    };
    serde_json::from_str(&text).unwrap_or_else(|_| {
        let hint = r#"write it like {"email": "0123456789abcdef0123456789abcdef"}"#;
        line.note("unit_hashes_unreadable", "unit_hashes", Some(hint), || {
            format!("{} is not hashes by field", shown::value(&text))
        });
        UnitHashes::new()
    })
}

/// The text of the hashes of sticky values in a file; none where there are none.
pub(crate) fn unit_hashes_text(hashes: &UnitHashes) -> Option<String> {
    let text = (!hashes.is_empty()).then(|| serde_json::to_string(hashes));
    text.and_then(Result::ok)
}

/// An outlook as it stands in a file.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutlookText {
    offers: BTreeMap<String, f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pings: Vec<(Vec<String>, f64)>,
    #[serde(default)]
    declined: f64,
    #[serde(default)]
    unsold: f64,
}

pub(super) fn outlook_of(text: OutlookText, names: &mut Names) -> LogOutlook {
    let OutlookText {
        offers,
        pings,
        declined,
        unsold,
    } = text;
    let offers = offers
        .into_iter()
        .map(|(name, probability)| (names.name(&name), probability));
    let offers = offers.collect();
    let pings = pings.into_iter().map(|(asked, probability)| {
        let asked = asked.iter().map(|name| names.name(name));
        (asked.collect(), probability)
    });
    LogOutlook {
        offers,
        pings: pings.collect(),
        declined,
        unsold,
    }
}

pub(super) fn text_of_outlook(outlook: &LogOutlook) -> OutlookText {
    let LogOutlook {
        offers,
        pings,
        declined,
        unsold,
    } = outlook;
    let offers = offers
        .iter()
        .map(|(name, probability)| (name.to_string(), *probability));
    let pings = pings.iter().map(|(asked, probability)| {
        let asked = asked.iter().map(ToString::to_string);
        (asked.collect(), *probability)
    });
    OutlookText {
        offers: offers.collect(),
        pings: pings.collect(),
        declined: *declined,
        unsold: *unsold,
    }
}

/// The text of an outlook in a file.
pub(crate) fn outlook_text(outlook: &LogOutlook) -> String {
    // Plain maps and numbers: this cannot fail, and an empty text would be read as none.
    serde_json::to_string(&text_of_outlook(outlook)).unwrap_or_default()
}

/// The text of the orders of rotations in a file.
pub(crate) fn orders_text(orders: &OrderNames) -> String {
    serde_json::to_string(orders).unwrap_or_default()
}

/// The text of a set of destinations in a file.
pub(crate) fn available_text(available: &[Arc<str>]) -> String {
    let names: Vec<&str> = available.iter().map(|name| &**name).collect();
    serde_json::to_string(&names).unwrap_or_default()
}
