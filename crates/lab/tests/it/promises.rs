//! What the types of the lab promise: to move between threads, and to keep addresses to themselves.

use placet::{
    Book, Contact, Entry, Event, Identity, Journey, Reach, Stop, book::Journaled, channel::EMAIL,
    entry::Body, purpose::NEWSLETTER,
};
use placet_lab::*;

use crate::support::{at, grant, name, signal};

fn owned<T: Send + Sync + 'static>() {}
fn shared<T: Send + Sync>() {}

/// Everything that is exported moves to another thread and is looked at from there; what is owned, for good.
#[test]
fn send_and_sync() {
    owned::<(Backtest, Change, Diff, placet_lab::Example, OtherJourneys, Side, Tried)>();
    owned::<(Finding, FindingKind, Recording, RecordingError)>();
    owned::<(EffectCount, LostReach, Rehearsal, RuleCount, StageCount)>();
    shared::<placet_lab::Part<'_>>();
}

const TOKEN: &str = "zz9plural";

#[track_caller]
fn hides(value: &dyn std::fmt::Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!shown.contains(TOKEN), "an address is shown: {shown}");
    }
}

/// No `Debug` and no message shows an address.
#[test]
fn recordings_backtests_and_audits() {
    let (journey, ten) = (Journey::reference().unwrap(), at("10:00:00"));
    let identity = Identity::email(&format!("{TOKEN}@example.org")).unwrap();
    let granted = grant("a-1", NEWSLETTER.by(EMAIL), identity.clone(), ten);
    let signup = signal(&journey, "s-1", "newsletter-signup", identity.clone(), ten);

    let entry = |body| Entry::new(name("ada"), body);
    let entries = [entry(Body::Opened(identity.clone().into())), entry(Body::Act(granted.clone().into()))];
    let ada = Contact::replay(&entries, journey.vocabulary()).unwrap();
    let signed_up = journey.decide(&ada, &signup, ten).unwrap().parts(&ada).unwrap().entries;
    let recording = Recording::of(entries.into_iter().chain(signed_up)).unwrap();
    hides(&recording);
    let backtest = Backtest::of(&[journey.clone(), journey.clone()], &recording, |_| {});
    hides(&backtest);
    assert!(!backtest.to_string().contains(TOKEN));
    assert_eq!(backtest.journeys[0].rehearsal.signals, 1);

    let mut book = Book::new(journey);
    book.open(name("ada"), identity).unwrap();
    let _ = book.append(&name("ada"), granted).unwrap();
    book.observe(&signup, ten).unwrap();
    // It is known too late that she withdrew before.
    book.dispatch(at("11:00:00"), &mut |_: Event<'_>| Ok::<_, ()>(()));
    let late = Stop::withdraw(name("a-2"), Reach::everything(), at("10:30:00"), at("12:00:00"));
    let _ = book.stop(&name("ada"), late).unwrap();
    let findings = audit_book(&mut book);
    assert_eq!(findings.len(), 1);
    hides(&findings);
    assert!(!findings[0].to_string().contains(TOKEN));
}

/// What an audit finds is found again from the journal.
#[test]
fn a_replayed_book_is_audited_alike() {
    let (journey, ten) = (Journey::reference().unwrap(), at("10:00:00"));
    let mail = crate::support::email();
    let mut kept = Journaled::new(Book::new(journey.clone()), String::new());
    kept.open(name("ada"), mail.clone()).unwrap();
    let _ =
        kept.append(&name("ada"), grant("a-1", NEWSLETTER.by(EMAIL), mail.clone(), at("09:00:00"))).unwrap();
    kept.observe(&signal(&journey, "s-1", "newsletter-signup", mail, ten), ten).unwrap();
    let key = kept.book().outbox().queued().next().unwrap().key();
    kept.dispatch_one(key, at("11:00:00"), &mut |_: Event<'_>| Ok::<_, ()>(())).unwrap();
    let late = Stop::withdraw(name("a-2"), Reach::everything(), at("10:30:00"), at("12:00:00"));
    let _ = kept.stop(&name("ada"), late).unwrap();
    let (mut book, text) = kept.into_parts().unwrap();
    let findings = audit_book(&mut book);
    let mut replayed = Book::replay(journey, &text).unwrap().book;
    assert_eq!((findings.len(), audit_book(&mut replayed)), (1, findings));
}
