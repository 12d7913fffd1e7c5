//! A ledger as it stood once, and as it is known today to have stood: what did we know, and what was lawful.
//!
//! An act has two clocks. *Acted* is when it was done, *recorded* when the ledger learned of it. A decision can only
//! go by what was recorded; whether it was lawful is a question of what was done. Paper that arrives late makes the
//! two answers differ.

use super::act::{Act, ActKind, Provenance, Stop};
use super::reason::Reason;
use super::row::Row;
use super::standing::{Goes, Mark, Stops, Verdict};
use super::{Ask, AskKey, ConsentLedger, Slot};
use crate::name::{ActId, Instant};

/// A ledger as it stood once: what was lawful, and what did we know. It answers, and proves nothing:
/// only the ledger of today makes a permit.
///
/// ```
/// use placet::{
///     Ask, Contact, Identity, Instant, Reach, Reason, Stop, Vocabulary, channel::EMAIL, purpose::NEWSLETTER,
/// };
/// let (noon, one): (Instant, Instant) = ("2013-05-01T12:00:00Z".parse()?, "2013-05-01T13:00:00Z".parse()?);
/// let mail = Identity::email("ada@example.org")?;
/// let mut ada = Contact::open("c-1".parse()?, mail.clone(), &Vocabulary::new([]));
/// // Done at noon, and known at one: the letter was in the post.
/// let _ = ada.stop(Stop::withdraw("a-1".parse()?, Reach::everything(), noon, one));
/// let ask = Ask::new(NEWSLETTER.by(EMAIL), mail);
/// assert_eq!(ada.ledger().as_of(one).refuses(&ask, noon), Some(Reason::Withdrawn));
/// assert_eq!(ada.ledger().as_of(noon).refuses(&ask, noon), Some(Reason::NoGrant));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct AsOf<'l> {
    ledger: &'l ConsentLedger,
    view: View,
}

/// Which acts count.
#[derive(Debug, Clone, Copy)]
enum View {
    /// The first so many.
    First(u32),
    /// Those that were recorded by an instant, or before it.
    Recorded { by: Instant, inclusive: bool },
    /// Looking back at this instant: what was done later counts only where it was recorded by then.
    Hindsight(Instant),
}

impl<'l> AsOf<'l> {
    /// How many acts were known.
    #[must_use]
    pub fn version(&self) -> u32 {
        let known = (0..u32::MAX).zip(&self.ledger.rows).filter(|(place, row)| self.counts(*place, row));
        u32::try_from(known.count()).unwrap_or(u32::MAX)
    }

    fn counts(&self, place: u32, row: &Row) -> bool {
        let (_, recorded) = row.clocks(place, &self.ledger.beside);
        match self.view {
            View::First(acts) => place < acts,
            View::Recorded { by, inclusive: true } => recorded <= by,
            View::Recorded { by, inclusive: false } => recorded < by,
            View::Hindsight(at) => row.at <= at || recorded <= at,
        }
    }

    /// Whether a stop of another contact counts. When it crossed is not on file: only who looks back knows of it.
    fn hears(&self, stop: &Stop) -> bool {
        match self.view {
            View::First(_) | View::Recorded { .. } => false,
            View::Hindsight(at) => stop.at() <= at || stop.0.recorded <= at,
        }
    }

    /// Why an ask about an instant was refused by what was known, or `None` where it was permitted.
    #[must_use]
    pub fn refuses(&self, ask: &Ask, now: Instant) -> Option<Reason> {
        self.grant(ask, now).err()
    }

    /// The grant by which an ask about an instant was permitted by what was known.
    ///
    /// # Errors
    /// The [`Reason`] of the refusal.
    pub fn grant(&self, ask: &Ask, now: Instant) -> Result<Act, Reason> {
        match self.verdict(ask, now) {
            Verdict::Permitted { grant } => self.ledger.act_at(grant.place).ok_or(Reason::NoGrant),
            Verdict::Refused { reason, .. } => Err(reason),
        }
    }

    /// The act of an id, if it was known.
    #[must_use]
    pub fn act(&self, id: &ActId) -> Option<Act> {
        let known = |place: &u32| self.ledger.row(*place).is_some_and(|row| self.counts(*place, row));
        self.ledger.act_at(self.ledger.find(id).filter(known)?)
    }

    /// The act that stands last among those that were known.
    #[must_use]
    pub fn last(&self) -> Option<Act> {
        let mut known = (0..u32::MAX).zip(&self.ledger.rows).rev();
        let (place, _) = known.find(|(place, row)| self.counts(*place, row))?;
        self.ledger.act_at(place)
    }

    /// The act that caused the refusal of an ask about an instant, as far as one did; `None` where it was permitted.
    #[must_use]
    pub fn cause(&self, ask: &Ask, now: Instant) -> Option<Act> {
        match self.verdict(ask, now) {
            Verdict::Permitted { .. } => None,
            Verdict::Refused { cause, .. } => self.ledger.act_at(cause?),
        }
    }

    /// The answer, in places of the ledger. An identity that was ended since is asked for as it was then.
    fn verdict(&self, ask: &Ask, now: Instant) -> Verdict {
        let slot = self.ledger.identities.slot_ever(&ask.identity);
        self.verdict_of(AskKey { scope: self.ledger.names.key(&ask.scope), slot }, now)
    }

