//! The first look at a log: what it holds, and all that is wrong with it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use foldhash::fast::RandomState;
use pointsman_lead::{Field, Problem, Schema, Timestamp};

use super::{
    Available, CommitTime, Log, LogLead, LogOffer, LogPing, Mapping,
    batch::Batch,
    fields::FieldReader,
    findings::{Findings, Noted},
    flat::FlatReader,
    guess::Guess,
    line::note_flaw,
    repeats::Repeats,
    row_read::RowRead,
    rows::{Rows, is_always_there},
    times::Times,
};
use crate::Error;

/// Sets of destinations that are remembered.
const SETS_MAX: usize = 65_536;

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
    /// When the oldest lead came in, as far as the log says.
    pub oldest: Option<Timestamp>,
    /// When the newest lead came in, as far as the log says.
    pub newest: Option<Timestamp>,
    /// What the reader of a report should know of the rows.
    pub warnings: Vec<String>,
    /// Whether leads stand in the order in which they came.
    pub is_in_order: bool,
    /// Whether any lead has a cluster.
    pub has_clusters: bool,
    /// What keeps fields that are mostly numbers or times from being so, without a schema.
    pub(crate) doubts: Vec<Problem>,
    /// Rows of each lead that has several, for logs where a column says which rows belong together.
    pub(crate) rows_of_leads: HashMap<Arc<str>, u32, RandomState>,
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

    fn see(&mut self, batch: &Batch, times: &Times) {
        for (_, column, guess) in &mut self.0 {
            guess.see_batch(batch.cells(column), &batch.numbers, times);
        }
    }
}

/// A survey under way.
struct Surveying {
    survey: Survey,
    findings: Findings,
    repeats: Repeats,
    without_cluster: Noted,
    /// Destinations that are in the survey already, by their places.
    seen_places: Vec<bool>,
    /// Sets of destinations that are in the survey already, by where they are.
    seen_sets: HashMap<usize, Available, RandomState>,
    /// Where the last lead began; none once one has begun before another that stands in front of it.
    last: Option<CommitTime>,
}

pub(super) fn survey(
    log: &Log,
    schema: Option<&Schema>,
    progress: &mut dyn FnMut(u64),
) -> Result<Survey, Error> {
    let times = log.times();
    let field_columns = log.field_columns();
    let mut guesses = Guesses::new(if schema.is_some() {
        &[]
    } else {
        &field_columns
    });
    // Without a schema the fields cannot be parsed yet; the rest of each row can.
    let nothing = Schema::bare("none");
    let fields = FieldReader::new(schema.unwrap_or(&nothing), &field_columns, &times);
    let mut fields = fields.that_only_checks();
    let mut rows = Rows::new(log);
    let mut surveying = Surveying {
        survey: Survey::default(),
        findings: Findings::default(),
        repeats: Repeats::new(log),
        without_cluster: Noted::default(),
        seen_places: Vec::new(),
        seen_sets: HashMap::default(),
        last: Some(CommitTime {
            at: Timestamp(i64::MIN),
            number: i64::MIN,
        }),
    };
    for batch in log.table().batches(&log.columns_read()) {
        let batch = batch?;
        guesses.see(&batch, &times);
        let findings = &mut surveying.findings;
        batch
            .flaws
            .iter()
            .for_each(|flaw| note_flaw(flaw, findings));
        match &mut rows {
            Rows::Own(reader) => {
                let leads = reader.read(&batch, &mut fields, findings);
                surveying.see_leads(&batch, &leads);
            }
            Rows::Flat(reader) => {
                let rows = reader.read(&batch, &mut fields, findings, &mut |_, _| ());
                surveying.see_rows(&batch, &rows, reader);
            }
        }
        surveying.survey.n_rows += batch.n_rows();
        progress(batch.bytes_done);
    }
    surveying.finish(log, &rows, &guesses)
}

impl Surveying {
    fn see_leads(&mut self, batch: &Batch, leads: &[LogLead]) {
        let survey = &mut self.survey;
        for lead in leads {
            lead.offers.iter().for_each(|offer| survey.see(offer));
            lead.pings.iter().for_each(|ping| survey.see_ping(ping));
            lead.end
                .iter()
                .for_each(|end| survey.see_available(end.available.as_ref()));
            survey.has_clusters |= lead.cluster.is_some();
            survey.newest = survey.newest.max(Some(lead.received_at));
            survey.oldest = earlier(survey.oldest, Some(lead.received_at));
            let begins = lead.begins();
            self.last = self.last.filter(|last| *last <= begins).map(|_| begins);
        }
        survey.n_leads += leads.len() as u64;
        // A row with a mistake is no lead; its file is refused anyway.
        if leads.len() == batch.numbers.len() {
            for (lead, row) in leads.iter().zip(&batch.numbers) {
                self.repeats.see_lead(lead, *row, &mut self.findings);
                if lead.cluster.is_none() {
                    self.without_cluster.see(*row);
                }
            }
        }
    }

