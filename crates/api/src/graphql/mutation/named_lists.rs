//! Changes of named lists.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use pointsman_control::{Error, NewList};
use pointsman_flow::ListReader;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        types::named_list::{ListKind, NamedList},
        user_error::{UserError, sorted},
    },
};

/// A version of a list.
#[derive(Debug, InputObject)]
pub(crate) struct PutListInput {
    /// Name, as predicates write it.
    name: String,
    /// Kind of the values, which stays; omitted: that of the list, `TEXT` for a new one.
    kind: Option<ListKind>,
    /// All values of the version. Lists that are too long for a request to GraphQL go to `PUT /v1/lists/{name}`.
    values: Vec<String>,
    /// Expected current revision; 0: it must not exist; omitted: any.
    expected_revision: Option<i64>,
}

/// The list with its new version, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct PutListPayload {
    /// The list; null when `userErrors` is not empty.
    list: Option<NamedList>,
    /// All errors of the input; of the values the first hundred.
    user_errors: Vec<UserError>,
}

/// Named lists.
#[derive(Debug, Default)]
pub(crate) struct NamedListMutation;

#[Object]
impl NamedListMutation {
    /// Puts a version of a named list. Flows that ask it go by it from now on; leads under way keep theirs. The same values
    /// make no new version.
    async fn put_list(&self, context: &Context<'_>, input: PutListInput) -> Result<PutListPayload> {
        context.require(Right::Edit)?;
        let PutListInput {
            name,
            kind,
            values,
            expected_revision,
        } = input;
        let control = context.control()?;
        let put = async {
            let kind = control.kind_of_list(&name, kind.map(Into::into)).await?;
            let mut reader = ListReader::new(kind);
            for (idx, value) in values.iter().enumerate() {
                reader.add(&format!("values[{idx}]"), value);
            }
            let list = reader.finish().map_err(Error::Problems)?;
            let new = NewList {
                name,
                list,
                expected_revision,
            };
            control.put_list(new).await
        };
        Ok(match sorted(put.await)? {
            Ok(list) => PutListPayload {
                list: Some(NamedList(list)),
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => PutListPayload {
                list: None,
                user_errors,
            },
        })
    }
}
