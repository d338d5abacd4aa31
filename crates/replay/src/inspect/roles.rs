//! Which column is what: by its header, and by what its cells can be.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    profile::{Profile, share},
    words::{self, Role},
};

/// Destinations at most.
pub(super) const DESTINATIONS_MAX: usize = 500;
/// Words of an answer at most.
const ANSWERS_MAX: usize = 40;
/// Fields that are mapped at most.
const FIELDS_MAX: usize = 12;
/// Values of a text field at most.
const VALUES_MAX: usize = 2_000;

/// A column that is taken for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    /// Position of the column.
    pub(super) column: usize,
    /// Other columns that may be meant, the likeliest first.
    pub(super) others: Vec<usize>,
}

/// What each column is taken for.
#[derive(Debug, Clone, Default)]
pub(super) struct Roles {
    pub(super) taken: BTreeMap<Role, Taken>,
}

impl Roles {
    /// Takes columns for roles; each column has one, and each role one column.
    pub(super) fn guess(profiles: &[Profile]) -> Self {
        let mut scored: Vec<(f64, Role, usize)> = Vec::new();
        for role in Role::ALL {
            for (column, profile) in profiles.iter().enumerate() {
                let score = role.score(&profile.name);
                if score > 0.0 && can_be(role, profile) {
                    scored.push((score + bonus(role, profile), role, column));
                }
            }
        }
        scored.sort_by(|(a, role, column), (b, other, behind)| {
            b.total_cmp(a)
                .then(role.cmp(other))
                .then(column.cmp(behind))
        });
        let mut roles = Self::default();
        let mut used: BTreeSet<usize> = BTreeSet::new();
        for (_, role, column) in &scored {
            if used.contains(column) || roles.taken.contains_key(role) {
                continue;
            }
            used.insert(*column);
            roles.taken.insert(
                *role,
                Taken {
                    column: *column,
                    others: Vec::new(),
                },
            );
        }
        for (_, role, column) in scored {
            if let Some(taken) = roles.taken.get_mut(&role)
                && taken.column != column
                && !used.contains(&column)
            {
                taken.others.push(column);
            }
        }
        roles.settle(profiles);
        roles
    }

    /// What only the whole tells.
    fn settle(&mut self, profiles: &[Profile]) {
        // One time alone is when the lead came in, whatever it is called.
        if !self.taken.contains_key(&Role::At)
            && let Some(taken) = self.taken.remove(&Role::ConvertedAt)
        {
            self.taken.insert(Role::At, taken);
        }
        if !self.taken.contains_key(&Role::At)
            && let Some(column) = profiles
                .iter()
                .position(|profile| profile.is_date() && can_be(Role::At, profile))
        {
            self.taken.insert(
                Role::At,
                Taken {
                    column,
                    others: Vec::new(),
                },
            );
        }
        // A price alone is what comes in.
        if !self.taken.contains_key(&Role::Reward)
            && let Some(taken) = self.taken.remove(&Role::Cost)
        {
            self.taken.insert(Role::Reward, taken);
        }
        // What answers have no rows of their own to be told by.
        if !self.taken.contains_key(&Role::LeadId) {
            self.taken.remove(&Role::Offer);
        }
    }

    pub(super) fn column(&self, role: Role) -> Option<usize> {
        self.taken.get(&role).map(|taken| taken.column)
    }

    /// What a column is taken for.
    pub(super) fn of(&self, column: usize) -> Option<Role> {
        let mut taken = self.taken.iter();
        let found = taken.find(|(_, taken)| taken.column == column);
        found.map(|(role, _)| *role)
    }

