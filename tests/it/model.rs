//! A model of the semantics written in another style, to hold the crate against.
