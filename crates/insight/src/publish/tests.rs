//! The vectors of hashing and noise that others worked out.
