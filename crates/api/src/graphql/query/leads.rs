//! Leads, decisions, deliveries and conversions.

use async_graphql::{Context, ID, Object, Result, connection::Connection};
use pointsman_history::LeadFilter;

use crate::{
    access::{LeadScope, Right},
    graphql::{
        asking::Asking as _,
        fault,
        fault::OrFault as _,
        paging::{Paging, cost, weigh},
        types::{
            conversion::Conversion,
            decision::Decision,
            delivery::{Delivery, DeliveryCount, DeliveryFilterInput},
            lead::{Lead, LeadCount, LeadFilterInput, scope},
            live::LeadPosition,
            parked_postback::{ParkedPostback, ParkedPostbackFilterInput},
            restatement::Restatement,
        },
    },
};

/// Leads, decisions, deliveries and conversions.
#[derive(Debug, Default)]
pub(crate) struct LeadQuery;

/// What was asked for, within what may be seen.
pub(in crate::graphql) fn visible(
    context: &Context<'_>,
    filter: Option<LeadFilterInput>,
) -> Result<LeadFilter> {
    let mut filter = LeadFilter::from(filter.unwrap_or_default());
    match (scope(context)?, &filter.source) {
        (LeadScope::Everything, _) => {}
        (LeadScope::Source(own), None) => filter.source = Some(own),
        (LeadScope::Source(own), Some(asked)) if own == *asked => {}
        (LeadScope::Source(own), Some(_)) => {
            let message = format!("this token sees the leads of `{own}` and no others");
            return Err(fault::new(fault::FORBIDDEN, message));
        }
    }
    Ok(filter)
}

#[Object]
impl LeadQuery {
    /// Leads, newest first. A source token sees its own leads only.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn leads(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Filter; default: all leads.")] filter: Option<LeadFilterInput>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Lead, LeadPosition>> {
        let filter = visible(context, filter)?;
        let paging = Paging::new(first, after.as_deref())?;
        let history = context.history()?;
        // Before the page: a lead that comes in between is in it and counts as new, and none is missed.
        let position = if context.look_ahead().field("position").exists() {
            history.position().await.or_fault()?
        } else {
            0
        };
        let page = history.leads(&filter, paging.after.as_ref(), paging.limit);
        let page = paging.of(page.await.or_fault()?, Lead);
        let position = LeadPosition {
            position: position.to_string(),
        };
        let mut leads = Connection::with_additional_fields(
            page.has_previous_page,
            page.has_next_page,
            position,
        );
        leads.edges = page.edges;
        Ok(leads)
    }

    /// A lead by id. A source token sees its own leads only.
    async fn lead(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Id.")] id: ID,
    ) -> Result<Option<Lead>> {
        let Ok(id) = id.parse() else {
            scope(context)?;
            return Ok(None);
        };
        Lead::find(context, id).await
    }

    /// Number and revenue of leads by status.
    #[graphql(complexity = "weigh(100, 9, child_complexity)")]
    async fn lead_counts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Filter; default: all leads.")] filter: Option<LeadFilterInput>,
    ) -> Result<Vec<LeadCount>> {
        context.require(Right::Read)?;
        let counts = context
            .history()?
            .lead_counts(&visible(context, filter)?)
            .await
            .or_fault()?;
        Ok(counts.into_iter().map(LeadCount::from).collect())
    }

    /// A decision.
    async fn decision(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Id.")] id: ID,
    ) -> Result<Option<Decision>> {
        context.require(Right::Read)?;
        let Ok(id) = id.parse() else {
            return Ok(None);
        };
        let decision = context.history()?.find_decision(id).await;
        Ok(decision.or_fault()?.map(Decision))
    }

    /// A delivery.
    async fn delivery(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Id.")] id: ID,
    ) -> Result<Option<Delivery>> {
        context.require(Right::Read)?;
        let Ok(id) = id.parse() else {
            return Ok(None);
        };
        let delivery = context.history()?.find_delivery(id).await;
        Ok(delivery.or_fault()?.map(Delivery))
    }

    /// Deliveries, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn deliveries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Filter; default: all deliveries.")] filter: Option<DeliveryFilterInput>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Delivery>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let filter = filter.unwrap_or_default().into();
        let page = context
            .history()?
            .deliveries(&filter, paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, Delivery))
    }

    /// Number of deliveries, and what was paid on acceptance, by destination and state; pairs without a delivery are
    /// absent.
    #[graphql(complexity = "weigh(100, 50, child_complexity)")]
    async fn delivery_counts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Filter; default: all deliveries.")] filter: Option<DeliveryFilterInput>,
    ) -> Result<Vec<DeliveryCount>> {
        context.require(Right::Read)?;
        let filter = filter.unwrap_or_default().into();
        let counts = context.history()?.delivery_counts(&filter).await;
        Ok(counts
            .or_fault()?
            .into_iter()
            .map(DeliveryCount::from)
            .collect())
    }

    /// Conversions, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn conversions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Conversion>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let page = context
            .history()?
            .conversions(paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, Conversion))
    }

    /// Postbacks that were not applied, with the reason; newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn parked_postbacks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Filter; default: all of them.")] filter: Option<
            ParkedPostbackFilterInput,
        >,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, ParkedPostback>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let filter = filter.unwrap_or_default().into();
        let page = context
            .history()?
            .parked_postbacks(&filter, paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, ParkedPostback))
    }

    /// Corrections of revenue or status that an upgrade has made, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn restatements(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, Restatement>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let page = context
            .history()?
            .restatements(paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, Restatement))
    }
}
