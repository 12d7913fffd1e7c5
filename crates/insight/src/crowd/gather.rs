//! One pass: each group of histories is read again, and each person in it gives to what counts them.

use placet::journey::plan::Need;
use placet::{Ask, Contact, ContactId, Instant, Journey, Stage};

use super::Crowd;
use crate::fact::{Fact, Standing, is_own_dealing};
use crate::held::HeldStages;
use crate::histories::HistoriesPart;
use crate::history::{Facts, Past, read, with_person};
use crate::insight::View;
use crate::plan::{Compiled, Counted, Key};
use crate::profile::Profile;

/// A person on the way: their contacts and what stands.
pub(super) struct Member<'a, 'l> {
    pub(super) id: &'a ContactId,
    pub(super) contacts: &'a [&'a Contact],
    pub(super) facts: &'a [Fact<'l>],
    /// Where they stand now, where a table asks.
    pub(super) stage: Option<Stage>,
    /// Whether they are in each segment that a table asks for; `None` without a profile.
    pub(super) segments: Vec<Option<bool>>,
}

/// What the tables ask for besides facts.
struct Wanted {
    stage: bool,
    segments: Vec<bool>,
}

impl Wanted {
    fn of(compiled: &Compiled) -> Wanted {
        let mut wanted = Wanted { stage: false, segments: vec![false; compiled.segments.len()] };
        for table in &compiled.tables {
            let named = table.by.iter().filter_map(|key| match key {
                Key::Segment(place) => Some(*place),
                _ => None,
            });
            for place in named.chain(table.segment) {
                if let Some(segment) = wanted.segments.get_mut(place) {
                    *segment = true;
                }
            }
            wanted.stage |= table.by.iter().any(|key| matches!(key, Key::Stage));
        }
        for place in compiled.trials.iter().flat_map(|trial| &trial.segments) {
            if let Some(segment) = wanted.segments.get_mut(*place) {
                *segment = true;
            }
        }
        wanted
    }
}

impl Crowd {
    pub(super) fn gather(&mut self, part: HistoriesPart<'_>) {
        let insight = self.insight.clone();
        let (wanted, now) = (Wanted::of(insight.compiled()), self.now);
        for group in part.groups {
            let mut past = Past::new(part.terms.clone(), group.iter());
            let mut held = HeldStages::default();
            let facts = read(&mut past, group.iter(), part.journey(), now, &mut held);
            past.people(&held, |contacts, stage| self.person(contacts, stage, &facts, &wanted));
        }
    }

