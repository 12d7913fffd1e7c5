//! Audit: the citations of what was queued and sent, derived again from the ledgers. What does not hold is a finding.

use std::collections::BTreeMap;
use std::fmt;

use placet::{
    Act, ActId, Ask, Book, ConsentLedger, Contact, ContactId, Entry, Evidence, Instant, Notice, QueuedEvent,
    Reason,
    book::Reading,
    consent::{AsOf, Citation, NoticeId, NoticeVersion},
    entry::Body,
    journey::NoticeSpec,
    send::EventKey,
};
use serde::Serialize;

use super::finding::{Finding, FindingKind};

/// Where an audit finds the ledgers: a [`Book`] ([`Book::reading`]), or whatever contacts a backend has loaded.
pub trait Ledgers {
    /// The ledger of a contact; `None` where there is no such contact.
    fn ledger(&self, contact: &ContactId) -> Option<&ConsentLedger>;

    /// Whether two contacts are merged; never, where nothing is known of merges.
    fn one_person(&self, one: &ContactId, other: &ContactId) -> bool {
        one == other
    }

    /// The texts that the controller shows, with their digests; none, where they are not known. A grant under a notice
    /// that is not among them is found.
    fn notices(&self) -> &[NoticeSpec] {
        &[]
    }
}

impl Ledgers for Reading<'_> {
    fn ledger(&self, contact: &ContactId) -> Option<&ConsentLedger> {
        self.contact(contact).map(Contact::ledger)
    }

    fn one_person(&self, one: &ContactId, other: &ContactId) -> bool {
        one == other || self.book().person_of(one).contains(other)
    }

    fn notices(&self) -> &[NoticeSpec] {
        &self.book().journey().spec().catalogue.notices
    }
}

impl Ledgers for BTreeMap<ContactId, Contact> {
    fn ledger(&self, contact: &ContactId) -> Option<&ConsentLedger> {
        self.get(contact).map(Contact::ledger)
    }
}

/// Derives every citation again, and lists what does not hold, event by event.
///
/// Each event comes with the instant at which it was sent, if it was. A clean history gives no finding.
///
/// # The two clocks
///
/// An act is *done* at one instant and *recorded* at another. The audit asks three questions, each by the clock
/// that answers it:
///
/// 1. **The decision**: does the citation hold by the acts that the ledger held at the version cited, and had those
///    been recorded by the decision? ([`ConsentLedger::at_version`])
/// 2. **The sending, by what was known then**: the acts recorded by the instant of sending
///    ([`ConsentLedger::as_of`]). A no here means that something was sent past the ledger:
///    [`FindingKind::NotPermittedWhenSent`].
/// 3. **The sending, by what is known today**: the acts *done* by the instant of sending, late paper included
///    ([`ConsentLedger::in_hindsight`]). A no only here blames nobody, and the person is still to be told the
///    truth: [`FindingKind::KnownLater`].
///
/// A stop that is dated in the future counts from its recording (SPEC S6): a skewed clock does not delay a no. Acts
/// recorded at the very instant of sending count as known: a stop wins a tie (S9).
///
/// What the ledger cannot tell is not audited: when an identity was unlinked, and when a stop of another contact
/// crossed. Such a stop makes a [`FindingKind::KnownLater`], with its provenance.
///
/// ```
/// use placet::{Actor, Book, Event, Evidence, Grant, Identity, Instant, Journey, Method, Notice, Reach, Reason, SignalSpec, Stop, channel::EMAIL, purpose::NEWSLETTER};
/// # let at: Instant = "2013-05-01T10:00:00Z".parse()?;
/// # let noon: Instant = "2013-05-01T12:00:00Z".parse()?;
/// # let mail = Identity::email("ada@example.org")?;
/// # let mut book = Book::new(Journey::reference()?);
/// # book.open("c-1".parse()?, mail.clone())?;
/// # let evidence = Evidence::new(Actor::Person, Method::UntickedBox)
/// #     .shown(Notice::new("newsletter-form".parse()?, "2013-01".parse()?));
/// # book.append(&"c-1".parse()?, Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), mail, evidence, at, at)?)?;
/// # let signup = book.journey().signal(SignalSpec::from_json(r#"{"id":"s-1","contact":"c-1",
/// #   "identity":"email:ada@example.org","kind":"newsletter-signup","at":"2013-05-01T10:00:00Z"}"#)?)?;
/// # book.observe(&signup, at)?;
/// // A mail was queued and sent at noon.
/// book.dispatch(noon, &mut |_: Event<'_>| Ok::<_, ()>(()));
/// assert_eq!(placet_lab::audit_book(&mut book), []);
///
/// // A letter arrives at one: she had withdrawn at eleven.
/// let (eleven, one) = ("2013-05-01T11:00:00Z".parse()?, "2013-05-01T13:00:00Z".parse()?);
/// book.stop(&"c-1".parse()?, Stop::withdraw("a-2".parse()?, Reach::everything(), eleven, one))?;
/// let findings = placet_lab::audit_book(&mut book);
/// assert!(matches!(findings[0].kind(), placet_lab::FindingKind::KnownLater { reason: Reason::Withdrawn, .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn audit<'e>(
    ledgers: &impl Ledgers,
    events: impl IntoIterator<Item = (&'e QueuedEvent, Option<Instant>)>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (event, sent) in events {
        audit_event(ledgers, event, sent, &mut findings);
    }
    findings
}

