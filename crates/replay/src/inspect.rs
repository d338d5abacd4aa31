//! A look at a log that somebody else has written: what its columns seem to be, and a first scenario to replay it with.
//!
//! Nothing is known for sure of such a file, so that everything here is a guess with a question, and with the line to write if the
//! answer is another. What cannot be guessed at all is refused, with what is missing.

use std::path::Path;

use pointsman_lead::Problem;
use serde::Serialize;

use crate::{
    Error,
    log::{Dialect, Encoding, FlawKind, Format, Table, note_flaw, parts, shown},
};

mod answers;
mod cells;
mod flow;
mod guesses;
mod joint;
mod missing;
mod profile;
mod refusals;
mod roles;
mod scenario;
mod sniff;
mod text;
mod words;
mod write;

pub use text::render_inspection;
pub use write::WriteError;

use answers::Answers;
use joint::Joint;
use profile::Profile;
use roles::Roles;
use words::{Language, Role};

/// Rows that are looked at; a longer log is judged by its beginning, and the report says so.
const ROWS_MAX: u64 = 2_000_000;
/// Lines with another number of cells at the end of a file that may be what a report ends with.
const FOOTER_MAX: usize = 12;

/// What a foreign log seems to be.
#[derive(Debug, Clone, Serialize)]
pub struct Inspection {
    /// The file, or what names several.
    pub path: String,
    /// What kind of file it is, with how it is written.
    pub kind: String,
    /// Rows that were looked at.
    pub n_rows: u64,
    /// Whether there are more.
    pub is_cut: bool,
    /// The language of the headers.
    pub language: &'static str,
    /// The columns, in the order of the file.
    pub columns: Vec<InspectedColumn>,
    /// What was guessed, each with a question.
    pub guesses: Vec<GuessedKey>,
    /// What the log does not say, and what follows from that.
    pub missing: Vec<String>,
    /// Why there is no scenario; empty where there is one.
    pub refusals: Vec<Problem>,
    /// The files of a first scenario: name and text.
    #[serde(skip)]
    files: Vec<(&'static str, String)>,
}

/// A column of a foreign log.
#[derive(Debug, Clone, Serialize)]
pub struct InspectedColumn {
    /// Its header.
    pub name: String,
    /// What its cells look like.
    pub kind: String,
    /// What it is taken for: a key below `[columns]`; none if it is not used.
    pub role: Option<String>,
    /// Share of cells that hold nothing, in [0, 1].
    pub missing_share: f64,
    /// Different values, at least; `distinct_is_exact` says whether there are no more.
    pub distinct: usize,
    /// Whether all different values were counted.
    pub distinct_is_exact: bool,
    /// A few of its values; none of a column with data of persons.
    pub examples: Vec<String>,
}

/// One guess.
#[derive(Debug, Clone, Serialize)]
pub struct GuessedKey {
    /// The key of the scenario, such as `columns.destination`.
    pub key: String,
    /// What was written there, as TOML; empty if nothing was.
    pub value: String,
    /// What it was guessed by.
    pub because: String,
    /// What only somebody knows who knows the log.
    pub question: String,
    /// What to write if the answer is another one.
    pub otherwise: String,
}

/// What has been found out about a file, before it is said.
struct Looked {
    path: String,
    kind: String,
    format: Format,
    language: Language,
    profiles: Vec<Profile>,
    n_rows: u64,
    is_cut: bool,
    roles: Roles,
    fields: Vec<usize>,
    answers: Answers,
    joint: Joint,
}

/// Looks at a file, a folder of files, or all files that a name with stars stands for.
///
/// * `log`: how the scenario names the log, as seen from its own folder.
///
/// # Errors
///
/// A file that cannot be read, or that no log could be: with what is wrong, where, and what would help. What is read and cannot be
/// replayed is among the [`refusals`](Inspection::refusals) instead.
pub fn inspect(path: &Path, log: &str) -> Result<Inspection, Vec<Problem>> {
    let looked = look(path)?;
    let guesses = guesses::all(&looked);
    let refusals = refusals::all(&looked);
    let files = if refusals.is_empty() {
        vec![
            (scenario::NAME, scenario::text(&looked, &guesses, log)),
            (flow::SCHEMA_NAME, flow::schema(&looked)),
            (flow::NAME, flow::flow(&looked)),
        ]
    } else {
        Vec::new()
    };
    Ok(Inspection {
        columns: looked.columns(),
        missing: missing::all(&looked),
        path: looked.path,
        kind: looked.kind,
        n_rows: looked.n_rows,
        is_cut: looked.is_cut,
        language: looked.language.word(),
        guesses,
        refusals,
        files,
    })
}

impl Inspection {
    /// Name and text of each file of the first scenario; none where there are [`refusals`](Inspection::refusals).
    pub fn files(&self) -> &[(&'static str, String)] {
        &self.files
    }
}

fn look(path: &Path) -> Result<Looked, Vec<Problem>> {
    let first = parts::find(path).into_iter().next();
    let first = first.map_or_else(|| path.to_owned(), |file| file.path);
    let sniffed = sniff::sniff(&first).ok();
    let has_mark = sniffed.as_ref().is_some_and(|sniffed| sniffed.has_mark);
    let mut format = Format {
        dialect: sniffed.map(|sniffed| sniffed.dialect).unwrap_or_default(),
        ..Format::default()
    };
    let mut passed = pass(path, &format)?;
    // Each pass may show that the file is written in another way; what is found is never taken back.
    for _ in 0..3 {
        if !passed.mend(&mut format) {
            break;
        }
        passed = pass(path, &format)?;
    }
    passed.refuse_flaws()?;
    if !passed.table.is_text() {
        format.dialect = Dialect::default();
    }
    let Passed {
        profiles,
        n_rows,
        is_cut,
        ..
    } = passed;
    if n_rows == 0 {
        let message = format!("`{}` has no rows", path.display());
        return Err(vec![Problem::new("log_empty", "log.rows", message)]);
    }
    let language = Language::of(profiles.iter().map(|profile| profile.name.as_str()));
    let roles = Roles::guess(&profiles);
    let fields = roles.fields(&profiles);
    cells::settle(&mut format, &profiles, &roles, &fields, language);
    let answers = Answers::guess(&profiles, &roles);
    // With what is now known of the cells: a word for nothing is no destination.
    let table = Table::open(path, &format).map_err(|problem| vec![problem])?;
    let joint =
        Joint::of(&table, &profiles, &roles, &fields, ROWS_MAX).map_err(Error::into_problems)?;
    let fields = joint.without_doubles(&profiles, fields);
    Ok(Looked {
        path: path.display().to_string(),
        kind: kind(&table, &format, has_mark),
        format,
        language,
        profiles,
        n_rows,
        is_cut,
        roles,
        fields,
        answers,
        joint,
    })
}

/// All rows, seen once.
struct Passed {
    table: Table,
    profiles: Vec<Profile>,
    n_rows: u64,
    is_cut: bool,
    flaws: Vec<crate::log::Flaw>,
    totals: Vec<String>,
}

fn pass(path: &Path, format: &Format) -> Result<Passed, Vec<Problem>> {
    let table = Table::open(path, format).map_err(|problem| vec![problem])?;
    let names: Vec<String> = table.columns().map(str::to_owned).collect();
    let mut profiles: Vec<Profile> = names.iter().map(|name| Profile::new(name)).collect();
    let (mut flaws, mut totals) = (Vec::new(), Vec::new());
    let (mut n_rows, mut is_cut) = (0, false);
    for batch in table.batches(&names) {
        let batch = batch.map_err(Error::into_problems)?;
        for row in 0..batch.numbers.len() {
            for (profile, name) in profiles.iter_mut().zip(&names) {
                profile.see(batch.cells(name).text(row).as_deref());
            }
            let first = names.first().and_then(|name| batch.cells(name).text(row));
            let total =
                first.and_then(|first| words::TOTALS.into_iter().find(|total| **total == *first));
            totals.extend(total.map(str::to_owned));
        }
        n_rows += batch.n_rows();
        flaws.extend(batch.flaws);
        if n_rows >= ROWS_MAX {
            is_cut = true;
            break;
        }
    }
    Ok(Passed {
        table,
        profiles,
        n_rows,
        is_cut,
        flaws,
        totals,
    })
}

impl Passed {
    /// Takes the way a file is written from what did not fit. Whether anything is to be read again.
    fn mend(&self, format: &mut Format) -> bool {
        let before = format.dialect.clone();
        let dialect = &mut format.dialect;
        let is_other = |flaw: &crate::log::Flaw| flaw.kind == FlawKind::NotUtf8;
        if self.flaws.iter().any(is_other) && dialect.encoding == Encoding::Utf8 {
            dialect.encoding = Encoding::Windows1252;
            return true;
        }
        for total in &self.totals {
            if !dialect.not_rows.contains(total) {
                dialect.not_rows.push(total.clone());
            }
        }
        dialect.not_rows.extend(self.footer());
        *dialect != before
    }

