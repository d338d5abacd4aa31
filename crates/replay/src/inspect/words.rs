//! What headers of foreign logs say, in English, German, Spanish, French and Portuguese.

/// What a column may be to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    LeadId,
    At,
    ConvertedAt,
    Destination,
    Answer,
    Reward,
    Cost,
    Propensity,
    Source,
    Offer,
    Available,
    Currency,
}

impl Role {
    /// All roles, those first whose columns are told best.
    pub(super) const ALL: [Self; 12] = [
        Self::Propensity,
        Self::Currency,
        Self::ConvertedAt,
        Self::At,
        Self::Reward,
        Self::Cost,
        Self::Answer,
        Self::Destination,
        Self::LeadId,
        Self::Offer,
        Self::Available,
        Self::Source,
    ];

    /// Its key below `[columns]`.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::LeadId => "lead_id",
            Self::At => "at",
            Self::ConvertedAt => "converted_at",
            Self::Destination => "destination",
            Self::Answer => "answer",
            Self::Reward => "reward",
            Self::Cost => "cost",
            Self::Propensity => "propensity",
            Self::Source => "fields.source",
            Self::Offer => "offer",
            Self::Available => "available",
            Self::Currency => "currency",
        }
    }

    /// Its words in the table.
    fn list(self) -> &'static str {
        match self {
            Self::Source => "source",
            other => other.key(),
        }
    }

    /// How surely a header names such a column: 0 if it does not.
    pub(super) fn score(self, header: &str) -> f64 {
        let header = normal(header);
        let is_of_lead = matches!(self, Self::Reward | Self::Cost)
            && list("of_lead").any(|word| has_words(&header, word));
        if is_of_lead {
            return 0.0;
        }
        let words: Vec<&str> = list(self.list()).collect();
        let step = 3.0 / count(words.len().max(1));
        let mut best: f64 = 0.0;
        for (position, word) in words.into_iter().enumerate() {
            let late = step * count(position);
            if header == word {
                best = best.max(10.0 - late);
            } else if has_words(&header, word) {
                let n_more = header.split(' ').count() - word.split(' ').count();
                best = best.max(6.0 - late - count(n_more) * 0.75);
            }
        }
        best
    }
}

/// The words of all of the tables.
const TABLE: &str = include_str!("words.txt");

/// The words behind a key, in their order.
fn list(key: &str) -> impl Iterator<Item = &'static str> {
    let lines = TABLE.lines().filter_map(move |line| {
        let (name, words) = line.split_once(": ")?;
        (name == key).then_some(words)
    });
    lines.flat_map(|words| words.split(", "))
}

/// Whether a header names data of a person, unless more words say that it is something else.
pub(super) fn is_personal(header: &str) -> bool {
    let header = normal(header);
    list("personal").any(|word| has_words(&header, word))
        && !list("of_others").any(|word| has_words(&header, word))
}

/// Whether a header names what is only known after a buyer was chosen.
pub(super) fn is_later(header: &str) -> bool {
    let header = normal(header);
    list("later").any(|word| has_words(&header, word))
}

/// Whether a header names a sum over many leads.
pub(super) fn is_sum(header: &str) -> bool {
    let header = normal(header);
    list("sums").any(|word| header == word)
}

/// Whether a header says that it holds an id.
pub(super) fn is_id(header: &str) -> bool {
    let header = normal(header);
    [
        "id", "uuid", "guid", "nr", "number", "nummer", "numero", "hash", "token",
    ]
    .iter()
    .any(|word| header.split(' ').next_back() == Some(word))
}

/// How the first cell of a line of totals reads.
pub(super) const TOTALS: [&str; 12] = [
    "Total",
    "Totals",
    "Grand Total",
    "Grand Totals",
    "TOTAL",
    "Summe",
    "Gesamt",
    "Gesamtsumme",
    "Suma",
    "Total general",
    "Totaux",
    "Total geral",
];

/// Texts that mean that nothing is known, wherever they stand.
pub(super) const NULLS: [&str; 8] = [
    "NULL",
    "null",
    "\\N",
    "#N/A",
    "(not set)",
    "undefined",
    "[null]",
    "NaN",
];

/// Texts that mean that nothing is known where numbers and times stand.
pub(super) const WEAK_NULLS: [&str; 8] = ["-", "--", "—", "n/a", "N/A", "NA", "k.A.", "none"];

/// The answer that a word of a status stands for.
pub(super) fn answer(text: &str) -> Option<&'static str> {
    let text = normal(text);
    [
        ("is_rejected", "rejected"),
        ("is_accepted", "accepted"),
        ("is_not_sent", "not_sent"),
        ("is_unknown", "unknown"),
    ]
    .into_iter()
    .find(|(key, _)| list(key).any(|word| word == text))
    .map(|(_, answer)| answer)
}

/// The zone that a header names in brackets, such as `Time (UTC)`, and else what its language makes likely.
pub(super) fn zone(header: &str) -> Option<&'static str> {
    let header = normal(header);
    [
        ("utc", "UTC"),
        ("gmt", "UTC"),
        ("est", "America/New_York"),
        ("edt", "America/New_York"),
        ("et", "America/New_York"),
        ("cst", "America/Chicago"),
        ("pst", "America/Los_Angeles"),
        ("pt", "America/Los_Angeles"),
        ("cet", "Europe/Berlin"),
        ("cest", "Europe/Berlin"),
        ("mez", "Europe/Berlin"),
        ("msk", "Europe/Moscow"),
        ("brt", "America/Sao_Paulo"),
    ]
    .into_iter()
    .find(|(word, _)| header.split(' ').next_back() == Some(*word) && header.contains(' '))
    .map(|(_, zone)| zone)
}

