//! What the values of a class are.

use super::{ClassMap, TextClasses};

impl ClassMap {
    /// The lowest and the highest number of a class; `None` for the missing one and for slots of
    /// other things than numbers.
    pub(crate) fn numbers(&self, class: u16) -> Option<(i64, i64)> {
        let Self::Numbers { cuts } = self else {
            return None;
        };
        let position = usize::from(class).checked_sub(1)?;
        let low = match position.checked_sub(1) {
            Some(before) => *cuts.get(before)?,
            None => i64::MIN,
        };
        let high = match cuts.get(position) {
            Some(cut) => cut.checked_sub(1)?,
            None => i64::MAX,
        };
        Some((low, high))
    }

    /// The text that a class stands for alone, or the beginning of those that it stands for.
    pub(crate) fn text(&self, class: u16) -> Option<&str> {
        let Self::Texts(texts) = self else {
            return None;
        };
        let position = usize::from(class).checked_sub(1)?;
        Some(texts.beginning(position))
    }

    /// Class of a text; the missing one for slots of other things.
    pub(crate) fn of_text(&self, text: &str) -> u16 {
        match self {
            Self::Texts(texts) => texts.class(text),
            _ => super::MISSING,
        }
    }
}

impl TextClasses {
    /// * `position`: of a class, counted from the first after the missing one.
    fn beginning(&self, position: usize) -> &str {
        if let Some(text) = self.texts.get(position) {
            return text;
        }
        let prefix = self.prefixes.get(position - self.texts.len());
        prefix.map_or("", |prefix| &prefix.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classes::{Accepted, Domain, code};

    #[test]
    fn every_class_of_numbers_has_its_ends() {
        let numbers = [Accepted::Numbers(vec![
            (i64::MIN, 4),
            (7, 7),
            (9, i64::MAX),
        ])];
        let map = ClassMap::new(&Domain::Number, &numbers).unwrap();
        for class in 1..code(map.n_classes()) {
            let (low, high) = map.numbers(class).unwrap();
            assert_eq!((map.number(low), map.number(high)), (class, class));
        }
    }

    #[test]
    fn every_class_of_texts_begins_somewhere() {
        let tests = [
            Accepted::Prefixes(vec!["9".to_owned(), "902".to_owned()]),
            Accepted::Texts(["90210".into(), "x".into()].into()),
        ];
        let map = ClassMap::new(&Domain::Text { labels: None }, &tests).unwrap();
        for class in 1..code(map.n_classes()) {
            assert_eq!(map.of_text(map.text(class).unwrap()), class);
        }
    }
}
