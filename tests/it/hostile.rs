//! Hostile JSON: a typed error, never a panic, nothing half-applied.
