//! What the cells of a column look like.

use std::{
    collections::{BTreeMap, HashMap},
    ops::AddAssign,
};

use super::words::{NULLS, WEAK_NULLS};
use crate::log::{Numbers, TimeUnit, dates, numbers::without_currency};

/// Distinct values of a column that are counted one by one.
pub(super) const DISTINCT_MAX: usize = 20_000;
/// Values of a column that are shown.
const EXAMPLES_MAX: usize = 3;
/// Share of a column's values that must have a shape.
const MOST: f64 = 0.95;
/// Seconds of 2000 and 2100: the age of logs, on either side.
const SECONDS: [f64; 2] = [946_684_800.0, 4_102_444_800.0];

/// A column with all that its cells were seen to be.
#[derive(Debug, Clone, Default)]
pub(super) struct Profile {
    pub(super) name: String,
    /// Cells, empty ones too.
    pub(super) n: u64,
    /// Cells that are neither empty nor a word for nothing.
    pub(super) n_known: u64,
    pub(super) counts: HashMap<String, u64>,
    /// Whether there are more distinct values than are counted.
    pub(super) has_more: bool,
    pub(super) examples: Vec<String>,
    /// Words that stand for nothing, wherever they are, and those that may.
    pub(super) nulls: BTreeMap<&'static str, u64>,
    pub(super) weak_nulls: BTreeMap<&'static str, u64>,
    pub(super) seen: Seen,
    pub(super) currencies: BTreeMap<&'static str, u64>,
    /// The smallest and the largest number.
    pub(super) range: Option<[f64; 2]>,
}

/// Cells by shape.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) integer: u64,
    /// `12.50`
    pub(super) plain: u64,
    /// A number with a decimal point, signs of currencies or commas between thousands allowed.
    pub(super) point: u64,
    /// A number with a decimal comma.
    pub(super) comma: u64,
    /// A comma that can only stand before a fraction.
    pub(super) only_comma: u64,
    /// Signs that plain numbers do not have, and that only a decimal point allows.
    pub(super) only_point: u64,
    /// `1.23457E+11`
    pub(super) scientific: u64,
    /// `123.0`
    pub(super) whole_float: u64,
    /// Digits with a zero in front.
    pub(super) zeros: u64,
    pub(super) truth: u64,
    /// Times that nobody need say more about.
    pub(super) instant: u64,
    /// Times without an offset.
    pub(super) local: u64,
    /// Dates of which either number may be the day, and those that tell.
    pub(super) either: u64,
    pub(super) day_first: u64,
    pub(super) month_first: u64,
    pub(super) dots: u64,
    pub(super) epoch: [u64; 4],
    pub(super) email: u64,
}

