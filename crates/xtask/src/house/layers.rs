//! Who may use whom: one table, compared with the manifests.

mod worlds;

use std::collections::{BTreeMap, BTreeSet};

use super::assert_none;
use crate::metadata::{Dependency, Metadata, Package, short};
use worlds::WORLDS;

/// What a crate may use. Everything not named is forbidden.
struct Allowed {
    /// Name in speech: `flow` is the package `pointsman-flow`.
    name: &'static str,
    /// Crates of this workspace.
    uses: &'static [&'static str],
    /// Crates of this workspace that only its tests use.
    tests_use: &'static [&'static str],
    /// Crates from outside. `Some` makes the crate pure: all that it may use is in this list.
    pure: Option<&'static [&'static str]>,
}

const TABLE: &[Allowed] = &[
    // Pure, from the nouns up.
    Allowed {
        name: "lead",
        uses: &[],
        tests_use: &[],
        pure: Some(&[
            "iso_currency",
            "jiff",
            "serde",
            "serde_json",
            "sha2",
            "strsim",
            "thiserror",
            "unicode-normalization",
            "url",
            "uuid",
        ]),
    },
    Allowed {
        name: "source",
        uses: &["lead"],
        tests_use: &[],
        pure: Some(&["hmac", "serde", "serde_json", "sha2", "url"]),
    },
    Allowed {
        name: "stats",
        uses: &[],
        tests_use: &[],
        pure: Some(&["libm", "smallvec", "statrs", "thiserror"]),
    },
    Allowed {
        name: "cel",
        uses: &["lead"],
        tests_use: &[],
        pure: Some(&["jiff", "unicode-normalization"]),
    },
    Allowed {
        name: "flow-macros",
        uses: &[],
        tests_use: &[],
        pure: Some(&["proc-macro2", "quote", "syn"]),
    },
    Allowed {
        name: "bandit",
        uses: &["stats"],
        tests_use: &[],
        pure: Some(&["serde", "thiserror"]),
    },
    Allowed {
        name: "experiment",
        uses: &["lead", "stats"],
        tests_use: &[],
        pure: Some(&["serde"]),
    },
    Allowed {
        name: "flow",
        uses: &["cel", "flow-macros", "lead"],
        tests_use: &[],
        pure: Some(&[
            "foldhash",
            "jiff",
            "serde",
            "serde_json",
            "sha2",
            "smallvec",
            "thiserror",
            "toml",
            "unicode-normalization",
        ]),
    },
    Allowed {
        name: "ledger",
        uses: &["flow", "lead"],
        tests_use: &[],
        pure: Some(&["imbl", "serde"]),
    },
    Allowed {
        name: "router",
        uses: &["bandit", "flow", "lead", "ledger"],
        tests_use: &[],
        pure: Some(&[
            "jiff",
            "libm",
            "serde",
            "serde_json",
            "siphasher",
            "smallvec",
            "thiserror",
        ]),
    },
    Allowed {
        name: "flowtest",
        uses: &["bandit", "flow", "lead", "ledger", "router"],
        tests_use: &[],
        pure: Some(&["serde", "serde_json", "similar", "toml"]),
    },
    Allowed {
        name: "console",
        uses: &[],
        tests_use: &[],
        pure: Some(&["flate2", "sha2"]),
    },
    // The rim: each knows one outside world.
    Allowed {
        name: "migrations",
        uses: &[],
        tests_use: &[],
        pure: None,
    },
    Allowed {
        name: "store",
        uses: &["migrations"],
        tests_use: &["testkit"],
        pure: None,
    },
    Allowed {
        name: "delivery",
        uses: &["lead"],
        tests_use: &[],
        pure: None,
    },
    Allowed {
        name: "replay",
        uses: &["bandit", "flow", "lead", "ledger", "router", "stats"],
        tests_use: &["testkit"],
        pure: None,
    },
    Allowed {
        name: "history",
        uses: &[
            "bandit",
            "delivery",
            "experiment",
            "flow",
            "lead",
            "ledger",
            "router",
            "source",
            "store",
        ],
        tests_use: &[],
        pure: None,
    },
    // These two do not know each other: what one publishes and the other reads is `history::LiveRoutes`.
    Allowed {
        name: "control",
        uses: &[
            "bandit",
            "cel",
            "delivery",
            "experiment",
            "flow",
            "history",
            "lead",
            "source",
            "store",
        ],
        tests_use: &[],
        pure: None,
    },
    Allowed {
        name: "engine",
        uses: &[
            "bandit", "delivery", "flow", "history", "lead", "ledger", "router", "store",
        ],
        tests_use: &["control", "experiment", "testkit"],
        pure: None,
    },
    Allowed {
        name: "api",
        uses: &[
            "bandit",
            "console",
            "control",
            "delivery",
            "engine",
            "experiment",
            "flow",
            "history",
            "lead",
            "ledger",
            "router",
            "source",
        ],
        // Its tests open databases. It shows types of the crates above, and no rows.
        tests_use: &["store", "testkit"],
        pure: None,
    },
    Allowed {
        name: "testkit",
        uses: &["flow", "lead"],
        tests_use: &["delivery"],
        pure: None,
    },
    // What a user starts, and what starts it.
    Allowed {
        name: "pointsman",
        uses: &[
            "api",
            "bandit",
            "control",
            "delivery",
            "engine",
            "experiment",
            "flow",
            "flowtest",
            "history",
            "lead",
            "ledger",
            "replay",
            "router",
            "source",
            "store",
            "testkit",
        ],
        tests_use: &[],
        pure: None,
    },
    Allowed {
        name: "auto-insurance",
        uses: &["pointsman"],
        tests_use: &[],
        pure: None,
    },
    Allowed {
        name: "acceptance",
        uses: &["store", "testkit"],
        tests_use: &[],
        pure: None,
    },
    // It looks at what the product stored, and knows nothing of it; its tests need the tables.
    Allowed {
        name: "checker",
        uses: &[],
        tests_use: &["migrations"],
        pure: None,
    },
    Allowed {
        name: "faults",
        uses: &["acceptance", "checker", "testkit"],
        tests_use: &[],
        pure: None,
    },
    Allowed {
        name: "compile-fail",
        uses: &[],
        tests_use: &["flow"],
        pure: None,
    },
    Allowed {
        name: "xtask",
        uses: &[],
        tests_use: &[],
        pure: None,
    },
];

