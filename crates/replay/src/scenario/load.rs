//! Opens everything that a scenario names, and collects all that is wrong with any of it.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use pointsman_flow::Document;
use pointsman_lead::{Problem, Schema};

use super::{
    Doing, Overrides, Progress, Run,
    policies::Policies,
    sources::{Faulty, Sources},
    spec::{self, Spec},
    stateful::Stateful,
    sweep::swept,
};
use crate::{
    log::{Format, Log, Mapping, Survey, parts},
    policy::Policy,
};

/// A log that some run has asked for, so that the next one need not look at its rows again.
struct Surveyed {
    path: PathBuf,
    mapping: Mapping,
    format: Format,
    schema: Option<Schema>,
    found: Option<(Arc<Log>, Arc<Survey>)>,
}

/// What a scenario has loaded.
pub(super) struct Loaded {
    pub(super) runs: Vec<Run>,
    pub(super) meter: Meter,
}

/// Counts the bytes of all logs, which are read twice: to look them through, and for each run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Meter {
    n_before: u64,
    n_all: u64,
}

impl Meter {
    fn of(specs: &[Spec], sources: &Sources<'_>) -> Self {
        let size = |spec: &Spec| parts::n_bytes(&sources.path(&spec.log));
        let is_first = |position: usize, spec: &Spec| {
            let same = |other: &Spec| {
                (&other.log, &other.mapping, &other.format)
                    == (&spec.log, &spec.mapping, &spec.format)
            };
            !specs[..position].iter().any(same)
        };
        let n_looked_through: u64 = (0..)
            .zip(specs)
            .filter(|(position, spec)| is_first(*position, spec))
            .map(|(_, spec)| size(spec))
            .sum();
        let n_readings = |spec: &Spec| {
            let stateful = spec.stateful.as_ref();
            1 + stateful.map_or(0, Stateful::n_readings)
        };
        let n_replayed = specs.iter().map(|spec| size(spec) * n_readings(spec));
        Self {
            n_before: 0,
            n_all: n_looked_through + n_replayed.sum::<u64>(),
        }
    }

    /// How far all is, with this much of the present file.
    pub(super) fn at<'a>(&self, doing: Doing, name: &'a str, n_bytes: u64) -> Progress<'a> {
        let n_done = self.n_before + n_bytes;
        Progress {
            doing,
            name,
            n_done,
            n_all: self.n_all.max(n_done),
        }
    }

    /// A file has been read to its end.
    pub(super) fn pass(&mut self, n_bytes: u64) {
        self.n_before += n_bytes;
    }
}

/// A scenario being loaded.
struct Loading<'a> {
    sources: Sources<'a>,
    surveyed: Vec<Surveyed>,
    meter: Meter,
    progress: &'a mut dyn FnMut(Progress<'_>),
}

pub(super) fn load(
    path: &Path,
    overrides: &Overrides,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Loaded, Vec<Problem>> {
    let file = if path.is_dir() {
        path.join("scenario.toml")
    } else {
        path.to_owned()
    };
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", file.display());
        vec![
            Problem::new("scenario_unreadable", "scenario.toml", message)
                .hint("name a folder with a scenario.toml"),
        ]
    })?;
    let (specs, mut problems) = spec::read(&text, overrides);
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    let sources = Sources {
        folder,
        problems: Vec::new(),
        dead_rules: BTreeSet::new(),
    };
    let mut loading = Loading {
        meter: Meter::of(&specs, &sources),
        sources,
        surveyed: Vec::new(),
        progress,
    };
    let mut runs = Vec::new();
    for spec in &specs {
        runs.extend(load_run(spec, &mut loading));
    }
    problems.extend(loading.sources.problems);
    if problems.is_empty() {
        Ok(Loaded {
            runs,
            meter: loading.meter,
        })
    } else {
        Err(spec::dedup(problems))
    }
}

fn schema_twice() -> Problem {
    let message = "the catalog already holds the schema";
    Problem::new("schema_twice", "schema", message).hint("leave out `schema`")
}

