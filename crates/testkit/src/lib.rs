//! Mock buyers and generated worlds whose truth is known.
