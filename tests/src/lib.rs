//! Nothing here: the acceptance tests are in `it/`.
