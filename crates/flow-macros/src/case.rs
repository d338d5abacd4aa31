//! From the names of Rust types to those of documents.

/// Words of a camel-case name in lower case: `AutoInsurance` with `-` is `auto-insurance`.
pub(crate) fn lower(name: &str, separator: char) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut lower = String::new();
    for (position, &letter) in letters.iter().enumerate() {
        let before = position.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(position + 1);
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() && before != '_'
                    || before.is_uppercase() && after.is_some_and(|after| after.is_lowercase())
            });
        if starts_word {
            lower.push(separator);
        }
        if letter == '_' {
            lower.push(separator);
        } else {
            lower.extend(letter.to_lowercase());
        }
    }
    lower
}

#[cfg(test)]
mod tests {
    use super::lower;

    #[test]
    fn words_are_told_apart() {
        assert_eq!(lower("AutoInsurance", '-'), "auto-insurance");
        assert_eq!(lower("Tier1Plus", '_'), "tier1_plus");
        assert_eq!(lower("HTTPServer", '_'), "http_server");
        assert_eq!(lower("US", '_'), "us");
        assert_eq!(lower("Not_Sure", '_'), "not_sure");
    }
}
