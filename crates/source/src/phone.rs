//! Telephone numbers as people write them, in E.164.

/// How numbers of a country are dialled.
struct Dialling {
    country: &'static str,
    /// Code of the country, after the plus.
    code: &'static str,
    /// What is dialled before a number within the country, and left out from abroad.
    trunk: &'static str,
    /// Digits of a number within the country, without that.
    n_digits: (usize, usize),
}

const fn dialling(
    country: &'static str,
    code: &'static str,
    trunk: &'static str,
    n_digits: (usize, usize),
) -> Dialling {
    Dialling {
        country,
        code,
        trunk,
        n_digits,
    }
}

/// Countries whose numbers can be told without a plus.
///
/// # Source
///
/// ITU-T, *List of Recommendation ITU-T E.164 assigned country codes*, 2016, and the national numbering plans that ITU
/// publishes.
const DIALLING: &[Dialling] = &[
    dialling("AT", "43", "0", (4, 13)),
    dialling("AU", "61", "0", (9, 9)),
    dialling("BE", "32", "0", (8, 9)),
    dialling("BR", "55", "0", (10, 11)),
    dialling("CA", "1", "1", (10, 10)),
    dialling("CH", "41", "0", (9, 9)),
    dialling("CZ", "420", "", (9, 9)),
    dialling("DE", "49", "0", (5, 13)),
    dialling("DK", "45", "", (8, 8)),
    dialling("ES", "34", "", (9, 9)),
    dialling("FI", "358", "0", (5, 12)),
    dialling("FR", "33", "0", (9, 9)),
    dialling("GB", "44", "0", (7, 10)),
    dialling("IE", "353", "0", (7, 9)),
    dialling("IN", "91", "0", (10, 10)),
    // Italy keeps its zero, also from abroad.
    dialling("IT", "39", "", (6, 11)),
    dialling("MX", "52", "", (10, 10)),
    dialling("NL", "31", "0", (9, 9)),
    dialling("NO", "47", "", (8, 8)),
    dialling("NZ", "64", "0", (8, 10)),
    dialling("PL", "48", "", (9, 9)),
    dialling("PR", "1", "1", (10, 10)),
    dialling("PT", "351", "", (9, 9)),
    dialling("SE", "46", "0", (7, 10)),
    dialling("US", "1", "1", (10, 10)),
    dialling("ZA", "27", "0", (9, 9)),
];

/// A telephone number in E.164, or the text as it was where it is none that can be told.
///
/// A number with a plus, or with 00 before the code of its country, is that of its country. One without is read as one
/// within `country`, if that is known.
pub(crate) fn read(text: &str, country: Option<&str>) -> String {
    let given = text.trim();
    // Exports of Facebook write `p:+12025550143`, and links `tel:`.
    let bare = given
        .strip_prefix("p:")
        .or_else(|| given.strip_prefix("tel:"))
        .unwrap_or(given);
    let is_sign =
        |mark: char| mark.is_whitespace() || "()-./\u{2010}\u{2011}\u{2012}\u{2013}".contains(mark);
    let plus = bare.trim_start().starts_with('+');
    let rest = bare.trim_start().trim_start_matches('+');
    // A trunk zero in parentheses is not dialled from abroad: +44 (0)20.
    let rest = if plus {
        rest.replacen("(0)", "", 1)
    } else {
        rest.to_owned()
    };
    let mut digits = String::with_capacity(rest.len());
    for mark in rest.chars() {
        match mark {
            '0'..='9' => digits.push(mark),
            mark if is_sign(mark) => {}
            _ => return given.to_owned(),
        }
    }
    if plus {
        return format!("+{digits}");
    }
    let dialling = country.and_then(|country| DIALLING.iter().find(|it| it.country == country));
    // Within North America, 011 is dialled before numbers abroad, and 00 elsewhere.
    let abroad = match dialling {
        Some(Dialling { code: "1", .. }) => "011",
        _ => "00",
    };
    if let Some(number) = digits.strip_prefix(abroad) {
        return format!("+{number}");
    }
    let Some(Dialling {
        code,
        trunk,
        n_digits: (least, most),
        ..
    }) = dialling
    else {
        return given.to_owned();
    };
    let fits = |number: &str| (*least..=*most).contains(&number.len());
    let national = digits.strip_prefix(trunk).filter(|_| !trunk.is_empty());
    if let Some(number) = national.filter(|number| fits(number)) {
        return format!("+{code}{number}");
    }
    // With the code of the country, but without its plus.
    if let Some(number) = digits.strip_prefix(code)
        && fits(number)
        && !fits(&digits)
    {
        return format!("+{digits}");
    }
    if fits(&digits) && (trunk.is_empty() || !digits.starts_with('0')) {
        return format!("+{code}{digits}");
    }
    given.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{DIALLING, read};

    #[test]
    fn a_number_is_read_as_it_is_dialled_in_its_country() {
        for (country, text, number) in [
            ("US", "(202) 555-0143", "+12025550143"),
            ("US", "+1 202-555-0143", "+12025550143"),
            ("US", "1.202.555.0143", "+12025550143"),
            ("US", "p:+12025550143", "+12025550143"),
            ("US", "tel:2025550143", "+12025550143"),
            ("US", "011 49 30 901820", "+4930901820"),
            ("GB", "020 7946 0958", "+442079460958"),
            ("GB", "+44 (0)20 7946 0958", "+442079460958"),
            ("GB", "00 1 202 555 0143", "+12025550143"),
            ("DE", "030/901820", "+4930901820"),
            ("DE", "+49 30 901820", "+4930901820"),
            ("FR", "06 12 34 56 78", "+33612345678"),
            ("IT", "06 6982 1234", "+390669821234"),
            ("NO", "22 86 24 00", "+4722862400"),
            ("PL", "48 22 555 01 23", "+48225550123"),
        ] {
            assert_eq!(read(text, Some(country)), number, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_stays_as_it_is() {
        for (country, text) in [
            (None, "202-555-0143"),
            (Some("US"), "555-0143"),
            (Some("US"), "call me"),
            (Some("US"), "202-555-0143 ext. 7"),
            (Some("ZZ"), "0201234567"),
            (Some("FR"), "612345"),
        ] {
            assert_eq!(read(text, country), text);
        }
        assert_eq!(read(" +1 (202) 555-0143", None), "+12025550143");
    }

    #[test]
    fn countries_are_in_their_order() {
        assert!(DIALLING.is_sorted_by_key(|it| it.country));
    }
}
