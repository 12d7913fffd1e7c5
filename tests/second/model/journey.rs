//! The oracle's second third: signals and stages (S18 to S21, S23, S26, S27).
//!
//! A stage is not kept anywhere: it is what the last line that could have changed it made of the stage before that line.

use super::consent::Above;
use super::fault::Fault;
use super::neutral::{Instant, Line, Scope, Why};
use super::oracle::{Decision, Reason, Verdict};

/// The stage called `none` is no stage.
pub type Stage<'a> = Option<&'a str>;

pub fn stage(name: &str) -> Stage<'_> {
    (name != "none").then_some(name)
}

impl<'a> Above<'a> {
    /// The lines above the line at `place`.
    pub fn upto(self, place: usize) -> Self {
        Self { lines: &self.lines[..place], ..self }
    }

    /// S26: why a signal of this kind may not be kept, if so: the first refused scope of all its admission lines, in order.
    pub fn unadmitted(self, contact: &'a str, kind: &str, now: Instant) -> Option<Reason> {
        let needs = self.lines.iter().filter_map(|line| match line {
            Line::Admission { on, needs, .. } if on == kind => Some(needs),
            _ => None,
        });
        needs
            .flatten()
            .filter(|_| !self.has(Fault::AdmissionIgnored))
            .find_map(|need| self.refusal(contact, need, now))
    }

    pub fn refusal(self, contact: &'a str, need: &Scope, now: Instant) -> Option<Reason> {
        if let Verdict::Deny(reason) = self.judge(contact, need, now).0 { Some(reason) } else { None }
    }

