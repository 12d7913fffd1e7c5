//! What must be so for a rule to fire: goals, which come apart into facts that can be chosen, such as consents that are
//! given or not, attributes that are carried, and earlier signals.

use placet::journey::plan::{Check, Need, Place, Plan, Target};
use placet::{
    Channel, Scope,
    identity::IdentityKind,
    journey::Reaches,
    name::{Name, Network},
};

use super::ages::Past;
use super::value::Compared;
use super::walk::Granted;

/// Something that must be so.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal<'j> {
    /// A guard holds, or does not.
    Holds(&'j Check, bool),
    /// A need is permitted for any identity that its channel reaches (S29), or is not.
    Asked(&'j Need, bool),
    /// A need is permitted for the identity that the signal arrived on (S26).
    Arrived(&'j Need),
    /// Who holds the one stage stands at the other (S27).
    Stands(Place, Place),
    /// The same, over this line of what sustains the first.
    Over(Place, usize, Place),
    /// A line of what sustains a stage lacks something.
    Lacks(Place, usize),
    /// A need of `social/*` is permitted, or not, on the network of this place.
    OnNetwork(&'j Need, usize, bool),
    /// Nothing fulfils it.
    Never,
}

/// Whose consent it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    /// The identity that the signal arrived on.
    Arrived,
    /// Any identity of a kind.
    Kind(IdentityKind),
    /// Any identity at all.
    Any,
}

/// A fact that can be chosen.
#[derive(Debug, Clone)]
pub(super) enum Fact<'j> {
    Consent(Scope, Whose, bool),
    Attribute(&'j Name, Compared<'j>),
    Past(u16, Past),
}

/// What a goal comes apart into.
pub(super) enum Parts<'j> {
    /// It is so, or is not, whatever is chosen.
    Known(bool),
    Fact(Fact<'j>),
    All(Vec<Goal<'j>>),
    Any(Vec<Goal<'j>>),
}

/// Tells of counts and recencies whether they hold, where the past is settled already.
pub(super) type Settled<'w> = &'w dyn Fn(&Check) -> bool;

/// What is settled before anything is chosen.
#[derive(Clone, Copy)]
pub(super) struct World<'w, 'j> {
    pub(super) journey: &'j Plan,
    pub(super) networks: &'w [(Network, Channel)],
    /// The kind of the signal at hand.
    pub(super) on: u16,
    /// Where the contact stands; `None` where it is left open, and every stage a guard asks about may be it.
    pub(super) at: Option<Place>,
    /// What kind of identity the signal arrives on; `None` for one that no channel reaches by its kind.
    pub(super) arrived: Option<&'w IdentityKind>,
    /// The contact is erased: nothing is permitted (S12).
    pub(super) erased: bool,
    /// `None` where the past can be chosen.
    pub(super) past: Option<Settled<'w>>,
    /// What is permitted already, and stays so.
    pub(super) kept: Option<&'w Granted>,
    /// From each stage, which others it can fall to.
    pub(super) falls: &'w dyn Fn(Place, Place) -> bool,
}

impl<'j> World<'_, 'j> {
    /// Takes a goal apart by one step.
    pub(super) fn parts(&self, goal: Goal<'j>) -> Parts<'j> {
        match goal {
            Goal::Never => Parts::Known(false),
            Goal::Holds(check, holds) => self.check(check, holds),
            Goal::Asked(_, permitted) | Goal::OnNetwork(_, _, permitted) if self.erased => {
                Parts::Known(!permitted)
            }
            Goal::Arrived(_) if self.erased => Parts::Known(false),
            Goal::Asked(need, permitted) => self.asked(need, permitted),
            Goal::OnNetwork(need, network, permitted) => self.on_network(need, network, permitted),
            Goal::Arrived(need) => self.arrived(need),
            Goal::Stands(at, goal) => self.stands(at, goal),
            Goal::Over(at, line, goal) => self.over(at, line, goal),
            Goal::Lacks(at, line) => {
                let needs = self.lines(at).get(line).map(|(needs, _)| needs.as_slice()).unwrap_or_default();
                Parts::Any(needs.iter().map(|need| Goal::Asked(need, false)).collect())
            }
        }
    }

    fn check(&self, check: &'j Check, holds: bool) -> Parts<'j> {
        let each = |checks: &'j [Check]| checks.iter().map(|check| Goal::Holds(check, holds)).collect();
        match check {
            Check::All(checks) if holds => Parts::All(each(checks)),
            Check::Any(checks) if !holds => Parts::All(each(checks)),
            Check::All(checks) | Check::Any(checks) => Parts::Any(each(checks)),
            Check::Not(check) => Parts::All(vec![Goal::Holds(check, !holds)]),
            Check::Stage(stage) => Parts::Known(self.at.is_none_or(|at| (at == *stage) == holds)),
            Check::Consent(need) => Parts::All(vec![Goal::Asked(need, holds)]),
            Check::Attribute { name, is, value } => Parts::Fact(Fact::Attribute(name, (*is, value, holds))),
            // What can be is not looked into: either answer is possible until there is a past to look at.
            Check::Unanswered { .. } | Check::NotOlderThan { .. } | Check::Queued(_) => {
                Parts::Known(self.past.is_none_or(|settled| settled(check) == holds))
            }
            Check::Count { .. } | Check::Recency { .. } => match self.past {
                Some(settled) => Parts::Known(settled(check) == holds),
                None => Past::of(check, holds)
                    .map_or(Parts::Known(false), |(kind, past)| Parts::Fact(Fact::Past(kind, past))),
            },
        }
    }

    fn asked(&self, need: &'j Need, permitted: bool) -> Parts<'j> {
        let fact = |whose| Parts::Fact(Fact::Consent(need.scope().clone(), whose, permitted));
        match need.target() {
            Target::Reached(Reaches::Arrival) => fact(Whose::Arrived),
            Target::Reached(Reaches::Any) => fact(Whose::Any),
            Target::Reached(Reaches::Kind(kind)) if exists(kind) => fact(Whose::Kind(kind.clone())),
            Target::Reached(Reaches::Kind(_)) => Parts::Known(!permitted),
            Target::OwnNetwork => {
                let networks = 0..self.networks.len();
                let each = networks.map(|network| Goal::OnNetwork(need, network, permitted)).collect();
                if permitted { Parts::Any(each) } else { Parts::All(each) }
            }
        }
    }

    fn on_network(&self, need: &Need, network: usize, permitted: bool) -> Parts<'j> {
        let (Target::OwnNetwork, Some((network, channel))) = (need.target(), self.networks.get(network))
        else {
            return Parts::Known(!permitted);
        };
        let account = IdentityKind::Account(network.clone());
        if !exists(&account) {
            return Parts::Known(!permitted);
        }
        Parts::Fact(Fact::Consent(on_channel(need, channel), Whose::Kind(account), permitted))
    }

    fn arrived(&self, need: &Need) -> Parts<'j> {
        let scope = match need.target() {
            Target::Reached(_) => Some(need.scope().clone()),
            Target::OwnNetwork => match self.arrived {
                Some(IdentityKind::Account(network)) => {
                    let own = self.networks.iter().find(|(other, _)| other == network);
                    own.map(|(_, channel)| on_channel(need, channel))
                }
                _ => None,
            },
        };
        scope.map_or(Parts::Known(false), |scope| Parts::Fact(Fact::Consent(scope, Whose::Arrived, true)))
    }

    fn lines(&self, at: Place) -> &'j [(Vec<Need>, Place)] {
        self.journey.sustain(at)
    }

    fn stands(&self, at: Place, goal: Place) -> Parts<'j> {
        if self.erased {
            return Parts::Known(goal == Place::NONE); // nothing holds up or lets fall who is erased
        }
        let lines = self.lines(at);
        if at == goal {
            let needs = lines.iter().flat_map(|(needs, _)| needs);
            return Parts::All(needs.map(|need| Goal::Asked(need, true)).collect());
        }
        let over = lines.iter().enumerate().filter(|(_, (_, below))| (self.falls)(*below, goal));
        Parts::Any(over.map(|(line, _)| Goal::Over(at, line, goal)).collect())
    }

    /// The first line that lacks something decides: those before it do not.
    fn over(&self, at: Place, line: usize, goal: Place) -> Parts<'j> {
        let lines = self.lines(at);
        let Some((_, below)) = lines.get(line) else {
            return Parts::Known(false);
        };
        let before = lines.iter().take(line).flat_map(|(needs, _)| needs);
        let mut goals: Vec<Goal<'j>> = before.map(|need| Goal::Asked(need, true)).collect();
        goals.push(Goal::Lacks(at, line));
        goals.push(Goal::Stands(*below, goal));
        Parts::All(goals)
    }
}

/// What a need asks for on the channel of one network.
fn on_channel(need: &Need, channel: &Channel) -> Scope {
    let asked = need.scope();
    Scope::new(asked.purpose().clone(), channel.clone(), asked.recipient().clone())
}

/// Whether any identity is of the kind: some can be named in a catalogue, and no address is ever read as one of them.
pub(super) fn exists(kind: &IdentityKind) -> bool {
    IdentityKind::new(&kind.to_string()).is_ok_and(|read| read == *kind)
}
