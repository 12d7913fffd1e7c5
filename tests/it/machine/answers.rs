//! What the model answers: is it permitted (S17, S29), what follows from a signal (S19 to S21, S26, S27), may it leave (S22).

use std::cmp::Reverse;

use placet::Reason;

use super::command::{Command, Kind};
use super::journey::{ADDRESSES, ADMISSION, CONFIRM, Events, GRANT, Of, RULES, Rule, SUSTAIN, Stage};
use super::model::{Answer, Carried, Cited, Fate, Fault, Ids, Model, Outcome, Queued};

#[derive(Debug, Clone, Copy)]
struct Given {
    id: usize,
    at: i64,
    until: Option<i64>,
    confirm_by: Option<i64>,
    confirmed: bool,
}

/// Where the numbers of signals begin that tell of an act.
pub const TOLD: usize = 1_000;

/// A signal: of the go that it tells of, the scope.
#[derive(Debug, Clone, Copy)]
struct Arrived {
    signal: usize,
    address: usize,
    kind: &'static str,
    given: Option<usize>,
    at: i64,
}

/// Some contacts as one person, whom a signal names, and when.
struct Looked<'m> {
    model: &'m Model,
    named: usize,
    members: &'m Ids,
    held: Stage,
    now: i64,
}

impl Model {
    /// The grant that permits it, or why not.
    pub fn asked(&self, who: usize, address: usize, scope: usize, now: i64) -> Result<usize, Reason> {
        self.judge(who, Some(address), scope, now, self.knows(who)).map(|given| given.id)
    }

    /// S18.
    fn knows(&self, who: usize) -> bool {
        let names = |fact: &Command| match fact {
            Command::Open { .. } | Command::Unlink { .. } | Command::Unmerge { .. } => false,
            fact => fact.who().contains(&who),
        };
        let told = self.stops.iter().any(|stop| stop.own.contains(&who) || stop.told.contains(&who));
        told || self.facts.iter().any(names)
    }

    /// S17, for one contact and one of its addresses.
    fn judge(
        &self,
        who: usize,
        address: Option<usize>,
        scope: usize,
        now: i64,
        known: bool,
    ) -> Result<Given, Reason> {
        let current = self.addresses(who);
        let gone = self.fault == Fault::UnlinkedAddressIsAsked;
        let address = address.filter(|address| gone || current.contains(address));
        if !known {
            return Err(Reason::UnknownContact);
        }
        if self.erased(&Ids::from([who])) {
            return Err(Reason::Erased);
        }
        let stops = || {
            let reaching =
                self.stops.iter().filter(move |stop| stop.reach.is_none_or(|reach| reach == scope));
            reaching.filter(move |stop| stop.own.contains(&who) || stop.told.contains(&who))
        };
        let lifted = |kind: Kind, stopped: i64| {
            self.facts.iter().any(|fact| match fact {
                Command::Lift { who: by, address: of, scope: lifted, at, restriction, .. } => {
                    let kind_fits = *restriction == (kind == Kind::Restrict);
                    kind_fits
                        && *by == who
                        && Some(*of) == address
                        && *lifted == scope
                        && *at > stopped
                        && *at <= now
                }
                _ => false,
            })
        };
        for (kind, reason) in [(Kind::Restrict, Reason::Restricted), (Kind::Object, Reason::Objected)] {
            // S13: an objection that crossed a key works as a withdrawal.
            let bars = |stop: &&Carried| kind != Kind::Object || stop.own.contains(&who);
            if stops().filter(bars).any(|stop| stop.kind == kind && !lifted(kind, stop.at)) {
                return Err(reason);
            }
        }
        let given = self.given(who, address, scope, now);
        let best = given.iter().filter(|given| given.confirmed);
        let g = best.max_by_key(|g| (g.at, Reverse(g.until.unwrap_or(i64::MAX)), Reverse(g.id))).copied();
        let ending = || stops().filter(|stop| stop.kind != Kind::Restrict);
        let f = ending().map(|stop| stop.at).max();
        let standing = g.filter(|g| f.is_none_or(|f| f < g.at));
        if let Some(g) = standing.filter(|g| g.until.is_none_or(|until| now < until)) {
            return Ok(g);
        }
        let later = |at: i64| g.is_none_or(|g| at > g.at) && f.is_none_or(|f| at > f);
        let waiting: Vec<_> = given.iter().filter(|given| !given.confirmed && later(given.at)).collect();
        if waiting.iter().any(|given| given.confirm_by.is_some_and(|by| now < by)) {
            return Err(Reason::Pending);
        }
        Err(match (waiting.is_empty(), standing, f) {
            (false, ..) => Reason::Unconfirmed,
            (_, Some(_), _) => Reason::Expired,
            (_, None, None) => Reason::NoGrant,
            (_, None, Some(f)) => {
                let mut last = ending().filter(|stop| stop.at == f);
                if last.all(|stop| stop.kind == Kind::Refuse) { Reason::Refused } else { Reason::Withdrawn }
            }
        })
    }