/// Audits all that a book has queued and sent.
#[must_use]
pub fn audit_book(book: &mut Book) -> Vec<Finding> {
    let reading = book.reading();
    audit(&reading, reading.book().outbox().accounts().map(|(event, fate)| (event, fate.sent_at())))
}

/// Audits what is stored: the queued events among the entries, and what became of them. It also finds what was
/// sent without having been queued, or more than once, or after it was dropped for good (SPEC S22).
///
/// The entries of one event stand in the order in which they were stored; others may stand between them.
pub fn audit_entries<'e>(
    ledgers: &impl Ledgers,
    entries: impl IntoIterator<Item = &'e Entry>,
) -> Vec<Finding> {
    let mut stored: BTreeMap<EventKey, Stored<'e>> = BTreeMap::new();
    let mut findings = Vec::new();
    for entry in entries {
        match entry.body() {
            Body::Queued(event) => {
                stored.entry(event.key()).or_default().event = Some(event);
            }
            Body::Dropped { key, .. } => stored.entry(*key).or_default().dropped = true,
            Body::Sent { key, at } => {
                let event = stored.entry(*key).or_default();
                let mut find = |kind| findings.push(Finding::of_event(*key, kind));
                if event.sent.is_some() {
                    find(FindingKind::SentAgain);
                } else if event.dropped {
                    find(FindingKind::SentAfterDropped);
                }
                event.sent = event.sent.or(Some(*at));
            }
            _ => {}
        }
    }
    for (key, Stored { event, sent, .. }) in stored {
        match event {
            Some(event) => audit_event(ledgers, event, sent, &mut findings),
            None if sent.is_some() => findings.push(Finding::of_event(key, FindingKind::NeverQueued)),
            None => {}
        }
    }
    findings
}

/// What the entries say of one event.
#[derive(Default)]
struct Stored<'e> {
    event: Option<&'e QueuedEvent>,
    sent: Option<Instant>,
    dropped: bool,
}

fn audit_event(
    ledgers: &impl Ledgers,
    event: &QueuedEvent,
    sent: Option<Instant>,
    findings: &mut Vec<Finding>,
) {
    let key = event.key();
    if sent.is_some_and(|sent| sent < event.decided_at()) {
        findings.push(Finding::of_event(key, FindingKind::SentBeforeDecided));
    }
    // Of whoever was erased no paper is left to derive anything from.
    let needs = event.citations().enumerate().filter(|(_, need)| !need.identity().is_erased());
    for (place, need) in needs {
        let mut find = |kind| findings.push(Finding::of_need(key, place, kind));
        if !ledgers.one_person(event.contact(), need.contact()) {
            find(FindingKind::OtherPerson);
        }
        let Some(ledger) = ledgers.ledger(need.contact()) else {
            find(FindingKind::UnknownContact);
            continue;
        };
        at_decision(ledger, need).into_iter().for_each(&mut find);
        other_notice(ledger, need, ledgers.notices()).into_iter().for_each(&mut find);
        let at_sending = sent.and_then(|sent| at_sending(ledger, need, sent.max(need.decided_at())));
        at_sending.into_iter().for_each(find);
    }
}

/// The first question: whether the citation holds by what the ledger held at its version.
fn at_decision(ledger: &ConsentLedger, need: &Citation) -> Option<FindingKind> {
    let version = need.version();
    if version > ledger.version() {
        return Some(FindingKind::UnknownVersion { version, held: ledger.version() });
    }
    let then = ledger.at_version(version);
    let (ask, at) = (Ask::new(need.scope().clone(), need.identity().clone()), need.decided_at());
    let Some(cited) = then.act(need.act()) else {
        return Some(FindingKind::UnknownAct { act: need.act().clone(), version });
    };
    let Act::Grant(grant) = &cited else {
        return Some(FindingKind::NoGrant { act: need.act().clone(), kind: cited.kind() });
    };
    if grant.scope() != *need.scope() {
        return Some(FindingKind::OtherScope { act: need.act().clone() });
    }
    if cited.identity() != Some(need.identity()) {
        return Some(FindingKind::OtherIdentity { act: need.act().clone() });
    }
    let (granted, until) = match refusal(&then, &ask, at) {
        Err((reason, cause)) => {
            return Some(FindingKind::NotPermitted { reason, cause: cause.map(|act| act.id().clone()) });
        }
        Ok(granted) => granted,
    };
    if granted.id() != need.act() {
        return Some(FindingKind::OtherGrant { act: need.act().clone(), instead: granted.id().clone() });
    }
    if until != need.not_after() {
        return Some(FindingKind::OtherEnd { not_after: until });
    }
    if let Some(last) = then.last().filter(|last| last.recorded() > at) {
        return Some(FindingKind::NotYetRecorded { version, recorded: last.recorded() });
    }
    // What was recorded at that very instant may have come after the decision: the version says that it did.
    let known = ledger.before(at);
    if known.version() > version {
        let (reason, cause) = refusal(&known, &ask, at).err()?;
        return Some(FindingKind::Stale { reason, cause: cause?.id().clone() });
    }
    None
}

