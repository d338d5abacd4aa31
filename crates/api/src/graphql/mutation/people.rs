//! Erasing persons, the suppression list, and retention.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use pointsman_control::{DigestOf, NewErasure, NewSuppressions, PersonValue};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        scalars::GivenValue,
        types::erasure::Erasure,
        user_error::{UserError, sorted},
    },
};

/// A value by which persons are found.
#[derive(Debug, InputObject)]
pub(crate) struct PersonValueInput {
    /// Name of a field that is declared as personal, such as `email`.
    field: String,
    /// Value of the field, in any spelling.
    value: GivenValue,
}

impl From<PersonValueInput> for PersonValue {
    fn from(input: PersonValueInput) -> Self {
        let PersonValueInput { field, value } = input;
        Self {
            field,
            value: value.0,
        }
    }
}

/// Persons to erase: at least one lead or value, 1,000 at most.
#[derive(Debug, InputObject)]
pub(crate) struct ErasePersonsInput {
    /// Ids of leads. Of each, the lead is erased and all leads with one of its e-mail addresses or telephone numbers.
    #[graphql(default)]
    lead_ids: Vec<ID>,
    /// Values. All leads that have one of them are erased.
    #[graphql(default)]
    values: Vec<PersonValueInput>,
    /// Reason, without anything of the person; kept with the change.
    note: Option<String>,
}

impl From<ErasePersonsInput> for NewErasure {
    fn from(input: ErasePersonsInput) -> Self {
        let ErasePersonsInput {
            lead_ids,
            values,
            note,
        } = input;
        Self {
            lead_ids: lead_ids.into_iter().map(|id| id.0).collect(),
            values: values.into_iter().map(Into::into).collect(),
            note,
        }
    }
}

/// The erasure that has begun, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct ErasePersonsPayload {
    /// The erasure; null when `userErrors` is not empty.
    erasure: Option<Erasure>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// What the digests of a list are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DigestOf")]
pub(crate) enum SuppressionKind {
    /// E-mail addresses, trimmed and in lower case.
    Email,
    /// Telephone numbers in E.164, with the plus.
    Phone,
}

/// Digests to add to the suppression list.
#[derive(Debug, InputObject)]
pub(crate) struct AddSuppressionsInput {
    /// Name of the list that they come from.
    list: String,
    /// What the digests are of.
    kind: SuppressionKind,
    /// SHA-256 of each value as 64 hex digits; 1 to 10,000.
    digests: Vec<String>,
}

/// How many values are new on the list, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct AddSuppressionsPayload {
    /// Number of values that were not on the list; null when `userErrors` is not empty.
    added: Option<u64>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// Persons to take off the suppression list.
#[derive(Debug, InputObject)]
pub(crate) struct LiftSuppressionsInput {
    /// Values, 1 to 1,000.
    values: Vec<PersonValueInput>,
    /// Reason, without anything of the person; kept with the change.
    note: Option<String>,
}

/// How many values were on the list, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct LiftSuppressionsPayload {
    /// Number of values that were on the list; null when `userErrors` is not empty.
    lifted: Option<u64>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// A rule of retention.
#[derive(Debug, InputObject)]
pub(crate) struct SetRetentionInput {
    /// Name of the vertical.
    vertical: String,
    /// Days after which personal values of a lead are removed, 1 to 3650; omitted: they are kept as long as the lead.
    days: Option<u32>,
}

/// Whether the rule is set.
#[derive(SimpleObject)]
pub(crate) struct SetRetentionPayload {
    /// Name of the vertical; null when `userErrors` is not empty.
    vertical: Option<String>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// The mutations about persons.
#[derive(Debug, Default)]
pub(crate) struct PeopleMutation;

#[Object]
impl PeopleMutation {
    /// Erases persons: removes what tells who they are from all tables, keeps decisions, and puts the values on the
    /// suppression list. It cannot be undone. The values are removed beside the work; the erasure says when that is done.
    async fn erase_persons(
        &self,
        context: &Context<'_>,
        input: ErasePersonsInput,
    ) -> Result<ErasePersonsPayload> {
        context.require(Right::Administer)?;
        Ok(
            match sorted(context.control()?.erase(input.into()).await)? {
                Ok(erasure) => ErasePersonsPayload {
                    erasure: Some(Erasure(erasure)),
                    user_errors: Vec::new(),
                },
                Err((user_errors, _)) => ErasePersonsPayload {
                    erasure: None,
                    user_errors,
                },
            },
        )
    }

    /// Adds values to the suppression list by their digests. Leads with such a value are not taken from now on.
    async fn add_suppressions(
        &self,
        context: &Context<'_>,
        input: AddSuppressionsInput,
    ) -> Result<AddSuppressionsPayload> {
        context.require(Right::Administer)?;
        let AddSuppressionsInput {
            list,
            kind,
            digests,
        } = input;
        let new = NewSuppressions {
            list,
            of: kind.into(),
            digests,
        };
        Ok(
            match sorted(context.control()?.add_suppressions(new).await)? {
                Ok(added) => AddSuppressionsPayload {
                    added: Some(added),
                    user_errors: Vec::new(),
                },
                Err((user_errors, _)) => AddSuppressionsPayload {
                    added: None,
                    user_errors,
                },
            },
        )
    }

    /// Takes values off the suppression list. What was erased stays erased.
    async fn lift_suppressions(
        &self,
        context: &Context<'_>,
        input: LiftSuppressionsInput,
    ) -> Result<LiftSuppressionsPayload> {
        context.require(Right::Administer)?;
        let LiftSuppressionsInput { values, note } = input;
        let values = values.into_iter().map(Into::into).collect();
        let lifted = context.control()?.lift_suppressions(values, note).await;
        Ok(match sorted(lifted)? {
            Ok(lifted) => LiftSuppressionsPayload {
                lifted: Some(lifted),
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => LiftSuppressionsPayload {
                lifted: None,
                user_errors,
            },
        })
    }

    /// Sets how long personal values of the leads of a vertical are kept. What is older is removed within minutes.
    async fn set_retention(
        &self,
        context: &Context<'_>,
        input: SetRetentionInput,
    ) -> Result<SetRetentionPayload> {
        context.require(Right::Administer)?;
        let SetRetentionInput { vertical, days } = input;
        let set = context.control()?.set_retention(&vertical, days).await;
        Ok(match sorted(set)? {
            Ok(()) => SetRetentionPayload {
                vertical: Some(vertical),
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => SetRetentionPayload {
                vertical: None,
                user_errors,
            },
        })
    }
}
