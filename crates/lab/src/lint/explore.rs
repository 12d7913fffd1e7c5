//! What is known of a journey while it is looked at, and the questions that are put to the search.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use placet::journey::plan::{Check, Place, Plan, Rule, Target};
use placet::{
    Channel, Instant, Journey, Stage,
    identity::IdentityKind,
    journey::Reaches,
    name::{NO_STAGE, Name, Network, RuleName},
};

use super::finding::{Cause, Liveness};
use super::solve::{Budget, Solved, solve};
use super::walk::{Granted, Walk};
use super::world::{Goal, Settled, World, exists};

/// A rule, a stage that is held when it fires, and the one at which the contact stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) rule: u16,
    pub(super) held: Place,
    pub(super) at: Place,
}

/// What is known of a rule.
pub(super) struct Known {
    pub(super) kind: u16,
    pub(super) life: Liveness,
    /// Earlier rules that were seen to take what it would have taken.
    pub(super) shadows: BTreeSet<u16>,
    /// Nothing can help it, whatever stage is held.
    pub(super) hopeless: bool,
    /// It was tried somewhere.
    pub(super) tried: bool,
    /// Where a contact stood for whom it fired.
    pub(super) fired_at: Option<Place>,
}

pub(super) struct Explorer<'j> {
    pub(super) journey: &'j Journey,
    pub(super) plan: &'j Plan,
    pub(super) networks: Vec<(Network, Channel)>,
    /// A kind of identity that no channel reaches by its kind.
    pub(super) stranger: IdentityKind,
    pub(super) budget: Budget,
    pub(super) rules: Vec<Known>,
    /// The stages that can be held, each with a history that ends there.
    pub(super) held: BTreeMap<Place, Walk<'j>>,
    /// Those of which it is not known that they cannot.
    pub(super) open: BTreeSet<Place>,
    /// What is permitted already and must stay so, while signals are repeated.
    pub(super) kept: Option<Granted>,
    /// Stages to which rules move of which it is not decided whether they fire.
    pub(super) doubtful: Vec<Place>,
    /// The stages that fall at once to each.
    over: BTreeMap<Place, Vec<Place>>,
    pub(super) by_name: BTreeMap<&'j RuleName, u16>,
    above: BTreeMap<Place, Rc<BTreeSet<Place>>>,
    start: Instant,
}

impl<'j> Explorer<'j> {
    pub(super) fn new(journey: &'j Journey) -> Option<Explorer<'j>> {
        let (spec, plan) = (journey.spec(), journey.plan());
        let networks = spec.catalogue.channels.iter();
        let networks = networks.filter_map(|channel| Some((channel.name.network()?, channel.name.clone())));
        let stages = spec.stages.iter().map(|stage| &stage.name).filter(|stage| **stage != NO_STAGE);
        let mut over: BTreeMap<Place, Vec<Place>> = BTreeMap::new();
        let places = stages.map(|stage| plan.place(Some(stage)));
        for place in std::iter::once(Place::NONE).chain(places) {
            for (_, below) in plan.sustain(place) {
                over.entry(*below).or_default().push(place);
            }
        }
        let rules = spec.rules.iter().map(|rule| {
            let kind = plan.kind_named(rule.on.kind().name()).map_or(u16::MAX, |(kind, _)| kind);
            let life = Liveness::Never(Cause::NeverThere);
            Known { kind, life, shadows: BTreeSet::new(), hopeless: false, tried: false, fired_at: None }
        });
        Some(Explorer {
            journey,
            plan,
            networks: networks.collect(),
            stranger: stranger(journey)?,
            budget: Budget::EXPLORING,
            rules: rules.collect(),
            held: BTreeMap::new(),
            open: BTreeSet::new(),
            kept: None,
            doubtful: Vec::new(),
            over,
            by_name: spec.rules.iter().map(|rule| &rule.name).zip(0..).collect(),
            above: BTreeMap::new(),
            start: start(plan, spec.rules.len())?,
        })
    }

    pub(super) fn rule(&self, rule: u16) -> Option<&'j Rule> {
        self.plan.rule(rule)
    }

    pub(super) fn kind_of(&self, rule: u16) -> Option<u16> {
        self.rules.get(usize::from(rule)).map(|known| known.kind)
    }

