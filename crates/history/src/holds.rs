//! How often a predicate holds for the leads of a flow.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_flow::{Codes, NodeIdx, Program};
use pointsman_lead::{Currency, FieldIdx, Fields, Micros, Timestamp, Values as _};
use pointsman_store::{LeadFilter, LeadRow};

use crate::{Error, History, Lead};

/// Leads that are read at once.
const PAGE: u64 = 500;
/// Leads for which a predicate holds that are shown.
const EXAMPLES: usize = 3;

/// A predicate that leads can be asked, in a program of its own.
#[derive(Debug, Clone)]
pub struct AskedPredicate {
    flow: String,
    program: Arc<Program>,
    /// The node that asks whether it holds, and the one that asks whether its opposite does.
    nodes: [NodeIdx; 2],
    reads: Vec<String>,
}

/// What the newest leads of a flow say to a predicate.
#[derive(Debug, Clone, Default)]
pub struct Holds {
    /// Leads that were asked.
    pub leads: u64,
    /// When the oldest of them came.
    pub from: Option<Timestamp>,
    /// Leads that could not be asked: what is stored of them is of another kind than the schema has now.
    pub unreadable: u64,
    /// Those for which it holds.
    pub matched: u64,
    /// Those that lack what it would depend on.
    pub unknown: u64,
    /// What those earned so far for which it holds.
    pub matched_revenue: Micros,
    /// Fields that it reads and that leads lack, with how many do; the most first.
    pub missing: Vec<(String, u64)>,
    /// The newest for which it holds, at most three.
    pub examples: Vec<Lead>,
}

impl AskedPredicate {
    /// A predicate as it was compiled; `None` if the program lacks a node.
    ///
    /// * `nodes`: the `when` that asks whether it holds, and the one that asks whether its opposite does.
    /// * `reads`: names of the fields and computed values that it reads, and of those that they read.
    pub fn new(
        flow: &str,
        program: Arc<Program>,
        nodes: [&str; 2],
        reads: Vec<String>,
    ) -> Option<Self> {
        let find = |name| {
            let mut all = program.nodes().map(|(idx, _)| idx);
            all.find(|idx| program.node_name(*idx) == name)
        };
        let [holds, fails] = nodes.map(find);
        Some(Self {
            flow: flow.to_owned(),
            nodes: [holds?, fails?],
            program,
            reads,
        })
    }

    /// Whether the answer may tell who a person is: it depends on a field that does.
    pub fn is_personal(&self) -> bool {
        let schema = self.program.schema();
        let fields = self.reads.iter().filter_map(|name| schema.find(name));
        fields.into_iter().any(|field| schema.field(field).pii)
    }

    /// The currency of the flow.
    pub fn currency(&self) -> Currency {
        self.program.document().currency
    }

    fn answer(&self, codes: &Codes) -> Answer {
        let [holds, fails] = self.nodes;
        if self.program.pick(holds, codes) == 0 {
            Answer::Holds
        } else if self.program.pick(fails, codes) == 0 {
            Answer::Fails
        } else {
            Answer::Open
        }
    }
}

enum Answer {
    Holds,
    Fails,
    /// What the lead lacks could make it hold or fail.
    Open,
}

impl History {
    /// Asks the newest leads of a flow whether a predicate holds; test leads and erased ones are left out.
    ///
    /// * `leads`: how many at most.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for fields that this release cannot read.
    pub async fn holds(&self, asked: &AskedPredicate, leads: u64) -> Result<Holds, Error> {
        let filter = LeadFilter {
            flow: Some(asked.flow.clone()),
            is_test: Some(false),
            ..LeadFilter::default()
        };
        let mut counts = Counts::new(asked);
        let (mut after, mut left) = (None, leads);
        while left > 0 {
            let limit = left.min(PAGE);
            let page = self.rows().leads(&filter, after.as_ref(), limit).await?;
            for row in page.items {
                counts.take(row)?;
            }
            left -= limit;
            after = page.next;
            if after.is_none() {
                break;
            }
            // A page is worked through without waiting for anything.
            tokio::task::yield_now().await;
        }
        Ok(counts.done())
    }
}

/// Leads counted so far.
struct Counts<'a> {
    asked: &'a AskedPredicate,
    fields: Vec<(FieldIdx, &'a str)>,
    missing: BTreeMap<FieldIdx, u64>,
    so_far: Holds,
}

impl<'a> Counts<'a> {
    fn new(asked: &'a AskedPredicate) -> Self {
        let schema = asked.program.schema();
        let fields = asked.reads.iter();
        Self {
            asked,
            fields: fields
                .filter_map(|name| Some((schema.find(name)?, name.as_str())))
                .collect(),
            missing: BTreeMap::new(),
            so_far: Holds::default(),
        }
    }

    fn take(&mut self, row: LeadRow) -> Result<(), Error> {
        if row.is_erased() {
            return Ok(());
        }
        let unreadable = || Error::Stored {
            what: format!("the fields of lead {}", row.id),
        };
        let stored = serde_json::from_str(&row.fields_body).map_err(|_| unreadable())?;
        let program = &self.asked.program;
        // A lead of an older schema may have values of another kind.
        let Ok(fields) = Fields::from_stored(program.schema(), &stored) else {
            self.so_far.unreadable += 1;
            return Ok(());
        };
        self.so_far.leads += 1;
        self.so_far.from = Some(Timestamp(row.received_at));
        for (idx, _) in &self.fields {
            if fields.lend(*idx, |value| value.is_none()) {
                *self.missing.entry(*idx).or_default() += 1;
            }
        }
        match self.asked.answer(&program.encode(&fields)) {
            Answer::Fails => {}
            Answer::Open => self.so_far.unknown += 1,
            Answer::Holds => {
                self.so_far.matched += 1;
                let sum = self.so_far.matched_revenue.0.saturating_add(row.revenue);
                self.so_far.matched_revenue = Micros(sum);
                if self.so_far.examples.len() < EXAMPLES {
                    self.so_far.examples.push(Lead::of(row)?);
                }
            }
        }
        Ok(())
    }

    fn done(self) -> Holds {
        let named = |(idx, n)| {
            let name = self.fields.iter().find(|(field, _)| *field == idx);
            name.map(|(_, name)| ((*name).to_owned(), n))
        };
        let mut missing: Vec<(String, u64)> = self.missing.into_iter().filter_map(named).collect();
        missing.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Holds {
            missing,
            ..self.so_far
        }
    }
}
