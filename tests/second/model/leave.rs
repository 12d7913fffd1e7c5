//! The oracle's last third: what may leave, an event (S22) or a reply (S32).
//!
//! What became of an emission or of a reply is kept nowhere: the first line that could settle it is judged again.

use super::consent::Above;
use super::fault::Fault;
use super::journey::stage;
use super::neutral::{Act, Deed, Instant, Line, Scope, Span, StopKind};
use super::oracle::{Decision, Reason};

/// An emission that was queued: for whom, when it was decided, and its rule.
struct Queued<'a> {
    place: usize,
    contact: &'a str,
    at: Instant,
    decided: Instant,
    needs: &'a [Scope],
    within: Option<&'a Span>,
    still: Option<&'a [String]>,
}

impl<'a> Above<'a> {
    /// S22: what is answered to the send at `place`.
    pub fn release(self, place: usize) -> Decision {
        let Line::Send { signal, rule, now, .. } = self.lines[place] else {
            return Decision::NoRule;
        };
        let Some(queued) = self.queued(signal, rule, place) else {
            return Decision::Deny(Reason::NotQueued);
        };
        // The first send of an emission settles it for good.
        let settled = (queued.place..place).find_map(|place| match self.lines[place] {
            Line::Send { signal: of, rule: by, now, .. } if (of, by) == (signal, rule) => {
                Some(self.upto(place).withheld(&queued, *now))
            }
            _ => None,
        });
        let (twice, again) = (Fault::SentTwice, Fault::DroppedReturns);
        self.settled(settled, [twice, again], || self.upto(place).withheld(&queued, *now))
    }

    /// The emission that a signal above put into the queue.
    fn queued(self, signal: &str, rule: &str, place: usize) -> Option<Queued<'a>> {
        let emission = format!("{signal}#{rule}");
        let place = (0..place)
            .find(|&place| self.lines[place].id() == signal && self.decide(place).queues(&emission))?;
        let Line::Signal { contact, at, now: decided, .. } = self.lines[place] else {
            return None;
        };
        match self.lines[..place].iter().find(|line| line.id() == rule)? {
            Line::Rule { needs, within, still, .. } => Some(Queued {
                place,
                contact,
                at: *at,
                decided: *decided,
                needs,
                within: within.as_ref(),
                still: still.as_deref(),
            }),
            _ => None,
        }
    }

    /// S22: why the emission may not leave, with these lines above: consent at both instants, then the occasion.
    fn withheld(self, queued: &Queued<'a>, now: Instant) -> Option<Reason> {
        let (decided, later) = (queued.decided, now.max(queued.decided));
        let instants = match self.fault {
            Fault::ClockBackRevives => vec![now],
            Fault::ClockBackAsksOnce => vec![later],
            Fault::DecidedReasonFirst if decided > now => vec![decided, now],
            _ if decided > now => vec![now, decided],
            _ => vec![now],
        };
        let refused = instants.into_iter().find_map(|instant| {
            queued.needs.iter().find_map(|need| self.refusal(queued.contact, need, instant))
        });
        if refused.is_some() && !self.has(Fault::QueueIsTrusted) {
            return refused;
        }
        let asked = if self.has(Fault::OccasionAtOwnNow) { now } else { later };
        let too_late = queued.within.filter(|span| {
            let from = if self.has(Fault::WithinFromAt) { queued.at } else { decided };
            let end = from.plus(span.seconds);
            asked > end || asked == end && !self.has(Fault::WithinInclusive)
        });
        let too_late = too_late.map(|_| Reason::TooLate).filter(|_| !self.has(Fault::WithinIgnored));
        let stands = if self.has(Fault::StillAsksHeld) {
            self.held(queued.contact)
        } else {
            self.standing(queued.contact, asked)
        };
        let passed = queued.still.filter(|still| !still.iter().any(|name| stage(name) == stands));
        let passed = passed.map(|_| Reason::Passed).filter(|_| !self.has(Fault::StillIgnored));
        if self.has(Fault::PassedBeforeTooLate) { passed.or(too_late) } else { too_late.or(passed) }
    }

    /// What is answered where an earlier line has settled the matter, or this one does.
    fn settled(
        self,
        settled: Option<Option<Reason>>,
        [twice, again]: [Fault; 2],
        this: impl Fn() -> Option<Reason>,
    ) -> Decision {
        match settled {
            Some(None) if !self.has(twice) => Decision::Deny(Reason::AlreadySent),
            Some(Some(_)) if !self.has(again) => Decision::Deny(Reason::Dropped),
            _ => this().map_or(Decision::Sent, Decision::Deny),
        }
    }

    /// S32: what is answered to the reply at `place`.
    pub fn reply(self, place: usize) -> Decision {
        let Line::Reply { act, now, .. } = self.lines[place] else {
            return Decision::NoRule;
        };
        let answerable = |place: usize, now: Instant| {
            self.upto(place).answerable(act).map(|act| self.upto(place).unanswered(act, now))
        };
        let Some(this) = answerable(place, *now) else {
            return Decision::Deny(Reason::NotAnswerable);
        };
        // The first reply that is answered otherwise than `not_answerable` settles it.
        let settled = (0..place).find_map(|place| match self.lines[place] {
            Line::Reply { act: named, now, .. } if named == act => answerable(place, *now),
            _ => None,
        });
        self.settled(settled, [Fault::ReplyTwice, Fault::ReplyAgain], || this)
    }

    /// The act above of this id, if it is one that may be answered.
    fn answerable(self, id: &str) -> Option<&'a Act> {
        let act = self.acts().find(|act| act.id == id)?;
        let may_be = match &act.deed {
            Deed::Grant { confirm_by, .. } => confirm_by.is_some() || self.has(Fault::ReplyToAnyGrant),
            Deed::Stop { kind, .. } => {
                matches!(kind, StopKind::Withdraw | StopKind::Refuse | StopKind::Object)
                    || self.has(Fault::ReplyToAnyStop)
            }
            _ => false,
        };
        may_be.then_some(act)
    }

    /// S32: why the act may not be answered at `now`, with these lines above.
    fn unanswered(self, act: &'a Act, now: Instant) -> Option<Reason> {
        let at = self.instant(act);
        let asked = if self.has(Fault::ReplyAtOwnNow) { now } else { now.max(at) };
        if self.erasure(&act.contact, asked).is_some() && !self.has(Fault::ReplyAfterErasure) {
            return Some(Reason::Erased);
        }
        match &act.deed {
            Deed::Grant { scope, confirm_by, .. } => {
                if let Some((reason, _)) = self.blocked(&act.contact, scope, asked) {
                    return Some(reason);
                }
                if self.is_void(act, asked).is_some() && !self.has(Fault::ReplyToVoid) {
                    return Some(Reason::Void);
                }
                if !self.confirms(act, asked).is_empty() && !self.has(Fault::ReplyToConfirmed) {
                    return Some(Reason::Confirmed);
                }
                let ending = self.ending(&act.contact, scope, asked);
                let f_at = self.latest(&ending).filter(|f_at| *f_at >= at);
                if let Some(f_at) = f_at.filter(|_| !self.has(Fault::ReplyToEnded)) {
                    return Some(self.word_of(&ending, f_at).0);
                }
                confirm_by.filter(|by| asked >= *by).map(|_| Reason::Unconfirmed)
            }
            _ => {
                let end = at.plus(30 * 86_400);
                let over = asked > end || asked == end && !self.has(Fault::ThirtyDaysInclusive);
                over.then_some(Reason::TooLate)
            }
        }
    }
}
