//! One body of work, and those who do it: `placet`, and what people write by hand in its place.
//!
//! | file | what |
//! |---|---|
//! | `shape.rs` | the work: contacts, acts and signals of two years, from a seed |
//! | `tally.rs` | what everybody must agree on: stages, emitted, refused by reason, and one hash |
//! | `user.rs`, `journey.json` | the work on `placet`: all that is written to run it |
//! | `contest.rs` | who does it, and what of it is measured |
//! | `edge.rs` | rows of the work as acts and signals: what arrives at a backend as JSON |
//! | `floor.rs` | by hand: one flat struct a contact, a match for the rules; no history, no proof |
//! | `rivals.rs` | by hand: a std `HashMap` a contact and the same match; `statig` and a map |

pub mod contest;
pub mod edge;
pub mod flat;
pub mod floor;
pub mod rivals;
pub mod shape;
pub mod support;
pub mod tally;
pub mod user;
