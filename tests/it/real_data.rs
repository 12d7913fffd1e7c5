//! Real data read from beside the project, where it is there.
