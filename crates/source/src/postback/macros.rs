//! Macros of postbacks: names in braces.

/// What stands for something of the event or its lead, beside `lead.` and the name of a field.
pub(super) const MACROS: [&str; 17] = [
    "click_id",
    "sub1",
    "sub2",
    "sub3",
    "sub4",
    "sub5",
    "lead_id",
    "source",
    "flow",
    "event",
    "status",
    "payout",
    "payout_total",
    "currency",
    "event_time",
    "postback_id",
    "token",
];

/// A piece of a text with macros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Taken as it is.
    Text(&'a str),
    /// What stands between `{` and `}`.
    Macro(&'a str),
    /// A `{` that nothing closes; the rest of the text is left out.
    Open,
}

/// A text in pieces.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        let Some((name, after)) = behind.split_once('}') else {
            pieces.push(Piece::Open);
            return pieces;
        };
        pieces.push(Piece::Macro(name));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The field of a lead that a macro names, if it names one.
pub(super) fn field_of(name: &str) -> Option<&str> {
    name.strip_prefix("lead.").filter(|field| !field.is_empty())
}

/// The fields of a lead that a macro is filled from, the first that says something.
pub(super) fn fields_of(name: &str) -> Vec<&str> {
    match name {
        // A field of this name is what the source itself calls so.
        "click_id" => vec!["click_id", "sub_id_1"],
        "sub1" => vec!["sub_id_1"],
        "sub2" => vec!["sub_id_2"],
        "sub3" => vec!["sub_id_3"],
        "sub4" => vec!["sub_id_4"],
        "sub5" => vec!["sub_id_5"],
        name => field_of(name).into_iter().collect(),
    }
}

/// Whether a macro stands for something.
pub(super) fn is_known(name: &str) -> bool {
    MACROS.contains(&name) || field_of(name).is_some()
}
