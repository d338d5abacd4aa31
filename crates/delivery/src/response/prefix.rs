//! The JSON text of an answer of which only the beginning was read.

/// The members and elements that are whole in `text`, closed as JSON is; `None` if there is no list or object that
/// begins in it.
pub(super) fn whole(text: &str) -> Option<String> {
    let end = last_whole(text)?;
    let whole = &text[..end];
    let closed = whole.chars().chain(open_brackets(whole).into_iter().rev());
    Some(closed.collect())
}

/// Where the last member or element ends that is whole, or the last bracket that opens.
fn last_whole(text: &str) -> Option<usize> {
    let ends = outside_of_strings(text).filter_map(|(at, character)| match character {
        '{' | '[' | '}' | ']' => Some(at + 1),
        ',' => Some(at),
        _ => None,
    });
    ends.last()
}

/// What closes the brackets that are open at the end, outermost first.
fn open_brackets(text: &str) -> Vec<char> {
    let mut open = Vec::new();
    for (_, character) in outside_of_strings(text) {
        match character {
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' => drop(open.pop()),
            _ => {}
        }
    }
    open
}

fn outside_of_strings(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut in_string, mut escaped) = (false, false);
    text.char_indices().filter(move |&(_, character)| {
        let was_in_string = in_string;
        match character {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
        !was_in_string
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn value(text: &str) -> Option<Value> {
        serde_json::from_str(&whole(text)?).ok()
    }

    #[test]
    fn of_a_cut_text_what_is_whole_counts() {
        assert_eq!(
            value(r#"{"ok": true, "price": 12.5, "debug": "aaaa"#),
            Some(json!({"ok": true, "price": 12.5}))
        );
        // A number that may go on is not whole.
        assert_eq!(value(r#"{"price": 1"#), Some(json!({})));
        assert_eq!(
            value(r#"{"a": {"b": [1, 2, {"c": "}],\"#),
            Some(json!({"a": {"b": [1, 2, {}]}}))
        );
        assert_eq!(value("[1, [2], "), Some(json!([1, [2]])));
        assert_eq!(value(r#"{"a": 1} and more"#), Some(json!({"a": 1})));
        assert_eq!(value("\"aaa"), None);
        assert_eq!(value("<html><body>{"), None);
        assert_eq!(value(&"[".repeat(16 * 1024)), None);
    }
}
