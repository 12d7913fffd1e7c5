//! Send and Sync, redaction, sizes: what types promise.
