//! A column of texts, packed into one buffer.

/// Texts one after the other, some of them missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    packed: String,
    // Where each text ends, and whether it is there at all.
    ends: Vec<(usize, bool)>,
}

impl Texts {
    pub(crate) fn push(&mut self, text: Option<&str>) {
        self.packed.push_str(text.unwrap_or_default());
        self.ends.push((self.packed.len(), text.is_some()));
    }

    /// The text at a place; `None` if it is missing, or if there is no such place.
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        let &(end, is_there) = self.ends.get(row)?;
        let start = match row {
            0 => 0,
            row => self.ends[row - 1].0,
        };
        is_there.then(|| &self.packed[start..end])
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}

impl<T: AsRef<str>> FromIterator<Option<T>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(texts: I) -> Self {
        let mut column = Self::default();
        for text in texts {
            column.push(text.as_ref().map(AsRef::as_ref));
        }
        column
    }
}
