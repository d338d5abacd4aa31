//! How texts of a kind may begin.

use super::format::{chars_max, is_printable, read, wanted};
use crate::{FieldKind, countries};

impl FieldKind {
    /// Whether a lead may have a text of this kind that begins so. `true` for kinds that are no texts.
    ///
    /// # Errors
    ///
    /// What would put it right, in words: no text that is kept begins like this.
    pub fn may_start_with(&self, prefix: &str) -> Result<(), String> {
        if begins(self, prefix) {
            return Ok(());
        }
        let variants = [
            prefix.to_uppercase(),
            prefix.to_lowercase(),
            prefix.trim().to_owned(),
            format!("https://{prefix}"),
        ];
        // A telephone number without its plus has no country, which nobody can guess.
        let meant = variants.into_iter().find(|meant| begins(self, meant));
        Err(match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if wanted(self).is_empty() => {
                format!("it has at most {} printable characters", chars_max(self))
            }
            None => wanted(self).to_owned(),
        })
    }
}

fn begins(kind: &FieldKind, prefix: &str) -> bool {
    let most = usize::try_from(chars_max(kind)).unwrap_or(usize::MAX);
    if prefix.chars().count() > most || !is_printable(kind, prefix) {
        return false;
    }
    match kind {
        FieldKind::Enum { labels } => labels.iter().any(|label| label.starts_with(prefix)),
        FieldKind::Country => countries::starting(prefix),
        FieldKind::Region | FieldKind::PostalCode | FieldKind::Phone | FieldKind::Email => {
            prefix.is_empty() || completes(kind, prefix, endings(kind))
        }
        FieldKind::Url => is_scheme(prefix) || completes(kind, prefix, endings(kind)),
        FieldKind::Ip => {
            let is_mark = |mark: char| matches!(mark, '0'..='9' | 'a'..='f' | ':' | '.');
            prefix.chars().all(is_mark) && completes(kind, prefix, addresses())
        }
        _ => true,
    }
}

/// Whether some ending makes a text that is kept as it is.
fn completes<'a>(
    kind: &FieldKind,
    prefix: &str,
    endings: impl IntoIterator<Item = impl AsRef<str> + 'a>,
) -> bool {
    let most = usize::try_from(chars_max(kind)).unwrap_or(usize::MAX);
    endings.into_iter().any(|ending| {
        let text = format!("{prefix}{}", ending.as_ref());
        text.chars().count() <= most && read(kind, &text).is_ok_and(|kept| kept == text)
    })
}

/// What completes every beginning of a text of a kind: the least that may follow at each place.
fn endings(kind: &FieldKind) -> &'static [&'static str] {
    match kind {
        FieldKind::Region => &["", "A"],
        FieldKind::PostalCode => &["", "0", "00"],
        FieldKind::Phone => &[
            "",
            "1",
            "11",
            "111",
            "1111",
            "11111",
            "111111",
            "1111111",
            "11111111",
            "+11111111",
        ],
        // Within the name, after a point in it, after the at, within the host and after its points.
        FieldKind::Email => &["@a.a", "a@a.a", "a.a", ".a", "a", ""],
        // Within the host; else all so far is the name of a user.
        _ => &["", "a", "@a", "/", "1"],
    }
}

/// Whether a text is `http://` or `https://` as far as it goes.
fn is_scheme(prefix: &str) -> bool {
    let lower = prefix.to_ascii_lowercase();
    ["http://", "https://"]
        .iter()
        .any(|scheme| scheme.starts_with(&lower))
}

