//! One group's steps, one journey, and the clock between them: where everybody stands, since when, and what followed.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cast::Cast;
use super::{Rehearsal, add, count, of_name};
use crate::engine::Decision;
use crate::journey::Journey;
use crate::lab::recording::{Group, Step, What};
use crate::signal::SignalSpec;
use crate::vocab::{EffectName, Instant, RuleName, Scope, Stage};

/// A journey that recordings are run through.
pub(crate) struct Trial<'j> {
    pub(super) journey: &'j Journey,
    /// The effects that need more than their own scope.
    further: BTreeSet<(&'j RuleName, &'j EffectName)>,
}

impl<'j> Trial<'j> {
    pub(crate) fn of(journey: &'j Journey) -> Trial<'j> {
        let effects = journey.spec().rules.iter().flat_map(|rule| {
            let further = rule.effects.iter().filter(|effect| !effect.needs.is_empty());
            further.map(|effect| (&rule.name, &effect.name))
        });
        Trial { journey, further: effects.collect() }
    }

    pub(super) fn has_further_needs(&self, rule: &RuleName, effect: &EffectName) -> bool {
        self.further.contains(&(rule, effect))
    }
}

/// What became of one person.
#[derive(Debug, Default)]
pub(crate) struct Course {
    /// The first of its contacts in the group.
    pub(crate) member: usize,
    /// Where it stood, and since when for the first time.
    pub(crate) reached: Vec<(Option<Stage>, Instant)>,
    pub(crate) at_end: Option<Stage>,
    /// What was queued, and on which step of the group.
    pub(crate) queued: Vec<(usize, EffectName)>,
}

/// What is noted of one contact; of several that are merged, the time runs for the first.
#[derive(Debug, Default)]
struct Track {
    /// Something with an instant has happened to it.
    begun: bool,
    /// Where it stands and since when; `None` while its time does not run.
    stands: Option<(Option<Stage>, Instant)>,
    reached: Vec<(Option<Stage>, Instant)>,
    rules: Vec<RuleName>,
    lost: Vec<Scope>,
    queued: Vec<(usize, EffectName)>,
}

struct Run<'r> {
    trial: &'r Trial<'r>,
    group: &'r Group,
    cast: Cast,
    tracks: Vec<Track>,
    counts: &'r mut Rehearsal,
}

/// Runs a group through a journey, and counts.
pub(crate) fn run(
    trial: &Trial<'_>,
    group: &Group,
    until: Option<Instant>,
    counts: &mut Rehearsal,
) -> Vec<Course> {
    let tracks = group.members.iter().map(|_| Track::default()).collect();
    let mut run = Run { trial, group, cast: Cast::of(trial, group), tracks, counts };
    let mut marks = group.marks.iter().copied().peekable();
    for (place, step) in group.steps.iter().enumerate() {
        if step.known > until {
            break;
        }
        // What ends at the instant of a step has ended before it.
        while let Some(mark) = marks.next_if(|mark| step.known >= Some(*mark)) {
            run.look(mark);
        }
        let changed = run.step(place, step);
        if let Some(now) = step.known.filter(|_| changed) {
            run.look(now);
        }
    }
    while let Some(mark) = marks.next_if(|mark| until >= Some(*mark)) {
        run.look(mark);
    }
    if let Some(until) = until {
        run.look(until);
    }
    run.end(until)
}

