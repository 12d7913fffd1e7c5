//! Scenarios made ready for a journey: every name found, every act made, all faults of meaning told at once.

mod names;

use std::collections::{BTreeMap, BTreeSet};

use placet::{
    Act, ActId, Actor, Confirm, ContactId, Evidence, Grant, Identity, Instant, Journey, JourneySpec, Lift,
    Method, Notice, Reach, SignalSpec, Stage, Stop, consent::ActError, name::Name,
};

use super::fault::{Fault, FaultKind, Known};
use super::then::Then;
use super::what::{Arrives, Grants, Pauses, Stops, What};
use super::write::Told;
use super::{Given, Scenario, Scenarios, Step, Suite, When, day};

/// A scenario that can run.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    pub(super) name: Name,
    pub(super) identities: Vec<(Name, Identity)>,
    pub(super) steps: Vec<ReadyStep>,
}

/// A step, and what must follow from it; `None` where nothing is looked at.
#[derive(Debug, Clone)]
pub(crate) struct ReadyStep {
    pub(super) number: usize,
    pub(super) line: Option<usize>,
    pub(super) told: String,
    pub(super) at: Instant,
    pub(super) deed: Deed,
    pub(super) then: Option<Then>,
}

#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "a scenario has few steps, and each is read once")]
pub(crate) enum Deed {
    Act(Act),
    /// A signal, and the instant at which it is handled.
    Signal(SignalSpec, Instant),
    Merge(Stage),
    Release,
    Wait,
}

/// The one contact of a scenario.
pub(super) fn contact() -> ContactId {
    ContactId::from(name("contact"))
}

/// A name of this file.
fn name(text: &str) -> Name {
    // INVARIANT: every text that is handed in is a name.
    Name::new(text).unwrap_or(placet::name::SELF.name().clone())
}

pub(super) fn compile(scenarios: &Scenarios, journey: &Journey) -> Result<Suite, Vec<Fault>> {
    let mut compiler = Compiler { scenarios, spec: journey.spec(), journey, faults: Vec::new() };
    compiler.whole();
    let ready = scenarios.scenarios.iter().enumerate().map(|(at, scenario)| compiler.scenario(at, scenario));
    let ready = ready.collect();
    let Compiler { faults, .. } = compiler;
    if faults.is_empty() { Ok(Suite { journey: journey.clone(), scenarios: ready }) } else { Err(faults) }
}

struct Compiler<'s> {
    scenarios: &'s Scenarios,
    journey: &'s Journey,
    spec: &'s JourneySpec,
    faults: Vec<Fault>,
}

impl<'s> Compiler<'s> {
    fn fault(&mut self, path: impl Into<String>, kind: FaultKind) {
        let path = path.into();
        let position = self.scenarios.places.of(&path);
        self.faults.push(Fault { path, position, kind });
    }