/// What completes a beginning of an address in its one spelling: further numbers, and groups with or
/// without a gap of zeros among them.
fn addresses() -> impl Iterator<Item = String> {
    let starts = ["", "1", ":", ":1", "::1", "."];
    let groups = starts.into_iter().flat_map(|start| {
        (0..8_usize).flat_map(move |n| {
            let plain = format!("{start}{}", ":1".repeat(n));
            let gap = format!("{plain}::1");
            let open = format!("{plain}::");
            [plain, gap, open]
        })
    });
    let numbers = ["", "1", "."].into_iter().flat_map(|start| {
        ["", "1", ".1", "1.1", ".1.1", "1.1.1", ".1.1.1"].map(|end| format!("{start}{end}"))
    });
    numbers.chain(groups)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::begins;
    use crate::{FieldKind, parse::read_format};

    #[test]
    fn beginnings_are_held_against_the_shape_of_their_kind() {
        let label = |text: &str| text.to_owned();
        let check = |kind: FieldKind, good: &[&str], bad: &[&str]| {
            for prefix in good {
                assert!(begins(&kind, prefix), "{kind:?} {prefix}");
            }
            for prefix in bad {
                assert!(!begins(&kind, prefix), "{kind:?} {prefix}");
            }
        };
        check(
            FieldKind::Phone,
            &["", "+", "+1", "+1415", "+14155550132"],
            &["415", "1", "+0", "+1 415", "(415)", "+1234567890123456"],
        );
        check(
            FieldKind::Region,
            &["C", "CA", "NSW", "1"],
            &["ca", "C ", "CALI"],
        );
        check(
            FieldKind::Country,
            &["U", "US"],
            &["us", "u", "USA", "ZZ", "X1"],
        );
        check(
            FieldKind::PostalCode,
            &["9", "941", "SW1A ", "SW1A 1AA", "94103-1234"],
            &[" 9", "94_", "94103-12345"],
        );
        check(
            FieldKind::Email,
            &["a", "a.", "a@", "a@b", "a@b.", "a@b.c", "a@b-"],
            &["@", ".a", "a b", "a..b", "a@-", "a@b..", "a@b@"],
        );
        check(
            FieldKind::Url,
            &[
                "h",
                "http",
                "https://",
                "HTTPS://Ex",
                "https://a.b/c?d=",
                "http://[2001:",
                "http://a:8",
            ],
            &["www.", "ftp://", "//", "https://a b", "example.com"],
        );
        check(
            FieldKind::Ip,
            &[
                "1",
                "192.",
                "192.0.2.",
                "2001:db8:",
                "2001:db8::",
                "::",
                "::ffff:1",
                "fe80::1:0:0",
            ],
            &[
                "256.",
                "192.00",
                "1.2.3.4.",
                "2001:DB8",
                "2001:0db8",
                "x",
                "1:2:3:4:5:6:7:8:",
                ":1",
            ],
        );
        let labels = vec![label("good"), label("fair")];
        check(
            FieldKind::Enum { labels },
            &["g", "good"],
            &["Good", "goods"],
        );
    }

    #[test]
    fn a_remedy_is_named_where_one_is_known() {
        let hint = |kind: FieldKind, prefix| kind.may_start_with(prefix).unwrap_err();
        assert_eq!(hint(FieldKind::Region, "ca"), "did you mean `CA`?");
        assert_eq!(hint(FieldKind::Ip, "2001:DB8"), "did you mean `2001:db8`?");
        assert_eq!(hint(FieldKind::Url, "www."), "did you mean `https://www.`?");
        assert!(hint(FieldKind::Phone, "415").contains("+14155550132"));
    }

    fn address() -> impl Strategy<Value = IpAddr> {
        let group = prop::sample::select(vec![0_u16, 0, 0, 1, 0xdb8, 0xffff]);
        let six = prop::array::uniform8(group).prop_map(|groups| Ipv6Addr::from(groups).into());
        let mapped = any::<Ipv4Addr>().prop_map(|address| address.to_ipv6_mapped().into());
        prop_oneof![any::<Ipv4Addr>().prop_map(IpAddr::from), six, mapped]
    }

    fn text() -> impl Strategy<Value = (FieldKind, String)> {
        let of = |kind: FieldKind, pattern: &'static str| {
            pattern.prop_map(move |text| (kind.clone(), text))
        };
        prop_oneof![
            address().prop_map(|address| (FieldKind::Ip, address.to_string())),
            of(FieldKind::Phone, "\\+[1-9][0-9]{7,14}"),
            of(FieldKind::Region, "[A-Z0-9]{1,3}"),
            of(
                FieldKind::PostalCode,
                "[A-Za-z0-9][A-Za-z0-9 -]{1,8}[A-Za-z0-9-]"
            ),
            of(
                FieldKind::Email,
                "[a-z+]{1,9}(\\.[a-z]{1,9}){0,2}@([a-z0-9](-?[a-z]){0,5}\\.){1,3}[a-z]{2,4}"
            ),
            of(
                FieldKind::Url,
                "[hH]ttps?://([a-z]+(:[a-z]+)?@)?([a-z]{1,5}\\.){1,3}[a-z]{2,4}(:[0-9]{1,4})?(/[a-z%?#]{0,6}){0,2}"
            ),
            of(
                FieldKind::Url,
                "http://(\\[2001:db8::[1-9]\\]|192\\.0\\.2\\.[1-9])(:80)?/?"
            ),
        ]
    }

    proptest! {
        #[test]
        fn every_beginning_of_a_good_text_may_begin_one((kind, text) in text()) {
            prop_assume!(read_format(&kind, &text).as_ref() == Ok(&text));
            for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
                prop_assert!(begins(&kind, &text[..end]), "{} of {}", &text[..end], text);
            }
        }
    }
}
