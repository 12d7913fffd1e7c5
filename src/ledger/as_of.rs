//! A ledger as it stood once, and as it is known today to have stood: what did we know, and what was lawful.
//!
//! An act has two clocks. *Acted* is when it was done, *recorded* when the ledger learned of it. A decision can only
//! go by what was recorded; whether it was lawful is a question of what was done. Paper that arrives late makes the
//! two answers differ.

use super::act::Act;
use super::row::Row;
use super::standing::{Reason, Tally, Verdict};
use super::{Ask, AskKey, ConsentLedger};
use crate::vocab::{ActId, Instant};

/// A ledger as it stood once: what was lawful, and what did we know. It answers, and proves nothing:
/// only the ledger of today makes a permit.
///
/// ```
/// use placet::*;
/// let (noon, one): (Instant, Instant) = ("2013-05-01T12:00:00Z".parse()?, "2013-05-01T13:00:00Z".parse()?);
/// let mail = Identity::email("ada@example.org")?;
/// let mut ada = Contact::open("c-1".parse()?, mail.clone(), &Vocabulary::new([]));
/// // Done at noon, and known at one: the letter was in the post.
/// ada.stop(Stop::withdraw("a-1".parse()?, Reach::everything(), noon, one));
/// let ask = Ask::new(NEWSLETTER.by(EMAIL), mail);
/// assert_eq!(ada.ledger().as_of(one).refuses(&ask, noon), Some(Reason::Withdrawn));
/// assert_eq!(ada.ledger().as_of(noon).refuses(&ask, noon), Some(Reason::NoGrant));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct AsOf<'l> {
    ledger: &'l ConsentLedger,
    version: u32,
    /// Looking back at this instant: what was done later counts only where it was recorded by then.
    hindsight: Option<Instant>,
}

impl<'l> AsOf<'l> {
    /// How many acts were known.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
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
            Verdict::Permitted { grant, .. } => self.ledger.act_at(grant).ok_or(Reason::NoGrant),
            Verdict::Refused { reason, .. } => Err(reason),
        }
    }

    /// The act that caused the refusal of an ask about an instant, as far as one did; `None` where it was permitted.
    #[must_use]
    pub fn cause(&self, ask: &Ask, now: Instant) -> Option<Act> {
        match self.verdict(ask, now) {
            Verdict::Permitted { .. } => None,
            Verdict::Refused { cause, .. } => self.ledger.act_at(cause?),
        }
    }

    /// The act of an id, if it was known.
    #[must_use]
    pub fn act(&self, id: &ActId) -> Option<Act> {
        let place = self.ledger.find(id).filter(|place| *place < self.version)?;
        self.ledger.act_at(place)
    }

    /// The act that stands last among those that were known.
    #[must_use]
    pub fn last(&self) -> Option<Act> {
        self.ledger.act_at(self.version.checked_sub(1)?)
    }

    /// The answer, in places of the ledger. An identity that was ended since is asked for as it was then.
    fn verdict(&self, ask: &Ask, now: Instant) -> Verdict {
        let slot = self.ledger.identities.slot_ever(&ask.identity);
        let key = AskKey { scope: self.ledger.lexicon().key(&ask.scope), slot };
        self.tally(key, now).verdict(self.ledger.head.known(), now)
    }

    /// What reading the acts that were known finds.
    pub(super) fn tally(&self, key: AskKey, now: Instant) -> Tally<'l> {
        let rows = self.ledger.rows().first(self.version);
        let counts =
            |row: &Row<'_>| self.hindsight.is_none_or(|at| row.acted() <= at || row.recorded() <= at);
        Tally::of(rows, key, now, counts)
    }
}

impl ConsentLedger {
    /// What was known when the ledger held so many acts.
    #[must_use]
    pub fn at_version(&self, version: u32) -> AsOf<'_> {
        AsOf { ledger: self, version: version.min(self.version()), hindsight: None }
    }

    /// What was known at an instant: the acts that were recorded by then.
    #[must_use]
    pub fn as_of(&self, known_at: Instant) -> AsOf<'_> {
        self.recorded(|recorded| recorded <= known_at)
    }

    /// What was known before an instant: the acts that were recorded earlier.
    #[must_use]
    pub fn before(&self, known_at: Instant) -> AsOf<'_> {
        self.recorded(|recorded| recorded < known_at)
    }

    fn recorded(&self, known: impl Fn(Instant) -> bool) -> AsOf<'_> {
        let first_after = self.rows().iter().find(|(_, row)| !known(row.recorded()));
        self.at_version(first_after.map_or(self.version(), |(place, _)| place))
    }

    /// What is known now about a past instant: the acts that were done by then, whenever they were recorded
    /// (late paper included), and the stops that were recorded by then, whatever their date (S6).
    ///
    /// ```
    /// use placet::*;
    /// let (nine, ten, noon) = ("2013-05-01T09:00:00Z".parse()?, "2013-05-01T10:00:00Z".parse()?, "2013-05-01T12:00:00Z".parse()?);
    /// let mail = Identity::email("ada@example.org")?;
    /// let mut ada = Contact::open("c-1".parse()?, mail.clone(), &Vocabulary::new([]));
    /// let evidence = Evidence::new(Actor::Person, Method::Paper).shown(Notice::new("form".parse()?, "1".parse()?));
    /// ada.grant(Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), mail.clone(), evidence, nine, nine)?)?;
    /// ada.stop(Stop::withdraw("a-2".parse()?, Reach::everything(), noon, noon));
    /// let ask = Ask::new(NEWSLETTER.by(EMAIL), mail);
    /// assert_eq!(ada.ledger().in_hindsight(ten).refuses(&ask, ten), None, "she withdrew later");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn in_hindsight(&self, at: Instant) -> AsOf<'_> {
        AsOf { hindsight: Some(at), ..self.at_version(self.version()) }
    }
}
