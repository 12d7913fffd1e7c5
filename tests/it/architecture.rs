//! The floors: no file imports a higher one.
