//! From a Rust struct to class codes, without texts or fields in between.

use std::marker::PhantomData;

use pointsman_lead::{ALWAYS, Envelope, FieldIdx, Lead, ValueRef, Values};
use thiserror::Error;

use super::Program;

/// The leads of a program as values of one Rust type. Only [`Program::typed`] makes one.
///
/// Make it once for each program, and lend every lead through it.
#[derive(Debug, Clone, Copy)]
pub struct Typed<L>(PhantomData<fn() -> L>);

/// A struct with `#[derive(Lead)]`, and what is known of the lead besides: what
/// [`Program::encode`] takes.
#[derive(Debug, Clone, Copy)]
pub struct TypedLead<'a, L> {
    lead: &'a L,
    envelope: &'a Envelope<'a>,
}

/// The leads of a program have other fields than a Rust type.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the flow `{flow}` takes leads with other fields than the struct of `{vertical}`")]
pub struct OtherSchema {
    flow: String,
    vertical: String,
}

impl Program {
    /// Takes leads of a Rust type as they are.
    ///
    /// A typed lead is decided as its fields would be (see [`Lead::to_fields`]), but is not checked
    /// as [`pointsman_lead::Schema::parse`] checks: a number out of range or a text that is too long
    /// is compared as it is.
    ///
    /// # Errors
    ///
    /// [`OtherSchema`] unless the schema of this program is the very one that the type declares.
    pub fn typed<L: Lead>(&self) -> Result<Typed<L>, OtherSchema> {
        let schema = L::schema();
        if schema == *self.schema() {
            return Ok(Typed(PhantomData));
        }
        Err(OtherSchema {
            flow: self.flow().to_owned(),
            vertical: schema.vertical().to_owned(),
        })
    }
}

impl<L: Lead> Typed<L> {
    /// A lead, ready to be encoded.
    pub fn lead<'a>(&self, lead: &'a L, envelope: &'a Envelope<'a>) -> TypedLead<'a, L> {
        TypedLead { lead, envelope }
    }
}

impl<L: Lead> Values for TypedLead<'_, L> {
    fn lend<R>(&self, field: FieldIdx, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
        match usize::from(field.0).checked_sub(ALWAYS.len()) {
            Some(position) => self.lead.lend(position, to),
            None => self.envelope.lend(field, to),
        }
    }
}
