//! The shapes of texts that are more than text: telephone numbers, addresses, codes.

use std::net::IpAddr;

use crate::{FieldKind, countries};

/// The text as it is kept, or what it should look like.
pub(crate) fn read(kind: &FieldKind, text: &str) -> Result<String, &'static str> {
    let fits = match kind {
        FieldKind::Country => countries::exists(text),
        FieldKind::Region => is_region(text),
        FieldKind::PostalCode => is_postal_code(text),
        FieldKind::Phone => is_phone(text),
        FieldKind::Email => is_email(text),
        FieldKind::Ip => {
            // Kept in its one canonical spelling, so that equal addresses are equal texts. One of IPv4 that
            // is mapped into IPv6, as sockets that take both report it, is the one of IPv4.
            let address = text.parse::<IpAddr>();
            return address
                .map(|address| address.to_canonical().to_string())
                .map_err(|_| wanted(kind));
        }
        FieldKind::Url => is_url(text),
        _ => true,
    };
    if fits {
        Ok(text.to_owned())
    } else {
        Err(wanted(kind))
    }
}

/// What a text of this kind should look like; empty where any will do.
pub(super) fn wanted(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Country => "a country is two capital letters of ISO 3166-1, like US",
        FieldKind::Region => "a region is one to three capital letters or digits, like CA",
        FieldKind::PostalCode => {
            "a postal code is 3 to 10 letters, digits, spaces or hyphens, like 94103"
        }
        FieldKind::Phone => {
            "a telephone number is in E.164: a plus and 7 to 15 digits, like +14155550132"
        }
        FieldKind::Email => "an e-mail address is like ada@example.com",
        FieldKind::Ip => "an IP address is like 192.0.2.1 or 2001:db8::1",
        FieldKind::Url => {
            "a URL starts with http:// or https:// and names a host, like https://example.com/quote"
        }
        _ => "",
    }
}

/// Whether a text holds nothing that a lead cannot have. Line breaks and tabs are text where a schema
/// does not say otherwise.
pub(crate) fn is_printable(kind: &FieldKind, text: &str) -> bool {
    let is_space = |letter: char| {
        matches!(
            kind,
            FieldKind::Text {
                multiline: true,
                ..
            }
        ) && matches!(letter, '\n' | '\r' | '\t')
    };
    !text.contains(|letter: char| letter.is_control() && !is_space(letter))
}

/// Most characters of a text of this kind.
pub(crate) fn chars_max(kind: &FieldKind) -> u32 {
    match kind {
        FieldKind::Text { max_chars, .. } => *max_chars,
        FieldKind::Url => 2_048,
        // The longest path that SMTP carries, RFC 5321 section 4.5.3.1.3, less its brackets.
        FieldKind::Email => 254,
        _ => 256,
    }
}

fn is_region(text: &str) -> bool {
    let is_mark = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (1..=3).contains(&text.len()) && text.bytes().all(is_mark)
}

fn is_postal_code(text: &str) -> bool {
    let is_mark = |byte: u8| byte.is_ascii_alphanumeric() || byte == b' ' || byte == b'-';
    (3..=10).contains(&text.len()) && text.bytes().all(is_mark) && text.trim() == text
}

/// The shortest numbers in use have seven digits with their country code, as +683 4000 on Niue.
fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// Only the shape: whether a mailbox exists, nobody knows but its host.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .chars()
                .all(|mark| mark.is_alphanumeric() || mark == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let local_fits = (1..=64).contains(&local.len())
        && !local.contains(|mark: char| mark.is_whitespace() || "@,;:<>()[]\\\"".contains(mark))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    // No top-level domain is a number (RFC 3696, section 2): this would be an address of a machine.
    let top = domain.rsplit('.').next().unwrap_or_default();
    let top_fits = !top.chars().all(char::is_numeric);
    local_fits
        && top_fits
        && domain.contains('.')
        && domain.split('.').all(label_fits)
        && !text.contains(is_invisible)
}

/// Whether a character leaves no trace on paper: two addresses that look alike would be two people.
///
/// # Source
///
/// The Unicode Standard, property `Default_Ignorable_Code_Point`, with the other format characters of
/// category Cf that text in a line may hold.
fn is_invisible(mark: char) -> bool {
    matches!(
        mark,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

fn is_url(text: &str) -> bool {
    // The parser drops white space and invisible characters in silence, and what is stored is the text itself.
    !text.contains(|mark: char| mark.is_whitespace() || is_invisible(mark))
        && url::Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::FieldKind;

    fn check(kind: &FieldKind, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(read(kind, text).is_ok(), "{text}");
        }
        for text in bad {
            assert!(read(kind, text).is_err(), "{text}");
        }
    }

    #[test]
    fn shapes_are_told_apart() {
        check(
            &FieldKind::Country,
            &["US", "DE"],
            &["us", "XX", "USA", "ZZ"],
        );
        check(
            &FieldKind::Region,
            &["CA", "1", "NSW"],
            &["ca", "ABCD", "C A"],
        );
        check(
            &FieldKind::PostalCode,
            &["94103", "SW1A 1AA", "94103-1234"],
            &["12", "12345678901", " 94103", "941_3"],
        );
        check(
            &FieldKind::Phone,
            &["+14155550132", "+4930123456", "+6834000"],
            &[
                "4155550132",
                "+1415",
                "+683400",
                "+04155550132",
                "+1 415 555 0132",
                "+1234567890123456",
            ],
        );
        check(
            &FieldKind::Email,
            &["ada@example.com", "a.b+c@sub.example.co", "é@exämple.de"],
            &[
                "ada",
                "@example.com",
                "ada@",
                "ada@host",
                "a da@x.com",
                "a@-x.com",
                "a@x..com",
                ".a@x.com",
                "a@1.2",
                "a@192.0.2.10",
                "ada\u{200b}@example.com",
                "ada@exam\u{ad}ple.com",
                "a\u{e0061}da@example.com",
                "ada@\u{3164}.example.com",
            ],
        );
        check(
            &FieldKind::Url,
            &["https://example.com", "http://[2001:db8::1]:8080/x?y=1"],
            &[
                "ftp://example.com",
                "example.com",
                "https://",
                "javascript:1",
                "https://a b.com",
                "https://a\u{200b}b.com",
            ],
        );
    }

    #[test]
    fn equal_addresses_are_equal_texts() {
        assert_eq!(
            read(&FieldKind::Ip, "2001:DB8:0::1").as_deref(),
            Ok("2001:db8::1")
        );
        for mapped in [
            "::ffff:192.0.2.1",
            "::FFFF:C000:0201",
            "0:0:0:0:0:ffff:192.0.2.1",
        ] {
            assert_eq!(read(&FieldKind::Ip, mapped).as_deref(), Ok("192.0.2.1"));
        }
        assert!(read(&FieldKind::Ip, "192.0.2.256").is_err());
    }
}
