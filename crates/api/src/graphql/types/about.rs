//! The server that answers.

use async_graphql::SimpleObject;

use crate::graphql::scalars::Timestamp;

/// The server that answers.
#[derive(SimpleObject)]
pub(in crate::graphql) struct About {
    /// Version of its program.
    pub(in crate::graphql) version: &'static str,
    /// Hash of the files of its web console; a page that was loaded from another one is out of date.
    pub(in crate::graphql) console_hash: &'static str,
    /// Whether requests without a token may do something: everybody who reaches the port may do it.
    pub(in crate::graphql) is_open: bool,
    /// Its time, which leads are received at.
    pub(in crate::graphql) now: Timestamp,
}
