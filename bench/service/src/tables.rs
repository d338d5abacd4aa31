//! The tables that grow with leads, and what becomes of their columns in a copy.

use anyhow::{Context as _, Result};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// A table that grows with leads.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The tables up to the lead, `l`; the table itself is `t`. Empty: its rows are of no lead.
    pub(crate) to_lead: &'static str,
    /// What puts its rows in the order in which they were written.
    pub(crate) order: &'static str,
}

/// In the order in which they refer to each other.
pub(crate) const TABLES: [Table; 8] = [
    Table {
        name: "allocation",
        to_lead: "",
        order: "t.epoch",
    },
    Table {
        name: "allocation_entry",
        to_lead: "",
        order: "t.epoch, t.node, t.segment",
    },
    Table {
        name: "lead",
        to_lead: "JOIN lead AS l ON l.id = t.id",
        order: "t.seq",
    },
    Table {
        name: "decision",
        to_lead: "JOIN lead AS l ON l.id = t.lead_id",
        order: "t.started_seq",
    },
    Table {
        name: "decision_step",
        to_lead: "JOIN decision AS d ON d.id = t.decision_id JOIN lead AS l ON l.id = d.lead_id",
        order: "t.seq",
    },
    Table {
        name: "delivery",
        to_lead: "JOIN lead AS l ON l.id = t.lead_id",
        order: "t.reserved_seq",
    },
    Table {
        name: "attempt",
        to_lead: "JOIN delivery AS o ON o.id = t.delivery_id JOIN lead AS l ON l.id = o.lead_id",
        order: "o.reserved_seq",
    },
    Table {
        name: "conversion",
        to_lead: "JOIN delivery AS o ON o.id = t.delivery_id JOIN lead AS l ON l.id = o.lead_id",
        order: "t.seq",
    },
];

/// How a column of a copy differs from the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Not at all.
    Same,
    /// An id; so many letters before its time.
    Id(usize),
    /// A place in commit order.
    Seq,
    /// The number of an allocation.
    Epoch,
    /// A moment.
    Time,
    /// A source's own key.
    Key,
    /// The catalog of its time.
    Catalog,
    /// A text that names the ids of the lead and the decision.
    NamesLead,
    /// A text that names the click.
    NamesClick,
}

/// What a column holds.
pub(crate) fn role(table: &str, column: &str) -> Role {
    match (table, column) {
        ("lead", "id") | (_, "lead_id") => Role::Id("lead_".len()),
        // `dec_`, `dlv_`, `clk_` and `cnv_`.
        (_, "id" | "decision_id" | "delivery_id" | "click_id") => Role::Id("dec_".len()),
        (_, "seq" | "started_seq" | "ended_seq" | "reserved_seq" | "settled_seq") => Role::Seq,
        (
            _,
            "at" | "received_at" | "settled_at" | "created_at" | "deadline_at" | "started_at"
            | "finished_at" | "occurred_at" | "as_of",
        ) => Role::Time,
        (_, "epoch") => Role::Epoch,
        ("lead", "idempotency_key") => Role::Key,
        ("decision", "catalog_hash") => Role::Catalog,
        ("lead", "response_body") => Role::NamesLead,
        ("conversion", "natural_key" | "raw_body") => Role::NamesClick,
        _ => Role::Same,
    }
}

/// What a column is declared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Real,
    Boolean,
}

/// A column as the database has it.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// The columns of a table, in their order.
pub(crate) async fn columns(connection: &impl ConnectionTrait, table: &str) -> Result<Vec<Column>> {
    let backend = connection.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => {
            "SELECT column_name::text AS name, data_type::text AS kind FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
        }
        _ => "SELECT name, type AS kind FROM pragma_table_info($1)",
    };
    let statement = Statement::from_sql_and_values(backend, sql, [table.into()]);
    let rows = connection.query_all_raw(statement).await?;
    let columns = rows.into_iter().map(|row| {
        let (name, kind): (String, String) = (row.try_get("", "name")?, row.try_get("", "kind")?);
        let kind = match kind.to_ascii_lowercase().as_str() {
            "text" => Kind::Text,
            "integer" | "bigint" => Kind::Integer,
            "real" | "double precision" => Kind::Real,
            "boolean" => Kind::Boolean,
            other => anyhow::bail!("column {table}.{name} is of kind {other}"),
        };
        Ok(Column { name, kind })
    });
    columns.collect::<Result<Vec<_>>>().context("the columns")
}
