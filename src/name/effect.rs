//! What an event and a refusal must be able to name: the rule that asked, and its effect.

use super::checked::name_type;

name_type! {
    /// What a rule asks for, such as `welcome-mail`.
    EffectName
}
name_type! {
    /// Names one rule of a journey.
    RuleName
}
