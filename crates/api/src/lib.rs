//! HTTP and GraphQL in.
