//! The files of the console. Written by `cargo xtask console`.

use crate::File;

/// Every file of `console/dist`, by name.
pub(crate) static FILES: [File; 48] = [
    File::new(
        "allocation.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/allocation.js"),
    ),
    File::new(
        "app.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/app.js"),
    ),
    File::new(
        "caps.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/caps.js"),
    ),
    File::new(
        "cells.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/cells.js"),
    ),
    File::new(
        "changes.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/changes.js"),
    ),
    File::new(
        "dialog.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/dialog.js"),
    ),
    File::new(
        "draft.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/draft.js"),
    ),
    File::new(
        "equal.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/equal.js"),
    ),
    File::new(
        "example-lead.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/example-lead.js"),
    ),
    File::new(
        "experiment.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/experiment.js"),
    ),
    File::new(
        "flow.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/flow.js"),
    ),
    File::new(
        "form.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/form.js"),
    ),
    File::new(
        "held.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/held.js"),
    ),
    File::new(
        "index.css",
        "text/css; charset=utf-8",
        include_bytes!("../../../console/dist/index.css"),
    ),
    File::new(
        "index.html",
        "text/html; charset=utf-8",
        include_bytes!("../../../console/dist/index.html"),
    ),
    File::new(
        "jobs.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/jobs.js"),
    ),
    File::new(
        "json-text.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/json-text.js"),
    ),
    File::new(
        "later.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/later.js"),
    ),
    File::new(
        "lead-fields.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/lead-fields.js"),
    ),
    File::new(
        "lead.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/lead.js"),
    ),
    File::new(
        "licences.txt",
        "text/plain; charset=utf-8",
        include_bytes!("../../../console/dist/licences.txt"),
    ),
    File::new(
        "lists.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/lists.js"),
    ),
    File::new(
        "merge.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/merge.js"),
    ),
    File::new(
        "metrics.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/metrics.js"),
    ),
    File::new(
        "model.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/model.js"),
    ),
    File::new(
        "operations.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/operations.js"),
    ),
    File::new(
        "parts.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/parts.js"),
    ),
    File::new(
        "people.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/people.js"),
    ),
    File::new(
        "replay-words.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/replay-words.js"),
    ),
    File::new(
        "replay.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/replay.js"),
    ),
    File::new(
        "replays.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/replays.js"),
    ),
    File::new(
        "return-line.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/return-line.js"),
    ),
    File::new(
        "review.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/review.js"),
    ),
    File::new(
        "rollout.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/rollout.js"),
    ),
    File::new(
        "rollouts.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/rollouts.js"),
    ),
    File::new(
        "schemas.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/schemas.js"),
    ),
    File::new(
        "settings.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/settings.js"),
    ),
    File::new(
        "setup.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/setup.js"),
    ),
    File::new(
        "sources.css",
        "text/css; charset=utf-8",
        include_bytes!("../../../console/dist/sources.css"),
    ),
    File::new(
        "sources.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/sources.js"),
    ),
    File::new(
        "statements.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/statements.js"),
    ),
    File::new(
        "steps.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/steps.js"),
    ),
    File::new(
        "stop.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/stop.js"),
    ),
    File::new(
        "tab.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/tab.js"),
    ),
    File::new(
        "test-lead.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/test-lead.js"),
    ),
    File::new(
        "typed.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/typed.js"),
    ),
    File::new(
        "version-names.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/version-names.js"),
    ),
    File::new(
        "versions.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../../console/dist/versions.js"),
    ),
];
