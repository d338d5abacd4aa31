//! Personal data of leads: who may read it, and what others read in its place.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{Context, Result};

use super::{asking::Asking as _, loaders::OpenFields};
use crate::access::{LeadScope, Right};

/// What stands in place of a value that is personal.
pub(super) const MASK: &str = "[personal]";

/// Whether a request uses the session of a browser.
#[derive(Debug, Clone, Copy)]
pub(super) struct FromBrowser(pub(super) bool);

/// Whether whoever asks reads personal data of the leads that they see. A source has sent its own. In a browser it is
/// covered until somebody asks for it by `revealLead`, which is noted.
pub(super) fn may_read(context: &Context<'_>) -> Result<bool> {
    let principal = context.principal()?;
    let is_source = matches!(LeadScope::of(principal), Ok(LeadScope::Source(_)));
    let is_covered = context.data_opt::<FromBrowser>().is_some_and(|it| it.0);
    Ok(is_source || (Right::ReadPersonal.is_of(principal.role) && !is_covered))
}

/// The fields of a vertical that are not personal. A field that the schema does not have may have been personal once.
pub(super) async fn open_fields(
    context: &Context<'_>,
    vertical: &str,
) -> Result<Arc<BTreeSet<String>>> {
    let key = OpenFields(vertical.to_owned());
    let open = context.batches()?.load_one(key).await?;
    Ok(open.unwrap_or_default())
}