/// A language that headers are written in, with where it is spoken most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    German,
    Spanish,
    French,
    Portuguese,
}

impl Language {
    /// The language of most headers that only one language has.
    pub(super) fn of<'a>(headers: impl Iterator<Item = &'a str>) -> Self {
        let headers: Vec<String> = headers.map(normal).collect();
        let score = |key: &str| {
            let hits = headers.iter().flat_map(|header| header.split(' '));
            hits.filter(|word| list(key).any(|known| known == *word))
                .count()
        };
        let best = [
            ("german", Self::German),
            ("spanish", Self::Spanish),
            ("french", Self::French),
            ("portuguese", Self::Portuguese),
        ];
        let best = best
            .map(|(key, language)| (score(key), language))
            .into_iter();
        let best = best.max_by_key(|(score, _)| *score);
        best.filter(|(score, _)| *score >= 2)
            .map_or(Self::English, |(_, language)| language)
    }

    /// Its name.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "German",
            Self::Spanish => "Spanish",
            Self::French => "French",
            Self::Portuguese => "Portuguese",
        }
    }

    /// A zone of most of its speakers' logs; for English nothing is likely.
    pub(super) fn zone(self) -> &'static str {
        match self {
            Self::English => "UTC",
            Self::German => "Europe/Berlin",
            Self::Spanish => "Europe/Madrid",
            Self::French => "Europe/Paris",
            Self::Portuguese => "America/Sao_Paulo",
        }
    }
}

/// A text in lower-case ASCII words with one space between them: without accents, signs and brackets.
pub(super) fn normal(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut before = ' ';
    for char in text.chars() {
        let is_hump = char.is_uppercase() && before.is_lowercase();
        before = char;
        if is_hump {
            plain.push(' ');
        }
        match unaccented(char) {
            Some(letters) => plain.push_str(letters),
            None if char.is_ascii_alphanumeric() => plain.push(char.to_ascii_lowercase()),
            None => plain.push(' '),
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ")
}

fn unaccented(char: char) -> Option<&'static str> {
    Some(match char.to_lowercase().next()? {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => "a",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => "o",
        'ú' | 'ù' | 'û' | 'ü' => "u",
        'ç' => "c",
        'ñ' => "n",
        'ß' => "ss",
        'œ' => "oe",
        'æ' => "ae",
        _ => return None,
    })
}

/// Whether a text has some words in it, one after the other.
fn has_words(text: &str, words: &str) -> bool {
    format!(" {text} ").contains(&format!(" {words} "))
}

/// A name for documents: words with a sign between them, beginning with a letter.
pub(super) fn slug(text: &str, sign: &str, otherwise: &str) -> String {
    let normal = normal(text);
    let name = normal.replace(' ', sign);
    let name: String = name.chars().take(40).collect();
    let name = name.trim_end_matches(sign);
    match name.chars().next() {
        None => otherwise.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{otherwise}{sign}{name}"),
        Some(_) => name.to_owned(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "words are few")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(header: &str) -> Option<Role> {
        let scored = Role::ALL.map(|role| (role.score(header), role));
        let best = scored.into_iter().max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        (best.0 > 0.0).then_some(best.1)
    }

    #[test]
    fn headers_are_known_in_five_languages() {
        for (header, expected) in [
            ("Lead ID", Role::LeadId),
            ("leadId", Role::LeadId),
            ("Käufer", Role::Destination),
            ("Acheteur", Role::Destination),
            ("Comprador", Role::Destination),
            ("Fecha de creación", Role::At),
            ("Créé le", Role::At),
            ("Data de criação", Role::At),
            ("Erlös (EUR)", Role::Reward),
            ("Chiffre d'affaires", Role::Reward),
            ("Importe €", Role::Reward),
            ("Währung", Role::Currency),
            ("Statut", Role::Answer),
            ("Herkunft", Role::Source),
            ("Postback timestamp", Role::ConvertedAt),
            ("propensity_score", Role::Propensity),
        ] {
            assert_eq!(role(header), Some(expected), "{header}");
        }
        assert_eq!(role("Roof type"), None);
    }

    #[test]
    fn names_are_made_of_any_text() {
        assert_eq!(
            slug("Käufer Müller & Söhne", "-", "buyer"),
            "kaufer-muller-sohne"
        );
        assert_eq!(slug("4711", "-", "buyer"), "buyer-4711");
        assert_eq!(slug("***", "_", "field"), "field");
        assert_eq!(slug("postalCode", "_", "field"), "postal_code");
    }

    #[test]
    fn the_language_of_headers_is_told_by_several_of_them() {
        let of = |headers: &[&str]| Language::of(headers.iter().copied());
        assert_eq!(of(&["Datum", "Käufer", "Umsatz"]), Language::German);
        assert_eq!(of(&["Fecha", "Comprador", "Importe"]), Language::Spanish);
        assert_eq!(
            of(&["Date de création", "Acheteur", "Montant"]),
            Language::French
        );
        assert_eq!(of(&["Data", "Origem", "Receita"]), Language::Portuguese);
        assert_eq!(of(&["Date", "Buyer", "Data"]), Language::English);
    }
}