impl Profile {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Takes in a cell; `None` if it is empty.
    pub(super) fn see(&mut self, text: Option<&str>) {
        self.n += 1;
        let Some(text) = text else { return };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return;
        }
        if let Some(null) = NULLS.into_iter().find(|null| *null == text) {
            *self.nulls.entry(null).or_default() += 1;
            return;
        }
        if let Some(null) = WEAK_NULLS.into_iter().find(|null| *null == text) {
            *self.weak_nulls.entry(null).or_default() += 1;
        }
        self.n_known += 1;
        if let Some(count) = self.counts.get_mut(text) {
            count.add_assign(1);
        } else if self.counts.len() < DISTINCT_MAX {
            self.counts.insert(text.to_owned(), 1);
            if self.examples.len() < EXAMPLES_MAX {
                self.examples.push(text.to_owned());
            }
        } else {
            self.has_more = true;
        }
        self.shape(trimmed);
    }

    fn shape(&mut self, text: &str) {
        let seen = &mut self.seen;
        let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        seen.zeros += u64::from(is_digits && text.len() > 1 && text.starts_with('0'));
        seen.truth += u64::from(matches!(text, "true" | "false"));
        seen.email += u64::from(text.contains('@') && text.contains('.'));
        if text.starts_with(|char: char| char.is_ascii_digit() || "+-.,($€£URCA".contains(char))
            || text.ends_with(|char: char| char.is_ascii_digit() || "€$£".contains(char))
        {
            self.number(text);
        }
        self.time(text);
    }

    fn number(&mut self, text: &str) {
        let seen = &mut self.seen;
        let plain = text.parse::<f64>().ok().filter(|number| number.is_finite());
        let [point, comma] =
            [Numbers::Point, Numbers::Comma].map(|style| style.plain(text).is_some());
        seen.point += u64::from(point);
        seen.comma += u64::from(comma);
        seen.only_comma += u64::from(comma && !point && plain.is_none());
        seen.only_point += u64::from(point && !comma && plain.is_none());
        if let (_, Some(currency)) = without_currency(text) {
            *self.currencies.entry(currency).or_default() += 1;
        }
        // A spreadsheet of many languages writes a comma there.
        let is_rounded = text.contains(['e', 'E'])
            && text.contains(',')
            && text.replace(',', ".").parse::<f64>().is_ok();
        seen.scientific += u64::from(is_rounded);
        let spelled = [Numbers::Plain, Numbers::Comma, Numbers::Point]
            .into_iter()
            .find_map(|style| style.plain(text)?.parse::<f64>().ok());
        if let Some(number) = spelled.filter(|number| number.is_finite()) {
            let [low, high] = self.range.unwrap_or([number; 2]);
            self.range = Some([low.min(number), high.max(number)]);
        }
        let Some(number) = plain else { return };
        let is_scientific = text.contains(['e', 'E']);
        seen.scientific += u64::from(is_scientific);
        seen.plain += u64::from(!is_scientific);
        let is_integer = text.parse::<i64>().is_ok();
        seen.integer += u64::from(is_integer);
        seen.whole_float += u64::from(text.ends_with(".0"));
        for (position, unit) in TimeUnit::ALL.into_iter().enumerate() {
            let (by, over) = unit.ratio();
            #[expect(clippy::cast_precision_loss, reason = "ratios of units are exact")]
            let seconds = number * by as f64 / over as f64 / 1e6;
            // Small numbers are counts: only what is a time of our days looks like one.
            seen.epoch[position] += u64::from((SECONDS[0]..SECONDS[1]).contains(&seconds));
        }
    }

    fn time(&mut self, text: &str) {
        let seen = &mut self.seen;
        if text.len() < 6 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        if text.parse::<pointsman_lead::Timestamp>().is_ok() {
            seen.instant += 1;
        } else if text.parse::<pointsman_lead::LocalTime>().is_ok() {
            seen.local += 1;
        } else if let Some(pair) = dates::pair(text) {
            seen.day_first += u64::from(pair.first > 12);
            seen.month_first += u64::from(pair.second > 12);
            seen.either += u64::from(pair.first <= 12 && pair.second <= 12);
            seen.dots += u64::from(pair.separator == '.');
        } else {
            match dates::spelled(text, None) {
                Some(dates::Spelled::Instant(_)) => seen.instant += 1,
                Some(dates::Spelled::Local(_)) => seen.local += 1,
                Some(dates::Spelled::NoOrder) | None => {}
            }
        }
    }

    /// Distinct values; at least so many, if there are more than are counted.
    pub(super) fn n_distinct(&self) -> usize {
        self.counts.len()
    }

    /// Whether most known cells are of a shape.
    pub(super) fn is_mostly(&self, n: u64) -> bool {
        self.n_known > 0 && share(n, self.n_of_sense()) >= MOST
    }

    /// Known cells without those that may stand for nothing.
    fn n_of_sense(&self) -> u64 {
        self.n_known - self.weak_nulls.values().sum::<u64>().min(self.n_known)
    }

    /// Whether it holds numbers, however they are written.
    pub(super) fn is_number(&self) -> bool {
        let Seen {
            point,
            comma,
            plain,
            scientific,
            ..
        } = self.seen;
        self.is_mostly(point.max(comma).max(plain + scientific)) && !self.is_date()
    }

    /// Whether it holds dates, of which the numbers alone would not tell.
    pub(super) fn is_date(&self) -> bool {
        let Seen {
            instant,
            local,
            either,
            day_first,
            month_first,
            ..
        } = self.seen;
        self.is_mostly(instant + local + either + day_first + month_first)
    }

    /// The unit of times that are numbers.
    pub(super) fn epoch(&self) -> Option<TimeUnit> {
        let units = TimeUnit::ALL.into_iter().zip(self.seen.epoch);
        let mut found = units
            .filter(|(_, n)| self.is_mostly(*n))
            .map(|(unit, _)| unit);
        found.next_back()
    }

    /// Whether it holds times.
    pub(super) fn is_time(&self) -> bool {
        self.is_date() || (self.epoch().is_some() && self.n_distinct() > 1)
    }

    /// Most frequent values first, in a fixed order.
    pub(super) fn frequent(&self) -> Vec<(&str, u64)> {
        let mut values: Vec<(&str, u64)> = self
            .counts
            .iter()
            .map(|(text, n)| (text.as_str(), *n))
            .collect();
        values.sort_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        values
    }

    /// Share of cells that hold nothing.
    pub(super) fn missing(&self) -> f64 {
        1.0 - share(self.n_known, self.n)
    }

    /// The word for what it holds.
    pub(super) fn kind(&self) -> String {
        let Seen {
            instant,
            local,
            day_first,
            month_first,
            only_comma,
            only_point,
            truth,
            integer,
            scientific,
            whole_float,
            zeros,
            email,
            ..
        } = self.seen;
        if self.n_known == 0 {
            return "nothing".to_owned();
        }
        if self.is_date() {
            let of_numbers = self.n_known.saturating_sub(instant + local);
            return if self.is_mostly(instant) {
                "times with an offset".to_owned()
            } else if self.is_mostly(local + instant) {
                "local times".to_owned()
            } else if day_first > 0 && month_first > 0 {
                "dates, some with the day first and some with the month".to_owned()
            } else if day_first > 0 {
                "dates, the day first".to_owned()
            } else if month_first > 0 {
                "dates, the month first".to_owned()
            } else {
                format!("dates, the day or the month first ({of_numbers} values do not tell)")
            };
        }
        if let Some(unit) = self.epoch().filter(|_| self.is_time()) {
            return format!("times in {unit} since 1970");
        }
        let word = match () {
            () if self.is_mostly(truth) => "true or false",
            () if self.is_mostly(email) => "e-mail addresses",
            () if scientific > 0 && self.is_number() => "numbers that a spreadsheet has rounded",
            () if self.is_mostly(whole_float) => "whole numbers written with .0",
            () if zeros > 0 => "codes of digits",
            () if self.is_mostly(integer) => "whole numbers",
            () if self.is_number() && only_comma > 0 => "numbers with a decimal comma",
            () if self.is_number() && only_point > 0 => "numbers with separators or signs",
            () if self.is_number() => "numbers",
            () => "texts",
        };
        word.to_owned()
    }
}