    /// The grants of exactly this scope, for this address of this contact (S15, S25).
    fn given(&self, who: usize, address: Option<usize>, scope: usize, now: i64) -> Vec<Given> {
        let joined = self.fault == Fault::GrantsAreJoined;
        let members = if joined { self.person(who).members.clone() } else { Ids::from([who]) };
        let clicked = |grant: usize, by: usize, of: usize, from: i64, until: i64| {
            self.facts.iter().any(|fact| match fact {
                Command::Confirm { who, address, at, grant: named, .. } => {
                    (*named, *who, *address) == (grant, by, of) && (from..until).contains(at) && *at <= now
                }
                _ => false,
            })
        };
        let grants = self.facts.iter().filter_map(|fact| match *fact {
            Command::Grant { id, who, address: of, scope: given, at, until, confirm_by } => {
                let fits = members.contains(&who) && given == scope && at <= now;
                let fits = fits && (Some(of) == address || joined);
                let confirmed = confirm_by.is_none_or(|by| clicked(id, who, of, at, by));
                fits.then_some(Given { id, at, until, confirm_by, confirmed })
            }
            _ => None,
        });
        grants.collect()
    }

    /// The stage at which a contact stands, with those merged with it.
    pub fn stands(&self, who: usize, now: i64) -> Stage {
        let person = self.person(who);
        let known = person.members.iter().any(|member| self.knows(*member));
        Looked { model: self, named: who, members: &person.members, held: self.held(who), now }.stands(known)
    }

    pub fn observe(&mut self, command: &Command) -> Answer {
        let Command::Observe { id, who, address, kind, at, now } = *command else { panic!("a signal") };
        let before = self.facts.iter().find_map(|fact| match *fact {
            Command::Observe { id: there, who: of, address, kind, at, .. } if (there, of) == (id, who) => {
                Some((address, kind, at))
            }
            _ => None,
        });
        match before {
            Some(before) if before == (address, kind, at) => Answer::Again,
            Some(_) => Answer::IdReused,
            None => self.arrives(command, who, now, Arrived { signal: id, address, kind, given: None, at }),
        }
    }

    /// A go is told of once, if it gave something.
    pub fn tell(&mut self, command: &Command) -> Answer {
        let Command::Tell { who, act, now } = *command else { panic!("a telling") };
        let Some(arrived) = self.gave(who, act) else { return Answer::NothingToTell };
        let told = |fact: &Command| matches!(fact, Command::Tell { who: of, act: told, .. } if (*of, *told) == (who, act));
        if self.facts.iter().any(told) {
            return Answer::Again;
        }
        self.arrives(command, who, now, arrived)
    }

    /// The signal of a grant that permits at once, or of a confirm that confirmed one in time.
    fn gave(&self, who: usize, act: usize) -> Option<Arrived> {
        if self.erased(&Ids::from([who])) {
            return None;
        }
        let own = |fact: &&Command| fact.act() == Some(act) && fact.who() == [who];
        let goes = |fact: &&Command| matches!(fact, Command::Grant { .. } | Command::Confirm { .. });
        let go = self.facts.iter().filter(own).find(goes)?;
        let (address, kind, given, at) = match *go {
            Command::Grant { address, scope, at, confirm_by, .. } => {
                let waits = confirm_by.is_some() && self.fault != Fault::WaitingIsTold;
                (!waits).then_some((address, GRANT, scope, at))?
            }
            Command::Confirm { address, at, grant, .. } => {
                let confirmed = self.facts.iter().find_map(|fact| match *fact {
                    Command::Grant { id, who: by, address: of, scope, at: from, confirm_by, .. } => {
                        let in_time = confirm_by.is_some_and(|by| (from..by).contains(&at));
                        let in_time = in_time || self.fault == Fault::EmptyConfirmIsTold;
                        ((id, by, of) == (grant, who, address) && in_time).then_some(scope)
                    }
                    _ => None,
                });
                (address, CONFIRM, confirmed?, at)
            }
            _ => return None,
        };
        let current = self.addresses(who).contains(&address);
        current.then_some(Arrived { signal: TOLD + act, address, kind, given: Some(given), at })
    }

