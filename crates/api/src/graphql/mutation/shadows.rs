//! Setting and clearing shadows.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use pointsman_control::{self as control, NewShadow};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        node_id::name_of,
        types::{
            diagnostic::{self, Diagnostic},
            shadow::Shadow,
        },
        user_error::{UserError, sorted},
    },
};

/// A version to decide leads without sending anything.
#[derive(Debug, InputObject)]
pub(crate) struct SetShadowInput {
    /// Name of the flow.
    flow: String,
    /// Hash or id of the version.
    version: String,
    /// Share of leads that it decides, 1 to 1,000,000 parts per million.
    #[graphql(default = 1_000_000)]
    share_ppm: u32,
    /// Reason, kept with the shadow.
    note: Option<String>,
}

/// A shadow to end.
#[derive(Debug, InputObject)]
pub(crate) struct ClearShadowInput {
    /// Name of the flow.
    flow: String,
    /// Reason, kept with the shadow.
    note: Option<String>,
}

/// The shadow, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct ShadowPayload {
    /// The shadow; null when `userErrors` is not empty.
    shadow: Option<Shadow>,
    /// Findings of the checks for the version.
    diagnostics: Vec<Diagnostic>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

fn payload(changed: Result<control::Shadow, control::Error>) -> Result<ShadowPayload> {
    Ok(match sorted(changed)? {
        Ok(shadow) => ShadowPayload {
            shadow: Some(Shadow(shadow)),
            diagnostics: Vec::new(),
            user_errors: Vec::new(),
        },
        Err((user_errors, found)) => ShadowPayload {
            shadow: None,
            diagnostics: diagnostic::shown(found),
            user_errors,
        },
    })
}

/// Shadows.
#[derive(Debug, Default)]
pub(crate) struct ShadowMutation;

#[Object]
impl ShadowMutation {
    /// Lets a version decide leads from now on, without sending anything. A shadow of the same flow ends.
    async fn set_shadow(
        &self,
        context: &Context<'_>,
        input: SetShadowInput,
    ) -> Result<ShadowPayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let new = NewShadow {
            flow: input.flow,
            version: name_of("version", &input.version).to_owned(),
            share_ppm: input.share_ppm,
            note: input.note,
            by,
        };
        payload(context.control()?.set_shadow(new).await)
    }

    /// Ends the shadow of a flow. Its comparison is kept.
    async fn clear_shadow(
        &self,
        context: &Context<'_>,
        input: ClearShadowInput,
    ) -> Result<ShadowPayload> {
        let by = context.require(Right::Edit)?.name.clone();
        let control = context.control()?;
        payload(control.clear_shadow(&input.flow, input.note, &by).await)
    }
}
