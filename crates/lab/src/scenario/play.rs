//! A scenario run through a journey, step by step, each with what was expected and what was got.

use placet::{
    Contact, Identity, Instant, Journey, Person, QueuedEvent, Reason, Scope, Signal, Stage,
    decide::Explanation,
    name::{EffectName, Name, RuleName},
};

use super::compile::{Deed, Ready, ReadyStep, contact};
use super::then::{Permitted, Refused, Then, Unadmitted, named, speaks_of_a_scope};

/// Whoever looks on while a scenario runs. By default nobody does.
pub(crate) trait Watch {
    /// Whether the explanations are made at all.
    const LOOKS: bool = true;
    /// A signal was decided.
    fn decided(&mut self, why: &Explanation<'_>);
    /// It was asked whether an event may leave: the rule and the effect that it is of, and why it may not.
    fn released(&mut self, effect: (&RuleName, &EffectName), refused: Option<Reason>);
    /// It was asked where the contact stands: the stages that it fell back from, and where it came to.
    fn stood(&mut self, fell_back: &[(&Stage, &Scope)], at: Option<&Stage>);
}

/// Nobody looks on.
pub(crate) struct Nobody;

impl Watch for Nobody {
    const LOOKS: bool = false;
    fn decided(&mut self, _: &Explanation<'_>) {}
    fn released(&mut self, _: (&RuleName, &EffectName), _: Option<Reason>) {}
    fn stood(&mut self, _: &[(&Stage, &Scope)], _: Option<&Stage>) {}
}

/// A step that has run: what must have followed, what did, and why that is.
pub(crate) struct Ran<'r> {
    pub(super) step: &'r ReadyStep,
    pub(super) got: Then,
}

impl Ran<'_> {
    /// Whether everything that was expected followed, and nothing else.
    pub(crate) fn as_expected(&self) -> bool {
        match &self.step.then {
            // What is given is a history: its signals count, or it is not the history that was meant.
            None => self.got.not_admitted.is_none(),
            Some(then) => same(then, &self.got.as_told_by(then)),
        }
    }
}

/// Equal, in whatever order the effects are named.
fn same(expected: &Then, got: &Then) -> bool {
    let sorted = |then: &Then| {
        let mut sayings: Vec<String> = then.sayings().into_iter().map(|(_, saying)| saying).collect();
        sayings.sort_unstable();
        sayings
    };
    sorted(expected) == sorted(got)
}

/// Runs a scenario until `look` says that it is enough. `Err` for a journey that does not know a signal of it.
pub(crate) fn play<W: Watch>(
    journey: &Journey,
    scenario: &Ready,
    watch: &mut W,
    mut look: impl FnMut(Ran<'_>, &mut W) -> bool,
) -> Result<(), placet::journey::SignalFault> {
    let mut identities = scenario.identities.iter().map(|(_, identity)| identity);
    let Some(first) = identities.next() else {
        return Ok(()); // a scenario without identities is not ready
    };
    let mut contact = Contact::open(contact(), first.clone(), journey.vocabulary());
    for identity in identities {
        contact.link(identity.clone());
    }
    let mut on_stage = OnStage { journey, scenario, contact, held: None, waiting: Vec::new() };
    for step in &scenario.steps {
        let got = on_stage.step(step, watch)?;
        if !look(Ran { step, got }, watch) {
            return Ok(());
        }
    }
    Ok(())
}

struct OnStage<'r> {
    journey: &'r Journey,
    scenario: &'r Ready,
    contact: Contact,
    /// The stage that the contact holds, with whom it was merged with.
    held: Option<Stage>,
    waiting: Vec<QueuedEvent>,
}

