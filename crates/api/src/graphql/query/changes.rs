//! Changes of settings.

use async_graphql::{Context, Object, Result, connection::Connection};
use pointsman_control::{ChangeFilter, SettingsChangeKind};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault,
        fault::OrFault as _,
        paging::{Paging, cost},
        types::settings_change::{ChangeFilterInput, SettingsChange},
    },
};

/// The query of changes of settings.
#[derive(Debug, Default)]
pub(crate) struct ChangeQuery;

#[Object]
impl ChangeQuery {
    /// Changes of settings, newest first. Those of tokens are shown to administrators only.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn changes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Filter; default: all changes.")] filter: Option<ChangeFilterInput>,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, SettingsChange>> {
        context.require(Right::Read)?;
        let paging = Paging::new(first, after.as_deref())?;
        let filter = visible(context, filter.unwrap_or_default())?;
        let control = context.control()?;
        let page = control
            .changes(&filter, paging.after.as_ref(), paging.limit)
            .await;
        Ok(paging.of(page.or_fault()?, SettingsChange))
    }
}

/// What was asked for, within what may be seen.
fn visible(context: &Context<'_>, filter: ChangeFilterInput) -> Result<ChangeFilter> {
    let ChangeFilterInput {
        kind,
        object,
        who,
        from,
        to,
    } = filter;
    if from.zip(to).is_some_and(|(from, to)| from.0 >= to.0) {
        return Err(fault::bad_input("`from` is not before `to`"));
    }
    let kinds: Option<Vec<SettingsChangeKind>> =
        kind.map(|kinds| kinds.into_iter().map(Into::into).collect());
    let kinds = if Right::Administer.is_of(context.principal()?.role) {
        kinds
    } else {
        if let Some(kinds) = &kinds
            && kinds.iter().any(|kind| kind.is_about_tokens())
        {
            context.require(Right::Administer)?;
        }
        let others = || {
            let all = SettingsChangeKind::ALL.into_iter();
            all.filter(|kind| !kind.is_about_tokens()).collect()
        };
        Some(kinds.unwrap_or_else(others))
    };
    Ok(ChangeFilter {
        kinds,
        object,
        who,
        from: from.map(Into::into),
        until: to.map(Into::into),
    })
}
