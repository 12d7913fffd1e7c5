//! Every error message, word for word.