    fn see_rows(&mut self, batch: &Batch, rows: &[RowRead], reader: &FlatReader) {
        let (lead_ids, clusters) = (reader.lead_ids(batch), reader.clusters(batch));
        for row in rows {
            let destination = reader.destination(row);
            if let Some((place, name)) = row.destination.zip(destination) {
                self.see_destination(place, name);
                self.see_set(row.available.as_ref());
            }
            let lead_id = lead_ids.text(row.position);
            let destination = row.destination.zip(destination.map(|name| &**name));
            self.see_lead(row.number, lead_id.as_deref(), destination);
            let has_cluster = clusters.has(row.position);
            self.survey.has_clusters |= has_cluster;
            self.survey.newest = self.survey.newest.max(row.at);
            self.survey.oldest = earlier(self.survey.oldest, row.at);
            let begins = CommitTime {
                at: row.at.unwrap_or_default(),
                number: 0,
            };
            // Leads of several rows are handed over with their last ones.
            let is_next = |last: &CommitTime| *last <= begins && lead_id.is_none();
            self.last = self.last.filter(is_next).map(|_| begins);
            if !has_cluster {
                self.without_cluster.see(row.number);
            }
        }
        self.repeats.see_batch(batch, rows);
    }

    fn see_destination(&mut self, place: usize, name: &Arc<str>) {
        if place >= self.seen_places.len() {
            self.seen_places.resize(place + 1, false);
        }
        if !std::mem::replace(&mut self.seen_places[place], true) {
            self.survey.destinations.insert(Arc::clone(name));
        }
    }

    /// Takes in who was free, once for each set that the log repeats.
    fn see_set(&mut self, available: Option<&Available>) {
        let Some(available) = available else { return };
        // What is kept here stays where it is, so that no other set can come to stand there.
        let is_seen = |seen: &Available| Arc::ptr_eq(seen, available);
        let place = Arc::as_ptr(available).cast::<()>() as usize;
        if self.seen_sets.get(&place).is_some_and(is_seen) {
            return;
        }
        self.survey.see_available(Some(available));
        if self.seen_sets.len() < SETS_MAX {
            self.seen_sets.insert(place, Arc::clone(available));
        }
    }

    /// Counts the rows of a lead.
    fn see_lead(&mut self, number: u64, lead_id: Option<&str>, destination: Option<(usize, &str)>) {
        let survey = &mut self.survey;
        let Some(lead_id) = lead_id else {
            survey.n_leads += 1;
            return;
        };
        let findings = &mut self.findings;
        // Most leads have one row, and their names need not be remembered for that.
        if self.repeats.see_row(number, lead_id, destination, findings) {
            survey.n_leads += 1;
        } else if let Some(n_rows) = survey.rows_of_leads.get_mut(lead_id) {
            *n_rows += 1;
        } else {
            survey.rows_of_leads.insert(lead_id.into(), 2);
        }
    }

    fn finish(self, log: &Log, rows: &Rows, guesses: &Guesses) -> Result<Survey, Error> {
        let Self {
            mut survey,
            mut findings,
            repeats,
            without_cluster,
            last,
            ..
        } = self;
        survey.is_in_order = last.is_some();
        survey.rows_of_leads.shrink_to_fit();
        if survey.n_rows == 0 {
            findings.note("log_empty", "rows", 0, None, || {
                "the log has no rows".to_owned()
            });
        }
        findings.to_result(|row| log.table().row_name(row))?;
        survey.n_without_reward = rows.n_without_reward();
        for (field, column, guess) in &guesses.0 {
            survey.declared.push(guess.field(field));
            survey.doubts.extend(guess.doubt(field, column));
        }
        survey.warnings.extend(repeats.warnings(survey.n_rows));
        survey
            .warnings
            .extend(clusters_missing(log, &survey, &without_cluster));
        let doubtful = rows.doubtful_times();
        if doubtful.count > 0 {
            survey.warnings.push(format!(
                "{} times fall into an hour that the local clock showed twice or never, {}; the first of two is taken",
                doubtful.count,
                doubtful.places()
            ));
        }
        Ok(survey)
    }
}

/// The earlier of two times, of which any may not be known.
fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    a.into_iter().chain(b).min()
}

/// Leads without a cluster in a log that has them. Each counts as one of its own, wherever it stands.
fn clusters_missing(log: &Log, survey: &Survey, missing: &Noted) -> Option<String> {
    if missing.count == 0 {
        return None;
    }
    let is_mapped = match log.mapping() {
        Mapping::Own => survey.has_clusters,
        Mapping::Flat(columns) => columns.cluster.is_some(),
    };
    is_mapped.then(|| {
        format!(
            "{} of {} rows have no cluster, {}; each of their leads counts as a cluster of its own",
            missing.count,
            survey.n_rows,
            missing.places()
        )
    })
}

impl Survey {
    /// What the reader of a report should know, with what the fields could have been.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = String> {
        let doubts = self.doubts.iter().map(|doubt| doubt.message.clone());
        self.warnings.iter().cloned().chain(doubts)
    }

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
}
