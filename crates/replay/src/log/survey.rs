//! The first look at a log: what it holds, and all that is wrong with it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use pointsman_lead::{Field, Schema};

use super::{
    Available, Log, LogOffer, LogPing,
    cells::Cells,
    fields::{FieldReader, Guess},
    findings::Findings,
    read::{Rows, is_always_there},
};
use crate::Error;

/// What a log holds, after all of its rows have been read once.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Rows in the file.
    pub n_rows: u64,
    /// Leads in the file.
    pub n_leads: u64,
    /// Offers whose reward is empty; they count as 0.
    pub n_without_reward: u64,
    /// The fields as their values look, without the always-there ones; empty if a schema was given.
    pub declared: Vec<Field>,
    /// Every destination that was offered or said to be free.
    pub destinations: BTreeSet<Arc<str>>,
    /// Rows of each lead, for logs where a column says which rows belong together.
    pub(crate) rows_of_leads: HashMap<Arc<str>, u32>,
}

/// Guesses at the fields of a log, column by column.
struct Guesses(Vec<(String, String, Guess)>);

impl Guesses {
    fn new(field_columns: &[(String, String)]) -> Self {
        let declared = field_columns
            .iter()
            .filter(|(field, _)| !is_always_there(field));
        Self(
            declared
                .map(|(field, column)| (field.clone(), column.clone(), Guess::new()))
                .collect(),
        )
    }

    fn see(&mut self, frame: &polars::prelude::DataFrame) -> polars::prelude::PolarsResult<()> {
        for (_, column, guess) in &mut self.0 {
            let cells = Cells::of(frame, column)?;
            (0..frame.height())
                .filter_map(|row| cells.text(row))
                .for_each(|text| guess.see(&text));
        }
        Ok(())
    }
}

pub(super) fn survey(log: &Log, schema: Option<&Schema>) -> Result<Survey, Error> {
    let mut survey = Survey::default();
    let mut findings = Findings::default();
    let field_columns = log.field_columns();
    let mut guesses = Guesses::new(if schema.is_some() {
        &[]
    } else {
        &field_columns
    });
    // Without a schema the fields cannot be parsed yet; the rest of each row can.
    let nothing = Schema::new("none", Vec::new()).map_err(Error::Problems)?;
    let mut fields = FieldReader::new(schema.unwrap_or(&nothing), &field_columns);
    let mut rows = Rows::new(log);
    for frame in log.table().frames(&log.columns_read()) {
        let frame = frame?;
        let failed = |source| log.failed(source);
        guesses.see(&frame).map_err(failed)?;
        let first_row = survey.n_rows + 1;
        match &mut rows {
            Rows::Own(reader) => {
                let leads = reader
                    .read(&frame, first_row, &mut fields, &mut findings)
                    .map_err(failed)?;
                for lead in &leads {
                    lead.offers.iter().for_each(|offer| survey.see(offer));
                    lead.pings.iter().for_each(|ping| survey.see_ping(ping));
                    lead.end
                        .iter()
                        .for_each(|end| survey.see_available(end.available.as_ref()));
                }
                survey.n_leads += leads.len() as u64;
            }
            Rows::Flat(reader) => {
                let rows = reader
                    .read(&frame, first_row, &mut fields, &mut findings)
                    .map_err(failed)?;
                for row in &rows {
                    survey.see(&row.offer);
                    survey.see_lead(row.lead_id.as_deref());
                }
            }
        }
        survey.n_rows += frame.height() as u64;
    }
    if survey.n_rows == 0 {
        findings.note("log_empty", "rows", 0, None, || {
            "the log has no rows".to_owned()
        });
    }
    findings.to_result()?;
    survey.n_without_reward = rows.n_without_reward();
    survey.declared = guesses
        .0
        .iter()
        .map(|(field, _, guess)| guess.field(field))
        .collect();
    Ok(survey)
}

impl Survey {
    fn see(&mut self, offer: &LogOffer) {
        if !self.destinations.contains(&offer.destination) {
            self.destinations.insert(Arc::clone(&offer.destination));
        }
        self.see_available(offer.available.as_ref());
    }

    fn see_ping(&mut self, ping: &LogPing) {
        self.destinations.extend(ping.asked.iter().cloned());
        self.see_available(ping.available.as_ref());
    }

    fn see_available(&mut self, available: Option<&Available>) {
        for name in available.into_iter().flat_map(|available| available.iter()) {
            if !self.destinations.contains(name) {
                self.destinations.insert(Arc::clone(name));
            }
        }
    }

    fn see_lead(&mut self, lead_id: Option<&str>) {
        if let Some(n_rows) = lead_id.and_then(|lead_id| self.rows_of_leads.get_mut(lead_id)) {
            *n_rows += 1;
            return;
        }
        self.n_leads += 1;
        if let Some(lead_id) = lead_id {
            self.rows_of_leads.insert(lead_id.into(), 1);
        }
    }
}
