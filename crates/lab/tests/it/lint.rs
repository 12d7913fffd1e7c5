//! Lint: every finding has a journey that triggers it and a twin that does not; every witness is run; what is said
//! to be so is so in a hundred thousand random histories.

mod findings;
mod random;
mod sound;
