//! The types of entries and acts, each with the word that it is written with.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::consent::ActKind;
use crate::name::Name;

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

impl Type {
    /// The types that are no act.
    const OTHERS: [Type; 12] = [
        Type::Opened,
        Type::Linked,
        Type::Unlinked,
        Type::Signal,
        Type::Transition,
        Type::TransitionAlone,
        Type::Merged,
        Type::Unmerged,
        Type::Queued,
        Type::EffectRefused,
        Type::Sent,
        Type::Dropped,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Type::Act(kind) => kind.as_str(),
            Type::Opened => "opened",
            Type::Linked => "linked",
            Type::Unlinked => "unlinked",
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
    }

    fn of(word: &str) -> Option<Type> {
        let acts = ActKind::ALL.into_iter().map(Type::Act);
        acts.chain(Type::OTHERS).find(|other| other.as_str() == word)
    }
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
