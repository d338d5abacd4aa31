//! What an estimate is worth: special functions, intervals, estimators. Pure.
