//! The lab: pictures.

mod draw;
