//! Named lists, which predicates ask.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use pointsman_control as control;
use pointsman_flow as flow;

use crate::graphql::{
    asking::Asking as _, fault::OrFault as _, node_id::named, paging::weigh, personal,
    scalars::Timestamp,
};

/// Most values of a difference that are told of each side.
const SAMPLES: usize = 20;

/// What the values of a list are. A field of this kind may be asked whether its value is in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::ListKind")]
pub(in crate::graphql) enum ListKind {
    /// Texts of one line, for fields of kind text and enum.
    Text,
    /// Countries: ISO 3166-1 alpha-2.
    Country,
    /// States and provinces: ISO 3166-2 without the country.
    Region,
    /// Postal codes.
    PostalCode,
    /// Telephone numbers in E.164.
    Phone,
    /// E-mail addresses.
    Email,
    /// IP addresses.
    Ip,
    /// http and https addresses.
    Url,
}

/// A list whose values are not sent with it.
pub(in crate::graphql) struct NamedList(pub(in crate::graphql) control::List);

/// A list of up to a million values that criteria and flows ask by its name: `zip in list("our-zips")`.
#[Object]
impl NamedList {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        named("list", &self.0.name)
    }

    /// Name, as predicates write it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Kind of its values.
    async fn kind(&self) -> ListKind {
        self.0.kind.into()
    }

    /// Content address of the present version; decisions are pinned to it.
    async fn hash(&self) -> String {
        self.0.hash.to_string()
    }

    /// Number of values.
    async fn value_count(&self) -> i64 {
        self.0.n_values
    }

    /// Number of the present version, from 1.
    async fn revision(&self) -> i64 {
        self.0.revision
    }

    /// Time of the first version.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// Time of the present version.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at.into()
    }

    /// Names of the live flows that ask it, in their predicates or by the criteria of their destinations.
    async fn flows(&self, context: &Context<'_>) -> Result<Vec<String>> {
        let flows = context.control()?.flows_that_ask(&self.0.name);
        Ok(flows.into_iter().collect())
    }

    /// The latest versions, at most 100, newest first.
    #[graphql(complexity = "weigh(5, 100, child_complexity)")]
    async fn versions(&self, context: &Context<'_>) -> Result<Vec<NamedListVersion>> {
        let versions = context.control()?.list_versions(&self.0.name).await;
        Ok(versions.or_fault()?.into_iter().map(Into::into).collect())
    }

    /// What one version has and another has not; null if there is no such version.
    #[graphql(complexity = "weigh(50, 1, child_complexity)")]
    async fn difference(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Number of the earlier version.")] from: i64,
        #[graphql(desc = "Number of the later version; omitted: the present one.")] to: Option<i64>,
    ) -> Result<Option<NamedListDifference>> {
        let is_open = !self.0.kind.is_personal() || personal::may_read(context)?;
        let n_samples = if is_open { SAMPLES } else { 0 };
        let versions = (from, to.unwrap_or(self.0.revision));
        let control = context.control()?;
        let difference = control.list_difference(&self.0, versions, n_samples).await;
        Ok(difference.or_fault()?.map(Into::into))
    }
}

/// A version of a named list.
#[derive(SimpleObject)]
pub(in crate::graphql) struct NamedListVersion {
    /// Number, from 1.
    revision: i64,
    /// Content address.
    hash: String,
    /// Number of values.
    value_count: i64,
    /// Time at which it was put.
    created_at: Timestamp,
}

impl From<control::ListVersion> for NamedListVersion {
    fn from(version: control::ListVersion) -> Self {
        let control::ListVersion {
            revision,
            hash,
            n_values,
            created_at,
        } = version;
        Self {
            revision,
            hash: hash.to_string(),
            value_count: n_values,
            created_at: created_at.into(),
        }
    }
}

/// What one version of a list has and another has not.
#[derive(SimpleObject)]
pub(in crate::graphql) struct NamedListDifference {
    /// Number of values that are new.
    added_count: i64,
    /// Number of values that are gone.
    removed_count: i64,
    /// The first of those that are new, at most 20; empty if they are personal and may not be read.
    added: Vec<String>,
    /// The first of those that are gone, at most 20; empty if they are personal and may not be read.
    removed: Vec<String>,
}

impl From<flow::ListDifference> for NamedListDifference {
    fn from(difference: flow::ListDifference) -> Self {
        let flow::ListDifference {
            n_added,
            n_removed,
            added,
            removed,
        } = difference;
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Self {
            added_count: count(n_added),
            removed_count: count(n_removed),
            added,
            removed,
        }
    }
}
