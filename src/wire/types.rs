//! The types of entries and acts, each with the word that it is written with.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::ledger::ActKind;
use crate::vocab::Name;

/// What an entry is, or an act.
#[derive(Debug, Clone, Copy)]
pub(super) enum Type {
    Opened,
    Linked,
    Unlinked,
    Act(ActKind),
    Signal,
    Transition,
    TransitionAlone,
    Merged,
    Unmerged,
    Queued,
    EffectRefused,
    Sent,
    Dropped,
}

/// A type as it is read; none where a name is that of no type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Called(pub(super) Option<Type>);

macro_rules! words {
    ($($($path:ident)::+ $(($kind:ident))? => $word:literal),+ $(,)?) => {
        impl Type {
            pub(super) fn as_str(self) -> &'static str {
                match self {
                    $($($path)::+ $((ActKind::$kind))? => $word,)+
                }
            }

            fn of(word: &str) -> Option<Type> {
                match word {
                    $($word => Some($($path)::+ $((ActKind::$kind))?),)+
                    _ => None,
                }
            }
        }
    };
}

words! {
    Type::Opened => "opened",
    Type::Linked => "linked",
    Type::Unlinked => "unlinked",
    Type::Act(Grant) => "grant",
    Type::Act(Confirm) => "confirm",
    Type::Act(Unobject) => "unobject",
    Type::Act(Unrestrict) => "unrestrict",
    Type::Act(Withdraw) => "withdraw",
    Type::Act(Refuse) => "refuse",
    Type::Act(Object) => "object",
    Type::Act(Restrict) => "restrict",
    Type::Act(Erase) => "erase",
    Type::Signal => "signal",
    Type::Transition => "transition",
    Type::TransitionAlone => "transition_alone",
    Type::Merged => "merged",
    Type::Unmerged => "unmerged",
    Type::Queued => "queued",
    Type::EffectRefused => "effect_refused",
    Type::Sent => "sent",
    Type::Dropped => "dropped",
}

impl<'de> Deserialize<'de> for Called {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Called, D::Error> {
        struct Word;
        impl Visitor<'_> for Word {
            type Value = Called;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the name of a type")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Called, E> {
                let known = Type::of(text);
                if known.is_none() {
                    Name::new(text).map_err(E::custom)?;
                }
                Ok(Called(known))
            }
        }
        deserializer.deserialize_str(Word)
    }
}
