//! Tables with typed columns: a row's cells are of the types of its columns.

use std::marker::PhantomData;

use pointsman_lead::{FieldValue, Ordered, Textual};

use super::{Builder, Column, HalfOpen, Port, Predicate, ValueOf, predicate::literal};
use crate::{Cell, Hit, Row, TableNode};

/// A table that does not say yet what becomes of a lead that no row matches.
#[must_use = "say `.otherwise(port)` or `.exhaustive()`"]
pub struct Table<'f, L, C> {
    builder: Builder<'f, L>,
    hit: Hit,
    columns: Vec<String>,
    rows: Vec<Row>,
    types: PhantomData<fn() -> C>,
}

/// What a row asks of a column with values of type `T`.
pub struct CellOf<T> {
    cell: Cell,
    value: PhantomData<fn() -> T>,
}

/// The columns of a table: a tuple of one to twelve fields, scorecards and derived values (as `&value`).
pub trait Columns<'f, L> {
    /// The cells of a row: a tuple of as many [`CellOf`].
    type Cells;

    #[doc(hidden)]
    fn columns(self) -> Vec<String>;

    #[doc(hidden)]
    fn cells(cells: Self::Cells) -> Vec<Cell>;
}

/// Any value, and none too.
pub fn any<T>() -> CellOf<T> {
    CellOf::of(Cell::Any)
}

/// No value.
pub fn missing<T>() -> CellOf<T> {
    CellOf::of(Cell::Missing)
}

/// One of `values`.
pub fn one_of<T: FieldValue>(values: impl IntoIterator<Item = impl ValueOf<T>>) -> CellOf<T> {
    let values = values.into_iter().map(|value| literal(&value.into_value()));
    CellOf::of(Cell::OneOf(values.collect()))
}

/// A value, but none of `values`.
pub fn none_of<T: FieldValue>(values: impl IntoIterator<Item = impl ValueOf<T>>) -> CellOf<T> {
    let values = values.into_iter().map(|value| literal(&value.into_value()));
    CellOf::of(Cell::NoneOf(values.collect()))
}

/// A text that starts with one of `prefixes`.
pub fn starts_with<T: Textual>(prefixes: impl IntoIterator<Item = impl Into<String>>) -> CellOf<T> {
    CellOf::of(Cell::StartsWith(
        prefixes.into_iter().map(Into::into).collect(),
    ))
}

/// A value in `range`, the end of which is outside.
pub fn within<T: Ordered, V: ValueOf<T>>(range: impl HalfOpen<V>) -> CellOf<T> {
    let (from, to) = range.bounds();
    CellOf::of(Cell::Range {
        from: from.map(|from| literal(&from.into_value())),
        to: to.map(|to| literal(&to.into_value())),
    })
}

impl<'f, L> Builder<'f, L> {
    /// Chooses the port of the first row that matches.
    ///
    /// ```
    /// # use pointsman_flow::{Lead, build::{Flow, Integer, State, any, one_of, us::{CA, TX}, within}};
    /// # #[derive(Lead)]
    /// # struct Solar { state: State, age: Option<Integer> }
    /// Flow::<Solar>::build("solar", |f| {
    ///     let (acme, zenith) = (f.destination("acme"), f.destination("zenith"));
    ///     f.table((Solar::STATE, Solar::AGE))
    ///         .row((one_of([CA, TX]), within(25..65)), acme)
    ///         .row((any(), within(18..)), zenith)
    ///         .otherwise(f.reject("too young"))
    /// });
    /// ```
    pub fn table<C: Columns<'f, L>>(self, columns: C) -> Table<'f, L, C> {
        Table {
            builder: self,
            hit: Hit::First,
            columns: columns.columns(),
            rows: Vec::new(),
            types: PhantomData,
        }
    }
}

impl<'f, L, C: Columns<'f, L>> Table<'f, L, C> {
    /// Refuses rows that overlap, in place of taking the first.
    pub fn unique(mut self) -> Self {
        self.hit = Hit::Unique;
        self
    }

    /// One more row: where leads go that all of its cells match.
    pub fn row(mut self, cells: C::Cells, port: impl Into<Port<'f, L>>) -> Self {
        self.rows.push(Row {
            cells: C::cells(cells),
            condition: None,
            to: port.into().position(),
        });
        self
    }

    /// One more row with a predicate besides its cells: where leads go that all of the cells match
    /// and that the predicate is true of.
    ///
    /// What a cell can say belongs into the cell: it costs nothing when a lead is decided, and the
    /// checks know more about it.
    pub fn row_if(
        mut self,
        cells: C::Cells,
        predicate: Predicate<'f, L>,
        port: impl Into<Port<'f, L>>,
    ) -> Self {
        self.rows.push(Row {
            cells: C::cells(cells),
            condition: Some(predicate.into_text()),
            to: port.into().position(),
        });
        self
    }

    /// Where leads go that no row matches.
    #[track_caller]
    pub fn otherwise(self, port: impl Into<Port<'f, L>>) -> Port<'f, L> {
        self.finish(Some(port.into().position()))
    }

    /// Claims that some row always matches, which the check of the flow proves or refutes.
    #[track_caller]
    pub fn exhaustive(self) -> Port<'f, L> {
        self.finish(None)
    }

    #[track_caller]
    fn finish(self, otherwise: Option<String>) -> Port<'f, L> {
        let Self {
            builder,
            hit,
            columns,
            rows,
            types: _,
        } = self;
        let table = TableNode {
            hit,
            columns,
            rows,
            otherwise,
        };
        Port::at(builder, builder.steps.add(table))
    }
}

impl<T> CellOf<T> {
    fn of(cell: Cell) -> Self {
        Self {
            cell,
            value: PhantomData,
        }
    }
}

macro_rules! columns {
    ($($column:ident $value:ident),+) => {
        impl<'f, L, $($column: Column<'f, L>),+> Columns<'f, L> for ($($column,)+) {
            type Cells = ($(CellOf<$column::Value>,)+);

            fn columns(self) -> Vec<String> {
                let ($($value,)+) = self;
                vec![$($value.column()),+]
            }

            fn cells(cells: Self::Cells) -> Vec<Cell> {
                let ($($value,)+) = cells;
                vec![$($value.cell),+]
            }
        }
    };
}
columns!(A a);
columns!(A a, B b);
columns!(A a, B b, C c);
columns!(A a, B b, C c, D d);
columns!(A a, B b, C c, D d, E e);
columns!(A a, B b, C c, D d, E e, F f);
columns!(A a, B b, C c, D d, E e, F f, G g);
columns!(A a, B b, C c, D d, E e, F f, G g, H h);
columns!(A a, B b, C c, D d, E e, F f, G g, H h, I i);
columns!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j);
columns!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k);
columns!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, M m);

impl<L, C> std::fmt::Debug for Table<'_, L, C> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Table({})", self.columns.join(", "))
    }
}

impl<T> std::fmt::Debug for CellOf<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.cell.fmt(formatter)
    }
}
