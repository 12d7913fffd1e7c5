//! An explanation as it is written: all of its parts, in names and words. Nothing reads it.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::consent::Answered;
use crate::name::{EffectName, NO_STAGE, RuleName, Scope, Stage, in_words};

/// Why a decision is what it is.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Explanation<'e> {
    /// What was asked before the signal was admitted.
    admission: Vec<Asked<'e>>,
    /// Where the contact stood when the rules were tried.
    stands_at: Option<&'e Stage>,
    /// The stages it fell back from, and the scope each lacked.
    fell_back: Vec<(&'e Stage, String)>,
    /// The rules on this kind of signal, up to the one that was taken.
    rules: Vec<Considered<'e>>,
    /// What was asked for the effects of the rule that was taken.
    effects: Vec<(&'e EffectName, Asked<'e>)>,
    /// The stage held afterwards, if it moved.
    #[serde(serialize_with = "none_in_words")]
    moved_to: Option<Option<&'e Stage>>,
}

/// One need, and its answer.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Asked<'e> {
    /// What was asked for.
    #[serde(serialize_with = "in_words")]
    scope: &'e Scope,
    /// The answer.
    answer: Answered,
}

/// A rule, and what became of it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Considered<'e> {
    /// Which rule.
    rule: &'e RuleName,
    /// It starts from where the contact stands.
    from_here: bool,
    /// Its guard, part by part, the whole first.
    guard: Vec<Checked>,
    /// It was taken: it starts from here, and its guard holds.
    taken: bool,
}

/// A part of a guard, and its value.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Checked {
    /// How deep it stands in its guard.
    depth: usize,
    /// What it asks.
    asks: String,
    /// What was found.
    found: String,
    /// Whether it holds.
    holds: bool,
}

/// A move to no stage is told from no move: `"none"` and null.
fn none_in_words<S: Serializer>(moved_to: &Option<Option<&Stage>>, serializer: S) -> Result<S::Ok, S::Error> {
    let none = NO_STAGE;
    moved_to.map(|stage| stage.unwrap_or(&none)).serialize(serializer)
}

impl super::Explanation<'_> {
    fn written(&self) -> Explanation<'_> {
        Explanation {
            admission: self.admission().map(|asked| asked.written()).collect(),
            stands_at: self.stands_at(),
            fell_back: self.fell_back().map(|(stage, scope)| (stage, scope.to_string())).collect(),
            rules: self.rules().map(|considered| considered.written()).collect(),
            effects: self.effects().map(|(effect, asked)| (effect, asked.written())).collect(),
            moved_to: self.decision.transition().map(|moved| moved.to()),
        }
    }
}

impl<'e> super::Asked<'e> {
    fn written(&self) -> Asked<'e> {
        Asked { scope: self.scope(), answer: self.answer() }
    }
}

impl<'e> super::Considered<'e> {
    fn written(&self) -> Considered<'e> {
        let guard = self.guard().map(|checked| checked.written()).collect();
        Considered { rule: self.rule(), from_here: self.from_here(), guard, taken: self.taken() }
    }
}

impl super::Checked<'_> {
    fn written(&self) -> Checked {
        Checked { depth: self.depth(), asks: self.asks(), found: self.found(), holds: self.holds() }
    }
}

macro_rules! as_written {
    ($($type:ident),+) => {$(
        impl Serialize for super::$type<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.written().serialize(serializer)
            }
        }
        impl fmt::Debug for super::$type<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.written().fmt(f)
            }
        }
    )+};
}
as_written!(Explanation, Asked, Considered, Checked);
