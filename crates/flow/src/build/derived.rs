//! What the code that the derives write names. Not for use by hand.

pub use pointsman_lead::{
    Enumerated, FieldValue, Lead, Required, Schema, Timestamp, ValueRef,
    typed::derive::{field, json, limited, schema, text},
};
pub use std::{primitive::bool as Boolean, string::String};

/// The declared fields of a lead by name.
pub type Json = serde_json::Map<String, serde_json::Value>;
