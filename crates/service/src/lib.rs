//! Intake, delivery driver, learner and queue of jobs.