/// Whether the catalogue does not have the notice that was shown, or has another digest of its text, where both are on
/// file.
fn other_notice(ledger: &ConsentLedger, need: &Citation, notices: &[NoticeSpec]) -> Option<FindingKind> {
    let act = ledger.act(need.act())?;
    let shown = act.evidence()?.notice()?;
    let (notice, version) = (shown.id().clone(), shown.version().clone());
    let Some(known) = known(notices, shown) else {
        let act = need.act().clone();
        return (!notices.is_empty()).then_some(FindingKind::UnknownNotice { act, notice, version });
    };
    let differ = shown.digest()? != known.digest?;
    differ.then(|| FindingKind::OtherNotice { act: need.act().clone(), notice, version })
}

fn known<'n>(notices: &'n [NoticeSpec], shown: &Notice) -> Option<&'n NoticeSpec> {
    notices.iter().find(|known| (&known.id, &known.version) == (shown.id(), shown.version()))
}

/// A go on file that was given under a notice, or a version of one, that no catalogue has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownNotice {
    /// Whose go it is.
    pub contact: ContactId,
    /// The grant, confirm or lift.
    pub act: ActId,
    /// Which notice was shown.
    pub notice: NoticeId,
    /// Which version of it.
    pub version: NoticeVersion,
}

impl fmt::Display for UnknownNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UnknownNotice { contact, act, notice, version } = self;
        write!(
            f,
            "contact {contact}, act {act}: no catalogue has version {version} of notice {notice}: declare it, or make \
             the act void"
        )
    }
}

/// Lists the goes on file that were given under a notice that none of these catalogues has, whether or not anything was
/// sent on them. Hand over the notices of every journey that was ever in force, not of today's alone. Goes that are void
/// by now are listed, too.
///
/// ```
/// use placet::{Actor, Contact, Evidence, Grant, Identity, Instant, Journey, Method, Notice, channel::EMAIL, purpose::NEWSLETTER};
/// let (journey, at) = (Journey::reference()?, "2013-05-01T10:00:00Z".parse::<Instant>()?);
/// let mail = Identity::email("ada@example.org")?;
/// let mut ada = Contact::open("c-1".parse()?, mail.clone(), journey.vocabulary());
/// let misspelt = Notice::new("newsleter-form".parse()?, "2013-01".parse()?);
/// let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(misspelt);
/// let _ = ada.grant(Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), mail, evidence, at, at)?)?;
///
/// let unknown = placet_lab::unknown_notices(&journey.spec().catalogue.notices, [&ada]);
/// assert_eq!(unknown[0].notice.as_str(), "newsleter-form");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn unknown_notices<'c>(
    catalogue: &[NoticeSpec],
    contacts: impl IntoIterator<Item = &'c Contact>,
) -> Vec<UnknownNotice> {
    let mut unknown = Vec::new();
    for contact in contacts {
        for act in contact.ledger().acts().filter(|act| !act.kind().is_stop()) {
            let Some(shown) = act.evidence().and_then(Evidence::notice) else { continue };
            if known(catalogue, shown).is_none() {
                unknown.push(UnknownNotice {
                    contact: contact.id().clone(),
                    act: act.id().clone(),
                    notice: shown.id().clone(),
                    version: shown.version().clone(),
                });
            }
        }
    }
    unknown
}

/// The other two questions: whether it was permitted to send it, by what was known then, and by what is known today.
fn at_sending(ledger: &ConsentLedger, need: &Citation, sent: Instant) -> Option<FindingKind> {
    let ask = Ask::new(need.scope().clone(), need.identity().clone());
    let today = refusal(&ledger.in_hindsight(sent), &ask, sent);
    match (refusal(&ledger.as_of(sent), &ask, sent), today) {
        (Err((reason, cause)), today) => {
            let cause = cause.map(|act| act.id().clone());
            Some(FindingKind::NotPermittedWhenSent { reason, cause, lawful: today.is_ok() })
        }
        (Ok(_), Err((reason, Some(cause)))) => Some(FindingKind::KnownLater {
            reason,
            cause: cause.id().clone(),
            acted: cause.acted(),
            recorded: cause.recorded(),
            provenance: cause.provenance(),
        }),
        (Ok(_), _) => None,
    }
}

type No = (Reason, Option<Box<Act>>);

/// The grant by which an ask was permitted, with its end, or why it was not, and the act that caused it.
fn refusal(then: &AsOf<'_>, ask: &Ask, at: Instant) -> Result<(Act, Option<Instant>), No> {
    match then.grant(ask, at) {
        Ok(granted) => {
            let until = granted.until();
            Ok((granted, until))
        }
        Err(reason) => Err((reason, then.cause(ask, at).map(Box::new))),
    }
}