    pub(super) fn fresh(&self) -> Option<Walk<'j>> {
        Walk::new(self.journey, self.start)
    }

    pub(super) fn place_of(&self, stage: Option<&Stage>) -> Place {
        self.plan.place(stage)
    }

    /// The stages from which a contact can fall to this one, this one included.
    pub(super) fn above(&mut self, goal: Place) -> Rc<BTreeSet<Place>> {
        if let Some(above) = self.above.get(&goal) {
            return Rc::clone(above);
        }
        let mut above = BTreeSet::from([goal]);
        let mut ready = vec![goal];
        while let Some(below) = ready.pop() {
            let over = self.over.get(&below).map(Vec::as_slice).unwrap_or_default();
            ready.extend(over.iter().copied().filter(|over| above.insert(*over)));
        }
        self.budget.spend(above.len());
        let above = Rc::new(above);
        self.above.insert(goal, Rc::clone(&above));
        above
    }

    /// The stages to which a contact can fall from this one, this one first.
    pub(super) fn below(&self, from: Place) -> Vec<Place> {
        let mut below = vec![from];
        let mut seen = BTreeSet::from([from]);
        let mut at = 0;
        while let Some(place) = below.get(at) {
            for (_, otherwise) in self.plan.sustain(*place) {
                if seen.insert(*otherwise) {
                    below.push(*otherwise);
                }
            }
            at = at.saturating_add(1);
        }
        below
    }

    /// The kinds of identity on which a signal of a kind can be admitted. One that no channel reaches by its kind says
    /// least, so that no other need be tried but for `social/*`, which is admitted on accounts alone.
    fn arrivals(&self, kind: u16) -> Vec<Option<IdentityKind>> {
        let admission = self.plan.kind(kind).map(|kind| kind.admission()).unwrap_or_default();
        if admission.iter().any(|need| matches!(need.target(), Target::OwnNetwork)) {
            let accounts = self.networks.iter().map(|(network, _)| IdentityKind::Account(network.clone()));
            return accounts.filter(exists).map(Some).collect();
        }
        let natural = admission.iter().find_map(|need| match need.target() {
            Target::Reached(Reaches::Kind(kind)) if exists(kind) => Some(kind.clone()),
            _ => None,
        });
        natural.map(Some).into_iter().chain([None]).collect()
    }

    /// Whether facts can be chosen so that a signal of a kind is admitted, and all of this is so.
    pub(super) fn choose(
        &mut self,
        kind: u16,
        at: Option<Place>,
        goals: &[Goal<'j>],
        past: Option<Settled<'_>>,
    ) -> Solved<'j> {
        self.choose_arrival(kind, at, goals, past, false).0
    }

    pub(super) fn choose_arrival(
        &mut self,
        kind: u16,
        at: Option<Place>,
        goals: &[Goal<'j>],
        past: Option<Settled<'_>>,
        erased: bool,
    ) -> (Solved<'j>, Option<IdentityKind>) {
        let admission = self.plan.kind(kind).map(|kind| kind.admission()).unwrap_or_default();
        let all: Vec<Goal<'j>> = admission.iter().map(Goal::Arrived).chain(goals.iter().copied()).collect();
        // What a goal can stand at is looked up while the search runs: it is known before.
        let mut above = BTreeMap::new();
        for goal in goals {
            if let Goal::Stands(_, goal) = goal {
                above.insert(*goal, self.above(*goal));
            }
        }
        let mut unknown = false;
        for arrived in self.arrivals(kind) {
            let world = World {
                journey: self.plan,
                networks: &self.networks,
                on: kind,
                at,
                arrived: arrived.as_ref(),
                erased,
                past,
                kept: self.kept.as_ref(),
                falls: &|from, goal| above.get(&goal).is_some_and(|above| above.contains(&from)),
            };
            match solve(all.clone(), &world, &mut self.budget) {
                Solved::So(choice) => return (Solved::So(choice), arrived),
                Solved::Never => {}
                Solved::Unknown => unknown = true,
            }
        }
        (if unknown { Solved::Unknown } else { Solved::Never }, None)
    }

    /// What must be so for a rule to fire at a spot, besides what is asked for in addition.
    pub(super) fn goals(&self, spot: Spot, further: &[Goal<'j>]) -> Vec<Goal<'j>> {
        let mut goals = vec![Goal::Stands(spot.held, spot.at)];
        let guard = self.rule(spot.rule).and_then(|rule| rule.when());
        goals.extend(guard.map(|guard| Goal::Holds(guard, true)));
        let shadows = self.rules.get(usize::from(spot.rule)).map(|known| &known.shadows);
        for shadow in shadows.into_iter().flatten().filter(|shadow| self.starts_at(**shadow, spot.at)) {
            goals.push(self.refused(*shadow));
        }
        goals.extend(further);
        goals
    }

    /// An earlier rule does not fire.
    pub(super) fn refused(&self, rule: u16) -> Goal<'j> {
        let guard = self.rule(rule).and_then(|rule| rule.when());
        guard.map_or(Goal::Never, |guard| Goal::Holds(guard, false))
    }

    pub(super) fn starts_at(&self, rule: u16, at: Place) -> bool {
        let from = self.rule(rule).map(|rule| rule.from());
        from.is_some_and(|from| from.is_none_or(|from| from.contains(&at)))
    }

    pub(super) fn all_rules(&self) -> std::ops::Range<u16> {
        0..u16::try_from(self.rules.len()).unwrap_or(u16::MAX)
    }

    /// The rules that can start at a stage.
    pub(super) fn rules_from(&self, at: Place) -> Vec<u16> {
        let kinds = (0..u16::MAX).map_while(|kind| self.plan.kind(kind));
        kinds.flat_map(|kind| kind.rules_at(at)).collect()
    }
}

/// A kind of identity that the catalogue knows nothing of.
fn stranger(journey: &Journey) -> Option<IdentityKind> {
    let channels = &journey.spec().catalogue.channels;
    let reached = |kind: &IdentityKind| {
        channels.iter().any(|channel| match &channel.reaches {
            Some(Reaches::Kind(reached)) => reached == kind,
            Some(_) => false,
            None => IdentityKind::needed_by(&channel.name) == *kind,
        })
    };
    let names = (1..=channels.len().saturating_add(1)).map(|number| match number {
        1 => Name::new("member"),
        _ => Name::new(&format!("member-{number}")),
    });
    names.filter_map(Result::ok).map(IdentityKind::Other).find(|kind| !reached(kind))
}

impl Explorer<'_> {
    /// The largest number that a guard counts to.
    pub(super) fn largest_count(&self) -> u32 {
        fn largest(check: &Check) -> u32 {
            match check {
                Check::All(checks) | Check::Any(checks) => checks.iter().map(largest).max().unwrap_or(0),
                Check::Not(check) => largest(check),
                Check::Count { at_least, .. } => *at_least,
                Check::Recency { .. }
                | Check::Unanswered { .. }
                | Check::NotOlderThan { .. }
                | Check::Queued(_)
                | Check::Stage(_)
                | Check::Attribute { .. }
                | Check::Consent(_) => 0,
            }
        }
        let rules = self.all_rules().filter_map(|rule| self.rule(rule));
        rules.flat_map(guards).map(largest).max().unwrap_or(0)
    }
}

