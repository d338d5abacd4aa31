//! The reader that turns the rows of a log into offers and leads.

use pointsman_lead::ALWAYS;

use super::{Log, Mapping, findings::Noted, flat::FlatReader, own::OwnReader};

/// The reader that a mapping asks for.
pub(crate) enum Rows {
    Own(Box<OwnReader>),
    Flat(Box<FlatReader>),
}

impl Rows {
    pub(crate) fn new(log: &Log) -> Self {
        let times = log.times();
        match log.mapping() {
            Mapping::Own => Self::Own(Box::new(OwnReader::new(times))),
            Mapping::Flat(columns) => {
                Self::Flat(Box::new(FlatReader::new((**columns).clone(), times)))
            }
        }
    }

    pub(crate) fn n_without_reward(&self) -> u64 {
        match self {
            Self::Own(reader) => reader.n_without_reward,
            Self::Flat(reader) => reader.n_without_reward,
        }
    }

    pub(crate) fn doubtful_times(&self) -> &Noted {
        match self {
            Self::Own(reader) => &reader.doubtful_times,
            Self::Flat(reader) => &reader.doubtful_times,
        }
    }
}

/// Whether a field's name is one that every schema starts with.
pub(crate) fn is_always_there(field: &str) -> bool {
    ALWAYS.contains(&field)
}
