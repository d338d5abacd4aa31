//! HTTP to destinations: targets, templates, response mapping, outcome classes.
