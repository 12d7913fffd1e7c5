//! Floor 4: the contact. One person as one controller knows them: identities, ledger, stage and admitted facts.

mod entry;
mod facts;
mod person;
mod scrub;

use std::sync::Arc;

pub use entry::{Admitted, Body, Entry, Moved, Opened, RefusedEffect, ReplayError};
pub(crate) use facts::{Facts, MOST_KEPT};
pub use person::Person;
pub(crate) use person::Seat;
pub use scrub::Scrubber;

use crate::consent::{
    Act, AppendError, Appended, Confirm, ConsentLedger, Grant, Lift, Notice, OptIn, Outcome, Provenance,
    Slot, Stop,
};
use crate::event::QueuedEvent;
use crate::identity::{Identity, WideKey};
use crate::name::{ActId, ContactId, Instant, SignalKind, Stage, Vocabulary, Word};

/// One person as one controller knows them.
///
/// ```
/// use placet::{Contact, Identity, Reach, Stop, Vocabulary};
/// let mail = Identity::email("ada@example.org")?;
/// let mut ada = Contact::open("c-1".parse()?, mail, &Vocabulary::new([]));
/// let at = "2013-06-01T10:00:00Z".parse()?;
/// let _ = ada.stop(Stop::withdraw("a-1".parse()?, Reach::everything(), at, at)); // nothing to handle: a stop cannot fail
/// assert_eq!(ada.version(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Contact {
    ledger: ConsentLedger,
    /// The stage it holds, as a number of the ledger.
    held: Option<Word>,
    version: u64,
    facts: Facts,
    /// Queued events, by the name of their effect, and by their purpose.
    effects: Facts,
    purposes: Facts,
}

