//! Drafts of flows: saved, edited, checked and published.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use pointsman_control::{Edit, Publication, SavedDraft};
use pointsman_flow as flow;
use pointsman_flow::Document;

use super::edits::FlowEdit;
use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        scalars::FlowDocument,
        types::{
            diagnostic::{self, Diagnostic},
            flow::{Flow, FlowDraft},
            flow_moves::FlowMoves,
            flow_version::FlowVersion,
            stage::Stage,
        },
        user_error::{Outcome, UserError, of_diagnostics, sorted},
    },
};

/// Most edits of one request.
const EDITS_MAX: usize = 1_000;

/// A draft to save.
#[derive(Debug, InputObject)]
pub(crate) struct SaveFlowDraftInput {
    /// The flow document; it contains the name of the flow.
    document: FlowDocument,
    /// Expected current revision; 0: there must be no draft; omitted: any.
    expected_revision: Option<i64>,
}

/// Edits of a draft, applied atomically.
#[derive(Debug, InputObject)]
pub(crate) struct EditFlowDraftInput {
    /// Name of the flow.
    flow: String,
    /// Edits in order; each applies to the result of those before it.
    edits: Vec<FlowEdit>,
    /// Expected current revision of the draft; omitted: any.
    expected_revision: Option<i64>,
}

/// A flow document to check.
#[derive(Debug, InputObject)]
pub(crate) struct CheckFlowInput {
    /// The flow document.
    document: FlowDocument,
}

/// A draft to publish.
#[derive(Debug, InputObject)]
pub(crate) struct PublishFlowInput {
    /// Name of the flow.
    flow: String,
    /// Message that describes the change.
    #[graphql(default)]
    message: String,
    /// Expected current revision of the draft; omitted: any.
    expected_revision: Option<i64>,
    /// Whether to point the stage `live` to the version if the flow has no live version yet.
    #[graphql(default)]
    set_live_if_first: bool,
}

/// The saved draft, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct FlowDraftPayload {
    /// The flow; null when `userErrors` is not empty.
    flow: Option<Flow>,
    /// The draft; null when `userErrors` is not empty.
    draft: Option<FlowDraft>,
    /// Findings of the checks. A draft with errors is saved too.
    diagnostics: Vec<Diagnostic>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// The findings of the checks of a flow.
#[derive(SimpleObject)]
pub(crate) struct CheckFlowPayload {
    /// Whether the flow has no errors.
    is_valid: bool,
    /// All findings.
    diagnostics: Vec<Diagnostic>,
    /// The findings that are errors.
    user_errors: Vec<UserError>,
}

/// The published version, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct PublishFlowPayload {
    /// The version; null when `userErrors` is not empty.
    flow_version: Option<FlowVersion>,
    /// Whether the version is new; publishing an unchanged draft again gives the same version.
    is_new: Option<bool>,
    /// The stage `live`, if this mutation set it.
    live: Option<Stage>,
    /// How many people would get another arm if this version replaced the live one, or the latest one if none is
    /// live. Null if the flow had no version.
    moves: Option<FlowMoves>,
    /// All findings of the checks.
    diagnostics: Vec<Diagnostic>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// Reads a document out of its scalar, with every mistake of shape.
fn read(document: &FlowDocument) -> Result<Document, pointsman_control::Error> {
    Document::from_json(&document.0.to_string()).map_err(|diagnostics| {
        let name = document.0.get("flow").and_then(serde_json::Value::as_str);
        pointsman_control::Error::Flow {
            flow: name.unwrap_or("-").to_owned(),
            diagnostics,
        }
    })
}

/// Drafts of flows.
#[derive(Debug, Default)]
pub(crate) struct DraftMutation;

#[Object]
impl DraftMutation {
    /// Saves the draft of a flow, and creates the flow if it is new.
    async fn save_flow_draft(
        &self,
        context: &Context<'_>,
        input: SaveFlowDraftInput,
    ) -> Result<FlowDraftPayload> {
        context.require(Right::Edit)?;
        let control = context.control()?;
        let saved = match read(&input.document) {
            Ok(document) => control.save_draft(document, input.expected_revision).await,
            Err(error) => Err(error),
        };
        draft_payload(context, sorted(saved)?).await
    }

