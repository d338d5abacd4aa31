//! Worlds outside of ours, and who may know each.

/// Crates from outside that only some of ours may know, with who they are. A `+` lets in a crate's tests alone.
pub(super) const WORLDS: &[(&str, &[&str])] = &[
    ("sea-orm", &["store", "checker"]),
    ("sea-orm-migration", &["migrations"]),
    ("sqlx", &[]),
    ("polars", &["replay"]),
    ("async-graphql", &["api"]),
    (
        "axum",
        &[
            "api",
            "testkit",
            "pointsman",
            "delivery+",
            "engine+",
            "acceptance",
            "faults",
        ],
    ),
    ("axum-server", &["pointsman"]),
    ("tower-http", &["api"]),
    // The demonstration is a client of its own endpoints.
    (
        "reqwest",
        &["delivery", "pointsman", "acceptance", "faults"],
    ),
    ("siphasher", &["router"]),
    ("statrs", &["stats"]),
    // Ours is compared with it; nothing is decided by it.
    ("cel", &["flow+"]),
    ("clap", &["pointsman"]),
    ("indicatif", &["pointsman"]),
];
