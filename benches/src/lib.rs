//! One body of work, and those who do it: `placet`, and what people write by hand in its place.
//!
//! | file | what |
//! |---|---|
//! | `shape.rs` | the work: contacts, acts and signals of two years, from a seed |
//! | `tally.rs` | what everybody must agree on: stages, emitted, refused by reason, and one hash |
//! | `subject.rs`, `journey.json` | the work on `placet`: the one place that names its API |
//! | `contest.rs` | who does it, and what of it is measured |
//! | `floor.rs` | by hand: one flat struct a contact, a match for the rules; no history, no proof |
//! | `proven.rs` | by hand: the same with an append-only list of acts, and effects of proofs alone |
//! | `rivals.rs` | by hand: a std `HashMap` a contact and the same match; `statig` and a map |
//! | `kept.rs` | by hand: a `HashMap` and a match that keep what `placet` keeps |
//! | `counting.rs` | an allocator that counts |
//! | `callgrind.rs` | instructions of the measured part, counted where valgrind is |
//! | `scenes.rs` | what one contact or one person costs that grew: many acts, many members |
//! | `ratios.rs`, `flat.rs`, `support.rs` | pairs of costs in one table, and what they need |

pub mod callgrind;
pub mod contest;
pub mod counting;
pub mod flat;
pub mod floor;
pub mod kept;
pub mod proven;
pub mod ratios;
pub mod rivals;
pub mod scenes;
pub mod shape;
pub mod subject;
pub mod support;
pub mod tally;
