//! Replays history under new rules: logs, estimators, verdicts.