    /// Edits the draft of a flow. Without a draft, the edits start from the live version.
    async fn edit_flow_draft(
        &self,
        context: &Context<'_>,
        input: EditFlowDraftInput,
    ) -> Result<FlowDraftPayload> {
        context.require(Right::Edit)?;
        let control = context.control()?;
        let edited = match edits(input.edits) {
            Ok(edits) => {
                control
                    .edit_draft(&input.flow, edits, input.expected_revision)
                    .await
            }
            Err(error) => Err(error),
        };
        draft_payload(context, sorted(edited)?).await
    }

    /// Checks a flow document without storing it.
    async fn check_flow(
        &self,
        context: &Context<'_>,
        input: CheckFlowInput,
    ) -> Result<CheckFlowPayload> {
        context.require(Right::Read)?;
        let found = match read(&input.document) {
            Ok(document) => context.control()?.check_flow(document).await.or_fault()?,
            Err(pointsman_control::Error::Flow { diagnostics, .. }) => diagnostics,
            Err(error) => return Err(error).or_fault(),
        };
        let is_valid = found
            .iter()
            .all(|finding| finding.severity != flow::Severity::Error);
        let user_errors = of_diagnostics(&found);
        Ok(CheckFlowPayload {
            is_valid,
            diagnostics: diagnostic::shown(found),
            user_errors,
        })
    }

    /// Publishes the draft of a flow as a version. It routes leads once the stage `live` points to it.
    async fn publish_flow(
        &self,
        context: &Context<'_>,
        input: PublishFlowInput,
    ) -> Result<PublishFlowPayload> {
        let author = context.require(Right::Edit)?.name.clone();
        let PublishFlowInput {
            flow,
            message,
            expected_revision,
            set_live_if_first,
        } = input;
        let publication = Publication {
            flow,
            message,
            author,
            expected_revision,
            set_live_if_first,
        };
        let published = context.control()?.publish(publication).await;
        Ok(match sorted(published)? {
            Ok(published) => PublishFlowPayload {
                flow_version: Some(FlowVersion(published.version)),
                is_new: Some(published.is_new),
                live: published.live.map(Stage),
                moves: published.moves.map(FlowMoves::from),
                diagnostics: diagnostic::shown(published.warnings),
                user_errors: Vec::new(),
            },
            Err((user_errors, found)) => PublishFlowPayload {
                flow_version: None,
                is_new: None,
                live: None,
                moves: None,
                diagnostics: diagnostic::shown(found),
                user_errors,
            },
        })
    }
}

fn edits(inputs: Vec<FlowEdit>) -> Result<Vec<Edit>, pointsman_control::Error> {
    if inputs.len() > EDITS_MAX {
        let message = format!("{} edits are too many; at most {EDITS_MAX}", inputs.len());
        let problem = pointsman_lead::Problem::new("too_many", "edits", message);
        return Err(pointsman_control::Error::Problems(vec![
            problem.hint("save the whole document instead"),
        ]));
    }
    let mut problems = Vec::new();
    let mut edits = Vec::with_capacity(inputs.len());
    for (idx, input) in inputs.into_iter().enumerate() {
        match input.read() {
            Ok(edit) => edits.push(edit),
            Err(found) => problems.extend(found.into_iter().map(|problem| {
                let path = format!("edits[{idx}].{}", problem.path);
                pointsman_lead::Problem { path, ..problem }
            })),
        }
    }
    if problems.is_empty() {
        Ok(edits)
    } else {
        Err(pointsman_control::Error::Problems(problems))
    }
}

async fn draft_payload(
    context: &Context<'_>,
    outcome: Outcome<SavedDraft>,
) -> Result<FlowDraftPayload> {
    let saved = match outcome {
        Ok(saved) => saved,
        Err((user_errors, found)) => {
            let diagnostics = diagnostic::shown(found);
            return Ok(FlowDraftPayload {
                flow: None,
                draft: None,
                diagnostics,
                user_errors,
            });
        }
    };
    let flow = context.control()?.find_flow(&saved.flow).await.or_fault()?;
    Ok(FlowDraftPayload {
        flow: flow.map(Flow),
        draft: Some(FlowDraft((&saved).into())),
        diagnostics: diagnostic::shown(saved.diagnostics),
        user_errors: Vec::new(),
    })
}
