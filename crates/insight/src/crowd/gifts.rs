//! What the facts of one person give to a table: their keys, amounts and times.

use std::collections::BTreeMap;

use placet::consent::Provenance;
use placet::identity::IdentityKind;
use placet::name::{Name, TimeDelta};
use placet::signal::{Source, Value};
use placet::{Act, Identity, Instant, Stage};

use super::Crowd;
use super::gather::Member;
use crate::cell::{Cells, Gift};
use crate::fact::{Fact, What};
use crate::label::Label;
use crate::plan::{Counted, Key, KindPlace, TablePlan, Until};
use crate::query::{carried, is_within, latest_value};
use crate::table_spec::Which;
use crate::zone::{day, hour, month, weekday};

impl Crowd {
    /// What a person gives, in the order of their facts.
    pub(super) fn gifts_of(
        &self,
        member: &Member<'_, '_>,
        plan: &TablePlan,
        cells: &mut Cells,
        gifts: &mut Vec<Gift>,
    ) {
        gifts.clear();
        match &plan.count {
            Counted::People => {
                let cell = cells.number(&plan.by, |key| self.key(key, member, None));
                gifts.push(Gift { cell, amount: 0, span: None });
            }
            Counted::Said { kind, purpose, within } => {
                let acts = member.contacts.iter().flat_map(|contact| contact.ledger().acts());
                let meant = |act: &Act| {
                    let covers =
                        act.reach().is_some_and(|reach| reach.parts().0.is_none_or(|of| of == purpose));
                    let now = act.acted() <= self.now && act.recorded() <= self.now;
                    let own = act.provenance() == Provenance::Own;
                    act.kind() == *kind
                        && own
                        && covers
                        && now
                        && is_within(act.effective(), *within, self.now)
                };
                let mut acts: Vec<Act> = acts.filter(meant).collect();
                acts.sort_by_key(Act::effective);
                for act in &acts {
                    let cell = cells.number(&plan.by, |key| self.act_key(key, act));
                    gifts.push(Gift { cell, amount: 0, span: None });
                }
            }
            _ => self.gifts_of_facts(member, plan, cells, gifts),
        }
    }

    fn gifts_of_facts(
        &self,
        member: &Member<'_, '_>,
        plan: &TablePlan,
        cells: &mut Cells,
        gifts: &mut Vec<Gift>,
    ) {
        let mut ends = plan.until.as_ref().map(Ends::of);
        // From the latest fact back: what ends a time is known before what begins it.
        for fact in member.facts.iter().rev() {
            let held = |stages: &Vec<Option<Stage>>| stages.iter().any(|stage| stage.as_ref() == fact.held);
            if self.is_counted_in(fact, &plan.count) && plan.stages.as_ref().is_none_or(held) {
                let amount = plan.amount.as_ref().map_or(0, |(name, clamp)| match carried(fact, name) {
                    Some(Value::Integer(amount)) => (*amount).clamp(0, *clamp),
                    _ => 0,
                });
                let cell = cells.number(&plan.by, |key| self.key(key, member, Some(fact)));
                let span = ends.as_ref().and_then(|ends| ends.after(fact));
                gifts.push(Gift { cell, amount, span });
            }
            if let Some(ends) = &mut ends {
                ends.note(fact);
            }
        }
        gifts.reverse();
    }

    fn is_counted_in(&self, fact: &Fact<'_>, count: &Counted) -> bool {
        let within = |within: &Option<TimeDelta>| is_within(fact.at, *within, self.now);
        match (count, fact.what) {
            (Counted::Kind(select), What::Signal(_)) => {
                fact.kind == Some(select.kind)
                    && within(&select.within)
                    && crate::query::carries(fact, &select.carrying)
            }
            (Counted::Sent(which, span), What::Sent(event)) => {
                within(span) && matches(which, |effect| effect == event.effect())
            }
            (Counted::Moved(which, span), What::Moved(moved)) => {
                within(span) && matches(which, |stage| moved_to(moved.to(), stage))
            }
            _ => false,
        }
    }

