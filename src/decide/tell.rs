//! Signals that tell of goes, so that a rule can fire on a confirm.

use crate::consent::Gave;
use crate::contact::Person;
use crate::journey::Journey;
use crate::name::ActId;
use crate::signal::{Signal, SignalSpec};

impl Journey {
    /// The signal that tells of a grant or of a confirm on file, for rules on `grant` and on `confirm`; `None` where no rule
    /// fires on such an act, and where the act gave nothing: a grant that waits for its confirm, a confirm that came too
    /// late, what is void by now. Its id is made of the act's, so that telling twice is telling once.
    ///
    /// ```
    /// use placet::{Actor, Contact, Evidence, Grant, Identity, Journey, Method, Notice, channel::EMAIL, purpose::NEWSLETTER};
    /// use placet::Confirm;
    /// let (journey, at) = (Journey::reference()?, "2013-05-01T10:00:00Z".parse()?);
    /// let mail = Identity::email("ada@example.org")?;
    /// let mut ada = Contact::open("c-1".parse()?, mail.clone(), journey.vocabulary());
    /// let shown = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
    /// let proof = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
    /// let grant = Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), mail.clone(), proof.clone(), at, at)?;
    /// let _ = ada.grant(grant.confirm_by("2013-05-02T10:00:00Z".parse()?)?)?;
    /// let _ = ada.confirm(Confirm::new("a-2".parse()?, "a-1".parse()?, mail, proof, at, at)?)?;
    ///
    /// let confirmed = journey.signal_of(&ada, &"a-2".parse()?).unwrap();
    /// let decision = journey.decide(&ada, &confirmed, at)?;
    /// assert_eq!(decision.queued().map(|effect| effect.as_str()).collect::<Vec<_>>(), ["welcome-mail"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn signal_of<'a>(&self, contact: impl Into<Person<'a>>, act: &ActId) -> Option<Signal> {
        let person = contact.into();
        let Gave { kind, scope, identity, at } = person.named().ledger().gave(act)?;
        self.plan().kind_named(kind.name())?;
        let spec = SignalSpec::of_act(act, person.id().clone(), identity, kind, scope, at);
        self.signal(spec).ok()
    }

    /// Whether a go that is on file gave what a signal tells of.
    pub(super) fn tells_of_an_act(&self, person: Person<'_>, signal: &Signal) -> bool {
        let acts = person.named().ledger().told_by(signal.id());
        acts.iter().any(|act| self.signal_of(person, act).is_some_and(|told| told.spec() == signal.spec()))
    }
}
