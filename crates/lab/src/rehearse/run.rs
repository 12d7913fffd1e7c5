//! One group's steps, one journey, and the clock between them: where everybody stands, since when, and what followed.

use std::collections::BTreeSet;
use std::sync::Arc;

use placet::journey::plan::Place;
use placet::{ContactId, Instant, SignalSpec, Stage, name::EffectName};

use super::cast::{Cast, Cured, Decided, Fate};
use super::tally::Tally;
use super::{add, count};
use crate::recording::{Group, Step, What};

/// What became of one person.
#[derive(Debug, Default)]
pub(crate) struct Course<'j> {
    /// The first of its contacts in the group.
    pub(crate) member: usize,
    /// Where it stood, and since when for the first time.
    pub(crate) reached: Vec<(Option<&'j Stage>, Instant)>,
    pub(crate) at_end: Option<&'j Stage>,
    /// What was queued, and on which step of the group.
    pub(crate) queued: Vec<(usize, &'j EffectName)>,
}

/// What is noted of one contact; of several that are merged, the time runs for the first.
#[derive(Debug, Default)]
struct Track<'j> {
    /// Something with an instant has happened to it.
    begun: bool,
    /// Where it stands and since when; `None` while its time does not run.
    stands: Option<(Place, Instant)>,
    reached: Vec<(Place, Instant)>,
    /// The places of rules that were taken, and of scopes that were lacking, each once.
    rules: Vec<u16>,
    lost: Vec<Cured>,
    queued: Vec<(usize, &'j EffectName)>,
}

struct Run<'r, 'j> {
    tally: &'r mut Tally<'j>,
    group: &'r Group,
    cast: Cast,
    tracks: Vec<Track<'j>>,
    /// Room for what became of the effects of one signal.
    fates: Vec<Fate>,
}

/// Runs a group through a journey, and counts.
pub(crate) fn run<'j>(tally: &mut Tally<'j>, group: &Group, until: Option<Instant>) -> Vec<Course<'j>> {
    let tracks = group.members.iter().map(|_| Track::default()).collect();
    let cast = Cast::of(&tally.trial, group);
    let mut run = Run { tally, group, cast, tracks, fates: Vec::new() };
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

impl<'j> Run<'_, 'j> {
    /// Takes a step; true where somebody may stand elsewhere now.
    fn step(&mut self, place: usize, step: &Step) -> bool {
        let begins = step.what.is_dated() && self.begin(step.member);
        let moved = match (&step.what, step.known) {
            (What::Signal(signal), Some(now)) => self.signal(place, step.member, signal, now),
            _ => {
                if !self.cast.take(&self.tally.trial, self.group, step) {
                    add(&mut self.tally.rare.left_out, 1);
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
        let Ok(signal) = self.tally.trial.journey.signal(Arc::clone(signal)) else {
            count(&mut self.tally.rare.unknown, signal.kind.clone(), 1);
            return false;
        };
        let decided = self.cast.decide(&self.tally.trial, &signal, now, &mut self.fates);
        let Some(decided) = decided else { return false };
        self.tally.note(&decided, &self.fates);
        if let Some(track) = self.tracks.get_mut(member) {
            track.note(place, self.tally, &decided, &self.fates);
        }
        decided.moved.is_some()
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
                let spent = now.as_utc().timestamp().saturating_sub(since.as_utc().timestamp());
                let spent = u64::try_from(spent).unwrap_or_default();
                self.tally.stage(stage, |count| add(&mut count.seconds, spent));
            }
            if runs {
                let stage = self.cast.stands_at(&self.tally.trial, id, now);
                if !track.reached.iter().any(|(reached, _)| *reached == stage) {
                    track.reached.push((stage, now));
                }
                track.stands = Some((stage, now));
            }
        }
    }

    fn has_begun(&self, id: &ContactId) -> bool {
        let tracks = self.group.members.iter().zip(&self.tracks);
        tracks.into_iter().any(|(member, track)| member == id && track.begun)
    }

    /// What became of each person, and whom to count once.
    fn end(mut self, until: Option<Instant>) -> Vec<Course<'j>> {
        let journey = self.tally.trial.journey.plan();
        let mut courses = Vec::new();
        for (member, id) in self.group.members.iter().enumerate() {
            let persons = if self.group.merges { self.cast.person_of(id) } else { vec![id.clone()] };
            if persons.first() != Some(id) {
                continue;
            }
            let members = self.group.members.iter().zip(&mut self.tracks);
            let tracks = members.filter(|(id, _)| persons.contains(id));
            let whole = tracks.fold(Track::default(), |whole, (_, track)| whole.and(std::mem::take(track)));
            let stands = |until| self.cast.stands_at(&self.tally.trial, id, until);
            let at_end = until.map_or(Place::NONE, stands);
            add(&mut self.tally.rare.contacts, 1);
            self.tally.stage(at_end, |count| add(&mut count.at_end, 1));
            let Track { reached, rules, lost, queued, .. } = whole;
            for (stage, _) in &reached {
                self.tally.stage(*stage, |count| add(&mut count.reached, 1));
            }
            for rule in rules {
                self.tally.rule(rule, |count| add(&mut count.contacts, 1));
            }
            for cured in lost {
                self.tally.lost(cured, |lost| add(&mut lost.contacts, 1));
            }
            let effects: BTreeSet<&EffectName> = queued.iter().map(|(_, effect)| *effect).collect();
            for effect in effects {
                self.tally.effect(effect, |count| add(&mut count.contacts, 1));
            }
            let reached = reached.into_iter().map(|(stage, since)| (journey.stage(stage), since)).collect();
            courses.push(Course { member, reached, at_end: journey.stage(at_end), queued });
        }
        courses
    }
}

impl<'j> Track<'j> {
    fn note(&mut self, place: usize, tally: &Tally<'j>, decided: &Decided, fates: &[Fate]) {
        if let Some(rule) = decided.rule.filter(|rule| !self.rules.contains(rule)) {
            self.rules.push(rule);
        }
        for (effect, fate) in tally.trial.effects(decided.rule).iter().zip(fates) {
            match fate {
                Fate::Queued => self.queued.push((place, effect.name())),
                Fate::Refused { cure: Some(cured), .. } if !self.lost.contains(cured) => {
                    self.lost.push(*cured)
                }
                Fate::Refused { .. } | Fate::NotAskedFor => {}
            }
        }
    }

    /// With what happened to another contact of the same person.
    fn and(mut self, other: Track<'j>) -> Track<'j> {
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
