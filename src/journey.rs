//! Floor 5: the journey. Data is checked and compiled once; what runs is never unchecked data.

mod allowed;
mod asks;
mod circle;
mod compile;
mod fault;
pub mod guard;
pub mod plan;
mod reference;
mod spec;
mod trigger;
mod words;

use std::sync::Arc;

pub use allowed::{AllowedSpec, Remark, RemarkError};
pub(crate) use asks::Asks;
pub use fault::{Declared, Fault, FaultKind, JourneyError, ShapeFault, SignalFault};
pub use guard::{Comparison, Guard, GuardError, Span, SpanError};
pub(crate) use plan::{Check, Effect, Kind, Need, Place, Plan, Rule};
pub use spec::{
    AttributeSpec, Catalogue, ChannelSpec, EffectSpec, JourneySpec, NeedSpec, NoticeSpec, Reaches, RuleSpec,
    SignalKindSpec, StageSpec, SustainSpec, Way,
};
pub use trigger::{Given, Trigger};

use crate::name::{Name, Stage, Vocabulary};
use crate::signal::{Signal, SignalSpec};

/// A checked set of stages and rules, ready to run. Cheap to clone.
///
/// It is made from a [`JourneySpec`] by [`Journey::compile`] or from text by [`Journey::from_json`];
/// it cannot be deserialised, so that nothing unchecked ever runs.
///
/// ```
/// use placet::Journey;
/// let error = Journey::from_json(r#"{"placet":1,"name":"j","controller":"acme",
///   "catalogue":{"purposes":["offers"],"channels":[{"name":"email"}]},
///   "stages":[{"name":"customer"}],"signals":[{"kind":"purchase"}],
///   "rules":[{"name":"r","on":"purchase","to":"custmer"}]}"#).unwrap_err();
/// assert_eq!(error.to_string(), "rules[0].to: no stage `custmer` is declared: did you mean `customer`?");
/// ```
#[derive(Debug, Clone)]
pub struct Journey(Arc<Plan>);

impl Journey {
    /// Checks a spec and compiles it.
    ///
    /// # Errors
    /// [`JourneyError::Meaning`] with all faults at once, each with its path.
    pub fn compile(spec: JourneySpec) -> Result<Journey, JourneyError> {
        compile::compile(spec).map(|compiled| Journey(Arc::new(compiled))).map_err(JourneyError::Meaning)
    }

    /// Reads a spec from JSON, checks and compiles it.
    ///
    /// # Errors
    /// [`JourneyError::Shape`] with the first place that has not the form of a journey, else as [`Journey::compile`].
    pub fn from_json(text: &str) -> Result<Journey, JourneyError> {
        Journey::compile(JourneySpec::from_json(text).map_err(JourneyError::Shape)?)
    }

    /// The spec it was compiled from.
    #[must_use]
    pub fn spec(&self) -> &JourneySpec {
        &self.0.spec
    }

    /// The words of its catalogue, stages and kinds: open contacts with it.
    #[must_use]
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.0.vocabulary
    }

    /// Checks a signal against the kinds and attributes that are declared. It takes the data over; an `Arc` of it is
    /// shared, so that several journeys can check one signal without a copy.
    ///
    /// # Errors
    /// [`SignalFault`]: an unknown kind, an undeclared, repeated or wrongly typed attribute.
    pub fn signal(&self, spec: impl Into<Arc<SignalSpec>>) -> Result<Signal, SignalFault> {
        self.check(spec.into())
    }

    fn check(&self, spec: Arc<SignalSpec>) -> Result<Signal, SignalFault> {
        let unknown = |what, name: &Name, declared: &mut dyn Iterator<Item = &Name>| SignalFault::Unknown {
            what,
            nearest: fault::nearest(name, declared),
        };
        let Some((place, kind)) = self.0.kind_named(spec.kind.name()) else {
            let mut kinds = self.spec().signals.iter().map(|kind| kind.kind.name());
            return Err(unknown(Declared::SignalKind, spec.kind.name(), &mut kinds));
        };
        for (index, attribute) in spec.attributes.iter().enumerate() {
            let Some(declared) = kind.attributes.iter().find(|declared| declared.name == attribute.name)
            else {
                let mut names = kind.attributes.iter().map(|declared| &declared.name);
                return Err(unknown(Declared::Attribute, &attribute.name, &mut names));
            };
            let found = attribute.value.value_type();
            if found != declared.value_type {
                let (name, declared) = (attribute.name.clone(), declared.value_type);
                return Err(SignalFault::ValueType { name, declared, found });
            }
            if spec.attributes.iter().take(index).any(|earlier| earlier.name == attribute.name) {
                return Err(SignalFault::Twice { name: attribute.name.clone() });
            }
        }
        Ok(Signal::checked(spec, place))
    }

    /// How far along a stage is: which of the stages that the rules move to, by their first mention (SPEC S23); 0 for no
    /// stage, and for one that no rule moves to. Two contacts that are merged hold the one further along, and of two
    /// alike that of the contact merged in ([`Person::joined`](crate::Person::joined)).
    ///
    /// ```
    /// # use placet::Journey;
    /// let journey = Journey::reference()?;
    /// assert!(journey.how_far(Some(&"customer".parse()?)) > journey.how_far(Some(&"fan".parse()?)));
    /// assert_eq!(journey.how_far(None), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn how_far(&self, stage: Option<&Stage>) -> usize {
        let mut targets = self.spec().rules.iter().filter_map(|rule| rule.to.as_ref());
        let place = stage.and_then(|stage| targets.position(|to| to == stage));
        place.map_or(0, |place| place.saturating_add(1))
    }

    /// A need by itself, checked against this journey's catalogue, for whoever asks for what no rule asks for. `path` is
    /// where it is written down, for the faults to say.
    ///
    /// ```
    /// # use placet::{Journey, channel::EMAIL, journey::NeedSpec};
    /// let journey = Journey::reference()?;
    /// let misspelt = NeedSpec::from("ofers".parse::<placet::Purpose>()?.by(EMAIL));
    /// let faults = journey.need(&misspelt, "views[0].needs[0]").unwrap_err().to_string();
    /// assert_eq!(faults, "views[0].needs[0].purpose: no purpose `ofers` is declared: did you mean `offers`?");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`JourneyError::Meaning`] where a name is not of the catalogue.
    pub fn need(&self, need: &NeedSpec, path: &str) -> Result<Need, JourneyError> {
        compile::need(self.spec(), need, path).map_err(JourneyError::Meaning)
    }

    /// What it was compiled to, to be read: see [`plan`].
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.0
    }
}

impl JourneySpec {
    /// Reads a spec from JSON, without checking what it means.
    ///
    /// # Errors
    /// [`ShapeFault`]: the first place that has not the form of a journey.
    pub fn from_json(text: &str) -> Result<JourneySpec, ShapeFault> {
        crate::wire::read_json(text).map_err(ShapeFault)
    }
}