fn load_run(spec: &Spec, loading: &mut Loading<'_>) -> Option<Run> {
    let sources = &mut loading.sources;
    let given = spec.schema.as_ref().map(|source| sources.schema(source));
    let catalog = spec.catalog.as_ref().map(|name| sources.catalog(name));
    if given.is_some() && catalog.is_some() {
        sources.problems.push(schema_twice());
    }
    // Everything is read before anything gives up, so that all mistakes come at once.
    let candidate = sources.document("candidate", &spec.candidate);
    let baseline = sources.document("baseline", &spec.baseline);
    let allocations = sources.allocations(&spec.allocation, &spec.log);
    let known = match &catalog {
        Some(catalog) => catalog.as_ref().map(|catalog| catalog.schema.clone()),
        None => given.clone().flatten(),
    };
    let schema_failed = known.is_none() && (catalog.is_some() || given.is_some());
    let log = open(spec, known.as_ref(), loading);
    let sources = &mut loading.sources;
    let (candidate, baseline) = (candidate.ok()?, baseline.ok()?);
    let (allocations, (log, survey)) = (allocations?, log?);
    if schema_failed {
        return None;
    }
    let schema = schema_of(known, [&candidate, &baseline], &survey, sources)?;
    let mut warnings = Vec::new();
    let policies = Policies {
        catalog: catalog
            .as_ref()
            .map_or(Ok(None), |catalog| catalog.as_ref().map(Some).ok_or(Faulty)),
        schema: &schema,
        allocations: &allocations,
    };
    let document = candidate;
    let candidate = policies.of("candidate", document.as_ref(), sources, &mut warnings);
    let dead_rules = std::mem::take(&mut sources.dead_rules);
    let baseline = policies.of("baseline", baseline.as_ref(), sources, &mut warnings);
    // A flow that does not check has told what is wrong already.
    let sweep = spec.sweep.as_ref().filter(|_| candidate.is_some());
    let sweep = sweep.map(|text| swept(text, document.as_ref(), &policies, sources));
    if candidate.is_none() || baseline.is_none() {
        // A flow that takes a field for a number cannot know what in the log makes a text of it.
        sources.problems.extend(survey.doubts.iter().cloned());
    }
    warnings.extend(survey.warnings());
    let maturity = spec.ages.map(|ages| ages.maturity(survey.newest));
    sources
        .problems
        .extend(spec.ages.and_then(|ages| ages.problem(&log)));
    let stateful = spec.stateful.as_ref().map(|stateful| {
        let candidate = (candidate.as_ref(), &schema);
        stateful.plan((&spec.log, &log), candidate, maturity, sources)
    });
    let run = Run {
        sweep: sweep.flatten(),
        stateful: stateful.flatten(),
        dead_rules,
        name: spec.name.clone(),
        unit: spec.unit.clone(),
        log,
        survey,
        schema,
        candidate: candidate?,
        baseline: baseline?,
        tolerance: spec.tolerance,
        maturity,
        warnings,
    };
    refuse_disjoint_destinations(&run, sources);
    Some(run)
}

/// The schema that is given, or the fields as the values of the log look.
fn schema_of(
    known: Option<Schema>,
    documents: [&Option<Document>; 2],
    survey: &Survey,
    sources: &mut Sources<'_>,
) -> Option<Schema> {
    let vertical = documents
        .into_iter()
        .flatten()
        .next()
        .map_or("log", |document| &document.vertical);
    let declared = || Schema::new(vertical, survey.declared.clone());
    let schema = known.map_or_else(declared, Ok);
    schema
        .map_err(|problems| sources.problems.extend(problems))
        .ok()
}

fn open(
    spec: &Spec,
    schema: Option<&Schema>,
    loading: &mut Loading<'_>,
) -> Option<(Arc<Log>, Arc<Survey>)> {
    let path = loading.sources.path(&spec.log);
    let is_same = |known: &&Surveyed| {
        known.path == path
            && known.mapping == spec.mapping
            && known.format == spec.format
            && known.schema.as_ref() == schema
    };
    if let Some(known) = loading.surveyed.iter().find(is_same) {
        return known.found.clone();
    }
    let Loading {
        sources,
        surveyed,
        meter,
        progress,
    } = loading;
    progress(meter.at(Doing::LookingThrough, &spec.log, 0));
    let opened = Log::open(&path, spec.mapping.clone(), spec.format.clone());
    let found = opened.and_then(|log| {
        let mut look = |n_bytes| progress(meter.at(Doing::LookingThrough, &spec.log, n_bytes));
        let survey = log.survey_with(schema, &mut look);
        let survey = survey.map_err(crate::Error::into_problems)?;
        meter.pass(log.n_bytes());
        Ok((Arc::new(log), Arc::new(survey)))
    });
    let found = found
        .map_err(|problems| sources.problems.extend(problems))
        .ok();
    surveyed.push(Surveyed {
        path,
        mapping: spec.mapping.clone(),
        format: spec.format.clone(),
        schema: schema.cloned(),
        found: found.clone(),
    });
    found
}

/// A flow without a single destination of the log is a mistake of names, and not a question.
fn refuse_disjoint_destinations(run: &Run, sources: &mut Sources<'_>) {
    for (key, policy) in [("candidate", &run.candidate), ("baseline", &run.baseline)] {
        let Policy::Flow(flow) = policy else { continue };
        let destinations = flow.program.destinations();
        let known = &run.survey.destinations;
        if destinations.is_empty()
            || destinations
                .iter()
                .any(|own| known.contains(own.name.as_str()))
        {
            continue;
        }
        let some = |names: Vec<&str>| names.into_iter().take(5).collect::<Vec<_>>().join(", ");
        let message = format!(
            "no destination of the flow is in the log: it has {}, the log {}",
            some(destinations.iter().map(|own| own.name.as_str()).collect()),
            some(known.iter().map(|name| &**name).collect())
        );
        let hint = "map the log's texts with columns.destination_prefix or columns.destinations";
        sources
            .problems
            .push(Problem::new("destinations_disjoint", key, message).hint(hint));
    }
}