    fn arrives(&mut self, command: &Command, who: usize, now: i64, arrived: Arrived) -> Answer {
        let person = self.person(who);
        let (joint, erased) = (person.members.len() > 1, self.erased(&person.members));
        let together =
            Looked { model: self, named: who, members: &person.members, held: self.held(who), now };
        let (outcome, moved, queued) = together.decided(arrived);
        if matches!(outcome, Outcome::Unadmitted(_)) {
            return Answer::Decided(outcome);
        }
        let one = Ids::from([who]);
        let held = self.alone.get(&who).copied().flatten();
        let apart = Looked { model: self, named: who, members: &one, held, now }.decided(arrived).1;
        self.queue.extend(queued);
        if !erased {
            if let Some(stage) = if joint { apart } else { moved } {
                self.alone.insert(who, stage);
            }
            let person = self.persons.iter_mut().find(|person| person.members.contains(&who)).unwrap();
            person.held = moved.unwrap_or(person.held);
        }
        if erased {
            // S12: it leaves no trace, not even its id.
            return Answer::Decided(outcome);
        }
        self.keep(command, Answer::Decided(outcome))
    }

    pub fn dispatch(&mut self, which: usize, now: i64) -> Answer {
        let queued = self.queue[which].clone();
        if queued.fate != Fate::Waits {
            return Answer::Settled(queued.fate);
        }
        // S22: asked now, and at the decision as well where that is later.
        let at = |now: i64| queued.needs.iter().find_map(|need| self.refused_at_last(queued.who, need, now));
        let refused = at(now).or_else(|| at(now.max(queued.decided)));
        let refused = refused.filter(|_| self.fault != Fault::QueueIsTrusted);
        self.queue[which].fate = refused.map_or(Fate::Sent, Fate::Dropped);
        Answer::Dispatched(refused.map_or(Ok(()), Err))
    }

    /// Who is another person by now, and an address that was given up, are not written to (S29).
    fn refused_at_last(&self, who: usize, need: &Cited, now: i64) -> Option<Reason> {
        let members = &self.person(who).members;
        if !members.contains(&need.contact) {
            return Some(Reason::IdentityGone);
        }
        if self.erased(members) {
            return Some(Reason::Erased);
        }
        if !self.addresses(need.contact).contains(&need.address) {
            return Some(Reason::IdentityGone);
        }
        self.judge(need.contact, Some(need.address), need.scope, now, true).err()
    }
}

