//! Changes of settings: who made them, when, and what the settings said before and after.
//!
//! A change is kept in the transaction that makes it. [`Control::store_routed`](crate::Control) and
//! [`Control::store_unrouted`](crate::Control) ask for it, and no settings are stored in another way.

use std::sync::Arc;

use pointsman_flow::Hash;
use pointsman_history::{Page, Place};
use pointsman_lead::{Id, Timestamp, kinds};
use pointsman_store::{NewSettingsChange, SettingsChangeFilter, SettingsChangeRow};
use serde_json::Value;

use crate::{Control, Error, Principal, experiments::TEXT_MAX_CHARS, names, routes::read_document};

mod differences;
mod kind;
mod releases;
mod said;

pub use differences::Difference;
pub use kind::SettingsChangeKind;
pub(crate) use said::{destination_said, said};

/// Under what the record of an item names the job that it was done by.
pub(crate) const BULK_JOB: &str = "bulk_job";

/// Who makes changes for which nobody is named.
const PROGRAM: &str = "pointsman";

/// Who makes changes from a handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Author {
    /// Name of the token, or of the part of the program.
    pub(crate) name: String,
    /// The token.
    pub(crate) token: Option<Id<kinds::Token>>,
}

/// A change of settings, as it is about to be made.
#[derive(Debug, Clone)]
pub(crate) struct ChangeRecord {
    kind: SettingsChangeKind,
    object: String,
    by: Option<String>,
    note: Option<String>,
    before: Option<Value>,
    after: Option<Value>,
}

impl ChangeRecord {
    /// * `object`: name or id of what is changed; of the flow, where that has the part.
    pub(crate) fn new(kind: SettingsChangeKind, object: impl Into<String>) -> Self {
        Self {
            kind,
            object: object.into(),
            by: None,
            note: None,
            before: None,
            after: None,
        }
    }

    /// Names who makes it, where that is not whoever the handle belongs to.
    pub(crate) fn by(mut self, name: &str) -> Self {
        self.by = Some(name.to_owned());
        self
    }

    /// Says why it is made.
    pub(crate) fn because(mut self, note: Option<&str>) -> Self {
        self.note = note.filter(|note| !note.is_empty()).map(str::to_owned);
        self
    }

    /// * `before`: what the settings say, without secrets; `None` if they are not there.
    pub(crate) fn from(mut self, before: Option<Value>) -> Self {
        self.before = before;
        self
    }

    /// * `after`: what they say from now on, without secrets.
    pub(crate) fn to(mut self, after: Value) -> Self {
        self.after = Some(after);
        self
    }
}

/// A change of settings that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsChange {
    /// The number of its transaction in commit order.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who made it: the name of a token, or of a part of the program.
    pub by: String,
    /// The token of whoever made it; `None` where none was needed.
    pub token: Option<Id<kinds::Token>>,
    /// What kind of change.
    pub kind: SettingsChangeKind,
    /// Name of the vertical, destination, source, flow or experiment, or id of the token.
    pub object: String,
    /// Why, if somebody said so.
    pub note: Option<String>,
    before_hash: Option<String>,
    after_hash: Option<String>,
}

/// What settings said before and after a change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChangedSettings {
    /// Before; `None` if they were not there.
    pub before: Option<Value>,
    /// After.
    pub after: Option<Value>,
    /// What changed, in words.
    pub differences: Vec<Difference>,
}

/// Which changes to list; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// Of these kinds.
    pub kinds: Option<Vec<SettingsChangeKind>>,
    /// Of the vertical, destination, flow, experiment or token of this name or id.
    pub object: Option<String>,
    /// Made by somebody of this name.
    pub who: Option<String>,
    /// Made then or later.
    pub from: Option<Timestamp>,
    /// Made before.
    pub until: Option<Timestamp>,
}

impl SettingsChange {
    fn of(row: SettingsChangeRow) -> Result<Self, Error> {
        let SettingsChangeRow {
            seq,
            at,
            by_whom,
            by_token,
            kind,
            object,
            note,
            before_hash,
            after_hash,
        } = row;
        let unreadable = || Error::Stored {
            what: format!("the change of settings {seq}"),
        };
        let token = by_token.map(|id| id.parse()).transpose();
        Ok(Self {
            number: seq,
            at: Timestamp(at),
            by: by_whom,
            token: token.map_err(|_| unreadable())?,
            kind: SettingsChangeKind::of_word(&kind).ok_or_else(unreadable)?,
            object,
            note,
            before_hash,
            after_hash,
        })
    }
}

impl Control {
    /// The same, for changes that somebody makes: they are kept under that name.
    #[must_use]
    pub fn acting_for(&self, principal: &Principal) -> Self {
        self.with_author(Author {
            name: principal.name.clone(),
            token: principal.id,
        })
    }

