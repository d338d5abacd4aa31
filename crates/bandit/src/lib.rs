//! The allocation: arm state, posteriors, exact arm probabilities, weights. Pure.
