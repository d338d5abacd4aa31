//! SQL: SQLite by default, PostgreSQL where one machine is not enough.
