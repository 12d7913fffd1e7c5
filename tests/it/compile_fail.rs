//! What cannot be written: one attack a file in tests/ui.
