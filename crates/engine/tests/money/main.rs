//! Money as it is earned and reported: leads in, offers answered when the story says so, postbacks at any
//! moment, and what is left in the database and in the learner's head.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod month;
mod parked;
mod platform;
mod releases;
mod restart;
mod retries;
mod returns;
mod revenue;
mod words;
