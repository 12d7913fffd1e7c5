//! The laws of SPEC section 5, against a model written in another style.