impl Run<'_> {
    /// Takes a step; true where somebody may stand elsewhere now.
    fn step(&mut self, place: usize, step: &Step) -> bool {
        let begins = step.what.is_dated() && self.begin(step.member);
        let moved = match (&step.what, step.known) {
            (What::Signal(signal), Some(now)) => self.signal(place, step.member, signal, now),
            _ => {
                if !self.cast.take(self.trial, self.group, step) {
                    add(&mut self.counts.left_out, 1);
                }
                true
            }
        };
        begins || moved
    }

    fn begin(&mut self, member: usize) -> bool {
        self.tracks.get_mut(member).is_some_and(|track| !std::mem::replace(&mut track.begun, true))
    }

    fn signal(&mut self, place: usize, member: usize, signal: &Arc<SignalSpec>, now: Instant) -> bool {
        let Ok(signal) = self.trial.journey.signal(Arc::clone(signal)) else {
            count(&mut self.counts.unknown, signal.kind.clone(), 1);
            return false;
        };
        let (counts, track) = (&mut *self.counts, self.tracks.get_mut(member));
        let mut moved = false;
        self.cast.decide(self.trial, &signal, now, |decision, cures| {
            counts.note(decision);
            note_lost(counts, &cures);
            moved = decision.transition().is_some();
            if let Some(track) = track {
                track.note(place, decision, cures);
            }
        });
        moved
    }

    /// Looks where everybody stands now, and counts the time since the last look.
    fn look(&mut self, now: Instant) {
        for (member, id) in self.group.members.iter().enumerate() {
            let runs = if self.group.merges {
                let persons = self.cast.person_of(id);
                persons.first() == Some(id) && persons.iter().any(|other| self.has_begun(other))
            } else {
                self.tracks.get(member).is_some_and(|track| track.begun)
            };
            let Some(track) = self.tracks.get_mut(member) else { continue };
            if let Some((stage, since)) = track.stands.take() {
                let spent = u64::try_from(second(now).saturating_sub(second(since))).unwrap_or_default();
                add(&mut of_name(&mut self.counts.stages, &stage).seconds, spent);
            }
            if runs {
                let stage = self.cast.stands_at(self.trial, id, now);
                if !track.reached.iter().any(|(reached, _)| *reached == stage) {
                    track.reached.push((stage.clone(), now));
                }
                track.stands = Some((stage, now));
            }
        }
    }

    fn has_begun(&self, id: &crate::vocab::ContactId) -> bool {
        let tracks = self.group.members.iter().zip(&self.tracks);
        tracks.into_iter().any(|(member, track)| member == id && track.begun)
    }

    /// What became of each person, and whom to count once.
    fn end(mut self, until: Option<Instant>) -> Vec<Course> {
        let mut courses = Vec::new();
        for (member, id) in self.group.members.iter().enumerate() {
            let persons = if self.group.merges { self.cast.person_of(id) } else { vec![id.clone()] };
            if persons.first() != Some(id) {
                continue;
            }
            let members = self.group.members.iter().zip(&mut self.tracks);
            let tracks = members.filter(|(id, _)| persons.contains(id));
            let whole = tracks.fold(Track::default(), |whole, (_, track)| whole.and(std::mem::take(track)));
            let at_end = until.and_then(|until| self.cast.stands_at(self.trial, id, until));
            add(&mut self.counts.contacts, 1);
            add(&mut of_name(&mut self.counts.stages, &at_end).at_end, 1);
            let Track { reached, rules, lost, queued, .. } = whole;
            for (stage, _) in &reached {
                add(&mut of_name(&mut self.counts.stages, stage).reached, 1);
            }
            for rule in &rules {
                add(&mut of_name(&mut self.counts.rules, rule).contacts, 1);
            }
            for scope in &lost {
                add(&mut of_name(&mut self.counts.lost, scope).contacts, 1);
            }
            let effects: BTreeSet<&EffectName> = queued.iter().map(|(_, effect)| effect).collect();
            for effect in effects {
                add(&mut of_name(&mut self.counts.effects, effect).contacts, 1);
            }
            courses.push(Course { member, reached, at_end, queued });
        }
        courses
    }
}

impl Track {
    fn note(&mut self, place: usize, decision: &Decision<'_>, cures: Vec<Option<Scope>>) {
        if let Some(rule) = decision.rule().filter(|rule| !self.rules.contains(rule)) {
            self.rules.push(rule.clone());
        }
        for scope in cures.into_iter().flatten() {
            if !self.lost.contains(&scope) {
                self.lost.push(scope);
            }
        }
        self.queued.extend(decision.queued().map(|effect| (place, effect.clone())));
    }

    /// With what happened to another contact of the same person.
    fn and(mut self, other: Track) -> Track {
        for (stage, since) in other.reached {
            match self.reached.iter_mut().find(|(reached, _)| *reached == stage) {
                Some((_, first)) => *first = since.min(*first),
                None => self.reached.push((stage, since)),
            }
        }
        self.rules.extend(other.rules);
        self.rules.sort_unstable();
        self.rules.dedup();
        self.lost.extend(other.lost);
        self.lost.sort_unstable();
        self.lost.dedup();
        self.queued.extend(other.queued);
        self.queued.sort_unstable();
        self
    }
}

fn note_lost(counts: &mut Rehearsal, cures: &[Option<Scope>]) {
    for cure in cures {
        match cure {
            Some(scope) => add(&mut of_name(&mut counts.lost, scope).effects, 1),
            None => add(&mut counts.lost_otherwise, 1),
        }
    }
}

/// The second in which an instant lies.
fn second(at: Instant) -> i64 {
    at.as_utc().timestamp()
}
