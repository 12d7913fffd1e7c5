//! Floor 8: the edge. What other tools need of this crate; each part is behind a feature of its own.

#[cfg(feature = "schema")]
pub mod schema;