impl Contact {
    /// Opens a contact under its first identity, with the words of a journey's catalogue.
    #[must_use]
    pub fn open(id: ContactId, identity: Identity, vocabulary: &Arc<Vocabulary>) -> Contact {
        let ledger = ConsentLedger::open(id, identity, vocabulary);
        Contact {
            ledger,
            held: None,
            version: 0,
            facts: Facts::default(),
            effects: Facts::default(),
            purposes: Facts::default(),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &ContactId {
        self.ledger.contact()
    }

    /// Its consent ledger, to ask.
    #[must_use]
    pub fn ledger(&self) -> &ConsentLedger {
        &self.ledger
    }

    /// How often it has changed since it was opened. A decision is for one version, and stale for any other.
    ///
    /// It is no count of stored entries: what was there already, such as an act delivered again, changes nothing, and
    /// neither does what concerns the outbox or a person of several contacts. Whoever stores entries counts those.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The stage it holds. Where it *stands* can be lower, while consent that sustains the stage
    /// is missing (SPEC S27): see [`Journey::stands_at`](crate::Journey::stands_at).
    #[must_use]
    pub fn held_stage(&self) -> Option<Stage> {
        let held = self.held.filter(|_| !self.ledger.erased());
        held.and_then(|word| self.ledger.names().name(word)).cloned().map(Stage::from)
    }

    /// How many signals of a kind were admitted.
    #[must_use]
    pub fn admitted(&self, kind: &SignalKind) -> u32 {
        self.facts.count(self.ledger.names().word(kind.name()))
    }

    /// The kinds of signal that were admitted: how many, and when the latest happened.
    pub fn admitted_kinds(&self) -> impl Iterator<Item = (SignalKind, u32, Instant)> {
        let name = |word| self.ledger.names().name(word).cloned();
        self.facts.all().filter_map(move |(word, count, latest)| Some((name(word)?.into(), count, latest)))
    }

    /// Adds an identity; false if it was there.
    pub fn link(&mut self, identity: Identity) -> bool {
        self.counted(|contact| contact.ledger.link(identity))
    }

    /// Ends an identity: nothing goes there any more, queued events included (SPEC S29). Its acts stay.
    pub fn unlink(&mut self, identity: &Identity) -> bool {
        self.counted(|contact| contact.ledger.unlink(identity))
    }

    /// Appends a grant.
    ///
    /// # Errors
    /// [`AppendError`]; nothing has changed then.
    pub fn grant(&mut self, grant: Grant) -> Result<Outcome, AppendError> {
        self.append(grant)
    }

    /// Appends a confirm.
    ///
    /// # Errors
    /// [`AppendError`]; nothing has changed then.
    pub fn confirm(&mut self, confirm: Confirm) -> Result<Outcome, AppendError> {
        self.append(confirm)
    }

    /// Appends an unobject or an unrestrict.
    ///
    /// # Errors
    /// [`AppendError`]; nothing has changed then.
    pub fn lift(&mut self, lift: Lift) -> Result<Outcome, AppendError> {
        self.append(lift)
    }

    /// Appends what one tick of a form proves: a grant, or the confirm of one, and where an objection bars it the unobject,
    /// under the id given for it. A grant that waits for its confirm takes nothing back: the confirm does.
    ///
    /// # Errors
    /// [`AppendError`]; nothing has changed then.
    ///
    /// ```
    /// use placet::{
    ///     Actor, Contact, Evidence, Grant, Identity, Journey, Method, Notice, Reach, Reason, Stop, channel::EMAIL,
    ///     purpose::NEWSLETTER,
    /// };
    /// let (may, june) = ("2013-05-01T10:00:00Z".parse()?, "2013-06-01T10:00:00Z".parse()?);
    /// let mail = Identity::email("ada@example.org")?;
    /// let mut ada = Contact::open("c-1".parse()?, mail.clone(), Journey::reference()?.vocabulary());
    /// let _ = ada.stop(Stop::object("a-1".parse()?, Reach::everything(), may, may));
    ///
    /// let shown = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
    /// let tick = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
    /// let grant = Grant::new("a-2".parse()?, NEWSLETTER.by(EMAIL), mail, tick, june, june)?;
    /// assert_eq!(ada.append(grant.clone())?.refused(), Some(Reason::Objected), "a grant alone lifts no objection");
    /// let done = ada.opt_in(grant, "a-3".parse()?)?;
    /// assert!(done.unobject.is_some() && done.outcome.refused().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn opt_in(&mut self, go: impl Into<Act>, unobject: ActId) -> Result<OptIn, AppendError> {
        let go = go.into();
        self.ledger.may_opt_in(&go, &unobject)?;
        let mut outcome = self.take(&go)?;
        let unobject = self.ledger.unobject_with(&go, &mut outcome, unobject);
        if let Some(unobject) = &unobject {
            let lifted = self.take(&Act::from(unobject.clone()))?;
            outcome = outcome.with_unobject(&lifted);
        }
        Ok(OptIn { outcome, unobject })
    }

    /// Appends a stop. It is in force when this returns; there is no error to handle.
    pub fn stop(&mut self, stop: Stop) -> Outcome {
        self.take_stop(&Act::Stop(stop))
    }

    fn take_stop(&mut self, stop: &Act) -> Outcome {
        let outcome = self.ledger.append_stop(stop);
        self.settle(outcome.appended());
        outcome
    }

    /// Takes note of an act that was appended.
    fn settle(&mut self, appended: Appended) {
        if appended != Appended::Again {
            self.advance(1);
        }
        if self.ledger.erased() {
            self.held = None;
            (self.facts, self.effects, self.purposes) = Default::default();
        }
    }

    /// Takes in a stop of another contact ([`ConsentLedger::hear`]): one that lies under a key, or one of somebody merged with
    /// this contact. What is about an address alone holds for whoever has the address, by its key.
    pub(crate) fn hear(
        &mut self,
        stop: &Arc<Stop>,
        provenance: Provenance,
        under: Option<&WideKey>,
        key_of: impl Fn(&Identity) -> WideKey,
    ) {
        if !stop.is_only() {
            return self.ledger.hear(stop, provenance, Slot::NONE);
        }
        let own =
            self.ledger.slots().filter(|(_, identity)| under.is_some_and(|key| key_of(identity) == *key));
        let own: Vec<Slot> = own.map(|(slot, _)| slot).collect();
        own.into_iter().for_each(|slot| self.ledger.hear(stop, provenance, slot));
    }

    /// Appends any act. A stop always succeeds; [`Contact::stop`] says so in its type.
    ///
    /// # Errors
    /// [`AppendError`] for a go; nothing has changed then.
    pub fn append(&mut self, act: impl Into<Act>) -> Result<Outcome, AppendError> {
        self.take(&act.into())
    }

    fn take(&mut self, act: &Act) -> Result<Outcome, AppendError> {
        if let Act::Stop(_) = act {
            return Ok(self.take_stop(act));
        }
        let outcome = self.ledger.append_go(act)?;
        self.settle(outcome.appended());
        Ok(outcome)
    }

    /// Appends an act that is read back: what it did was told when it was done.
    pub(crate) fn keep(&mut self, act: &Act) -> Result<(), AppendError> {
        let appended = match act {
            Act::Stop(_) => self.ledger.keep_stop(act),
            go => self.ledger.keep_go(go)?,
        };
        self.settle(appended);
        Ok(())
    }

    /// Makes all goes void that were given under one version of a notice: the form was faulty (SPEC S31). Each void has an
    /// id of its own, made from the go's, so that doing it again does nothing. Gives what was appended, to be stored.
    ///
    /// ```
    /// use placet::{
    ///     Actor, Ask, Contact, Evidence, Grant, Identity, Journey, Method, Notice, Reason, channel::EMAIL, purpose::NEWSLETTER,
    /// };
    /// let (may, june) = ("2013-05-01T10:00:00Z".parse()?, "2013-06-01T10:00:00Z".parse()?);
    /// let mail = Identity::email("ada@example.org")?;
    /// let mut ada = Contact::open("c-1".parse()?, mail.clone(), Journey::reference()?.vocabulary());
    /// let form = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
    /// let tick = Evidence::new(Actor::Person, Method::UntickedBox).shown(form.clone());
    /// let _ = ada.grant(Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), mail.clone(), tick, may, may)?)?;
    /// assert_eq!(ada.void_notice(&form, june, june).len(), 1);
    /// assert_eq!(ada.ledger().refuses(&Ask::new(NEWSLETTER.by(EMAIL), mail), june), Some(Reason::Void));
    /// assert!(ada.void_notice(&form, june, june).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use = "the voids are in force, and have to be stored"]
    pub fn void_notice(&mut self, notice: &Notice, acted: Instant, recorded: Instant) -> Vec<Stop> {
        let voids = self.ledger.voids_of(notice, acted, recorded);
        for void in &voids {
            let _ = self.stop(void.clone());
        }
        voids
    }

    /// The keys over which this contact's stops cross to others: whoever shares one must be told (SPEC S13).
    pub fn keys(&self) -> impl Iterator<Item = WideKey> {
        self.ledger.identities().map(Identity::wide_key)
    }

    /// The stops that others must be told: its own and those that came with a merge, never what it was told.
    ///
    /// Tell them with [`Stop::told`] to whoever shares a key, with [`Stop::joined`] to whoever is merged with it.
    pub fn stops(&self) -> impl Iterator<Item = Stop> {
        self.ledger.stops(false)
    }

    /// All stops on file, those that crossed a key among them: they hold for whoever is merged with it.
    pub(crate) fn all_stops(&self) -> impl Iterator<Item = Stop> {
        self.ledger.stops(true)
    }

    fn counted(&mut self, change: impl FnOnce(&mut Contact) -> bool) -> bool {
        let changed = change(self);
        if changed {
            self.advance(1);
        }
        changed
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The events that were queued, by the name of their effect, or by their purpose.
    pub(crate) fn queued(&self, by_purpose: bool) -> &Facts {
        if by_purpose { &self.purposes } else { &self.effects }
    }

    /// Keeps that an event was queued; an erased contact keeps nothing (S12).
    pub(crate) fn queue(&mut self, event: &QueuedEvent) {
        if self.ledger.erased() {
            return;
        }
        let at = event.decided_at();
        if let Some(effect) = self.ledger.names_mut().intern(event.effect().name()) {
            self.effects.admit(effect, at);
        }
        let purpose = event.addressing.scope().purpose();
        if let Some(purpose) = self.ledger.names_mut().intern(purpose.name()) {
            self.purposes.admit(purpose, at);
        }
    }

    /// Keeps an admitted signal as a fact; an erased contact keeps none (S12).
    pub(crate) fn admit(&mut self, kind: &SignalKind, at: Instant) {
        self.ledger.name_it();
        if let Some(word) = self.ledger.names_mut().intern(kind.name()) {
            self.admit_word(word, at);
        }
    }

    /// Keeps an admitted signal as a fact, its kind given as a number of the ledger.
    #[inline]
    pub(crate) fn admit_word(&mut self, kind: Word, at: Instant) {
        self.ledger.name_it();
        if !self.ledger.erased() {
            self.facts.admit(kind, at);
        }
    }

    /// Moves the held stage; an erased contact does not move (S12, S20).
    pub(crate) fn hold(&mut self, stage: Option<&Stage>) {
        let word = stage.and_then(|stage| self.ledger.names_mut().intern(stage.name()));
        self.hold_word(word);
    }

    /// Moves the held stage, given as a number of the ledger.
    #[inline]
    pub(crate) fn hold_word(&mut self, stage: Option<Word>) {
        if !self.ledger.erased() {
            self.held = stage;
        }
    }

    /// Something names this contact (S18).
    pub(crate) fn name_it(&mut self) {
        self.ledger.name_it();
    }

    /// Counts entries that were applied as one step.
    #[inline]
    pub(crate) fn advance(&mut self, entries: u64) {
        self.version = self.version.saturating_add(entries);
    }

    /// The stage it holds, as a number of its ledger.
    #[inline]
    pub(crate) fn held_word(&self) -> Option<Word> {
        self.held
    }
}