    fn twice<'n>(&mut self, what: Known, names: impl Iterator<Item = (String, &'n Name)>) {
        let mut seen = BTreeSet::new();
        for (path, name) in names {
            if !seen.insert(name) {
                self.fault(path, FaultKind::Twice { what, name: name.clone() });
            }
        }
    }

    fn whole(&mut self) {
        let scenarios = self.scenarios;
        if scenarios.placet != Scenarios::VERSION {
            self.fault("placet", FaultKind::Version { found: scenarios.placet });
        }
        if scenarios.scenarios.is_empty() {
            self.fault("scenarios", FaultKind::NoScenario);
        }
        let names = scenarios.scenarios.iter().enumerate();
        let names = names.map(|(at, scenario)| (format!("scenarios[{at}].name"), &scenario.name));
        self.twice(Known::Scenario, names);
    }

    fn scenario(&mut self, at: usize, scenario: &'s Scenario) -> Ready {
        let path = format!("scenarios[{at}]");
        if scenario.identities.is_empty() {
            self.fault(&path, FaultKind::NoIdentity);
        }
        if !scenario.steps.iter().any(|step| matches!(step, Step::When(_))) {
            self.fault(&path, FaultKind::NoWhen);
        }
        let names = scenario.identities.iter().enumerate();
        self.twice(
            Known::Identity,
            names.map(|(at, known)| (format!("{path}.identities[{at}].name"), &known.name)),
        );
        let mut seen = BTreeSet::new();
        for (at, known) in scenario.identities.iter().enumerate() {
            if !seen.insert(&known.identity) {
                let name = known.name.clone();
                self.fault(
                    format!("{path}.identities[{at}].identity"),
                    FaultKind::Twice { what: Known::Identity, name },
                );
            }
        }
        let mut on = On { scenario, acts: BTreeMap::new() };
        let mut steps = Vec::new();
        for (index, step) in scenario.steps.iter().enumerate() {
            let (at, what, then, path) = match step {
                Step::Given(Given { at, what }) => (*at, what, None, format!("{path}.steps[{index}].given")),
                Step::When(When { at, what, then }) => {
                    (*at, what, Some(then.clone()), format!("{path}.steps[{index}].when"))
                }
            };
            let deed = self.deed(&format!("{path}.what"), index, at, what, &mut on);
            if let Some(then) = &then {
                self.then(&format!("{path}.then"), what, then, &on);
            }
            let Some(deed) = deed else {
                continue; // its fault is told
            };
            let first = self.scenarios.day_1;
            steps.push(ReadyStep {
                number: index.saturating_add(1),
                line: self.scenarios.places.of(&path).map(|(line, _)| line),
                told: format!("{}  {}", day::write(at, first), Told { what, first }),
                at,
                deed,
                then,
            });
        }
        let identities = scenario.identities.iter();
        let identities = identities.map(|known| (known.name.clone(), known.identity.clone())).collect();
        Ready { name: scenario.name.clone(), identities, steps }
    }

    fn deed(&mut self, path: &str, index: usize, at: Instant, what: &What, on: &mut On<'s>) -> Option<Deed> {
        let number = index.saturating_add(1);
        let id = match what {
            What::Grant(Grants { id: Some(id), .. }) => id.clone(),
            _ => Name::new(&format!("step-{number}")).ok()?,
        };
        if on.acts.contains_key(&id) {
            let (what, name) = (Known::Act, id.clone());
            self.fault(format!("{path}.grant.id"), FaultKind::Twice { what, name });
        }
        let lift = |compiler: &mut Self, verb: &str, lifts: &super::Lifts| {
            compiler.scope(&format!("{path}.{verb}.scope"), &lifts.scope);
            compiler.identity(&format!("{path}.{verb}"), lifts.identity.as_ref(), on)
        };
        let proof = |actor| Evidence::new(actor, Method::UntickedBox).shown(notice());
        let act: Result<Act, ActError> = match what {
            What::Signal(arrives) => {
                return self.signal(&format!("{path}.signal"), &id, at, arrives, on);
            }
            What::Merge(merges) => {
                self.stage(&format!("{path}.merge.with"), &merges.with);
                return Some(Deed::Merge(merges.with.clone()));
            }
            What::Release(_) => return Some(Deed::Release),
            What::Wait(_) => return Some(Deed::Wait),
            What::Grant(grants) => self.grant(&format!("{path}.grant"), id.clone(), at, grants, on)?,
            What::Confirm(confirms) => {
                let (grant, path) = (&confirms.grant, format!("{path}.confirm.grant"));
                let grants = on.acts.iter().filter(|(_, made)| matches!(made, Made::Grant(_)));
                self.known(&path, Known::Grant, grant, grants.map(|(id, _)| id));
                let Some(Made::Grant(identity)) = on.acts.get(grant).cloned() else {
                    return None;
                };
                Confirm::new(id.clone().into(), grant.clone().into(), identity, proof(Actor::Person), at, at)
                    .map(Act::from)
            }
            What::Unobject(lifts) => {
                let identity = lift(self, "unobject", lifts)?;
                let scope = lifts.scope.clone();
                Lift::unobject(id.clone().into(), scope, identity, proof(Actor::Person), at, at)
                    .map(Act::from)
            }
            What::Unrestrict(lifts) => {
                let identity = lift(self, "unrestrict", lifts)?;
                let scope = lifts.scope.clone();
                Lift::unrestrict(id.clone().into(), scope, identity, proof(Actor::Controller), at, at)
                    .map(Act::from)
            }
            What::Withdraw(stops) => {
                Ok(self.stop(&format!("{path}.withdraw"), Stop::withdraw, &id, at, stops, on)?)
            }
            What::Refuse(stops) => {
                Ok(self.stop(&format!("{path}.refuse"), Stop::refuse, &id, at, stops, on)?)
            }
            What::Object(stops) => {
                Ok(self.stop(&format!("{path}.object"), Stop::object, &id, at, stops, on)?)
            }
            What::Restrict(stops) => {
                Ok(self.stop(&format!("{path}.restrict"), Stop::restrict, &id, at, stops, on)?)
            }
            What::Pause(Pauses { reach, only, until }) => {
                let path = format!("{path}.pause");
                let about = self.about(&path, reach, only.as_ref(), on)?;
                match Stop::pause(id.clone().into(), reach.clone(), *until, at, at) {
                    Ok(stop) => Ok(about.of(stop)),
                    Err(error) => {
                        self.fault(format!("{path}.until"), FaultKind::Act(error));
                        return None;
                    }
                }
            }
            What::Void(voids) => {
                let (act, path) = (&voids.act, format!("{path}.void.act"));
                self.known(&path, Known::Act, act, on.acts.keys());
                if matches!(on.acts.get(act)?, Made::Stop) {
                    self.fault(path, FaultKind::VoidStop);
                }
                Ok(Stop::void(id.clone().into(), act.clone().into(), at, at).into())
            }
            What::Erase(_) => Ok(Stop::erase(id.clone().into(), at, at).into()),
        };
        match act {
            Ok(act) => {
                if !matches!(what, What::Grant(_)) {
                    on.acts.insert(id, if act.kind().is_stop() { Made::Stop } else { Made::Go });
                }
                Some(Deed::Act(act))
            }
            Err(error) => {
                self.fault(path, FaultKind::Act(error));
                None
            }
        }
    }

    fn grant(
        &mut self,
        path: &str,
        id: Name,
        at: Instant,
        grants: &Grants,
        on: &mut On<'s>,
    ) -> Option<Result<Act, ActError>> {
        self.scope(&format!("{path}.scope"), &grants.scope);
        let identity = self.identity(path, grants.identity.as_ref(), on)?;
        on.acts.insert(id.clone(), Made::Grant(identity.clone()));
        let proof = Evidence::new(Actor::Person, Method::UntickedBox).shown(notice());
        let made = Grant::new(id.into(), grants.scope.clone(), identity, proof, at, at);
        let made = made.map_err(|error| (path.to_owned(), error)).and_then(|grant| match grants.begins {
            Some(begins) => grant.begins(begins).map_err(|error| (format!("{path}.begins"), error)),
            None => Ok(grant),
        });
        let made = made.and_then(|grant| match grants.until {
            Some(until) => grant.until(until).map_err(|error| (format!("{path}.until"), error)),
            None => Ok(grant),
        });
        let made = made.and_then(|grant| match grants.confirm_by {
            Some(by) => grant.confirm_by(by).map_err(|error| (format!("{path}.confirm_by"), error)),
            None => Ok(grant),
        });
        match made {
            Ok(grant) => Some(Ok(grant.into())),
            Err((path, error)) => {
                self.fault(path, FaultKind::Act(error));
                None
            }
        }
    }

    fn stop(
        &mut self,
        path: &str,
        make: fn(ActId, Reach, Instant, Instant) -> Stop,
        id: &Name,
        at: Instant,
        stops: &Stops,
        on: &On<'s>,
    ) -> Option<Act> {
        let about = self.about(path, &stops.reach, stops.only.as_ref(), on)?;
        Some(about.of(make(id.clone().into(), stops.reach.clone(), at, at)))
    }

    /// Checks the names in a reach, and finds the identity that a stop is about alone.
    fn about(&mut self, path: &str, reach: &Reach, only: Option<&Name>, on: &On<'s>) -> Option<About> {
        let (purpose, channel, recipient) = reach.parts();
        let parts = (purpose.map(|part| part.name()), channel.map(|part| part.name()));
        self.parts(&format!("{path}.reach"), parts.0, parts.1, recipient);
        match only {
            None => Some(About(None)),
            Some(name) => Some(About(Some(self.named(&format!("{path}.only"), name, on)?))),
        }
    }

    fn signal(&mut self, path: &str, id: &Name, at: Instant, arrives: &Arrives, on: &On<'s>) -> Option<Deed> {
        let now = arrives.handled.unwrap_or(at);
        if now < at {
            self.fault(format!("{path}.handled"), FaultKind::HandledBefore);
        }
        let identity = self.identity(path, arrives.identity.as_ref(), on)?;
        let spec = SignalSpec {
            id: id.clone().into(),
            contact: contact(),
            identity,
            kind: arrives.kind.clone(),
            source: arrives.source,
            at,
            attributes: arrives.attributes.clone(),
        };
        // The kind alone, then with one attribute more each time: the first that does not fit is at fault.
        let first = |count: usize| SignalSpec {
            attributes: spec.attributes.iter().take(count).cloned().collect(),
            ..spec.clone()
        };
        let mut tried = (0..=spec.attributes.len()).map(|count| (count, self.journey.signal(first(count))));
        if let Some((count, Err(fault))) = tried.find(|(_, tried)| tried.is_err()) {
            let place = match count.checked_sub(1) {
                Some(attribute) => format!("{path}.attributes[{attribute}]"),
                None => format!("{path}.kind"),
            };
            self.fault(place, FaultKind::Signal(fault));
        }
        Some(Deed::Signal(spec, now))
    }

    /// The identity of a name.
    fn named(&mut self, path: &str, name: &Name, on: &On<'s>) -> Option<Identity> {
        let identities = &on.scenario.identities;
        self.known(path, Known::Identity, name, identities.iter().map(|known| &known.name));
        identities.iter().find(|known| known.name == *name).map(|known| known.identity.clone())
    }

    /// The identity of a name, or the only one.
    fn identity(&mut self, path: &str, name: Option<&Name>, on: &On<'s>) -> Option<Identity> {
        let identities = &on.scenario.identities;
        match (name, identities.as_slice()) {
            (Some(name), _) => self.named(&format!("{path}.identity"), name, on),
            (None, [only]) => Some(only.identity.clone()),
            (None, []) => None, // told for the scenario
            (None, _) => {
                self.fault(path, FaultKind::WhichIdentity);
                None
            }
        }
    }
}

/// The scenario at hand, and its acts so far.
struct On<'s> {
    scenario: &'s Scenario,
    acts: BTreeMap<Name, Made>,
}

/// What an act is to those below it.
#[derive(Clone)]
enum Made {
    /// A grant, which can be confirmed for its identity and made void.
    Grant(Identity),
    /// Another act that permits, which can be made void.
    Go,
    Stop,
}

/// The identity that a stop is about alone; none for the whole person.
struct About(Option<Identity>);

impl About {
    fn of(self, stop: Stop) -> Act {
        match self.0 {
            Some(identity) => stop.only(identity).into(),
            None => stop.into(),
        }
    }
}

/// The notice of every act here.
fn notice() -> Notice {
    Notice::new(name("scenario").into(), name("1").into())
}