/// A part of a whole; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "rows are far below 2^53")]
pub(super) fn share(n: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { n as f64 / of as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(cells: &[&str]) -> String {
        let mut profile = Profile::new("x");
        for cell in cells {
            profile.see(Some(cell));
        }
        profile.kind()
    }

    #[test]
    fn columns_are_told_by_their_cells() {
        for (cells, expected) in [
            (&["1", "2", "NULL"][..], "whole numbers"),
            (&["12,50", "1.234,00", "7"], "numbers with a decimal comma"),
            (&["$1,200.00", "$7.00"], "numbers with separators or signs"),
            (&["12.5", "3"], "numbers"),
            (
                &["1.23457E+11", "1.23458E+11"],
                "numbers that a spreadsheet has rounded",
            ),
            (&["4711.0", "4712.0"], "whole numbers written with .0"),
            (&["01234", "90210"], "codes of digits"),
            (&["2026-01-31T09:30:00Z"], "times with an offset"),
            (&["2026-01-31 09:30:00"], "local times"),
            (
                &["31.01.2026 09:30", "01.02.2026 10:00"],
                "dates, the day first",
            ),
            (&["1/31/2026 9:30 AM"], "dates, the month first"),
            (
                &["02/03/2026"],
                "dates, the day or the month first (1 values do not tell)",
            ),
            (&["1769851800", "1769851900"], "times in s since 1970"),
            (
                &["1769851800000", "1769851900000"],
                "times in ms since 1970",
            ),
            (&["true", "false"], "true or false"),
            (&["a@example.org"], "e-mail addresses"),
            (&["CA", "TX", "7"], "texts"),
            (&["", "NULL"], "nothing"),
        ] {
            assert_eq!(kind(cells), expected, "{cells:?}");
        }
    }
}