    /// The key of a fact; of the person alone where there is none.
    fn key(&self, key: &Key, member: &Member<'_, '_>, fact: Option<&Fact<'_>>) -> Option<Label> {
        let zone = &*self.zone;
        match key {
            Key::Attribute(name) => carried(fact?, name).cloned().map(Label::Value),
            Key::Network => network(identity_of(fact?)?),
            Key::Source => match fact?.what {
                What::Signal(signal) => Name::new(source(signal.source?)).ok().map(Label::Name),
                _ => None,
            },
            Key::Effect => match fact?.what {
                What::Sent(event) => Some(Label::Name(event.effect().name().clone())),
                _ => None,
            },
            Key::Hour => Some(Label::Hour(hour(zone, fact?.at))),
            Key::Weekday => Some(Label::Weekday(weekday(zone, fact?.at))),
            Key::Day => Some(Label::Day(day(zone, fact?.at))),
            Key::Month => Some(Label::Month(month(zone, fact?.at))),
            Key::Stage => Some(stage(member.stage.as_ref())),
            Key::Held => Some(stage(fact?.held)),
            Key::Latest(kind, name) => latest_value(member.facts, *kind, name).cloned().map(Label::Value),
            Key::Segment(place) => member.segments.get(*place).copied().flatten().map(Label::Within),
        }
    }

    fn act_key(&self, key: &Key, act: &Act) -> Option<Label> {
        let (zone, at) = (&*self.zone, act.effective());
        match key {
            Key::Hour => Some(Label::Hour(hour(zone, at))),
            Key::Weekday => Some(Label::Weekday(weekday(zone, at))),
            Key::Day => Some(Label::Day(day(zone, at))),
            Key::Month => Some(Label::Month(month(zone, at))),
            Key::Source => {
                let place = act.evidence().and_then(|evidence| evidence.touchpoint());
                place.map(|place| Label::Name(place.name().clone()))
            }
            _ => None,
        }
    }
}

pub(crate) fn matches<T>(which: &Which<T>, is: impl Fn(&T) -> bool) -> bool {
    match which {
        Which::All => true,
        Which::One(one) => is(one),
    }
}

/// Whether a move went to a stage; `none` for no stage.
fn moved_to(to: Option<&Stage>, stage: &Stage) -> bool {
    if *stage == placet::name::NO_STAGE { to.is_none() } else { to == Some(stage) }
}

fn stage(stage: Option<&Stage>) -> Label {
    stage.map_or(Label::NoStage, |stage| Label::Name(stage.name().clone()))
}

pub(crate) fn identity_of<'l>(fact: &Fact<'l>) -> Option<&'l Identity> {
    match fact.what {
        What::Signal(signal) => Some(&signal.identity),
        What::Sent(event) => event.citations().next().map(|addressing| addressing.identity()),
        What::Moved(_) => None,
    }
}

pub(crate) fn network(identity: &Identity) -> Option<Label> {
    match identity.kind() {
        IdentityKind::Account(network) => Some(Label::Name(network.name().clone())),
        _ => None,
    }
}

fn source(source: Source) -> &'static str {
    match source {
        Source::Network => "network",
        Source::Shop => "shop",
        Source::Web => "web",
        Source::Mail => "mail",
        Source::Phone => "phone",
    }
}

/// The earliest of the facts looked at so far that end a time.
enum Ends<'a> {
    Moved { to: &'a Option<Stage>, next: Option<Instant> },
    By { kind: KindPlace, same: Option<&'a Name>, next: BTreeMap<Option<&'a Value>, Instant> },
}

impl<'a> Ends<'a> {
    fn of(until: &'a Until) -> Ends<'a> {
        match until {
            Until::Moved(to) => Ends::Moved { to, next: None },
            Until::By { kind, same } => Ends::By { kind: *kind, same: same.as_ref(), next: BTreeMap::new() },
        }
    }

    /// The whole seconds from a fact to what ends it.
    fn after(&self, fact: &Fact<'_>) -> Option<i64> {
        let end = match self {
            Ends::Moved { next, .. } => (*next)?,
            Ends::By { same: None, next, .. } => *next.get(&None)?,
            Ends::By { same: Some(same), next, .. } => {
                let value = carried(fact, same)?;
                *next.get(&Some(value))?
            }
        };
        Some(end.since_epoch().saturating_sub(fact.at.since_epoch()))
    }

    /// Takes note of a fact that is earlier than those before it.
    fn note<'l: 'a>(&mut self, fact: &Fact<'l>) {
        match self {
            Ends::Moved { to, next } => {
                if let What::Moved(moved) = fact.what {
                    if moved.to() == to.as_ref() {
                        *next = Some(fact.at);
                    }
                }
            }
            Ends::By { kind, same, next } => {
                let value = same.and_then(|same| carried(fact, same));
                if fact.kind == Some(*kind) && (same.is_none() || value.is_some()) {
                    next.insert(value, fact.at);
                }
            }
        }
    }
}
