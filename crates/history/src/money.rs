//! What leads brought, as accounts: entries of two sides, and statements by day.

mod entries;
mod statements;

pub use entries::{ENTRY_COLUMNS, EntryKind, MoneyCheck, MoneyEntry};
pub use pointsman_store::StatementParty;
pub use statements::{
    STATEMENT_COLUMNS, StatementLine, StatementQuestion, csv_line, statement_csv,
};
