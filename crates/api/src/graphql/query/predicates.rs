//! Predicates before anybody writes them into a flow.

use async_graphql::{Context, Object, Result, SimpleObject};
use pointsman_control::{CheckedPredicate, Error};
use pointsman_history::{self as history, AskedPredicate};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::{self, OrFault as _},
        paging::weigh,
        scalars::{Money, Timestamp},
        types::{
            diagnostic::{self, Diagnostic},
            lead::Lead,
        },
    },
};

/// Leads that a predicate is asked of.
const LEADS_DEFAULT: i32 = 5_000;
/// The most of them.
const LEADS_MAX: i32 = 20_000;

/// The query of predicates.
#[derive(Debug, Default)]
pub(crate) struct PredicateQuery;

#[Object]
impl PredicateQuery {
    /// What a predicate would say in a flow: what is wrong with it, what it reads, and how often it would have held. Nothing is
    /// stored. The draft of the flow says which computed values there are; without a draft, the live version. Null for an unknown flow,
    /// and for one without a draft and without a version.
    #[graphql(complexity = "weigh(100, 3, child_complexity)")]
    async fn predicate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Name of the flow.")] flow: String,
        #[graphql(desc = "The text of the predicate.")] cel: String,
        #[graphql(desc = "Newest leads that are asked, 1 to 20,000; default 5,000.")] leads: Option<
            i32,
        >,
    ) -> Result<Option<Predicate>> {
        context.require(Right::Read)?;
        let leads = leads.unwrap_or(LEADS_DEFAULT);
        if !(1..=LEADS_MAX).contains(&leads) {
            let message = format!("`leads` is {leads}; it must be 1 to {LEADS_MAX}");
            return Err(fault::bad_input(message));
        }
        match context.control()?.check_predicate(&flow, &cel).await {
            Err(Error::NotFound { .. }) => Ok(None),
            checked => Ok(Some(Predicate::new(checked.or_fault()?, leads))),
        }
    }
}

/// A predicate, and how many leads are to be asked.
pub(crate) struct Predicate {
    diagnostics: Vec<Diagnostic>,
    reads: Vec<String>,
    asked: Option<AskedPredicate>,
    leads: u64,
}

impl Predicate {
    fn new(checked: CheckedPredicate, leads: i32) -> Self {
        let CheckedPredicate {
            diagnostics,
            reads,
            asked,
        } = checked;
        Self {
            diagnostics: diagnostic::shown(diagnostics),
            reads,
            asked,
            leads: u64::from(leads.unsigned_abs()),
        }
    }
}

/// A predicate as it would stand in a flow.
#[Object]
impl Predicate {
    /// Findings; spans are bytes of the text.
    async fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Names of the fields and computed values that it reads, each once, in order of appearance.
    async fn reads(&self) -> &[String] {
        &self.reads
    }

    /// How often it holds for the newest leads of the flow; null if it has errors, or if a computed value of the flow has, and for who may not read
    /// personal data if it depends on such.
    async fn history(&self, context: &Context<'_>) -> Result<Option<PredicateHistory>> {
        let Some(asked) = &self.asked else {
            return Ok(None);
        };
        // Whoever may not see a value could find it by asking often enough.
        if asked.is_personal() && !Right::ReadPersonal.is_of(context.principal()?.role) {
            return Ok(None);
        }
        let held = context.history()?.holds(asked, self.leads).await;
        let history::Holds {
            leads,
            from,
            unreadable,
            matched,
            unknown,
            matched_revenue,
            missing,
            examples,
        } = held.or_fault()?;
        let missing = missing.into_iter();
        Ok(Some(PredicateHistory {
            leads,
            from: from.map(Timestamp::from),
            unreadable,
            matched,
            unknown,
            matched_revenue: matched_revenue.into(),
            currency: asked.currency().to_string(),
            missing: missing
                .map(|(field, leads)| MissingField { field, leads })
                .collect(),
            examples: examples.into_iter().map(Lead).collect(),
        }))
    }
}

/// How often a predicate holds for the newest leads of a flow; test leads and erased ones are left out.
#[derive(SimpleObject)]
pub(crate) struct PredicateHistory {
    /// Leads that were asked.
    leads: u64,
    /// Time of receipt of the oldest of them; null without any.
    from: Option<Timestamp>,
    /// Leads that could not be asked, and are none of `leads`: what is stored of them is of another kind than the schema has now.
    unreadable: u64,
    /// Leads for which it holds.
    matched: u64,
    /// Leads for which missing fields leave it open.
    unknown: u64,
    /// What the leads have earned so far for which it holds.
    matched_revenue: Money,
    /// ISO 4217 code of the currency of the flow.
    currency: String,
    /// Fields that it reads and that leads lack, those that most leads lack first.
    missing: Vec<MissingField>,
    /// Newest leads for which it holds, at most three.
    examples: Vec<Lead>,
}

/// A field that leads lack.
#[derive(SimpleObject)]
pub(crate) struct MissingField {
    /// Name.
    field: String,
    /// Leads without it.
    leads: u64,
}
