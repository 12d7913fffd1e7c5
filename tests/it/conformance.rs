//! The shared histories, where the folder is there.
