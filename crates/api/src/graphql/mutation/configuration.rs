//! Lead schemas and destinations.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use pointsman_control::NewDestination;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        scalars::{DestinationSettings, LeadFieldList, TargetDocument},
        types::{
            destination::Destination,
            diagnostic::{self, Diagnostic},
            lead_schema::LeadSchema,
        },
        user_error::{UserError, sorted},
    },
};

/// The fields of a vertical's leads.
#[derive(Debug, InputObject)]
pub(crate) struct PutLeadSchemaInput {
    /// The vertical.
    vertical: String,
    /// Its declared fields.
    fields: LeadFieldList,
    /// The hash of the schema that they shall replace; empty: there must be none yet; left out: any.
    expected_hash: Option<String>,
}

/// The schema that holds now, or what keeps it from being put.
#[derive(SimpleObject)]
pub(crate) struct PutLeadSchemaPayload {
    /// The schema; absent when `userErrors` is not empty.
    lead_schema: Option<LeadSchema>,
    /// What the checks say about the live flows that read it, or about one that would not run with it.
    diagnostics: Vec<Diagnostic>,
    /// Everything that keeps it from being put, all at once.
    user_errors: Vec<UserError>,
}

/// Who may get leads.
#[derive(Debug, InputObject)]
pub(crate) struct PutDestinationInput {
    /// Its name in flows.
    name: String,
    /// How it is reached.
    target: TargetDocument,
    /// What decides whether it may get a lead.
    settings: DestinationSettings,
    /// The vertical whose fields the target may name, beside those of the live flows that use it.
    vertical: Option<String>,
    /// The revision that it shall replace; 0: it must not be there yet; left out: any.
    expected_revision: Option<i64>,
}

/// The destination as it is now, or what keeps it from being put.
#[derive(SimpleObject)]
pub(crate) struct PutDestinationPayload {
    /// The destination; absent when `userErrors` is not empty.
    destination: Option<Destination>,
    /// What the checks say about it and the live flows that name it, or about one that would not run with it.
    diagnostics: Vec<Diagnostic>,
    /// Everything that keeps it from being put, all at once.
    user_errors: Vec<UserError>,
}

/// Lead schemas and destinations.
#[derive(Debug, Default)]
pub(crate) struct ConfigurationMutation;

#[Object]
impl ConfigurationMutation {
    /// Puts the fields of a vertical in place of those it has. Live flows read them from then on.
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

    /// Puts a destination in place of the one of its name. Live flows that name it see it from then on.
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
        let put = context.control()?.put_destination(new).await;
        Ok(match sorted(put)? {
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
}
