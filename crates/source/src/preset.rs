//! The shapes that platforms send leads in.

use serde::{Deserialize, Serialize};

/// Whose payloads a source sends: where the answers of a person stand in them, and how the platform proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// A form of one's own, or any JSON object: its members are the answers.
    #[default]
    Form,
    /// Lead ads of Facebook and Instagram, as the Graph API shows a lead: `field_data`.
    FacebookLeadAds,
    /// Lead forms of Google Ads: `user_column_data`, with the webhook's own `google_key`.
    GoogleLeadForms,
    /// `TikTok` lead generation: `changes` of one entry.
    TiktokLeadAds,
}

/// Where a list of answers stands, and how an answer is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AnswerList {
    /// Places of the list; the first that is there counts.
    pub(crate) places: &'static [&'static str],
    /// Members that may name an answer, the first that is there counts.
    pub(crate) names: &'static [&'static str],
    /// Members that may hold the answer.
    pub(crate) values: &'static [&'static str],
}

/// All that is particular to a platform.
struct Traits {
    word: &'static str,
    says: &'static str,
    answers: Option<AnswerList>,
    /// Members that name the lead, by which one that comes again is known.
    ids: &'static [&'static str],
    /// Members that say whether it is a test.
    tests: &'static [&'static str],
    secrets: &'static [&'static str],
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 4] = [
        Self::Form,
        Self::FacebookLeadAds,
        Self::GoogleLeadForms,
        Self::TiktokLeadAds,
    ];

    const fn traits(self) -> Traits {
        match self {
            Self::Form => Traits {
                word: "form",
                says: "a form of one's own, or any JSON object whose members are the answers",
                answers: None,
                ids: &[],
                tests: &[],
                secrets: &[],
            },
            Self::FacebookLeadAds => Traits {
                word: "facebook_lead_ads",
                says: "a lead of Facebook or Instagram as the Graph API shows it: `field_data`",
                answers: Some(AnswerList {
                    places: &[
                        "$.field_data",
                        "$.entry[0].changes[0].value.field_data",
                        "$.data[0].field_data",
                    ],
                    names: &["name"],
                    values: &["values", "value"],
                }),
                ids: &[
                    "$.id",
                    "$.leadgen_id",
                    "$.entry[0].changes[0].value.leadgen_id",
                    "$.data[0].id",
                ],
                tests: &[],
                secrets: &["app_secret", "verify_token"],
            },
            Self::GoogleLeadForms => Traits {
                word: "google_lead_forms",
                says: "a lead form of Google Ads: `user_column_data` with `google_key`",
                answers: Some(AnswerList {
                    places: &["$.user_column_data"],
                    names: &["column_id", "column_name"],
                    values: &["string_value"],
                }),
                ids: &["$.lead_id"],
                tests: &["$.is_test"],
                secrets: &["google_key"],
            },
            Self::TiktokLeadAds => Traits {
                word: "tiktok_lead_ads",
                says: "lead generation of TikTok: `changes` of one entry",
                answers: Some(AnswerList {
                    places: &["$.entry[0].changes", "$.changes"],
                    names: &["field", "name"],
                    values: &["value", "values"],
                }),
                ids: &["$.entry[0].id", "$.lead_id", "$.id"],
                tests: &[],
                secrets: &["client_secret"],
            },
        }
    }

    /// The word for it, as in documents.
    pub fn word(self) -> &'static str {
        self.traits().word
    }

    /// What it is for, in words.
    pub fn says(self) -> &'static str {
        self.traits().says
    }

    /// Names of the secrets that a source of this preset may have.
    pub fn secrets(self) -> &'static [&'static str] {
        self.traits().secrets
    }

    /// Where its answers stand; `None`: every member is one.
    pub(crate) fn answers(self) -> Option<AnswerList> {
        self.traits().answers
    }

    /// Places of the id of a lead.
    pub(crate) fn ids(self) -> &'static [&'static str] {
        self.traits().ids
    }

    /// Places of whether a lead is a test.
    pub(crate) fn tests(self) -> &'static [&'static str] {
        self.traits().tests
    }
}
