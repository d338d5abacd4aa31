//! The realistic flow with cel: expressions for the derived number and the rows, the rest around them by hand.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use cel::{
    Context, Env, Program, Value,
    common::{types::CelInt, value::Val},
};
use pointsman_flow::Salt;
use pointsman_lead::Enumerated as _;

use super::{Arrival, Wire, by_hand::draw_ppm, settle, tables};
use crate::{
    engine::{Answer, Engine, NOBODY, Name},
    engines::cel::{Native, Rows, Way},
    lead::{Columns, Credit, Scalar},
};

/// The rows of each vertical, found by its label.
#[derive(Debug)]
pub(super) struct Grouped {
    ratio: Program,
    by_vertical: Vec<(&'static str, Rows)>,
    salt: Salt,
}

/// A lead as the rows want it, and what is known around it.
pub(super) struct Lead<'a> {
    rows: Option<(&'a Rows, Native<'a>)>,
    draw_ppm: u32,
    open: u8,
}

impl Grouped {
    /// Compiles the expressions.
    ///
    /// # Errors
    ///
    /// The first one that does not compile.
    pub(super) fn new(salt: Salt) -> Result<Self> {
        let env = Arc::new(Env::stdlib());
        let by_vertical = tables()
            .into_iter()
            .map(|(vertical, table)| Ok((vertical.label(), Rows::new(env.clone(), &table)?)));
        Ok(Self {
            by_vertical: by_vertical.collect::<Result<_>>()?,
            ratio: env
                .compile("debt * 100 / income")
                .map_err(|error| anyhow!("{error}"))?,
            salt,
        })
    }

    fn prepare<'a>(&'a self, scalars: &[Scalar<'a>], unit: &str, open: u8) -> Lead<'a> {
        let mut groups = self.by_vertical.iter();
        let group = groups.find(|(label, _)| scalars[0] == Scalar::Text(label));
        Lead {
            rows: group.map(|(_, rows)| {
                let mut native = rows.native(Way::Variables, Credit::NAMES, scalars);
                if let Native::Variables(context) = &mut native {
                    let ratio = number(&self.ratio, context);
                    context.add_variable_as_val("debt_to_income", ratio);
                }
                (rows, native)
            }),
            draw_ppm: draw_ppm(self.salt, unit),
            open,
        }
    }
}

fn number<'a>(program: &Program, context: &Context<'_, 'a>) -> Box<dyn Val + 'a> {
    let value = Value::resolve_val(program.expression(), context);
    let value = value.expect("incomes are more than nothing");
    let number = value.as_ref().downcast_ref::<CelInt>();
    Box::new(CelInt::from(*number.expect("a number").inner()))
}

impl Engine<Arrival> for Grouped {
    type Native<'a> = Lead<'a>;

    fn name(&self) -> Name {
        Name::Cel
    }

    fn native<'a>(&'a self, arrival: &'a Arrival) -> Lead<'a> {
        self.prepare(&arrival.lead.scalars(), &arrival.unit, arrival.open)
    }

    fn decide(&self, lead: &Lead<'_>) -> Answer {
        let Lead {
            rows,
            draw_ppm,
            open,
        } = lead;
        match rows {
            Some((rows, native)) => settle(rows.answer(native), *open, || *draw_ppm),
            None => NOBODY,
        }
    }

    fn decide_json(&self, json: &[u8]) -> Answer {
        let wire: Wire<'_> = serde_json::from_slice(json).expect("leads are JSON");
        let lead = self.prepare(&wire.scalars(), wire.unit, wire.open);
        self.decide(&lead)
    }
}

impl std::fmt::Debug for Lead<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Lead").field(&self.rows).finish()
    }
}