    pub(super) fn verdict_of(&self, key: AskKey, now: Instant) -> Verdict {
        if !self.ledger.known() {
            return Verdict::Refused { reason: Reason::UnknownContact, cause: None };
        }
        self.ledger.read_verdict(key, now, |place, row| self.counts(place, row), |stop| self.hears(stop))
    }
}

impl ConsentLedger {
    /// The answer by reading all acts that count: the definition, which what the acts come to agrees with.
    pub(super) fn read_verdict(
        &self,
        key: AskKey,
        now: Instant,
        counts: impl Fn(u32, &Row) -> bool,
        hears: impl Fn(&Stop) -> bool,
    ) -> Verdict {
        let (goes, stops, erased) = self.read(key, now, counts, hears);
        match erased {
            Some(_) => Verdict::Refused { reason: Reason::Erased, cause: erased },
            None => goes.answer(&stops, now, &|one, other| self.compare_ids(one, other)),
        }
    }

    /// What the acts that count come to, for one ask at one instant, and the erasure among them.
    pub(super) fn read(
        &self,
        key: AskKey,
        now: Instant,
        counts: impl Fn(u32, &Row) -> bool,
        hears: impl Fn(&Stop) -> bool,
    ) -> (Goes, Stops, Option<u32>) {
        let (mut goes, mut stops, mut erased) = (Goes::default(), Stops::default(), None);
        let asked = self.identities.get(key.slot);
        // S6: a stop counts as soon as it is recorded, a go when its instant is not after `now`.
        let counts = |place: u32, row: &Row| (row.kind.is_stop() || row.at <= now) && counts(place, row);
        for (place, row) in (0..u32::MAX).zip(&self.rows).filter(|(place, row)| counts(*place, row)) {
            let mark = Mark { at: row.at, place };
            let of_ask = (row.key, row.slot) == (key.scope, key.slot);
            match row.kind {
                ActKind::Erase if row.provenance != Provenance::Told => erased = Some(place),
                ActKind::Grant if of_ask => {
                    let grant = self.grant_by(place, row, counts);
                    goes.grant(grant, now, &|one, other| self.compare_ids(one, other));
                }
                ActKind::Unobject if of_ask && !self.is_void(place, counts) => goes.unobject(mark),
                ActKind::Unrestrict if of_ask && !self.is_void(place, counts) => goes.unrestrict(mark),
                kind if kind.is_stop() => {
                    let slot = if row.only { row.slot } else { Slot::NONE };
                    let concerns = slot == Slot::NONE || self.identities.same_address(slot, asked);
                    if row.key.covers(key.scope) && concerns {
                        stops.absorb(kind, row.provenance, row.until, mark);
                    }
                }
                _ => {}
            }
        }
        for (place, heard) in self.heard.all().filter(|(_, heard)| hears(heard.stop())) {
            let (kind, only) = (heard.stop().kind(), heard.only());
            if kind == ActKind::Erase && heard.provenance() == Provenance::Joined {
                erased = erased.or(Some(place));
            } else if self.names.reach_key(heard.stop().reach()).covers(key.scope)
                && (only == Slot::NONE || self.identities.same_address(only, asked))
            {
                stops.absorb(kind, heard.provenance(), heard.stop().0.until, heard.mark(place));
            }
        }
        (goes, stops, erased)
    }

    /// What was known when the ledger held so many acts.
    #[must_use]
    pub fn at_version(&self, version: u32) -> AsOf<'_> {
        AsOf { ledger: self, view: View::First(version) }
    }

    /// What was known at an instant: the acts that were recorded by then.
    #[must_use]
    pub fn as_of(&self, known_at: Instant) -> AsOf<'_> {
        AsOf { ledger: self, view: View::Recorded { by: known_at, inclusive: true } }
    }

    /// What was known before an instant: the acts that were recorded earlier.
    #[must_use]
    pub fn before(&self, known_at: Instant) -> AsOf<'_> {
        AsOf { ledger: self, view: View::Recorded { by: known_at, inclusive: false } }
    }

    /// What is known now about a past instant: the acts that were done by then, whenever they were recorded
    /// (late paper included), and the stops that were recorded by then, whatever their date (S6).
    ///
    /// ```
    /// use placet::{
    ///     Actor, Ask, Contact, Evidence, Grant, Identity, Method, Notice, Reach, Stop, Vocabulary, channel::EMAIL,
    ///     purpose::NEWSLETTER,
    /// };
    /// let (nine, ten, noon) = ("2013-05-01T09:00:00Z".parse()?, "2013-05-01T10:00:00Z".parse()?, "2013-05-01T12:00:00Z".parse()?);
    /// let mail = Identity::email("ada@example.org")?;
    /// let mut ada = Contact::open("c-1".parse()?, mail.clone(), &Vocabulary::new([]));
    /// let evidence = Evidence::new(Actor::Person, Method::Paper).shown(Notice::new("form".parse()?, "1".parse()?));
    /// let _ = ada.grant(Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), mail.clone(), evidence, nine, nine)?)?;
    /// let _ = ada.stop(Stop::withdraw("a-2".parse()?, Reach::everything(), noon, noon));
    /// let ask = Ask::new(NEWSLETTER.by(EMAIL), mail);
    /// assert_eq!(ada.ledger().in_hindsight(ten).refuses(&ask, ten), None, "she withdrew later");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn in_hindsight(&self, at: Instant) -> AsOf<'_> {
        AsOf { ledger: self, view: View::Hindsight(at) }
    }
}
