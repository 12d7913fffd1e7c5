//! The lab: what is tried out before it meets anybody.

mod backtest;
mod draw;
pub mod scenario;
