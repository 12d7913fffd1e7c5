//! The lab: what is tried out before it meets anybody.

mod backtest;
mod coverage;
mod draw;
mod guarded;
mod lint;
mod mutation;
pub mod scenario;
