//! Where a contact stands, and the kinds of signal that move it.

use super::checked::{Name, name_type};

name_type! {
    /// Where a contact stands in a journey: a free name, such as `fan` or `customer`.
    ///
    /// A stage never implies permission (SPEC law 12).
    Stage
}
name_type! {
    /// A kind of signal, such as `like` or `purchase`.
    SignalKind
}

/// How "no stage" is written in a journey (SPEC S27). A stage of this name in a spec says what holds up those who
/// have no stage, and nothing else.
pub const NO_STAGE: Stage = Stage(Name::known("none"));