    /// How the lines begin that a report ends with: the last ones of the file, with another number of cells.
    fn footer(&self) -> Vec<String> {
        let n_flaws = self.flaws.len() as u64;
        let after = self.n_rows.saturating_sub(n_flaws);
        let is_end = self.flaws.len() <= FOOTER_MAX
            && after > n_flaws
            && self.flaws.iter().all(|flaw| {
                let is_uneven = matches!(flaw.kind, FlawKind::Uneven { n_cells, n_columns } if n_cells < n_columns);
                is_uneven && flaw.row > after
            });
        if !is_end {
            return Vec::new();
        }
        let beginning = |flaw: &crate::log::Flaw| {
            let text = flaw.excerpt.trim_matches(['`', '"', '…']);
            let words: String = text
                .chars()
                .take_while(|char| char.is_alphanumeric() || *char == ' ')
                .take(40)
                .collect();
            words.trim_end().to_owned()
        };
        self.flaws
            .iter()
            .map(beginning)
            .filter(|text| text.len() >= 3)
            .collect()
    }

    /// # Errors
    ///
    /// What is wrong with the rows, where anything is.
    fn refuse_flaws(&self) -> Result<(), Vec<Problem>> {
        let mut findings = crate::log::Findings::default();
        self.flaws
            .iter()
            .for_each(|flaw| note_flaw(flaw, &mut findings));
        let found = findings.to_result(|row| self.table.row_name(row));
        found.map_err(Error::into_problems)
    }
}

/// What a file is, in words.
fn kind(table: &Table, format: &Format, has_mark: bool) -> String {
    if !table.is_text() {
        return table.kind().to_owned();
    }
    let dialect = &format.dialect;
    let separator = match dialect.separator {
        b'\t' => "tabs".to_owned(),
        byte => shown::value(&char::from(byte).to_string()),
    };
    let encoding = match dialect.encoding {
        Encoding::Utf8 if has_mark => "UTF-8 with a byte order mark",
        Encoding::Utf8 => "UTF-8",
        Encoding::Windows1252 => "Windows-1252",
        Encoding::Utf16Le => "UTF-16",
    };
    format!("CSV in {encoding}, cells separated by {separator}")
}

impl Looked {
    fn profile(&self, role: Role) -> Option<&Profile> {
        self.roles.column(role).map(|column| &self.profiles[column])
    }

    /// The name of a field for a column.
    fn field_name(&self, column: usize) -> String {
        flow::field_name(&self.profiles, &self.fields, column)
    }

    fn columns(&self) -> Vec<InspectedColumn> {
        let column = |(position, profile): (usize, &Profile)| {
            let is_personal =
                words::is_personal(&profile.name) || profile.is_mostly(profile.seen.email);
            let role = self.roles.of(position).map(|role| role.key().to_owned());
            let is_field = self.fields.contains(&position);
            let field = is_field.then(|| format!("fields.{}", self.field_name(position)));
            let examples = profile.examples.iter().filter(|_| !is_personal);
            InspectedColumn {
                name: profile.name.clone(),
                kind: profile.kind(),
                role: role.or(field),
                missing_share: profile.missing(),
                distinct: profile.n_distinct(),
                distinct_is_exact: !profile.has_more,
                examples: examples
                    .map(|text| text.chars().take(60).collect())
                    .collect(),
            }
        };
        self.profiles.iter().enumerate().map(column).collect()
    }
}
