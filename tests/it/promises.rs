//! What types promise beyond their methods: to move between threads, to be small, to keep addresses to
//! themselves, and never to panic.

mod no_panic;
mod redaction;

use placet::{
    Act, ActId, Actor, Ask, Book, Channel, Confirm, ConsentLedger, Contact, ContactId, Decision, Entry,
    Event, Evidence, Grant, Identity, Instant, Journey, JourneySpec, Lift, Method, Notice, Permit, Person,
    Purpose, QueuedEvent, Reach, Reason, Recipient, Refusal, Scope, Signal, SignalId, SignalSpec, Stage,
    Stop, Vocabulary,
    book::{
        Access, AccessedContact, Account, AdmittedKind, BookError, CellFault, Column, DamagedJournal, Dated,
        Dispatched, Doubt, DoubtKind, Exercised, Fate, ImportReport, JournalError, Journaled, Mapped,
        Mapping, MappingFault, Obligation, Observed, Outbox, Outgoing, Portable, PortableContact, RefusedRow,
        Replayed, Report, Right, RowFault, Suppressed, Taken, Words,
    },
    channel::EMAIL,
    consent::{
        ActError, ActKind, AppendError, Appended, AsOf, Citation, Deed, Idle, NoticeDigest, NoticeId,
        NoticeVersion, OptIn, Outcome, Provenance, Remedy, RoundTrip, Step, Touchpoint, Unproven,
    },
    decide::{Answered, Asked, Checked, Considered, Explanation, Misfit, Parts, Refused, Stale, Transition},
    entry::{
        Admitted, Body, Entries, LineError, Moved, Opened, QueuedEventError, RefusedEffect, ReplayError,
        Scrubber, WireError,
    },
    identity::{IdentityError, IdentityKind, SuppressionKey, WideKey},
    journey::{
        AttributeSpec, Catalogue, ChannelSpec, Comparison, Declared, EffectSpec, Fault, FaultKind, Given,
        Guard, GuardError, JourneyError, NeedSpec, NoticeSpec, Reaches, RuleSpec, ShapeFault, SignalFault,
        SignalKindSpec, Span, SpanError, StageSpec, SustainSpec, Trigger, Way,
    },
    name::{
        Controller, EffectName, Fingerprint, HexError, InstantError, Name, NameError, Network, RuleName,
        SignalKind,
    },
    send::EventKey,
    signal::{Attribute, Source, Value, ValueType},
};

/// Names every type once, and lets the compiler check the promise for each.
macro_rules! promise {
    ($promise:ident: $($type:ty),+ $(,)?) => {{
        $($promise::<$type>();)+
        vec![$(stringify!($type)),+]
    }};
}

fn owned<T: Send + Sync + 'static>() {}
fn shared<T: Send + Sync>() {}

