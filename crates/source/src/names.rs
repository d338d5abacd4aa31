//! Which names mean the same, so that a form needs no mapping for what everybody asks.

use pointsman_lead::{Field, FieldKind, Schema};

/// A name where case, blanks and signs do not matter: `ZIP Code`, `zip-code` and `zip_code` are one.
pub(crate) fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for mark in name.chars() {
        if mark.is_alphanumeric() {
            folded.extend(mark.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with('_') {
            folded.push('_');
        }
    }
    folded.truncate(folded.trim_end_matches('_').len());
    folded
}

/// Names for one thing, as forms and platforms have them: the most usual first.
const ALIKE: &[&[&str]] = &[
    &[
        "email",
        "e_mail",
        "email_address",
        "user_email",
        "mail",
        "work_email",
    ],
    &[
        "phone",
        "phone_number",
        "mobile",
        "mobile_phone",
        "mobile_number",
        "telephone",
        "tel",
        "cell",
        "cell_phone",
        "user_phone",
        "work_phone",
        "work_phone_number",
    ],
    FIRST_NAME,
    LAST_NAME,
    FULL_NAME,
    &[
        "postal_code",
        "zip",
        "zip_code",
        "zipcode",
        "zip_postal_code",
        "postcode",
        "post_code",
        "postalcode",
        "user_zip",
    ],
    &["state", "region", "province", "state_province", "us_state"],
    &["country", "country_code"],
    &["city", "town"],
    &[
        "street_address",
        "street",
        "address",
        "address_1",
        "address1",
        "address_line_1",
    ],
    &[
        "date_of_birth",
        "dob",
        "birth_date",
        "birthdate",
        "birthday",
    ],
    &["company", "company_name", "business_name"],
    &["job_title", "jobtitle"],
    &["ip", "ip_address", "client_ip", "user_ip"],
    &["landing_page", "landing_page_url", "page_url"],
    &[
        "trustedform_cert_url",
        "xxtrustedformcerturl",
        "trusted_form_cert_url",
    ],
    &[
        "jornaya_leadid",
        "universal_leadid",
        "leadid_token",
        "jornaya_lead_id",
    ],
];

/// Names for the first name of a person.
pub(crate) const FIRST_NAME: &[&str] =
    &["first_name", "firstname", "given_name", "fname", "forename"];
/// Names for the family name of a person.
pub(crate) const LAST_NAME: &[&str] = &["last_name", "lastname", "family_name", "surname", "lname"];
/// Names for both names of a person together.
pub(crate) const FULL_NAME: &[&str] =
    &["full_name", "fullname", "name", "your_name", "contact_name"];

/// All names under which the value of a field may be sent beside its own: those of its name, or, if it is the one field of a
/// kind that says what it holds, those of the kind.
pub(crate) fn alike(field: &Field, schema: &Schema) -> &'static [&'static str] {
    let own = ALIKE
        .iter()
        .find(|names| names.contains(&field.name.as_str()));
    if let Some(names) = own {
        return names;
    }
    let usual = match field.kind {
        FieldKind::Email => "email",
        FieldKind::Phone => "phone",
        FieldKind::PostalCode => "postal_code",
        FieldKind::Region => "state",
        FieldKind::Country => "country",
        FieldKind::Ip => "ip",
        _ => return &[],
    };
    let mut of_kind = schema.declared().iter();
    let n_alike = of_kind.by_ref().filter(|other| other.kind == field.kind);
    if n_alike.count() > 1 {
        return &[];
    }
    let names = ALIKE.iter().find(|names| names.contains(&usual));
    names.copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ALIKE, folded};

    #[test]
    fn spellings_of_a_name_are_one() {
        for name in [
            "ZIP Code",
            "zip-code",
            "zip_code",
            " Zip  code? ",
            "zip.code",
        ] {
            assert_eq!(folded(name), "zip_code", "{name}");
        }
        assert_eq!(folded("Straße"), "straße");
        assert_eq!(folded("?!"), "");
    }

    #[test]
    fn no_name_means_two_things() {
        let all: Vec<&str> = ALIKE.iter().copied().flatten().copied().collect();
        let distinct: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len());
        assert!(all.iter().all(|name| folded(name) == *name));
    }
}
