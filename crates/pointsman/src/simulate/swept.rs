//! One number of a candidate under several values.

use anyhow::{anyhow, bail};
use pointsman_flow::{Catalog, Diagnostic, Document, Program, Severity, compile};
use pointsman_lead::Problem;
use pointsman_replay::{SweepQuestion, SweptFlow};
use pointsman_store::Store;

use super::{
    Params,
    candidate::{present_catalog, words},
};

/// What keeps a sweep from being made, all at once: that of the question, the document as it stands, and the flow with the
/// least and the largest value. What lies between is checked when its turn comes.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn problems(
    question: &SweepQuestion,
    Params {
        flow, candidate, ..
    }: &Params,
    store: &Store,
) -> Result<Vec<Problem>, pointsman_store::Error> {
    // What is wrong with a document is told by itself; a number in it cannot be looked for.
    let Some(document) = candidate.document(store, flow).await? else {
        return Ok(candidate.unknown(flow));
    };
    let catalog = match present_catalog(store, &document).await {
        Ok(catalog) => catalog,
        Err(error) => {
            return match error.downcast::<pointsman_store::Error>() {
                Ok(error) => Err(error),
                Err(error) => Ok(vec![Problem::new(
                    "candidate_unusable",
                    "scenario.candidate",
                    format!("{error:#}"),
                )]),
            };
        }
    };
    let question = question.clone();
    // Large flows take some time to compile.
    let found = tokio::task::spawn_blocking(move || problems_under(&question, &document, &catalog));
    Ok(found.await.unwrap_or_else(|_| {
        let message = "the flow cannot be checked";
        vec![Problem::new(
            "candidate_unusable",
            "scenario.candidate",
            message,
        )]
    }))
}

fn problems_under(
    question: &SweepQuestion,
    document: &Document,
    catalog: &Catalog,
) -> Vec<Problem> {
    let at = |path: &str, found: Vec<Diagnostic>, before: &str| -> Vec<Problem> {
        let errors = found
            .into_iter()
            .filter(|it| it.severity == Severity::Error);
        let problem = |it: Diagnostic| Problem {
            hint: it.hint,
            ..Problem::new(it.code, path, format!("{before}{}", it.message))
        };
        errors.map(problem).collect()
    };
    let mut problems = match compile(document, catalog) {
        Ok(_) => Vec::new(),
        Err(found) => at("scenario.candidate", found, ""),
    };
    let swept = match question.of(document) {
        Ok(swept) => swept,
        Err(found) => {
            problems.extend(found);
            return problems;
        }
    };
    if !problems.is_empty() {
        return problems;
    }
    for (path, position) in [("sweep.from", 0), ("sweep.to", swept.n_values() - 1)] {
        let document = swept.document(position);
        let compiled = document.and_then(|document| compile(&document, catalog));
        if let Err(found) = compiled {
            let before = format!("with {}: ", swept.words(position));
            problems.extend(at(path, found, &before));
        }
    }
    problems
}

/// A flow in which one number takes several values, and what it is compiled under.
pub(super) struct Swept {
    pub(super) flow: SweptFlow,
    catalog: Catalog,
}

impl Swept {
    /// * `question`: as it was checked when it was asked.
    ///
    /// # Errors
    ///
    /// What is wrong with it all the same.
    pub(super) fn of(
        question: &SweepQuestion,
        document: &Document,
        catalog: Catalog,
    ) -> anyhow::Result<Self> {
        let flow = question.of(document).map_err(|problems| {
            let messages = problems.iter().map(|it| it.message.as_str());
            anyhow!("{}", messages.collect::<Vec<_>>().join("; "))
        })?;
        Ok(Self { flow, catalog })
    }

    /// The program with one of the values.
    ///
    /// # Errors
    ///
    /// A value with which the flow does not check.
    pub(super) fn program(&self, position: usize) -> anyhow::Result<Program> {
        let Self { flow, catalog } = self;
        let document = flow.document(position);
        match document.and_then(|document| compile(&document, catalog)) {
            Ok(program) => Ok(program),
            Err(found) => bail!("with {}: {}", flow.words(position), words(&found)),
        }
    }
}
