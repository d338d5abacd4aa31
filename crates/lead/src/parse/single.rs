//! One value of one field.

use serde_json::Value as Json;

use super::{is_missing, missing, read};
use crate::{Field, Problem, Value};

impl Field {
    /// Reads one value of this field, as [`crate::Schema::parse`] does.
    ///
    /// * `path`: where it stands, for the problem.
    ///
    /// # Errors
    ///
    /// What is wrong with it; the message does not repeat the value of a field that tells who a person is.
    pub fn read(&self, given: &Json, path: &str) -> Result<Value, Problem> {
        if is_missing(given) {
            return Err(missing(self, path));
        }
        read(self, given).map_err(|mistake| mistake.at(path))
    }
}