/// The guards of a rule: its own, and those of its effects.
pub(super) fn guards(rule: &Rule) -> impl Iterator<Item = &Check> {
    rule.when().into_iter().chain(rule.effects().iter().filter_map(|effect| effect.when()))
}

/// When histories begin: on the first of May 2013, and in the year 1 where windows are so long that it matters.
fn start(plan: &Plan, rules: usize) -> Option<Instant> {
    fn long(check: &Check) -> bool {
        let millennium = placet::name::TimeDelta::days(365_000);
        match check {
            Check::All(checks) | Check::Any(checks) => checks.iter().any(long),
            Check::Not(check) => long(check),
            Check::Count { within, .. } => within.is_some_and(|within| within > millennium),
            Check::Recency { within, .. } => *within > millennium,
            Check::Queued(queued) => queued.within.is_some_and(|within| within.as_delta() > millennium),
            Check::Unanswered { .. }
            | Check::NotOlderThan { .. }
            | Check::Stage(_)
            | Check::Attribute { .. }
            | Check::Consent(_) => false,
        }
    }
    let rules = (0..u16::try_from(rules).unwrap_or(u16::MAX)).filter_map(|rule| plan.rule(rule));
    let early = rules.flat_map(guards).any(long);
    Instant::parse(if early { "0001-01-01T00:00:00Z" } else { "2013-05-01T10:00:00Z" }).ok()
}