    fn person(&mut self, contacts: &[&Contact], held: Option<&Stage>, facts: &Facts<'_>, wanted: &Wanted) {
        let insight = self.insight.clone();
        let (compiled, now) = (insight.compiled(), self.now);
        let Some(id) = contacts.iter().map(|contact| contact.id()).min() else { return };
        if contacts.iter().any(|contact| contact.ledger().erased()) {
            self.own_outcomes(contacts, facts);
            return;
        }
        let counted: Vec<bool> =
            compiled.views.iter().map(|needs| is_counted(&insight, needs, contacts, now)).collect();
        let said = compiled.tables.iter().any(|table| matches!(table.count, Counted::Said { .. }));
        if !said && !counted.contains(&true) && compiled.advocacy.is_empty() && compiled.credits.is_empty() {
            return;
        }
        let is_mine = |fact: &&Fact<'_>| contacts.iter().any(|own| own.id() == fact.contact);
        let mine: Vec<Fact<'_>> = facts.all.iter().filter(is_mine).copied().collect();
        let answers = Standing::new(insight.journey(), contacts, &facts.admissions, now);
        let stage = with_person(contacts, Some(held), |person| {
            wanted.stage.then(|| insight.journey().stands_at(person?, now).cloned()).flatten()
        });
        let segments = {
            let profiles = |view: usize| -> Option<Profile<'_>> {
                let view = View { insight: &insight, place: view };
                let (permits, permitting) = view.permits(contacts, now).ok()?;
                let facts = (mine.clone(), &answers);
                let stage = with_person(contacts, Some(held), |person| {
                    insight.journey().stands_at(person?, now).cloned()
                });
                Some(view.profile_of((id, contacts.to_vec()), (permits, &permitting), facts, (stage, now)))
            };
            let mut by_view: Vec<Option<Option<Profile<'_>>>> = compiled.views.iter().map(|_| None).collect();
            let mut segments = vec![None; compiled.segments.len()];
            for (place, segment) in compiled.segments.iter().enumerate() {
                if !wanted.segments.get(place).copied().unwrap_or_default() {
                    continue;
                }
                let Some(profile) = by_view.get_mut(segment.view) else { continue };
                let profile = profile.get_or_insert_with(|| profiles(segment.view));
                if let (Some(answer), Some(profile)) = (segments.get_mut(place), profile) {
                    *answer = profile.is_in_at(place);
                }
            }
            for (plan, cells) in compiled.credits.iter().zip(&mut self.credits) {
                // Who bought nothing is not looked at.
                if !mine.iter().any(|fact| fact.kind == Some(plan.outcome.kind)) {
                    continue;
                }
                let Some(profile) = by_view.get_mut(plan.view) else { continue };
                let profile = profile.get_or_insert_with(|| profiles(plan.view)).as_ref();
                let is_looked_at =
                    |fact: &&Fact<'_>| profile.is_some_and(|profile| profile.looks_at(fact.contact));
                let others = mine.iter().filter(|fact| answers.of(fact).is_ok() && !is_looked_at(fact));
                cells.unlinked(plan, others);
                if let Some(profile) = profile {
                    cells.linked(plan, profile.facts());
                }
            }
            segments
        };
        let mut standing = mine;
        standing.retain(|fact| answers.of(fact).is_ok());
        let member = Member { id, contacts, facts: &standing, stage, segments };
        self.take(&member, &counted);
    }

    /// The outcomes of an erased person that are own dealings: counted, and linked to nothing (I38).
    fn own_outcomes(&mut self, contacts: &[&Contact], facts: &Facts<'_>) {
        let insight = self.insight.clone();
        let is_mine = |fact: &Fact<'_>| contacts.iter().any(|own| own.id() == fact.contact);
        for (plan, cells) in insight.compiled().credits.iter().zip(&mut self.credits) {
            let own =
                facts.all.iter().filter(|fact| is_mine(fact) && is_own_dealing(insight.journey(), fact));
            cells.unlinked(plan, own);
        }
    }

    /// A person gives to every table, loyalty, advocacy and trial that counts them.
    fn take(&mut self, member: &Member<'_, '_>, counted: &[bool]) {
        let insight = self.insight.clone();
        let compiled = insight.compiled();
        let number = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        let is_counted = |view: Option<usize>| match view {
            Some(view) => counted.get(view).copied().unwrap_or_default(),
            None => true,
        };
        for (plan, place) in compiled.tables.iter().zip(0..) {
            let within = |segment: usize| member.segments.get(segment).copied().flatten() == Some(true);
            if !is_counted(plan.view) || !plan.segment.is_none_or(within) {
                continue;
            }
            let mut cells = self.tables.get_mut(place).map(std::mem::take).unwrap_or_default();
            let mut gifts = std::mem::take(&mut self.gifts);
            self.gifts_of(member, plan, &mut cells, &mut gifts);
            cells.give(number, &mut gifts, plan);
            self.gifts = gifts;
            if let Some(place) = self.tables.get_mut(place) {
                *place = cells;
            }
        }
        for (plan, place) in compiled.loyalty.iter().zip(0..) {
            let buyer = plan.buyer(member.facts, &*self.zone);
            if let (Some(buyers), Some(buyer), true) =
                (self.buyers.get_mut(place), buyer, is_counted(Some(plan.view)))
            {
                buyers.push(buyer);
            }
        }
        for (plan, codes) in compiled.advocacy.iter().zip(&mut self.codes) {
            codes.take(plan, member.id, member.facts, self.now, is_counted(Some(plan.view)));
        }
        for ((plan, spec), groups) in compiled.trials.iter().zip(&compiled.spec.trials).zip(&mut self.trials)
        {
            let given = plan.given(spec.name.as_str(), member.facts);
            let Some((given, assigned)) = given.filter(|_| is_counted(Some(plan.view))) else { continue };
            if let Some(won) = plan.won(member.facts, assigned, self.now) {
                let is_in = |segment: &usize| member.segments.get(*segment).copied().flatten() == Some(true);
                groups.take(plan.segments.iter().position(is_in), given, won);
            }
        }
        self.people.push(member.id.clone());
    }
}

/// Who is counted: a person who said no to no need, under any identity that its way reaches (I17).
fn is_counted(insight: &crate::Insight, needs: &[Need], contacts: &[&Contact], now: Instant) -> bool {
    let journey = insight.journey();
    !needs.iter().any(|need| contacts.iter().any(|contact| says_no(journey, need, contact, now)))
}

fn says_no(journey: &Journey, need: &Need, contact: &Contact, now: Instant) -> bool {
    let ledger = contact.ledger();
    let mut reached = false;
    for identity in ledger.identities().filter(|identity| need.reaches(identity, false)) {
        let Some(scope) = need.scope_for(journey, identity) else { continue };
        reached = true;
        if ledger.says_no(&Ask::new(scope.clone(), identity.clone()), now) {
            return true;
        }
    }
    // No identity is reached: no yes can be there, and every no that covers the scope is one (SPEC S29).
    let nobody = || placet::Identity::of_kind("nobody", "nobody").ok();
    let ask = (!reached).then(nobody).flatten().map(|nobody| Ask::new(need.scope().clone(), nobody));
    ask.is_some_and(|ask| ledger.says_no(&ask, now))
}
