//! The `cel` crate: one compiled expression a row, executed in order until one is true.

use std::{fmt, sync::Arc};

use anyhow::{Result, anyhow};
use cel::{
    Context, Env, Program, Value,
    common::{
        types::{CelBool, CelInt, CelString},
        value::{CowVal, Val},
    },
    context::VariableResolver,
};
use smallvec::SmallVec;

use crate::{
    engine::{Answer, Engine, Name},
    lead::{Columns, Scalar, read},
    table::{Cell, Column, Row, Table},
};

/// How expressions come by the values of a lead. Both are measured, and the faster one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Put into a context one by one.
    Variables,
    /// Asked for by name.
    Resolver,
}

/// The expressions of a table.
pub struct Cel<L> {
    rows: Rows,
    way: Way,
    lead: std::marker::PhantomData<fn(&L)>,
}

/// Expressions that are tried in order.
pub struct Rows {
    env: Arc<Env>,
    programs: Vec<Program>,
    to: Vec<Answer>,
    otherwise: Answer,
}

/// A lead as cel wants it.
pub enum Native<'a> {
    /// A context with a variable for each value.
    Variables(Context<'a, 'a>),
    /// Values that are asked for by name.
    Resolver(Values<'a>),
}

/// The values of a lead by name, ready to be borrowed.
#[derive(Debug)]
pub struct Values<'a>(SmallVec<[(&'static str, Ready<'a>); 8]>);

#[derive(Debug)]
enum Ready<'a> {
    Text(CelString<'a>),
    Number(CelInt),
}

impl Rows {
    /// Compiles the rows of a table.
    ///
    /// # Errors
    ///
    /// The first row that does not compile.
    pub fn new(env: Arc<Env>, table: &Table) -> Result<Self> {
        let programs = table.rows.iter().map(|row| {
            let text = expression(row, &table.columns);
            env.compile(&text)
                .map_err(|error| anyhow!("{text}: {error}"))
        });
        Ok(Self {
            programs: programs.collect::<Result<_>>()?,
            env,
            to: table.rows.iter().map(|row| row.to).collect(),
            otherwise: table.otherwise,
        })
    }

    /// The answer of the first row whose expression is true.
    pub fn first(&self, context: &Context<'_, '_>) -> Answer {
        let rows = self.programs.iter().zip(&self.to);
        let mut matching = rows.filter(|(program, _)| is_true(program, context));
        matching.next().map_or(self.otherwise, |(_, to)| *to)
    }

    /// The same for a lead in either way.
    pub fn answer(&self, native: &Native<'_>) -> Answer {
        match native {
            Native::Variables(context) => self.first(context),
            Native::Resolver(values) => {
                let mut context = Context::with_env(self.env.clone());
                context.set_variable_resolver(values);
                self.first(&context)
            }
        }
    }

    /// Puts the values of a lead into one of the ways.
    pub fn native<'a>(
        &self,
        way: Way,
        names: &[&'static str],
        scalars: &[Scalar<'a>],
    ) -> Native<'a> {
        let values = names.iter().zip(scalars).map(|(name, scalar)| {
            let ready = match scalar {
                Scalar::Text(text) => Ready::Text(CelString::from(*text)),
                Scalar::Number(number) => Ready::Number(CelInt::from(*number)),
            };
            (*name, ready)
        });
        match way {
            Way::Resolver => Native::Resolver(Values(values.collect())),
            Way::Variables => {
                let mut context = Context::with_env(self.env.clone());
                for (name, ready) in values {
                    let value: Box<dyn Val + 'a> = match ready {
                        Ready::Text(text) => Box::new(text),
                        Ready::Number(number) => Box::new(number),
                    };
                    context.add_variable_as_val(name, value);
                }
                Native::Variables(context)
            }
        }
    }
}

fn is_true(program: &Program, context: &Context<'_, '_>) -> bool {
    let value = Value::resolve_val(program.expression(), context);
    value.is_ok_and(|value| {
        let truth = value.as_ref().downcast_ref::<CelBool>();
        truth.is_some_and(|truth| *truth.inner())
    })
}

impl VariableResolver for Values<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let (_, ready) = self.0.iter().find(|(name, _)| *name == variable)?;
        let value: &dyn Val = match ready {
            Ready::Text(text) => text,
            Ready::Number(number) => number,
        };
        Some(CowVal::Borrowed(value))
    }
}

impl<L> Cel<L> {
    /// Compiles a table.
    ///
    /// # Errors
    ///
    /// The first row that does not compile.
    pub fn new(table: &Table, way: Way) -> Result<Self> {
        Ok(Self {
            rows: Rows::new(Arc::new(Env::stdlib()), table)?,
            way,
            lead: std::marker::PhantomData,
        })
    }
}

impl<L: Columns> Engine<L> for Cel<L> {
    type Native<'a>
        = Native<'a>
    where
        L: 'a;

    fn name(&self) -> Name {
        Name::Cel
    }

    fn native<'a>(&'a self, lead: &'a L) -> Native<'a> {
        self.rows.native(self.way, L::NAMES, &lead.scalars())
    }

    fn decide(&self, native: &Native<'_>) -> Answer {
        self.rows.answer(native)
    }

    fn decide_json(&self, json: &[u8]) -> Answer {
        let scalars = read::<L>(json).expect("leads are JSON");
        self.rows
            .answer(&self.rows.native(self.way, L::NAMES, &scalars))
    }
}

/// A row as an expression.
fn expression(row: &Row, columns: &[Column]) -> String {
    let cells = row.cells.iter().zip(columns);
    let tests: Vec<String> = cells
        .filter_map(|(cell, column)| test(cell, *column))
        .collect();
    if tests.is_empty() {
        return "true".to_owned();
    }
    tests.join(" && ")
}

fn test(cell: &Cell, column: Column) -> Option<String> {
    let subject = match column {
        Column::Field(name) => name,
        Column::DebtToIncome => "debt * 100 / income",
    };
    Some(match cell {
        Cell::Any => return None,
        Cell::Number(number) => format!("{subject} == {number}"),
        Cell::Range(from, to) => format!("{subject} >= {from} && {subject} < {to}"),
        Cell::Prefix(prefix) => format!("{subject}.startsWith('{prefix}')"),
        Cell::Texts(texts) => match texts.as_slice() {
            [text] => format!("{subject} == '{text}'"),
            texts => {
                let quoted: Vec<String> = texts.iter().map(|text| format!("'{text}'")).collect();
                format!("{subject} in [{}]", quoted.join(", "))
            }
        },
    })
}

impl<L> fmt::Debug for Cel<L> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Cel").field(&self.rows).finish()
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} expressions", self.programs.len())
    }
}

impl fmt::Debug for Native<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Variables(_) => "variables",
            Self::Resolver(_) => "resolver",
        })
    }
}