    /// S20, S23: the stage that the contact holds.
    pub fn held(self, contact: &'a str) -> Stage<'a> {
        if self.erasure(contact, Instant::new(i64::MAX, 0)).is_some() && !self.has(Fault::ErasedKeepsStage) {
            return None; // S12
        }
        let joint = self.joint(contact);
        let place = self.lines.iter().rposition(|line| match line {
            Line::Signal { contact, .. } => joint.contains(contact.as_str()),
            Line::Merge { from, .. } => joint.contains(from.as_str()),
            _ => false,
        })?;
        let before = self.upto(place);
        match self.lines[place] {
            // S16: merging again is nothing.
            Line::Merge { from, into, .. } if before.joint(from).contains(into.as_str()) => {
                before.held(contact)
            }
            Line::Merge { into, .. } if self.has(Fault::MergeTakesStageOfInto) => before.held(into),
            // S23: after a merge the one furthest along.
            Line::Merge { from, into, .. } => {
                let both = [before.held(from), before.held(into)];
                both.into_iter().max_by_key(|held| before.rank(*held)).flatten()
            }
            Line::Signal { contact: of, .. } => {
                let held = before.held(of);
                before.moved(self.lines[place], held).unwrap_or(held)
            }
            _ => None,
        }
    }

    /// S23: furthest along is the stage whose first mention as `to` is last; no stage is lowest.
    fn rank(self, held: Stage<'_>) -> Option<usize> {
        held.and_then(|held| {
            let mentions = |line: &&Line| matches!(line, Line::Rule { to: Some(to), .. } if to == held);
            if self.has(Fault::LastMentionRanks) {
                self.lines.iter().rposition(mentions)
            } else {
                self.lines.iter().position(mentions)
            }
        })
    }

    /// S27: the stage at which the contact stands.
    pub fn standing(self, contact: &'a str, now: Instant) -> Stage<'a> {
        self.sustained(self.held(contact), contact, now)
    }

    fn sustained(self, at: Stage<'a>, contact: &'a str, now: Instant) -> Stage<'a> {
        if self.has(Fault::SustainIgnored) || self.erasure(contact, now).is_some() {
            return at; // S12: an erased contact has no stage and stands at none
        }
        let mut failing = self.lines.iter().filter_map(|line| match line {
            Line::Sustain { stage: of, needs, otherwise, .. } if stage(of) == at => {
                needs.iter().any(|need| !self.permits(contact, need, now)).then_some(stage(otherwise))
            }
            _ => None,
        });
        match if self.has(Fault::LastSustainDecides) { failing.next_back() } else { failing.next() } {
            None => at,
            Some(otherwise) if self.has(Fault::ElseNotJudged) => otherwise,
            Some(otherwise) => self.sustained(otherwise, contact, now),
        }
    }

    /// S27: does this line close a circle of stages and elses?
    pub fn closes_circle(self, line: &'a Line) -> bool {
        let Line::Sustain { stage: from, otherwise, .. } = line else {
            return false;
        };
        let lines = || self.lines.iter().copied().chain([line]);
        let mut reached = vec![stage(otherwise)];
        let mut next = 0;
        while let Some(&at) = reached.get(next) {
            let elses = lines().filter_map(|line| match line {
                Line::Sustain { stage: of, otherwise, .. } if stage(of) == at => Some(stage(otherwise)),
                _ => None,
            });
            let new: Vec<_> = elses.filter(|other| !reached.contains(other)).collect();
            reached.extend(new);
            next += 1;
        }
        reached.contains(&stage(from))
    }

    /// S19: the first rule for this kind whose `from` is the stage at which the contact stands.
    fn taken(self, kind: &str, stands: Stage<'_>) -> Option<&'a Line> {
        let mut fitting = self.lines.iter().copied().filter(|line| match line {
            Line::Rule { on, from, .. } => {
                on == kind && from.as_deref().is_none_or(|from| stage(from) == stands)
            }
            _ => false,
        });
        if self.has(Fault::LastRuleTaken) { fitting.next_back() } else { fitting.next() }
    }

    /// S20: where a signal moves who held `held` before it; nothing where it does not move.
    fn moved(self, signal: &'a Line, held: Stage<'a>) -> Option<Stage<'a>> {
        let Line::Signal { contact, kind, now, .. } = signal else {
            return None;
        };
        let rule = self.taken(kind, self.sustained(held, contact, *now))?;
        let Line::Rule { to: Some(to), needs, .. } = rule else {
            return None;
        };
        let erased = self.erasure(contact, *now).is_some();
        let restricted = needs.iter().any(|need| self.is_restricted(contact, need, *now))
            && !self.has(Fault::RestrictedMoves);
        let held_back = self.has(Fault::RefusedDoesNotMove)
            && needs.iter().any(|need| !self.permits(contact, need, *now));
        (!erased && !restricted && !held_back).then_some(stage(to))
    }

    /// S19, S21: what is answered to the admitted signal at `place`.
    pub fn decide(self, place: usize) -> Decision {
        let Line::Signal { id, contact, at, kind, now } = self.lines[place] else {
            return Decision::NoRule;
        };
        let Some(Line::Rule { id: rule, needs, .. }) =
            self.upto(place).taken(kind, self.upto(place).standing(contact, *now))
        else {
            return Decision::NoRule;
        };
        let emission = format!("{id}#{rule}");
        let now = if self.has(Fault::AskedWhenItHappened) { *at } else { *now };
        // S18: the admitted signal itself makes its contact known.
        let verdicts = needs.iter().map(|need| self.upto(place + 1).judge(contact, need, now).0);
        let verdicts = verdicts.take(if self.has(Fault::FirstNeedOnly) { 1 } else { needs.len() });
        let proof = verdicts.map(|verdict| match verdict {
            Verdict::Allow(proof) => Ok(proof),
            Verdict::Deny(reason) => Err(reason),
        });
        match proof.collect() {
            Ok(proof) => Decision::Emit { emission, proof },
            Err(reason) => Decision::Refuse { emission, reason },
        }
    }

    /// What the lines above make impossible about this one (S2, S21, S27).
    pub fn rejects(self, line: &'a Line) -> Option<Why> {
        match line {
            Line::Signal { at, now, .. } if now < at => Some(Why::NowBeforeAt),
            _ if self.closes_circle(line) => Some(Why::SustainCircle),
            _ => None,
        }
    }
}
