//! What happens at one instant: an act of any kind, a signal, a merge, a release, or nothing but time.

use placet::{
    Act, ActId, Instant, Reach, Scope, SignalSpec, Stage,
    consent::ActKind,
    name::{Name, SignalKind},
    signal::{Attribute, Source, Value},
};
use serde::{Deserialize, Serialize};

use super::parts;
use super::strict::{never_null, object_only};

/// What happens. In JSON each is an object with one field, such as `{"signal": {"kind": "like"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The person permits one scope.
    Grant(Grants),
    /// The person confirms a grant that waits for it.
    Confirm(Confirms),
    /// The person takes an objection back.
    Unobject(Lifts),
    /// The controller ends a restriction, having told the person.
    Unrestrict(Lifts),
    /// The person takes consent back.
    Withdraw(Stops),
    /// The person was asked, and said no.
    Refuse(Stops),
    /// The person objects.
    Object(Stops),
    /// The person has it suspended.
    Restrict(Stops),
    /// The person wants to hear nothing until an instant (SPEC S30).
    Pause(Pauses),
    /// A grant, confirm or lift was never good: a faulty form, an act booked on the wrong person (SPEC S31).
    Void(Voids),
    /// The person is erased.
    Erase(Plain),
    /// A signal arrives.
    Signal(Arrives),
    /// The contact is merged with one that holds a stage and has said nothing about consent (SPEC S23).
    Merge(Merges),
    /// Whatever is queued is asked about again: it is sent, or dropped for good (SPEC S22).
    Release(Plain),
    /// Time passes.
    Wait(Plain),
}

/// A grant. The evidence is that the person ticked an empty box under a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Grants {
    /// What it permits.
    #[serde(with = "parts::of_scope")]
    #[cfg_attr(feature = "schema", schemars(with = "parts::ScopeParts"))]
    pub scope: Scope,
    /// For which of the identities, by its name here. May be left out where there is one.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub identity: Option<Name>,
    /// It permits from this instant on; absent: at once.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub begins: Option<Instant>,
    /// Its end, exclusive; absent: none.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// It counts only if it is confirmed before this; absent: at once.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub confirm_by: Option<Instant>,
    /// Its name here, for a confirm to name; absent: `step-` and the number of the step.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub id: Option<Name>,
}

/// A confirm, for the identity of the grant that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Confirms {
    /// The name of the grant.
    pub grant: Name,
}

/// An unobject or an unrestrict: narrow, as every go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Lifts {
    /// What it lifts.
    #[serde(with = "parts::of_scope")]
    #[cfg_attr(feature = "schema", schemars(with = "parts::ScopeParts"))]
    pub scope: Scope,
    /// For which of the identities, by its name here. May be left out where there is one.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub identity: Option<Name>,
}

/// A stop, as wide as is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Stops {
    /// What it covers; a part that is absent is any.
    #[serde(with = "parts::of_reach")]
    #[cfg_attr(feature = "schema", schemars(with = "parts::ReachParts"))]
    pub reach: Reach,
    /// It is about this identity alone, by its name here (SPEC S4); absent: it holds for the whole person.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub only: Option<Name>,
}

/// A pause: a stop that ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Pauses {
    /// What it covers; a part that is absent is any.
    #[serde(with = "parts::of_reach")]
    #[cfg_attr(feature = "schema", schemars(with = "parts::ReachParts"))]
    pub reach: Reach,
    /// It is about this identity alone, by its name here (SPEC S4); absent: it holds for the whole person.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub only: Option<Name>,
    /// Its end, exclusive.
    pub until: Instant,
}

/// An act made void, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Voids {
    /// The name of the grant, confirm or lift: the one it was given, or `step-` and the number of its step.
    pub act: Name,
}

/// A signal, as it arrives and is handled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Arrives {
    /// What kind of signal.
    pub kind: SignalKind,
    /// On which of the identities, by its name here. May be left out where there is one.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub identity: Option<Name>,
    /// Where it came from.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What it carries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// When it is handled; absent: at once.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub handled: Option<Instant>,
}

/// A merge with a contact that holds a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Merges {
    /// The stage that the other contact holds; `none` for no stage.
    pub with: Stage,
}

/// Nothing more to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Plain {}

object_only!(Grants, Confirms, Lifts, Stops, Pauses, Voids, Arrives, Merges, Plain);

impl Grants {
    /// A grant of one scope, without an end.
    #[must_use]
    pub fn new(scope: Scope) -> Grants {
        Grants { scope, identity: None, begins: None, until: None, confirm_by: None, id: None }
    }

    /// For one of several identities.
    #[must_use]
    pub fn identity(self, name: Name) -> Grants {
        Grants { identity: Some(name), ..self }
    }

    /// Permitting from a later instant on.
    #[must_use]
    pub fn begins(self, begins: Instant) -> Grants {
        Grants { begins: Some(begins), ..self }
    }

