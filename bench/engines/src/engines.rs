//! The engines, one a file: each takes a table that belongs to nobody and makes it its own.

pub mod by_hand;
pub mod cel;
pub mod pointsman;
pub mod zen;
