//! Lead schemas and destinations.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use pointsman_control::{self as control, NewDestination};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        node_id::name_of,
        scalars::{DestinationSettings, LeadFieldList, TargetDocument},
        types::{
            destination::Destination,
            diagnostic::{self, Diagnostic},
            lead_schema::LeadSchema,
        },
        user_error::{UserError, sorted},
    },
};

/// The lead schema of a vertical.
#[derive(Debug, InputObject)]
pub(crate) struct PutLeadSchemaInput {
    /// The vertical.
    vertical: String,
    /// Declared fields.
    fields: LeadFieldList,
    /// Expected hash of the current schema; empty: there must be none; omitted: any.
    expected_hash: Option<String>,
}

/// The new schema, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct PutLeadSchemaPayload {
    /// The schema; null when `userErrors` is not empty.
    lead_schema: Option<LeadSchema>,
    /// Findings about the live flows that use the schema.
    diagnostics: Vec<Diagnostic>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// A destination to create or replace.
#[derive(Debug, InputObject)]
pub(crate) struct PutDestinationInput {
    /// Name of the destination in flows.
    name: String,
    /// Target: how leads are sent.
    target: TargetDocument,
    /// Routing settings.
    settings: DestinationSettings,
    /// Vertical whose fields the target may use, in addition to those of the live flows that use the
    /// destination.
    vertical: Option<String>,
    /// Expected current revision; 0: it must not exist; omitted: any.
    expected_revision: Option<i64>,
}

/// The new destination, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct PutDestinationPayload {
    /// The destination; null when `userErrors` is not empty.
    destination: Option<Destination>,
    /// Findings about the destination and the live flows that use it.
    diagnostics: Vec<Diagnostic>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// A destination to pause or to resume.
#[derive(Debug, InputObject)]
pub(crate) struct SetDestinationActiveInput {
    /// Name or id of the destination.
    name: String,
    /// Whether it may receive leads.
    is_active: bool,
    /// Expected current revision; omitted: any.
    expected_revision: Option<i64>,
    /// Why, at most 2,000 characters; it is kept with the change.
    reason: Option<String>,
}

fn put(
    changed: Result<control::DestinationSettings, control::Error>,
) -> Result<PutDestinationPayload> {
    Ok(match sorted(changed)? {
        Ok(mut destination) => PutDestinationPayload {
            diagnostics: diagnostic::shown(std::mem::take(&mut destination.findings)),
            destination: Some(Destination(destination)),
            user_errors: Vec::new(),
        },
        Err((user_errors, found)) => PutDestinationPayload {
            destination: None,
            diagnostics: diagnostic::shown(found),
            user_errors,
        },
    })
}

/// Lead schemas and destinations.
#[derive(Debug, Default)]
pub(crate) struct ConfigurationMutation;

#[Object]
impl ConfigurationMutation {
    /// Creates or replaces the lead schema of a vertical. It applies to live flows immediately.
    async fn put_lead_schema(
        &self,
        context: &Context<'_>,
        input: PutLeadSchemaInput,
    ) -> Result<PutLeadSchemaPayload> {
        context.require(Right::Edit)?;
        let control = context.control()?;
        let (vertical, fields) = (&input.vertical, &input.fields.0);
        let put = match &input.expected_hash {
            Some(expected) => control.replace_schema(vertical, fields, expected).await,
            None => control.put_schema(vertical, fields).await,
        };
        Ok(match sorted(put)? {
            Ok(mut schema) => PutLeadSchemaPayload {
                diagnostics: diagnostic::shown(std::mem::take(&mut schema.findings)),
                lead_schema: Some(LeadSchema(schema)),
                user_errors: Vec::new(),
            },
            Err((user_errors, found)) => PutLeadSchemaPayload {
                lead_schema: None,
                diagnostics: diagnostic::shown(found),
                user_errors,
            },
        })
    }

    /// Creates or replaces a destination. It applies to live flows immediately.
    async fn put_destination(
        &self,
        context: &Context<'_>,
        input: PutDestinationInput,
    ) -> Result<PutDestinationPayload> {
        context.require(Right::Edit)?;
        let PutDestinationInput {
            name,
            target,
            settings,
            vertical,
            expected_revision,
        } = input;
        let new = NewDestination {
            name,
            target: target.0,
            settings: settings.0,
            vertical,
            expected_revision,
        };
        put(context.control()?.put_destination(new).await)
    }

    /// Pauses or resumes a destination. It applies to live flows immediately; an offer under way is finished.
    async fn set_destination_active(
        &self,
        context: &Context<'_>,
        input: SetDestinationActiveInput,
    ) -> Result<PutDestinationPayload> {
        context.require(Right::Operate)?;
        let SetDestinationActiveInput {
            name,
            is_active,
            expected_revision,
            reason,
        } = input;
        let name = name_of("destination", &name);
        put(match context.control()?.because(reason.as_deref()) {
            Ok(control) => {
                control
                    .set_destination_active(name, is_active, expected_revision)
                    .await
            }
            Err(refused) => Err(refused),
        })
    }
}
