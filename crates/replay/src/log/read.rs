//! Reading a log file: opened, looked through once, and its leads one batch after the other.

use std::{panic::resume_unwind, path::Path, sync::mpsc::sync_channel, thread};

use pointsman_lead::{Problem, Schema, Value};

use super::{
    Format, Log, LogLead, Mapping, Survey,
    alike::Alike,
    fields::FieldReader,
    findings::Findings,
    gatherer::Gatherer,
    header,
    lead_batch::{BatchLead, LeadBatch},
    line::note_flaw,
    rows::Rows,
    survey,
    table::{Table, unreadable},
};
use crate::{Error, policy::Policy, weigh::Reading};

impl Log {
    /// Opens a Parquet file, or a CSV file, also packed.
    ///
    /// * `format`: how its cells are written.
    ///
    /// # Errors
    ///
    /// A missing or unreadable file, or every column that is not there, with those that are.
    pub fn open(path: &Path, mapping: Mapping, format: Format) -> Result<Self, Vec<Problem>> {
        let table = Table::open(path, &format).map_err(|problem| vec![problem])?;
        let log = Self {
            table,
            mapping,
            format,
        };
        let problems = header::problems(&log);
        if problems.is_empty() {
            Ok(log)
        } else {
            Err(problems)
        }
    }

    /// Reads all rows once: what the log holds, and all that is wrong with it.
    ///
    /// * `schema`: what the fields must be; none: each column is taken for what all of its values fit.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] with every kind of mistake in the rows, each with its first row and how
    /// often it occurs; [`Error::Read`] if the file cannot be read on.
    pub fn survey(&self, schema: Option<&Schema>) -> Result<Survey, Error> {
        survey::survey(self, schema, &mut |_| ())
    }

    /// The same, and says how many bytes of the file have been read after each batch.
    ///
    /// # Errors
    ///
    /// As for [`Log::survey`].
    pub fn survey_with(
        &self,
        schema: Option<&Schema>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Survey, Error> {
        survey::survey(self, schema, progress)
    }

    /// Hands over all leads, in the order in which their last rows stand in the file.
    ///
    /// * `schema`: what the fields are; see [`Survey::declared`].
    /// * `survey`: of this very log.
    /// * `take`: gets the leads of a batch, and the bytes of the file read so far; an error of its own ends the reading.
    ///
    /// # Errors
    ///
    /// As for [`Log::survey`], whatever `take` says, and a log that is not the one of the survey any more.
    pub fn read(
        &self,
        schema: &Schema,
        survey: &Survey,
        take: &mut dyn FnMut(Vec<LogLead>, u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.read_batches(schema, survey, None, &mut |batch, n_bytes| {
            let whole = batch.leads.into_iter().filter_map(|lead| match lead {
                BatchLead::Whole(lead) => Some(*lead),
                BatchLead::Like(_) => None,
            });
            take(whole.collect(), n_bytes)
        })
    }

    /// The same, with leads that policies cannot tell apart by what they have of their own.
    ///
    /// * `policies`: all that are to weigh the leads; none: every lead is handed over whole.
    pub(crate) fn read_batches(
        &self,
        schema: &Schema,
        survey: &Survey,
        policies: Option<&[&Policy]>,
        take: &mut dyn FnMut(LeadBatch, u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        // The rows of the next batch are read while the leads of one are worked on.
        let (sender, receiver) = sync_channel(1);
        thread::scope(|scope| {
            let reader = scope.spawn(move || {
                self.read_rows(schema, survey, policies, &mut |leads, n_bytes| {
                    sender.send((leads, n_bytes)).is_ok()
                })
            });
            let mut batches = receiver.iter();
            let taken = batches.try_for_each(|(leads, n_bytes)| take(leads, n_bytes));
            // A reader that nobody listens to reads no further.
            drop(receiver);
            let read = reader.join().unwrap_or_else(|panic| resume_unwind(panic));
            taken.and(read)
        })
    }

    /// Hands over all leads until `push` says that nobody wants more.
    fn read_rows(
        &self,
        schema: &Schema,
        survey: &Survey,
        policies: Option<&[&Policy]>,
        push: &mut dyn FnMut(LeadBatch, u64) -> bool,
    ) -> Result<(), Error> {
        let mut findings = Findings::default();
        let times = self.times();
        let mut fields = FieldReader::new(schema, &self.field_columns(), &times);
        let mut rows = Rows::new(self);
        let mut alike = policies.map(|policies| {
            let reading = Reading {
                known: &survey.destinations,
                last_offer_ends: self.last_offer_ends(),
            };
            let flows = policies.iter().filter_map(|policy| policy.flow());
            Alike::new(flows.collect(), &fields, reading)
        });
        let mut gatherer = Gatherer::new(survey.rows_of_leads.clone(), self.format.repeated_offers);
        let (mut n_rows, mut n_leads) = (0, 0);
        for batch in self.table.batches(&self.columns_read()) {
            let batch = batch?;
            batch
                .flaws
                .iter()
                .for_each(|flaw| note_flaw(flaw, &mut findings));
            let (n_batch_rows, bytes_done) = (batch.n_rows(), batch.bytes_done);
            let leads = match &mut rows {
                Rows::Own(reader) => {
                    LeadBatch::whole(reader.read(&batch, &mut fields, &mut findings))
                }
                Rows::Flat(reader) => {
                    alike.iter_mut().for_each(Alike::begin);
                    let mut see = |column, value: Option<(Option<usize>, &Value)>| {
                        if let Some(alike) = &mut alike {
                            alike.see(column, value);
                        }
                    };
                    let rows = reader.read(&batch, &mut fields, &mut findings, &mut see);
                    reader.leads(batch, &rows, &mut fields, &mut gatherer, alike.as_mut())
                }
            };
            findings.to_result(|row| self.table.row_name(row))?;
            n_rows += n_batch_rows;
            n_leads += leads.leads.len() as u64;
            if !push(leads, bytes_done) {
                return Ok(());
            }
        }
        // Rows in are rows out, and every lead that was counted has been handed over.
        if (n_rows, n_leads) == (survey.n_rows, survey.n_leads) {
            return Ok(());
        }
        let found = format!(
            "it had {} rows and {} leads when it was looked through, and now has {n_rows} and {n_leads}",
            survey.n_rows, survey.n_leads
        );
        let changed = std::io::Error::other(found);
        Err(Error::Problems(vec![unreadable(
            self.table.path(),
            &changed,
        )]))
    }
}