    /// Columns that may be fields of the lead: known before a buyer was chosen, no person's data, and with more than one value.
    pub(super) fn fields(&self, profiles: &[Profile]) -> Vec<usize> {
        // What may be another name of the destination was not known before it was chosen.
        let destination = self.taken.get(&Role::Destination);
        let is_destination =
            |column: &usize| destination.is_some_and(|taken| taken.others.contains(column));
        let mut fields: Vec<usize> = (0..profiles.len())
            .filter(|column| self.of(*column).is_none() && !is_destination(column))
            .filter(|column| can_be_field(&profiles[*column]))
            .collect();
        fields.sort_by_key(|column| profiles[*column].n_distinct());
        fields.truncate(FIELDS_MAX);
        fields.sort_unstable();
        fields
    }

    /// Columns with few values, which may say who got the lead where no header does.
    pub(super) fn perhaps_destinations(profiles: &[Profile]) -> Vec<&str> {
        let few = profiles.iter().filter(|profile| {
            (2..=DESTINATIONS_MAX).contains(&profile.n_distinct())
                && !profile.is_time()
                && !profile.has_more
                && share(profile.n_distinct() as u64, profile.n_known) < 0.5
        });
        few.map(|profile| profile.name.as_str()).collect()
    }
}

fn can_be_field(profile: &Profile) -> bool {
    let is_few = profile.n_distinct() <= VALUES_MAX && !profile.has_more;
    let is_name = share(profile.n_distinct() as u64, profile.n_known) > 0.5 && profile.n_known > 20;
    let is_number = profile.is_number() && !profile.seen.zeros.gt(&0);
    profile.n_distinct() > 1
        && profile.missing() < 0.9
        && !profile.is_time()
        && !words::is_personal(&profile.name)
        && !words::is_later(&profile.name)
        && !(words::is_id(&profile.name) && (!is_few || is_name))
        && (is_number || (is_few && !is_name))
        && !profile.is_mostly(profile.seen.email)
}

/// Whether the cells of a column can be what a role needs.
fn can_be(role: Role, profile: &Profile) -> bool {
    let distinct = profile.n_distinct();
    let of_known = share(distinct as u64, profile.n_known);
    let is_short = profile.counts.keys().all(|text| text.len() <= 200);
    match role {
        Role::LeadId => {
            !profile.is_date()
                && profile.missing() < 0.01
                && (of_known >= 0.2 || profile.has_more)
                && profile.seen.only_comma == 0
        }
        Role::At => profile.is_time() && profile.missing() < 0.05,
        Role::ConvertedAt => profile.is_time(),
        Role::Destination => {
            !profile.is_time()
                && !profile.has_more
                && (1..=DESTINATIONS_MAX).contains(&distinct)
                && of_known < 0.5
                && is_short
                && profile.n_known > 0
        }
        Role::Answer => {
            let words = profile.counts.keys();
            let n_known = words.filter(|word| words::answer(word).is_some()).count();
            distinct <= ANSWERS_MAX && distinct > 0 && n_known > 0 && !profile.has_more
        }
        Role::Reward | Role::Cost => {
            profile.is_number() && !profile.is_time() && profile.seen.scientific == 0
        }
        Role::Propensity => {
            let is_share = profile
                .range
                .is_some_and(|[low, high]| low > 0.0 && high <= 1.0);
            profile.is_number() && is_share
        }
        Role::Source => !profile.is_time() && distinct > 0 && of_known <= 0.5 && is_short,
        Role::Offer => profile.is_mostly(profile.seen.integer) && distinct <= 64,
        Role::Available => {
            let mut texts = profile.counts.keys();
            texts.any(|text| text.contains('|') || text.starts_with('['))
        }
        Role::Currency => {
            let is_code = |text: &String| {
                text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
            };
            distinct > 0 && profile.counts.keys().all(is_code)
        }
    }
}

/// What the cells add to the header: a little, so that it decides between equals.
fn bonus(role: Role, profile: &Profile) -> f64 {
    let is_code = profile.is_mostly(profile.seen.integer) || words::is_id(&profile.name);
    match role {
        // A name is easier to read than its number.
        Role::Destination if is_code => -0.5,
        Role::Destination if profile.n_distinct() == 1 => -4.0,
        Role::LeadId => share(profile.n_distinct() as u64, profile.n_known),
        _ => 0.0,
    }
}
