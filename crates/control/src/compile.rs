//! From documents to routes: flows checked against the schemas and destinations as they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_delivery::Target;
use pointsman_flow::{
    Catalog, Checked, Destination, Diagnostic, Document, NamedList, Place, Program, Semantics,
    Subflow, check_under, compile_under,
};
use pointsman_history::{Route, read_list};
use pointsman_lead::{Schema, closest};
use pointsman_store::{CatalogRow, DestinationRow, Store};

use crate::{
    Error,
    asked_lists::lists_of,
    subflows::{Moving, resolve},
};

/// Everything that flows refer to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// By vertical.
    pub(crate) schemas: BTreeMap<String, Schema>,
    /// By name.
    pub(crate) targets: BTreeMap<String, Target>,
    /// By name.
    pub(crate) destinations: BTreeMap<String, Destination>,
    /// By name of the flow: what the documents to be compiled refer to.
    pub(crate) subflows: BTreeMap<String, Subflow>,
    /// By name; those that something asks have their values at hand.
    pub(crate) lists: BTreeMap<String, NamedList>,
}

/// A flow that can take leads.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub(crate) route: Route,
    pub(crate) warnings: Vec<Diagnostic>,
}

/// Whether a document was published before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Yes,
    No,
}

impl Surroundings {
    /// Everything as it is stored now, but for subflows and lists.
    pub(crate) async fn read(store: &Store) -> Result<Self, Error> {
        let mut surroundings = Self::default();
        for row in store.read().lead_schemas().await? {
            let unreadable = |_| Error::Stored {
                what: format!("the schema of {}", row.vertical),
            };
            let schema = Schema::from_json(&row.body).map_err(unreadable)?;
            surroundings.schemas.insert(row.vertical, schema);
        }
        for row in store.read().destinations().await? {
            let (target, settings) = read_destination(&row)?;
            surroundings.targets.insert(row.name.clone(), target);
            surroundings.destinations.insert(row.name, settings);
        }
        Ok(surroundings)
    }

    /// The same, with all that some documents refer to, and all lists.
    ///
    /// * `moving`: a live stage as it is about to be.
    pub(crate) async fn with_subflows(
        mut self,
        store: &Store,
        documents: &[&Document],
        moving: Option<&Moving>,
    ) -> Result<Self, Error> {
        self.subflows = resolve(store, documents, moving).await?;
        self.lists = lists_of(store, documents, &self.subflows, &self.destinations).await?;
        Ok(self)
    }

    /// Has the values of some lists at hand.
    ///
    /// * `names`: those that are no lists are passed over; the checks say so.
    pub(crate) async fn read_lists(
        &mut self,
        store: &Store,
        names: &BTreeSet<String>,
    ) -> Result<(), Error> {
        for (name, list) in &mut self.lists {
            if names.contains(name) && list.values().is_none() {
                *list = read_list(&store.read(), list.kind(), list.hash()).await?;
            }
        }
        Ok(())
    }

    /// Checks a flow against all of this. Runs on a thread for such work: a large table takes a while.
    pub(crate) async fn compile(
        self: &Arc<Self>,
        document: Document,
    ) -> Result<Compiled, Vec<Diagnostic>> {
        self.compile_as(document, Known::No, Semantics::CURRENT)
            .await
    }

    /// The same of a version that was published before: what nobody looked for then does not keep it
    /// from running, and is told all the same.
    ///
    /// * `semantics`: what it was published under.
    pub(crate) async fn compile_known(
        self: &Arc<Self>,
        document: Document,
        semantics: Semantics,
    ) -> Result<Compiled, Vec<Diagnostic>> {
        let found = match self
            .compile_as(document.clone(), Known::No, semantics)
            .await
        {
            Ok(compiled) => return Ok(compiled),
            Err(found) => found,
        };
        match self.compile_as(document, Known::Yes, semantics).await {
            Ok(compiled) => Ok(Compiled {
                warnings: found,
                ..compiled
            }),
            Err(_) => Err(found),
        }
    }

