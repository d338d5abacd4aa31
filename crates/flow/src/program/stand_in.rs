//! What may stand in place of a value that is removed, so that rules decide as before.

use pointsman_lead::{CalendarDate, FieldKind, Timestamp, Value};

use super::{Program, encode::Codes, encode::SlotSource};
use crate::classes::ClassMap;

/// A text that stands for a person's own where no rule names any.
const ERASED: &str = "erased";

impl Program {
    /// What a lead was encoded to, as numbers.
    pub fn code_list(&self, codes: &Codes) -> Vec<u16> {
        codes.0.to_vec()
    }

    /// The codes that [`Program::code_list`] gave; `None` if they are of another program.
    pub fn codes_of_list(&self, list: &[u16]) -> Option<Codes> {
        let fits = |(slot, code): (&super::encode::Slot, &u16)| {
            usize::from(*code) < slot.classes.n_classes()
        };
        let is_ours = list.len() == self.slots.len() && self.slots.iter().zip(list).all(fits);
        is_ours.then(|| Codes(list.into()))
    }

    /// How the rules of this program tell the values of a field apart.
    fn classes_of(&self, name: &str) -> Vec<&ClassMap> {
        let Some(field) = self.schema().find(name) else {
            return Vec::new();
        };
        let slots = self.slots.iter();
        let of_field =
            slots.filter(|slot| matches!(slot.source, SlotSource::Field(it) if it == field));
        of_field.map(|slot| &slot.classes).collect()
    }
}

/// A value of the same kind that no rule of `programs` tells from `value`, made of what the rules name and not of the
/// value; `None` where nothing but the value itself, or nothing at all, would do.
///
/// Where not all programs can be met, it meets the first. What is computed of a value, such as an hour or a sum, is not
/// looked at: compare the codes.
///
/// * `programs`: of one vertical; the first one counts most.
/// * `name`, `kind`: the field.
pub fn stand_in(
    programs: &[&Program],
    name: &str,
    kind: &FieldKind,
    value: &Value,
) -> Option<Value> {
    let maps: Vec<Vec<&ClassMap>> = programs.iter().map(|it| it.classes_of(name)).collect();
    let mut candidates = usual(kind);
    if maps.iter().flatten().next().is_some() {
        let named = maps.iter().flatten();
        candidates.extend(named.flat_map(|map| beginnings(map, kind, value)));
    }
    let meets = |maps: &[&ClassMap], candidate: &Value| {
        maps.iter()
            .all(|map| map.class(Some(candidate.borrowed())) == map.class(Some(value.borrowed())))
    };
    let all: Vec<&ClassMap> = maps.iter().flatten().copied().collect();
    let first = maps.first().map_or(&[][..], Vec::as_slice);
    let found = candidates.iter().find(|it| meets(&all, it));
    found
        .or_else(|| candidates.iter().find(|it| meets(first, it)))
        .cloned()
}

/// What stands for a value that no rule names: something where a value may be anything, and nothing where it would be
/// taken for an answer.
fn usual(kind: &FieldKind) -> Vec<Value> {
    let text = match kind {
        FieldKind::Email => "erased@erased.invalid",
        FieldKind::Phone => "+10000000000",
        FieldKind::Url => "https://erased.invalid/",
        FieldKind::Ip => "192.0.2.0",
        FieldKind::Text { .. } => ERASED,
        FieldKind::Country | FieldKind::Region | FieldKind::PostalCode => "ZZ",
        FieldKind::Enum { .. }
        | FieldKind::Integer { .. }
        | FieldKind::Decimal { .. }
        | FieldKind::Boolean
        | FieldKind::Timestamp
        | FieldKind::Date => return Vec::new(),
    };
    vec![Value::Text(text.to_owned())]
}

/// Values of the class of a value, by what begins the class.
fn beginnings(map: &ClassMap, kind: &FieldKind, value: &Value) -> Vec<Value> {
    let class = map.class(Some(value.borrowed()));
    if let (FieldKind::Enum { labels }, ClassMap::Texts(_)) = (kind, map) {
        return labels.iter().cloned().map(Value::Text).collect();
    }
    if let Some(text) = map.text(class) {
        // A beginning that is itself the name of a class is left by one more letter.
        let texts = [
            text.to_owned(),
            format!("{text}0"),
            format!("{text}{ERASED}"),
        ];
        return texts.into_iter().map(Value::Text).collect();
    }
    if let Some((low, high)) = map.numbers(class) {
        let number = if low == i64::MIN { high.min(0) } else { low };
        return match value {
            Value::Integer(_) => vec![Value::Integer(number)],
            Value::Decimal(_) => vec![Value::Decimal(number)],
            Value::Timestamp(_) => vec![Value::Timestamp(Timestamp(number))],
            Value::Date(_) => {
                // A class may begin before all days and end after them.
                let ends =
                    [number, high].map(|days| CalendarDate::from_days(days).map(Value::Date));
                ends.into_iter().flatten().collect()
            }
            Value::Text(_) | Value::Boolean(_) => Vec::new(),
        };
    }
    match value {
        // Which of two it is, is all that a rule can ask, and all that it has decided by.
        Value::Boolean(_) => vec![value.clone()],
        _ => Vec::new(),
    }
}
