//! Our own format: one row a lead, its offers in parallel lists.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_lead::Fields;
use pointsman_router::{Answer, OrderNames};
use polars::prelude::{DataFrame, PolarsResult};

use super::{
    EndKind, LogEnd, LogLead, LogOffer, LogOutlook, cells::Cells, columns::Names,
    fields::FieldReader, findings::Findings, line::Line,
};

/// The prefix of columns that hold lead fields.
pub(crate) const FIELD_PREFIX: &str = "field.";

/// All columns that are not lead fields, in the order in which they are written.
pub(crate) const COLUMNS: [&str; 17] = [
    "lead_id",
    "received_at",
    "unit_key",
    "cluster",
    "epoch",
    "offer_destination",
    "offer_propensity",
    "offer_answer",
    "offer_reward",
    "offer_available",
    "offer_outlook",
    "offer_orders",
    "end_kind",
    "end_propensity",
    "end_available",
    "end_outlook",
    "end_orders",
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
#[derive(Debug, Default)]
pub(crate) struct OwnReader {
    names: Names,
    /// Offers whose reward is not known.
    pub(crate) n_without_reward: u64,
}

/// The columns of one batch, in the order of [`COLUMNS`], and the fields.
struct Batch {
    columns: BTreeMap<&'static str, Cells>,
    fields: Vec<Cells>,
}

impl Batch {
    fn cells(&self, column: &'static str) -> &Cells {
        self.columns.get(column).unwrap_or(&Cells::Absent)
    }
}

/// The lists of one lead.
struct Offers {
    destination: Cells,
    propensity: Cells,
    answer: Cells,
    reward: Cells,
    available: Cells,
    outlook: Cells,
    orders: Cells,
}

impl OwnReader {
    /// Reads the leads of a batch; `first_row` is the number of its first one, counted from 1.
    pub(crate) fn read(
        &mut self,
        frame: &DataFrame,
        first_row: u64,
        fields: &mut FieldReader,
        findings: &mut Findings,
    ) -> PolarsResult<Vec<LogLead>> {
        let mut columns = BTreeMap::new();
        for column in COLUMNS {
            columns.insert(column, Cells::of(frame, column)?);
        }
        let batch = Batch {
            columns,
            fields: fields
                .columns()
                .map(|column| Cells::of(frame, column))
                .collect::<PolarsResult<_>>()?,
        };
        let mut leads = Vec::with_capacity(frame.height());
        for (row, number) in (0..frame.height()).zip(first_row..) {
            let at = batch.cells("received_at").time(row).ok().flatten();
            let values = fields.read(&batch.fields, row, at, Line::new(number, findings));
            leads.extend(self.lead(&batch, row, values, Line::new(number, findings)));
        }
        Ok(leads)
    }

    fn lead(
        &mut self,
        batch: &Batch,
        row: usize,
        fields: Fields,
        mut line: Line<'_>,
    ) -> Option<LogLead> {
        let lead_id = line.needed(batch.cells("lead_id"), row, "lead_id", "each row is a lead");
        let received_at = line.time(batch.cells("received_at"), row, "received_at");
        let unit_key = batch
            .cells("unit_key")
            .text(row)
            .map_or_else(|| lead_id.clone(), std::borrow::Cow::into_owned);
        let epoch = line.float(batch.cells("epoch"), row, "epoch");
        let offers = self.offers(batch, row, &mut line);
        let end = self.end(batch, row, &mut line);
        line.is_sound().then(|| LogLead {
            lead_id,
            received_at: received_at.unwrap_or_default(),
            unit_key,
            cluster: batch
                .cells("cluster")
                .text(row)
                .map(std::borrow::Cow::into_owned),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "epochs count from 0"
            )]
            epoch: epoch.map(|epoch| epoch as u64),
            fields,
            offers,
            end,
        })
    }

    fn offers(&mut self, batch: &Batch, row: usize, line: &mut Line<'_>) -> Vec<LogOffer> {
        let mut list = |column: &'static str| match batch.cells(column).list(row) {
            Ok(list) => list.unwrap_or(Cells::Absent),
            Err(unreadable) => {
                line.note(
                    "not_a_list",
                    column,
                    Some("in CSV a list is JSON text"),
                    || format!("`{}` is not a list", unreadable.0),
                );
                Cells::Absent
            }
        };
        let offers = Offers {
            destination: list("offer_destination"),
            propensity: list("offer_propensity"),
            answer: list("offer_answer"),
            reward: list("offer_reward"),
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

    fn offer(&mut self, offers: &Offers, offer: usize, line: &mut Line<'_>) -> LogOffer {
        let reward = line.float(&offers.reward, offer, "offer_reward");
        self.n_without_reward += u64::from(reward.is_none());
        let destination = line.needed(
            &offers.destination,
            offer,
            "offer_destination",
            "an offer goes to somebody",
        );
        LogOffer {
            destination: self.names.name(&destination),
            propensity: line.propensity(&offers.propensity, offer, "offer_propensity"),
            answer: line
                .answer(&offers.answer, offer, "offer_answer")
                .unwrap_or(Answer::Unknown),
            reward: reward.unwrap_or(0.0),
            available: line.available(&offers.available, offer, "offer_available", &mut self.names),
            outlook: self.outlook(&offers.outlook, offer, "offer_outlook", line),
            orders: line.orders(&offers.orders, offer, "offer_orders"),
        }
    }

    fn end(&mut self, batch: &Batch, row: usize, line: &mut Line<'_>) -> Option<LogEnd> {
        let word = batch.cells("end_kind").text(row)?;
        let Some(kind) = EndKind::from_word(&word) else {
            let hint = "write sold, declined, unsold or held";
            line.note("end_unknown", "end_kind", Some(hint), || {
                format!("`{word}` is not an end")
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
    ) -> Option<LogOutlook> {
        let text = cells.text(row)?;
        let read = serde_json::from_str::<OutlookText>(&text);
        let Ok(OutlookText {
            offers,
            declined,
            unsold,
        }) = read
        else {
            let hint = r#"write it like {"offers": {"acme": 0.5}, "declined": 0.5, "unsold": 0.0}"#;
            line.note("outlook_unreadable", column, Some(hint), || {
                format!("`{text}` is not an outlook")
            });
            return None;
        };
        let offers = offers
            .into_iter()
            .map(|(name, probability)| (self.names.name(&name), probability));
        Some(LogOutlook {
            offers: offers.collect(),
            declined,
            unsold,
        })
    }
}

/// An outlook as it stands in a file.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct OutlookText {
    offers: BTreeMap<String, f64>,
    #[serde(default)]
    declined: f64,
    #[serde(default)]
    unsold: f64,
}

/// The text of an outlook in a file.
pub(crate) fn outlook_text(outlook: &LogOutlook) -> String {
    let LogOutlook {
        offers,
        declined,
        unsold,
    } = outlook;
    let offers = offers
        .iter()
        .map(|(name, probability)| (name.to_string(), *probability))
        .collect();
    let text = OutlookText {
        offers,
        declined: *declined,
        unsold: *unsold,
    };
    // Plain maps and numbers: this cannot fail, and an empty text would be read as none.
    serde_json::to_string(&text).unwrap_or_default()
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