    async fn compile_as(
        self: &Arc<Self>,
        document: Document,
        known: Known,
        semantics: Semantics,
    ) -> Result<Compiled, Vec<Diagnostic>> {
        let surroundings = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || {
            surroundings.compile_now(document, known, semantics)
        });
        crate::finished(task).await.unwrap_or_else(|| {
            Err(vec![Diagnostic::error(
                "stopping",
                Place::default(),
                "the service is stopping",
            )])
        })
    }

    fn compile_now(
        &self,
        document: Document,
        known: Known,
        semantics: Semantics,
    ) -> Result<Compiled, Vec<Diagnostic>> {
        let Some(schema) = self.schemas.get(&document.vertical) else {
            return Err(vec![self.unknown_vertical(&document.vertical)]);
        };
        let catalog = Catalog {
            schema: schema.clone(),
            currency: document.currency,
            destinations: self.destinations.clone(),
            subflows: self.subflows.clone(),
            lists: self.lists.clone(),
        };
        let checked = match known {
            Known::No => check_under(document, &catalog, semantics),
            Known::Yes => compile_under(document, &catalog, semantics).map(|program| Checked {
                program,
                warnings: Vec::new(),
            }),
        };
        match checked {
            Ok(checked) => {
                let mut found = self.targets_of(&checked.program);
                found.extend(self.bidders_of(&checked.program));
                if !found.is_empty() {
                    return Err(found.into_iter().chain(checked.warnings).collect());
                }
                let names = checked.program.destinations().iter().map(|it| &it.name);
                let targets = names
                    .filter_map(|name| Some((name.clone(), self.targets.get(name)?.clone())))
                    .collect();
                let route = Route {
                    program: Arc::new(checked.program),
                    targets: Arc::new(targets),
                };
                Ok(Compiled {
                    route,
                    warnings: checked.warnings,
                })
            }
            Err(found) => Err(found),
        }
    }

    /// What is wrong with the templates of a program's destinations, for leads of its vertical.
    fn targets_of(&self, program: &Program) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for destination in program.destinations() {
            let Some(target) = self.targets.get(&destination.name) else {
                continue;
            };
            for problem in target.check(program.schema()) {
                let place = Place::destination(&destination.name).part(problem.path);
                let diagnostic = Diagnostic::error("bad_target", place, problem.message);
                found.push(match problem.hint {
                    Some(hint) => diagnostic.hint(hint),
                    None => diagnostic,
                });
            }
        }
        found
    }

    /// Bidders that could never bid: nobody can ask them, and they have no price of their own.
    fn bidders_of(&self, program: &Program) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (node, op) in program.nodes() {
            let Some((bidders, _)) = op.auction() else {
                continue;
            };
            for (idx, bidder) in bidders.iter().enumerate() {
                let destination = &program.destinations()[usize::from(bidder.destination.0)];
                let target = self.targets.get(&destination.name);
                let is_asked = target.is_some_and(|target| target.ping.is_some());
                if is_asked || destination.settings.price.is_some() {
                    continue;
                }
                let place = Place::node(program.node_name(node)).part(format!("bidders[{idx}]"));
                let message = format!(
                    "`{}` can neither be asked for a bid nor has it a price, so it never bids",
                    destination.name
                );
                let diagnostic = Diagnostic::error("bidder_without_bid", place, message);
                found.push(diagnostic.hint("give its target a `ping`, or its settings a `price`"));
            }
        }
        found
    }

    fn unknown_vertical(&self, vertical: &str) -> Diagnostic {
        let place = Place::default().part("vertical");
        let message = format!("there is no lead schema of vertical `{vertical}`");
        let names = self.schemas.keys().map(String::as_str);
        let hint = match closest(vertical, names) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "put the lead schema first".to_owned(),
        };
        Diagnostic::error("unknown_vertical", place, message).hint(hint)
    }
}

/// Reads back what is stored of a destination.
pub(crate) fn read_destination(row: &DestinationRow) -> Result<(Target, Destination), Error> {
    let unreadable = |_| Error::Stored {
        what: format!("destination {}", row.name),
    };
    let target = serde_json::from_str(&row.target_body).map_err(unreadable)?;
    let mut settings = Destination::from_stored(&row.settings_body).map_err(unreadable)?;
    settings.name_caps();
    Ok((target, settings))
}

/// The row that keeps a program's catalog.
pub(crate) fn catalog_row(program: &Program, at: i64) -> Result<CatalogRow, Error> {
    let hash = program.catalog_hash().to_string();
    let unreadable = |_| Error::Stored {
        what: format!("catalog {hash}"),
    };
    let body = program.catalog().to_stored().map_err(unreadable)?;
    Ok(CatalogRow {
        hash,
        body,
        created_at: at,
    })
}