    /// The same, for changes that are made without a token.
    ///
    /// * `name`: who makes them, such as `command line`.
    #[must_use]
    pub fn acting_as(&self, name: &str) -> Self {
        self.with_author(Author {
            name: name.to_owned(),
            token: None,
        })
    }

    fn with_author(&self, author: Author) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            author: Some(Arc::new(author)),
            reason: self.reason.clone(),
        }
    }

    /// The same, for changes that are made for a reason, which is kept with them.
    ///
    /// * `reason`: in the words of whoever makes them; an empty one is none.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for a text that is too long, or that no database takes.
    pub fn because(&self, reason: Option<&str>) -> Result<Self, Error> {
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        let problem = reason.and_then(|it| names::check_text("reason", it, TEXT_MAX_CHARS));
        match problem {
            Some(problem) => Err(Error::problem(problem)),
            None => Ok(Self {
                reason: reason.map(Arc::from),
                ..self.clone()
            }),
        }
    }

    /// Name of who makes changes from here.
    pub(crate) fn author_name(&self) -> String {
        let author = self.author.as_deref();
        author.map_or(PROGRAM, |author| &author.name).to_owned()
    }

    /// A change, as it is stored beside what it changes.
    pub(crate) fn recorded(&self, change: ChangeRecord) -> NewSettingsChange {
        let ChangeRecord {
            kind,
            object,
            by,
            note,
            before,
            after,
        } = change;
        let author = self.author.as_deref();
        let own = author.map_or(PROGRAM, |author| &author.name);
        let by_whom = by.unwrap_or_else(|| own.to_owned());
        let author = author.filter(|author| author.name == by_whom);
        let text = |value: Value| {
            let body = value.to_string();
            (Hash::of_text(&body).to_string(), body)
        };
        NewSettingsChange {
            at: self.inner.clock.now().0,
            by_token: author
                .and_then(|author| author.token)
                .map(|id| id.to_string()),
            by_whom,
            kind: kind.word().to_owned(),
            object,
            note: note.or_else(|| self.reason.as_deref().map(str::to_owned)),
            before: before.map(text),
            after: after.map(text),
        }
    }

    /// Changes of settings, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn changes(
        &self,
        filter: &ChangeFilter,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<SettingsChange>, Error> {
        let ChangeFilter {
            kinds,
            object,
            who,
            from,
            until,
        } = filter;
        let words = |kinds: &Vec<SettingsChangeKind>| {
            let words = kinds.iter().map(|kind| kind.word().to_owned());
            words.collect()
        };
        let filter = SettingsChangeFilter {
            kinds: kinds.as_ref().map(words),
            object: object.clone(),
            by_whom: who.clone(),
            from: from.map(|from| from.0),
            until: until.map(|until| until.0),
        };
        let read = self.inner.store.read();
        let after = after.map(Place::cursor);
        let page = read.settings_changes(&filter, after, limit).await?;
        Page::of(page, SettingsChange::of)
    }

    /// What the settings of a change said before and after it.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn changed_settings(
        &self,
        change: &SettingsChange,
    ) -> Result<ChangedSettings, Error> {
        let before = self.settings_text(change.before_hash.as_deref()).await?;
        let after = self.settings_text(change.after_hash.as_deref()).await?;
        let (mut old, mut new) = (before.clone(), after.clone());
        if change.kind == SettingsChangeKind::StageMoved {
            // What moved with the stage is told by what its versions say.
            self.add_document(&mut old).await?;
            self.add_document(&mut new).await?;
        }
        Ok(ChangedSettings {
            differences: differences::between(change.kind, old, new),
            before,
            after,
        })
    }

    async fn settings_text(&self, hash: Option<&str>) -> Result<Option<Value>, Error> {
        let Some(hash) = hash else {
            return Ok(None);
        };
        let unreadable = || Error::Stored {
            what: format!("the text {hash} of a change of settings"),
        };
        let body = self.inner.store.read().find_settings_text(hash).await?;
        let body = body.ok_or_else(unreadable)?;
        serde_json::from_str(&body)
            .map(Some)
            .map_err(|_| unreadable())
    }

    async fn add_document(&self, said: &mut Option<Value>) -> Result<(), Error> {
        let Some(said) = said else {
            return Ok(());
        };
        let hash = said["version"].as_str().unwrap_or_default().to_owned();
        if let Some(row) = self.inner.store.read().find_flow_version(&hash).await? {
            let document = read_document(&row.hash, &row.body)?;
            said["document"] = serde_json::from_str(&document.to_json()).unwrap_or_default();
        }
        Ok(())
    }
}