/// Everything that is exported moves to another thread and is looked at from there; what is owned, for good.
#[test]
fn send_and_sync() {
    let mut types = promise!(owned: Outcome, Idle, OptIn, Access, AccessedContact, Account, AdmittedKind, CellFault, Column, Dated, Doubt, DoubtKind, Exercised, Fate,
        ImportReport, Mapped, Mapping, MappingFault, Obligation, Portable, PortableContact, RefusedRow, Right, RowFault,
        Taken, Words, Act, ActError, ActId, ActKind, Actor, Admitted, Answered, AppendError, Appended,
        Ask, Attribute, AttributeSpec, Body, Book, BookError, Catalogue, Channel, ChannelSpec,
        Citation, Comparison, Confirm, ConsentLedger, Contact, ContactId, Controller, DamagedJournal,
        Decision<'static>,
        Declared, Deed, Dispatched<String>, EffectName, EffectSpec, Entries, Entry, EventKey, Evidence,
        Fault, FaultKind, Fingerprint, Grant, Guard, GuardError, HexError, Identity, IdentityError, IdentityKind,
        Instant, InstantError, Journey, JourneyError, JournalError<String>, Journaled<String>, JourneySpec, Lift, LineError, Method, Misfit, Moved, Name,
        NameError, NeedSpec, Network, Notice, NoticeDigest, NoticeId, NoticeSpec, NoticeVersion, Observed, Outbox, Outgoing,
        Parts, Provenance, Purpose, QueuedEvent, QueuedEventError, Reach, Reaches, Reason, Recipient, Refusal,
        RefusedEffect, Remedy, Replayed, ReplayError, Opened, Trigger, Given, Report, RoundTrip, RuleName, RuleSpec, Scope,
        ShapeFault, Signal, SignalFault, SignalId, SignalKind, SignalKindSpec, SignalSpec, Source, Span,
        SpanError, Stage, StageSpec, Stale, Step, Stop, Suppressed, SuppressionKey, SustainSpec, Touchpoint, Unproven, Value,
        ValueType,
        Way, Vocabulary, WideKey, WireError);
    types.extend(promise!(shared: Scrubber<'_, fn(&ContactId) -> bool>, AsOf<'_>, Asked<'_>, Checked<'_>, Considered<'_>, Event<'_>, Explanation<'_>, Permit<'_>, placet::Release<'_>, placet::Reply<'_>, Person<'_>, Refused<'_>, Transition<'_>));
    let promised = |name: &str| {
        types
            .iter()
            .any(|promised| promised.split('<').next().and_then(|path| path.rsplit(':').next()) == Some(name))
    };

    let lib = include_str!("../../src/lib.rs");
    let exports = lib.split(';').filter_map(|item| item.trim().strip_prefix("pub use "));
    let words = exports.flat_map(|item| item.split(|c: char| !(c.is_alphanumeric() || c == '_')));
    let is_type =
        |word: &&str| word.contains(|c: char| c.is_lowercase()) && word.starts_with(char::is_uppercase);
    for name in words
        .filter(is_type)
        .filter(|name| !["Gateway", "Journal", "ReplyGateway", "NoReply", "ReplyKey"].contains(name))
    {
        assert!(promised(name), "{name} is exported and promises nothing");
    }
}

/// An async handler may hold an event while it waits for the gateway.
#[test]
fn a_future_that_holds_an_event_is_send() {
    fn sends(_: impl Send) {}
    async fn hand_over(event: Event<'_>) -> String {
        std::future::ready(()).await;
        event.key().to_string()
    }
    let journey = Journey::reference().unwrap();
    let ada = crate::wire::samples::ada(&journey);
    let (_, queued) = crate::wire::samples::story();
    let event =
        journey.release(queued[0].clone(), &ada, crate::support::at("12:00:00")).into_result().unwrap();
    sends(hand_over(event));
}

#[test]
fn sizes() {
    fn copies<T: Copy>() {}
    copies::<Refusal>();
    copies::<Instant>();
    copies::<Reason>();
    copies::<EventKey>();
    let most = [
        ("Refusal", size_of::<Refusal>(), 40),
        ("Option<Refusal>", size_of::<Option<Refusal>>(), 40),
        ("Reason", size_of::<Reason>(), 1),
        ("Instant", size_of::<Instant>(), 12),
        ("Name", size_of::<Name>(), 24),
        ("Scope", size_of::<Scope>(), 72),
        ("EventKey", size_of::<EventKey>(), 16),
        ("Identity", size_of::<Identity>(), 64),
        ("Signal", size_of::<Signal>(), 80),
        ("Permit", size_of::<Permit<'_>>(), 256),
        ("Decision", size_of::<Decision<'_>>(), 176),
    ];
    for (name, size, most) in most {
        assert!(size <= most, "{name} has {size} bytes, {most} are allowed");
    }
}

/// S2, for a stop that came in over an address the contact did not have.
#[test]
fn a_stop_delivered_again_is_the_same_stop() {
    use crate::support::{at, email, facebook, name};
    let mut ada = Contact::open(name("ada"), email(), &Vocabulary::new([]));
    let ten = at("10:00:00");
    let stop = || Stop::withdraw(name("a-1"), Reach::everything(), ten, ten).about(facebook());
    assert_eq!((ada.stop(stop()).appended(), ada.stop(stop()).appended()), (Appended::New, Appended::Again));
    ada.link(facebook());
    assert_eq!(ada.stop(stop()).appended(), Appended::Again);
    let other = Stop::withdraw(name("a-1"), Reach::everything().by(EMAIL), ten, ten);
    assert_eq!(ada.stop(other).appended(), Appended::IdTaken);
}