impl Looked<'_> {
    /// All addresses, those of the contact that is named first.
    fn seats(&self) -> Vec<(usize, usize)> {
        let others = self.members.iter().copied().filter(|member| *member != self.named);
        let of = |who: usize| self.model.addresses(who).into_iter().map(move |address| (who, address));
        std::iter::once(self.named).chain(others).flat_map(of).collect()
    }

    /// S29: the latest permission, of two the smaller address; or the refusal that is furthest down the list.
    fn need(&self, scope: usize, known: bool) -> Result<Cited, Reason> {
        let seats = self.seats();
        let answer = |&(contact, address): &(usize, usize)| {
            let given = self.model.judge(contact, Some(address), scope, self.now, known)?;
            Ok((given, Cited { contact, address, scope, grant: given.id }))
        };
        let answers: Vec<Result<_, Reason>> = seats.iter().map(answer).collect();
        let mut best: Option<&(Given, Cited)> = None;
        for one in answers.iter().flatten() {
            let rank = |of: &(Given, Cited)| (of.0.at, Reverse(ADDRESSES[of.1.address]));
            if best.is_none_or(|best| rank(one) > rank(best)) {
                best = Some(one);
            }
        }
        let refused = answers.iter().filter_map(|answer| answer.as_ref().err()).max();
        match (best, refused) {
            (Some((_, cited)), _) => Ok(cited.clone()),
            (None, Some(reason)) => Err(*reason),
            (None, None) => self.nobody(scope, known),
        }
    }

    /// No address is left to ask for: what stops stops.
    fn nobody(&self, scope: usize, known: bool) -> Result<Cited, Reason> {
        Err(self.model.judge(self.named, None, scope, self.now, known).unwrap_err())
    }

    /// S27.
    fn stands(&self, known: bool) -> Stage {
        let mut at = self.held;
        let falls = |at: Stage| {
            let mut lines = SUSTAIN.iter().filter(|(stage, ..)| *stage == at);
            lines.find(|(_, scope, _)| self.need(*scope, known).is_err()).map(|(.., otherwise)| *otherwise)
        };
        while let Some(otherwise) = falls(at).filter(|_| !self.model.erased(self.members)) {
            at = otherwise;
        }
        at
    }

    /// How many signals of a kind named one of them, this one included; of the erased none is kept.
    fn count(&self, of: &str) -> u32 {
        let alike = |fact: &&Command| match fact {
            Command::Observe { who, kind, .. } => self.members.contains(who) && *kind == of,
            _ => false,
        };
        let kept =
            if self.model.erased(self.members) { 0 } else { self.model.facts.iter().filter(alike).count() };
        u32::try_from(kept).unwrap() + 1
    }

    /// Whether the signal did not happen before the latest of a kind; of the erased none is kept.
    fn is_not_older(&self, at: i64, of: &str) -> bool {
        let later = |fact: &Command| match fact {
            Command::Observe { who, kind, at: latest, .. } => {
                self.members.contains(who) && *kind == of && *latest > at
            }
            _ => false,
        };
        self.model.fault == Fault::LateIsTaken
            || self.model.erased(self.members)
            || !self.model.facts.iter().any(later)
    }

    /// Whether so many events were queued for them; of the erased none is kept.
    fn has_queued(&self, events: &Events) -> bool {
        let counts = |queued: &&Queued| {
            let is = match events.of {
                Of::Effect(name) => queued.effect == name,
                Of::Purpose(purpose) => queued.needs[0].scope == purpose,
            };
            let of_late = |within: i64| (self.now - within + 1..=self.now).contains(&queued.decided);
            let of_late = events.within.is_none_or(of_late) || self.model.fault == Fault::QueueIsEver;
            self.members.contains(&queued.who) && is && of_late
        };
        let none = self.model.erased(self.members) || self.model.fault == Fault::QueueIsForgotten;
        let count = if none { 0 } else { self.model.queue.iter().filter(counts).count() };
        u32::try_from(count).unwrap() >= events.at_least
    }

    /// What follows, where they move, and what is queued.
    fn decided(&self, arrived: Arrived) -> (Outcome, Option<Stage>, Vec<Queued>) {
        let Arrived { signal, address, kind, given, at } = arrived;
        let known = self.members.iter().any(|member| self.model.knows(*member));
        for (_, scope) in ADMISSION.iter().filter(|(of, _)| *of == kind) {
            let arrived = self.seats().into_iter().find(|(_, seat)| *seat == address);
            let answer = match arrived {
                Some((contact, address)) => {
                    self.model.judge(contact, Some(address), *scope, self.now, known).err()
                }
                None => self.nobody(*scope, known).err(),
            };
            if let Some(reason) = answer {
                return (Outcome::Unadmitted(reason), None, vec![]);
            }
        }
        let stands = self.stands(true);
        let fits = |rule: &Rule| {
            rule.on == kind
                && (rule.given.is_none() || rule.given == given)
                && rule.from.is_none_or(|from| from.contains(&stands))
                && self.count(kind) >= rule.from_the
                && rule.not_older_than.is_none_or(|of| self.is_not_older(at, of))
                && rule.queued.as_ref().is_none_or(|events| self.has_queued(events))
        };
        let Some((place, rule)) = RULES.iter().enumerate().find(|(_, rule)| fits(rule)) else {
            return (Outcome::NoRule, None, vec![]);
        };
        let answers: Vec<Vec<Result<Cited, Reason>>> = rule
            .effects
            .iter()
            .map(|effect| effect.scopes.iter().map(|scope| self.need(*scope, true)).collect())
            .collect();
        let restricted = answers.iter().flatten().any(|answer| *answer == Err(Reason::Restricted));
        let stays = restricted || self.model.erased(self.members);
        let (mut effects, mut queued) = (vec![], vec![]);
        for (effect, answers) in rule.effects.iter().zip(answers) {
            if effect.unless.as_ref().is_some_and(|events| self.has_queued(events)) {
                effects.push(None);
                continue;
            }
            let needs: Result<Vec<Cited>, Reason> = answers.into_iter().collect();
            effects.push(Some(needs.as_ref().map(|_| ()).map_err(|reason| *reason)));
            queued.extend(needs.ok().map(|needs| Queued {
                who: self.named,
                signal,
                rule: place,
                effect: effect.name,
                needs,
                decided: self.now,
                fate: Fate::Waits,
            }));
        }
        (Outcome::Taken { rule: place, effects }, (!stays).then_some(rule.to), queued)
    }
}
