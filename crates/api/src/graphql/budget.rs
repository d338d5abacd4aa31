//! How many fields one request may resolve, and a rest for the thread that resolves them.
//!
//! Complexity is an estimate made before the execution. It does not know how long a list is that has no
//! pages, such as the fields of each type in an introspection, and those nest. This counts what is resolved
//! in fact. It also lets others run in between: fields at hand are resolved without waiting for anything, so
//! a large answer would hold its thread to the end, and no time-out would take effect.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_graphql::{
    Response, ServerError, ServerResult, Value,
    async_trait::async_trait,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo,
    },
};

use super::fault;

/// Most fields and list entries of one answer.
const RESOLVED_MAX: usize = 50_000;
/// The same of introspection, which waits for nothing; the query of common tools has some 30,000.
const INTROSPECTED_MAX: usize = 80_000;

/// Makes a budget for each request.
#[derive(Debug)]
pub(super) struct FieldBudget;

impl ExtensionFactory for FieldBudget {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Spent(AtomicUsize::new(0)))
    }
}

/// What a request has resolved so far.
struct Spent(AtomicUsize);

#[async_trait]
impl Extension for Spent {
    // A subscription has one budget for each of its answers.
    async fn execute(
        &self,
        context: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        self.0.store(0, Ordering::Relaxed);
        next.run(context, operation_name).await
    }

    async fn resolve(
        &self,
        context: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let n_max = if info.is_for_introspection {
            INTROSPECTED_MAX
        } else {
            RESOLVED_MAX
        };
        if self.0.fetch_add(1, Ordering::Relaxed) >= n_max {
            let message = format!("the answer has more than {n_max} fields; ask for less");
            let mut error = ServerError::new(message, None);
            fault::set_code(&mut error, fault::BAD_REQUEST);
            return Err(error);
        }
        tokio::task::coop::consume_budget().await;
        next.run(context, info).await
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Request;

    use crate::graphql::build;

    #[tokio::test]
    async fn lists_without_pages_are_counted_as_they_are_resolved() {
        let schema = build().finish();
        let fields = (0..200).map(|n| format!("f{n}:fields{{name}}"));
        let wide = format!(
            "{{__schema{{types{{{}}}}}}}",
            fields.collect::<Vec<_>>().join(" ")
        );
        let answer = schema.execute(Request::new(wide)).await;
        assert!(
            answer.errors[0].message.contains("more than 80000 fields"),
            "{:?}",
            answer.errors[0]
        );
        let common = include_str!("limits/introspection.graphql");
        assert!(schema.execute(Request::new(common)).await.errors.is_empty());
    }
}