    /// With an end, exclusive.
    #[must_use]
    pub fn until(self, until: Instant) -> Grants {
        Grants { until: Some(until), ..self }
    }

    /// To be confirmed before this.
    #[must_use]
    pub fn confirm_by(self, confirm_by: Instant) -> Grants {
        Grants { confirm_by: Some(confirm_by), ..self }
    }

    /// With a name.
    #[must_use]
    pub fn named(self, id: Name) -> Grants {
        Grants { id: Some(id), ..self }
    }
}

impl Stops {
    /// A stop for the whole person, as wide as is said.
    #[must_use]
    pub fn new(reach: impl Into<Reach>) -> Stops {
        Stops { reach: reach.into(), only: None }
    }

    /// About one of the identities alone.
    #[must_use]
    pub fn only(self, name: Name) -> Stops {
        Stops { only: Some(name), ..self }
    }
}

impl Arrives {
    /// A signal of a kind, handled at once.
    #[must_use]
    pub fn new(kind: SignalKind) -> Arrives {
        Arrives { kind, identity: None, source: None, attributes: Vec::new(), handled: None }
    }

    /// On one of several identities.
    #[must_use]
    pub fn on(self, name: Name) -> Arrives {
        Arrives { identity: Some(name), ..self }
    }

    /// From somewhere.
    #[must_use]
    pub fn from(self, source: Source) -> Arrives {
        Arrives { source: Some(source), ..self }
    }

    /// Carrying an attribute.
    #[must_use]
    pub fn with(mut self, name: Name, value: Value) -> Arrives {
        self.attributes.push(Attribute { name, value });
        self
    }

    /// Handled later than it happened.
    #[must_use]
    pub fn handled(self, now: Instant) -> Arrives {
        Arrives { handled: Some(now), ..self }
    }
}

impl Arrives {
    /// A signal of a history.
    pub(super) fn of(spec: &SignalSpec, identity: Option<Name>, now: Instant) -> Arrives {
        Arrives {
            kind: spec.kind.clone(),
            identity,
            source: spec.source,
            attributes: spec.attributes.clone(),
            handled: Some(now).filter(|now| *now != spec.at),
        }
    }
}

impl What {
    /// An act of a history, with what its identity is called; `None` where an id in it is no name.
    pub(super) fn of_act(act: &Act, identity: Option<Name>) -> Option<What> {
        let name = |id: &ActId| Name::new(&id.to_string()).ok();
        let stop = match act {
            Act::Grant(grant) => {
                let (scope, id) = (grant.scope(), name(act.id()));
                let (begins, until, confirm_by) = (act.begins(), act.until(), act.confirm_by());
                return Some(Grants { scope, identity, begins, until, confirm_by, id }.into());
            }
            Act::Confirm(_) => return Some(What::Confirm(Confirms { grant: name(act.names()?)? })),
            Act::Lift(lift) => {
                let lifts = Lifts { scope: lift.scope(), identity };
                let lift = if act.kind() == ActKind::Unobject { What::Unobject } else { What::Unrestrict };
                return Some(lift(lifts));
            }
            Act::Stop(stop) => stop,
        };
        let stops = Stops { reach: stop.reach().clone(), only: identity.filter(|_| act.is_only()) };
        Some(match (act.kind(), act.until(), act.names()) {
            (ActKind::Withdraw, ..) => What::Withdraw(stops),
            (ActKind::Refuse, ..) => What::Refuse(stops),
            (ActKind::Object, ..) => What::Object(stops),
            (ActKind::Restrict, ..) => What::Restrict(stops),
            (_, Some(until), _) => What::Pause(Pauses { reach: stops.reach, only: stops.only, until }),
            (_, None, Some(named)) => What::void(name(named)?),
            (_, None, None) => What::Erase(Plain {}),
        })
    }

    /// The person takes consent back, as far as is said.
    #[must_use]
    pub fn withdraw(reach: impl Into<Reach>) -> What {
        What::Withdraw(Stops::new(reach))
    }

    /// The person objects, as far as is said.
    #[must_use]
    pub fn object(reach: impl Into<Reach>) -> What {
        What::Object(Stops::new(reach))
    }

    /// The person wants to hear nothing until an instant, as far as is said.
    #[must_use]
    pub fn pause(reach: impl Into<Reach>, until: Instant) -> What {
        What::Pause(Pauses { reach: reach.into(), only: None, until })
    }

    /// A grant, confirm or lift was never good.
    #[must_use]
    pub fn void(act: Name) -> What {
        What::Void(Voids { act })
    }

    /// Whatever is queued is asked about again.
    #[must_use]
    pub fn release() -> What {
        What::Release(Plain {})
    }

    /// Time passes.
    #[must_use]
    pub fn wait() -> What {
        What::Wait(Plain {})
    }
}

impl From<Grants> for What {
    fn from(grants: Grants) -> What {
        What::Grant(grants)
    }
}
impl From<Arrives> for What {
    fn from(arrives: Arrives) -> What {
        What::Signal(arrives)
    }
}
