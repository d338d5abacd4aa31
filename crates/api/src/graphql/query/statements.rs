//! Statements.

use async_graphql::{Context, Object, Result, SimpleObject, connection::Connection};
use pointsman_history::{self as history, Place, StatementQuestion, statement_csv};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::{self, OrFault as _},
        paging::{Paging, cost, weigh},
        types::statement::{StatementLine, StatementParty, StatementTotal},
        user_error::UserError,
    },
};

/// A statement, or the errors of the question.
#[derive(SimpleObject)]
pub(crate) struct StatementPayload {
    /// The statement; null when `userErrors` is not empty.
    statement: Option<MoneyStatement>,
    /// All errors of the question.
    user_errors: Vec<UserError>,
}

/// Lines of a statement.
pub(crate) struct MoneyStatement(history::MoneyStatement);

/// The lines of a statement by day, account and currency.
#[Object]
impl MoneyStatement {
    /// The lines, a page at a time. Days on which nothing happened to an account have none.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn lines(
        &self,
        #[graphql(desc = "Page size, 1 to 100; default 50.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the entry after which the page starts.")] after: Option<String>,
    ) -> Result<Connection<String, StatementLine>> {
        let paging = Paging::new(first, after.as_deref())?;
        let mut position = 0;
        let lines: Vec<_> = self
            .0
            .lines
            .iter()
            .cloned()
            .map(|line| {
                position += 1;
                (position, line)
            })
            .collect();
        let key = |(position, _): &(i64, history::StatementLine)| Place::new(*position, "");
        Ok(paging.of_list(lines, key, |(_, line)| StatementLine::from(line)))
    }

    /// All lines as CSV with a header, in the columns that the page Money of the book lists.
    #[graphql(complexity = 100)]
    async fn csv(&self) -> String {
        statement_csv(&self.0.lines)
    }

    /// What all days come to: each account and currency, by name, then all accounts of a currency together where
    /// there are several. An account on which nothing happened is there if something is owed.
    #[graphql(complexity = "weigh(1, 100, child_complexity)")]
    async fn sums(&self) -> Vec<StatementTotal> {
        self.0.sums.iter().cloned().map(Into::into).collect()
    }
}

/// The query of statements.
#[derive(Debug, Default)]
pub(crate) struct StatementQuery;

#[Object]
impl StatementQuery {
    /// What leads brought by day and account, with opening and closing balances; at most 366 days. A token of one
    /// destination sees its own account.
    #[graphql(complexity = "weigh(100, 1, child_complexity)")]
    async fn statement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whose accounts.")] by: StatementParty,
        #[graphql(desc = "Name of one destination or source; default: all.")] account: Option<
            String,
        >,
        #[graphql(desc = "First day, such as `2026-11-01`.")] from: String,
        #[graphql(desc = "Last day.")] until: String,
        #[graphql(
            desc = "IANA zone of the days, such as `America/New_York`.",
            default_with = "\"UTC\".to_owned()"
        )]
        zone: String,
    ) -> Result<StatementPayload> {
        let principal = context.principal()?;
        let account = if let Some(own) = &principal.destination {
            context.require(Right::Report)?;
            if by != StatementParty::Destination || account.is_some_and(|it| it != *own) {
                let message = "the token may read the statement of its own destination alone";
                return Err(fault::new(fault::FORBIDDEN, message));
            }
            Some(own.clone())
        } else {
            context.require(Right::Read)?;
            account
        };
        let question = StatementQuestion {
            party: by.into(),
            account,
            from,
            until,
            zone,
        };
        let found = context.history()?.statement(&question).await;
        Ok(match found.or_fault()? {
            Ok(statement) => StatementPayload {
                statement: Some(MoneyStatement(statement)),
                user_errors: Vec::new(),
            },
            Err(problems) => StatementPayload {
                statement: None,
                user_errors: problems.into_iter().map(UserError::from).collect(),
            },
        })
    }
}