/// The crates whose `lib.rs` forbids clocks, files and the like.
pub(super) fn pure() -> impl Iterator<Item = &'static str> {
    // A derive macro runs inside the compiler and sees no lead, so there is nothing to keep from it.
    TABLE
        .iter()
        .filter(|it| it.pure.is_some() && it.name != "flow-macros")
        .map(|it| it.name)
}

fn is_normal(dependency: &Dependency) -> bool {
    dependency.kind.as_deref() != Some("dev")
}

#[test]
fn crates_use_what_the_table_allows_and_nothing_else() {
    let table: BTreeMap<&str, &Allowed> = TABLE.iter().map(|it| (it.name, it)).collect();
    let mut offences = Vec::new();
    for package in Metadata::read().unwrap().packages {
        let name = package.short();
        let Some(allowed) = table.get(name) else {
            offences.push(format!(
                "`{name}` is missing from the table: say what it may use"
            ));
            continue;
        };
        for it in &package.dependencies {
            let used = short(&it.name);
            let fine = match (it.path.is_some(), is_normal(it)) {
                (true, true) => allowed.uses.contains(&used),
                (true, false) => allowed.uses.contains(&used) || allowed.tests_use.contains(&used),
                (false, true) => allowed.pure.is_none_or(|names| names.contains(&used)),
                (false, false) => true,
            };
            if !fine {
                offences.push(format!("`{name}` may not use `{used}`"));
            }
        }
        let uses: BTreeSet<&str> = package
            .dependencies
            .iter()
            .filter(|it| is_normal(it))
            .map(|it| short(&it.name))
            .collect();
        let unused = allowed.uses.iter().filter(|it| !uses.contains(**it));
        offences.extend(unused.map(|it| format!("`{name}` may use `{it}`, and does not")));
    }
    assert_none("a crate uses other crates than its layer says", &offences);
}

#[test]
fn every_line_of_the_table_is_a_crate() {
    let packages = Metadata::read().unwrap().packages;
    let names: BTreeSet<&str> = packages.iter().map(Package::short).collect();
    let gone = TABLE.iter().filter(|it| !names.contains(it.name));
    let offences: Vec<String> = gone.map(|it| it.name.to_owned()).collect();
    assert_none("the table names crates that do not exist", &offences);
}

#[test]
fn pure_crates_stand_on_pure_crates() {
    let pure: BTreeSet<&str> = TABLE
        .iter()
        .filter(|it| it.pure.is_some())
        .map(|it| it.name)
        .collect();
    let mut offences = Vec::new();
    for it in TABLE.iter().filter(|it| it.pure.is_some()) {
        let impure = it
            .uses
            .iter()
            .chain(it.tests_use)
            .filter(|used| !pure.contains(**used));
        offences.extend(impure.map(|used| format!("`{}` uses `{used}`", it.name)));
    }
    assert_none("a pure crate uses one that is not", &offences);
}

#[test]
fn each_outside_world_is_known_to_its_own_crate_alone() {
    let worlds: BTreeMap<&str, &[&str]> = WORLDS.iter().copied().collect();
    let mut offences = Vec::new();
    for package in Metadata::read().unwrap().packages {
        let name = package.short();
        let in_tests = format!("{name}+");
        for it in &package.dependencies {
            let Some(known_to) = worlds.get(it.name.as_str()) else {
                continue;
            };
            let fine =
                known_to.contains(&name) || !is_normal(it) && known_to.contains(&in_tests.as_str());
            if !fine {
                offences.push(format!(
                    "`{name}` knows `{}`, which is for {known_to:?}",
                    it.name
                ));
            }
        }
    }
    assert_none("a crate reaches past its own world", &offences);
}
