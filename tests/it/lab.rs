//! The lab: what is tried out before it meets anybody.

mod backtest;
mod coverage;
mod draw;
mod guarded;
mod mutation;
pub mod scenario;