impl OnStage<'_> {
    /// The contact, with the stage that it holds here.
    fn person(&self) -> Person<'_> {
        Person::joined(&self.contact, &[], self.held.as_ref())
    }

    /// Moves the held stage; an erased contact does not move (S12, S20).
    fn hold(&mut self, stage: Option<Stage>) {
        if !self.contact.ledger().erased() {
            self.held = stage;
        }
    }

    fn step<W: Watch>(
        &mut self,
        step: &ReadyStep,
        watch: &mut W,
    ) -> Result<Then, placet::journey::SignalFault> {
        let mut got = Then::nothing();
        let mut now = step.at;
        match &step.deed {
            Deed::Act(act) => {
                // INVARIANT: its id and identity were checked, so that it is appended.
                let _ = self.contact.append(act.clone());
                // A rule can fire on a go; what follows is told of the step.
                if let Some(signal) = self.journey.signal_of(self.person(), act.id()) {
                    got = self.signal(&signal, now.max(signal.at()), watch);
                }
            }
            Deed::Signal(spec, handled) => {
                now = *handled;
                let signal = self.journey.signal(spec.clone())?;
                got = self.signal(&signal, now, watch);
            }
            Deed::Merge(stage) => {
                let theirs = Some(stage).filter(|stage| **stage != named(None));
                // Of two that rank alike, that of the contact merged in, as a book has it.
                if self.journey.how_far(theirs) >= self.journey.how_far(self.held.as_ref()) {
                    self.hold(theirs.cloned());
                }
            }
            Deed::Release => got = self.release(now, watch),
            Deed::Wait => {}
        }
        let looks = step.then.as_ref().is_some_and(|then| then.stands_at.is_some());
        let arrived = match &step.deed {
            Deed::Signal(spec, _) => Some(&spec.identity),
            _ => None,
        };
        if looks {
            let person = self.person();
            let at = self.journey.stands_at_for(person, arrived, now);
            got.stands_at = Some(named(at));
            if W::LOOKS {
                let fell_back = self.journey.fell_back(&person, arrived, now);
                watch.stood(&Vec::from_iter(fell_back), at);
            }
        }
        Ok(got)
    }

    fn signal<W: Watch>(&mut self, signal: &Signal, now: Instant, watch: &mut W) -> Then {
        let mut got = Then::nothing();
        if W::LOOKS {
            if let Ok(why) = self.journey.explain(self.person(), signal, now) {
                watch.decided(&why);
            }
        }
        // INVARIANT: of this contact, of this journey, handled when it happened or later, and committed at once.
        let Ok(decision) = self.journey.decide(self.person(), signal, now) else {
            return got;
        };
        let queued = decision.commit(&mut self.contact).unwrap_or_default();
        got.not_admitted = decision
            .unadmitted()
            .map(|no| Unadmitted { because: no.reason(), scope: Some(no.scope().clone()) });
        got.moves_to = decision.transition().map(|moved| named(moved.to()));
        if let Some(moved) = decision.transition() {
            self.hold(moved.to().cloned());
        }
        got.queues = queued.iter().map(|event| self.permitted(event)).collect();
        let refused = decision.refusals();
        got.refuses = refused
            .map(|(effect, no)| Refused {
                effect: effect.clone(),
                because: no.reason(),
                scope: Some(no.scope().clone()),
            })
            .collect();
        self.waiting.extend(queued);
        got
    }

    fn release<W: Watch>(&mut self, now: Instant, watch: &mut W) -> Then {
        let mut got = Then::nothing();
        for event in std::mem::take(&mut self.waiting) {
            let permitted = self.permitted(&event);
            let scopes: Vec<_> = event.citations().map(|citation| citation.scope().clone()).collect();
            let rule = event.rule().clone();
            let released = self.journey.release(event, self.person(), now).into_result();
            watch.released((&rule, &permitted.effect), released.as_ref().err().map(|no| no.reason()));
            match released {
                // It goes nowhere from here: it is looked at, and dropped.
                Ok(_) => got.sends.push(permitted),
                Err(no) => got.drops.push(Refused {
                    effect: permitted.effect,
                    because: no.reason(),
                    scope: scopes.get(no.need()).cloned().filter(|_| speaks_of_a_scope(no.reason())),
                }),
            }
        }
        got
    }

    fn permitted(&self, event: &QueuedEvent) -> Permitted {
        let identity = event.citations().next().map(|citation| citation.identity());
        let to = identity.and_then(|identity| self.name_of(identity));
        Permitted { effect: event.effect().clone(), to }
    }

    fn name_of(&self, identity: &Identity) -> Option<Name> {
        let mut identities = self.scenario.identities.iter();
        identities.find(|(_, other)| other == identity).map(|(name, _)| name.clone())
    }
}
