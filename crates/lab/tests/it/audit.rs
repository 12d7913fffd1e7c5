//! The audit: a clean history gives nothing; every forgery and every late paper is found, for its own reason.

use std::collections::BTreeMap;

use placet::{
    Actor, Book, Contact, ContactId, Entry, Event, Evidence, Grant, Identity, Journey, JourneySpec, Method,
    Notice, QueuedEvent, Reason, Scope, Stop,
    book::Report,
    channel::EMAIL,
    consent::{ActKind, Provenance},
    entry::Body,
    purpose::NEWSLETTER,
};
use placet_lab::{Finding, FindingKind, audit, audit_book, audit_entries, unknown_notices};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{at, email, grant, name, proof, signal};

fn newsletter() -> Scope {
    NEWSLETTER.by(EMAIL)
}

/// Ada granted the newsletter at nine (`a-1`); at ten she signed up, and a welcome mail was queued.
fn queued_at_ten() -> Book {
    let mut book = Book::new(Journey::reference().unwrap());
    book.open(name("ada"), email()).unwrap();
    let _ = book.append(&name("ada"), grant("a-1", newsletter(), email(), at("09:00:00"))).unwrap();
    sign_up(&mut book, "s-1", "10:00:00");
    book
}

fn sign_up(book: &mut Book, id: &str, time: &str) {
    let signup = signal(book.journey(), id, "newsletter-signup", email(), at(time));
    book.observe(&signup, at(time)).unwrap();
}

fn send(book: &mut Book, time: &str) -> Report {
    book.dispatch(at(time), &mut |_: Event<'_>| Ok::<_, ()>(()))
}

fn withdraw(id: &str, acted: &str, recorded: &str) -> Stop {
    Stop::withdraw(name(id), newsletter().into(), at(acted), at(recorded))
}

/// A queued event with another text in one field of its need.
fn forged(event: &QueuedEvent, field: &str, value: Json) -> QueuedEvent {
    let mut json = serde_json::to_value(event).unwrap();
    json["needs"][0][field] = value;
    QueuedEvent::from_json(&json.to_string()).unwrap()
}

fn first(book: &Book) -> QueuedEvent {
    book.outbox().queued().next().unwrap().clone()
}

/// What an audit of one event finds: the path, and in words.
#[track_caller]
fn found(book: &mut Book, event: &QueuedEvent, sent: Option<&str>) -> Vec<(String, FindingKind)> {
    let findings = audit(&book.reading(), [(event, sent.map(at))]);
    for finding in &findings {
        assert!(!finding.to_string().contains("ada@") && !finding.to_string().contains("Name("), "{finding}");
        assert_eq!(finding.event(), event.key());
    }
    findings.iter().map(|finding| (finding.path().to_owned(), finding.kind().clone())).collect()
}

#[test]
fn a_clean_history_gives_no_finding() {
    let mut book = queued_at_ten();
    assert_eq!(audit_book(&mut book), [], "while it waits");
    send(&mut book, "11:00:00");
    assert_eq!(audit_book(&mut book), [], "when it is sent");
    let _ = book.stop(&name("ada"), withdraw("a-2", "12:00:00", "12:00:00")).unwrap();
    assert_eq!(audit_book(&mut book), [], "and when she withdraws afterwards");
    let _ = book.stop(&name("ada"), Stop::erase(name("a-3"), at("17:00:00"), at("17:00:00"))).unwrap();
    assert_eq!(audit_book(&mut book), [], "an erasure is no verdict on the past");
}

#[test]
fn what_was_dropped_was_not_sent() {
    let mut book = queued_at_ten();
    let _ = book.stop(&name("ada"), withdraw("a-2", "10:30:00", "10:30:00")).unwrap();
    let report = send(&mut book, "11:00:00");
    assert_eq!((report.sent, report.refused.get(&Reason::Withdrawn)), (0, Some(&1)));
    assert_eq!(audit_book(&mut book), []);
}

proptest! {
    /// Whatever happens in whatever order, a book that records as it goes along and sends by its outbox is clean.
    #[test]
    fn no_honest_history_gives_a_finding(steps in proptest::collection::vec(0_u8..8, 1..40)) {
        let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON).unwrap();
        spec.rules.iter_mut().for_each(|rule| rule.from = None);
        let mut book = Book::new(Journey::compile(spec).unwrap());
        book.open(name("ada"), email()).unwrap();
        for (minute, step) in steps.into_iter().enumerate() {
            let time = format!("10:{minute:02}:00");
            let (act, until) = (format!("a-{minute}"), format!("10:{:02}:00", minute + 5));
            match step {
                0..=2 => sign_up(&mut book, &format!("s-{minute}"), &time),
                3 => drop(book.append(&name("ada"), grant(&act, newsletter(), email(), at(&time))).unwrap()),
                4 => {
                    let ends = grant(&act, newsletter(), email(), at(&time)).until(at(&until)).unwrap();
                    let _ = book.append(&name("ada"), ends).unwrap();
                }
                5 => drop(book.stop(&name("ada"), withdraw(&act, &time, &time)).unwrap()),
                _ => drop(send(&mut book, &time)),
            }
        }
        let findings = audit_book(&mut book);
        prop_assert!(findings.is_empty(), "{findings:?}");
    }
}

#[test]
fn an_identity_that_was_ended_since_is_no_finding() {
    let mut book = queued_at_ten();
    send(&mut book, "11:00:00");
    book.unlink(&name("ada"), &email()).unwrap();
    assert_eq!(audit_book(&mut book), []);
}

#[test]
fn a_forged_act() {
    let mut book = queued_at_ten();
    let event = forged(&first(&book), "act", json!("a-9"));
    let unknown = FindingKind::UnknownAct { act: name("a-9"), version: 1 };
    assert_eq!(found(&mut book, &event, None), [("needs[0].act".to_owned(), unknown)]);

    let _ = book.stop(&name("ada"), withdraw("a-2", "12:00:00", "12:00:00")).unwrap();
    let later = forged(&first(&book), "act", json!("a-2"));
    let unknown = FindingKind::UnknownAct { act: name("a-2"), version: 1 };
    assert_eq!(found(&mut book, &later, None), [("needs[0].act".to_owned(), unknown)], "not known by then");

    let stop = forged(&later, "version", json!(2));
    let no_grant = FindingKind::NoGrant { act: name("a-2"), kind: ActKind::Withdraw };
    assert_eq!(found(&mut book, &stop, None), [("needs[0].act".to_owned(), no_grant)]);
    assert!(
        audit(&book.reading(), [(&stop, None)])[0].to_string().ends_with("act a-2 is no grant but a stop")
    );
}

#[test]
fn an_older_grant_that_is_cited_for_the_one_in_force() {
    let mut book = Book::new(Journey::reference().unwrap());
    book.open(name("ada"), email()).unwrap();
    for (id, time) in [("a-1", "08:00:00"), ("a-2", "09:00:00")] {
        let _ = book.append(&name("ada"), grant(id, newsletter(), email(), at(time))).unwrap();
    }
    sign_up(&mut book, "s-1", "10:00:00");
    let event = forged(&first(&book), "act", json!("a-1"));
    let other = FindingKind::OtherGrant { act: name("a-1"), instead: name("a-2") };
    assert_eq!(found(&mut book, &event, None), [("needs[0].act".to_owned(), other)]);
}

#[test]
fn a_forged_version() {
    let mut book = queued_at_ten();
    let event = forged(&first(&book), "version", json!(7));
    let unknown = FindingKind::UnknownVersion { version: 7, held: 1 };
    assert_eq!(found(&mut book, &event, None), [("needs[0].version".to_owned(), unknown)]);
    let event = forged(&event, "version", json!(0));
    let unknown = FindingKind::UnknownAct { act: name("a-1"), version: 0 };
    assert_eq!(found(&mut book, &event, None), [("needs[0].act".to_owned(), unknown)]);
}

#[test]
fn a_forged_scope_identity_end_or_contact() {
    let mut book = queued_at_ten();
    let scope = forged(&first(&book), "purpose", json!("offers"));
    let other = FindingKind::OtherScope { act: name("a-1") };
    assert_eq!(found(&mut book, &scope, None), [("needs[0].scope".to_owned(), other.clone())]);
    let sent = found(&mut book, &scope, Some("11:00:00"));
    let breach = FindingKind::NotPermittedWhenSent { reason: Reason::NoGrant, cause: None, lawful: false };
    assert_eq!(sent, [("needs[0].scope".to_owned(), other), ("needs[0]".to_owned(), breach)]);

    let identity = forged(&first(&book), "identity", json!("email:ada@other.example"));
    let other = FindingKind::OtherIdentity { act: name("a-1") };
    assert_eq!(found(&mut book, &identity, None), [("needs[0].identity".to_owned(), other)]);

    let end = forged(&first(&book), "not_after", json!("2014-01-01T00:00:00Z"));
    let never = FindingKind::OtherEnd { not_after: None };
    assert_eq!(found(&mut book, &end, None), [("needs[0].not_after".to_owned(), never)]);

    let nobody = forged(&first(&book), "contact", json!("bob"));
    let paths =
        |found: Vec<(String, FindingKind)>| found.into_iter().map(|(_, kind)| kind).collect::<Vec<_>>();
    assert_eq!(
        paths(found(&mut book, &nobody, None)),
        [FindingKind::OtherPerson, FindingKind::UnknownContact]
    );
    book.open(name("bob"), email()).unwrap();
    let unknown = FindingKind::UnknownVersion { version: 1, held: 0 };
    assert_eq!(paths(found(&mut book, &nobody, None)), [FindingKind::OtherPerson, unknown.clone()]);
    book.merge(&name("bob"), &name("ada")).unwrap();
    assert_eq!(
        paths(found(&mut book, &nobody, None)),
        [unknown],
        "merged, bob's ledger is as good, and is empty"
    );
}

#[test]
fn a_decision_that_was_not_permitted() {
    let mut book = queued_at_ten();
    let event = first(&book);
    let _ = book.stop(&name("ada"), withdraw("a-2", "09:30:00", "09:30:00")).unwrap();
    let knew = forged(&event, "version", json!(2));
    let no = FindingKind::NotPermitted { reason: Reason::Withdrawn, cause: Some(name("a-2")) };
    assert_eq!(found(&mut book, &knew, None), [("needs[0]".to_owned(), no)]);
    let stale = FindingKind::Stale { reason: Reason::Withdrawn, cause: name("a-2") };
    assert_eq!(found(&mut book, &event, None), [("needs[0].version".to_owned(), stale)], "on a stale copy");
}

#[test]
fn late_paper_is_a_finding_of_another_kind_than_a_breach() {
    // She withdrew at half past ten. The mail left at eleven. Who knew what, and when?
    let withdrawn = |recorded: &str| {
        let mut book = queued_at_ten();
        send(&mut book, "11:00:00");
        let _ = book.stop(&name("ada"), withdraw("a-2", "10:30:00", recorded)).unwrap();
        audit_book(&mut book)
    };
    let [late] = &withdrawn("12:00:00")[..] else { panic!("one finding") };
    let later = FindingKind::KnownLater {
        reason: Reason::Withdrawn,
        cause: name("a-2"),
        acted: at("10:30:00"),
        recorded: at("12:00:00"),
        provenance: Provenance::Own,
    };
    assert_eq!((late.path(), late.kind()), ("needs[0]", &later));
    assert!(late.to_string().ends_with(
        "permitted by what was known when it was sent; known later: withdrawn by act a-2, done at 2013-05-01T10:30:00Z and recorded at 2013-05-01T12:00:00Z"
    ));

    let [breach] = &withdrawn("10:45:00")[..] else { panic!("one finding") };
    let known = FindingKind::NotPermittedWhenSent {
        reason: Reason::Withdrawn,
        cause: Some(name("a-2")),
        lawful: false,
    };
    assert_eq!(breach.kind(), &known);
    let [tie] = &withdrawn("11:00:00")[..] else { panic!("a stop wins a tie") };
    assert_eq!(tie.kind(), &known);
}

#[test]
fn a_grant_on_paper_that_came_in_later_makes_it_lawful_and_still_a_breach() {
    let mut book = queued_at_ten();
    let event = first(&book);
    let _ = book.stop(&name("ada"), withdraw("a-2", "10:15:00", "10:15:00")).unwrap();
    let paper = Grant::new(name("a-3"), newsletter(), email(), proof(), at("10:30:00"), at("15:00:00"));
    let _ = book.append(&name("ada"), paper.unwrap()).unwrap();
    let breach = FindingKind::NotPermittedWhenSent {
        reason: Reason::Withdrawn,
        cause: Some(name("a-2")),
        lawful: true,
    };
    assert_eq!(found(&mut book, &event, Some("11:00:00")), [("needs[0]".to_owned(), breach)]);
}

/// LAW section 3: what was done is one thing, what was known another. An import of March does not cover February.
#[test]
fn a_back_dated_import_does_not_cover_what_was_decided_before_it_came_in() {
    let mut book = Book::new(Journey::reference().unwrap());
    book.open(name("ada"), email()).unwrap();
    let imported = Grant::new(name("a-1"), newsletter(), email(), proof(), at("09:00:00"), at("15:00:00"));
    let _ = book.append(&name("ada"), imported.unwrap()).unwrap();
    sign_up(&mut book, "s-1", "16:00:00");
    let event = first(&book);
    assert_eq!(found(&mut book, &event, Some("16:30:00")), [], "decided when it was known");

    let back_dated = forged(&event, "decided_at", json!("2013-05-01T10:00:00Z"));
    let not_yet = FindingKind::NotYetRecorded { version: 1, recorded: at("15:00:00") };
    assert_eq!(found(&mut book, &back_dated, None), [("needs[0].version".to_owned(), not_yet.clone())]);
    let breach = FindingKind::NotPermittedWhenSent { reason: Reason::NoGrant, cause: None, lawful: true };
    assert_eq!(
        found(&mut book, &back_dated, Some("11:00:00")),
        [("needs[0].version".to_owned(), not_yet), ("needs[0]".to_owned(), breach)]
    );
}

/// LAW section 3 would refuse an act dated after its recording; SPEC S6 takes it: nothing was done after it was written
/// down, so that a stop and a go dated ahead count from their recording. Who is to be asked from later on says `begins`.
#[test]
fn a_clock_that_ran_ahead_delays_no_stop_and_no_grant_but_one_that_begins() {
    let mut book = queued_at_ten();
    let event = first(&book);
    let _ = book.stop(&name("ada"), withdraw("a-2", "20:00:00", "10:30:00")).unwrap();
    let breach = FindingKind::NotPermittedWhenSent {
        reason: Reason::Withdrawn,
        cause: Some(name("a-2")),
        lawful: false,
    };
    assert_eq!(found(&mut book, &event, Some("11:00:00")), [("needs[0]".to_owned(), breach)]);

    let decided_early = |grant: Grant| {
        let mut book = Book::new(Journey::reference().unwrap());
        book.open(name("ada"), email()).unwrap();
        let _ = book.append(&name("ada"), grant).unwrap();
        sign_up(&mut book, "s-1", "21:00:00");
        let early = forged(&first(&book), "decided_at", json!("2013-05-01T10:00:00Z"));
        found(&mut book, &early, None)
    };
    let grant =
        |acted| Grant::new(name("a-1"), newsletter(), email(), proof(), at(acted), at("09:00:00")).unwrap();
    assert_eq!(decided_early(grant("20:00:00")), []);
    let no = FindingKind::NotPermitted { reason: Reason::NoGrant, cause: None };
    let begins = grant("09:00:00").begins(at("20:00:00")).unwrap();
    assert_eq!(decided_early(begins), [("needs[0]".to_owned(), no)]);
}

/// When a stop of another contact crossed is not on file: no breach is claimed.
#[test]
fn a_stop_that_came_with_a_merge_after_the_sending_is_known_later() {
    let mut book = queued_at_ten();
    book.open(name("old"), Identity::of_kind("card", "7").unwrap()).unwrap();
    let _ = book.stop(&name("old"), withdraw("a-9", "09:30:00", "09:30:00")).unwrap();
    send(&mut book, "11:00:00");
    book.merge(&name("old"), &name("ada")).unwrap();
    let findings = audit_book(&mut book);
    let [finding] = &findings[..] else { panic!("one finding: {findings:?}") };
    let FindingKind::KnownLater { cause, provenance, .. } = finding.kind() else { panic!("{finding}") };
    assert_eq!((cause.to_string(), *provenance), ("a-9".to_owned(), Provenance::Joined));
    assert!(finding.to_string().ends_with("at another contact; when it crossed is not on file"));
}

#[test]
fn entries_tell_what_was_sent_and_never_queued() {
    let mut book = queued_at_ten();
    let event = first(&book);
    let entry = |body| Entry::new(name("ada"), body);
    let queued = || entry(Body::Queued(event.clone()));
    let sent = |time| entry(Body::Sent { key: event.key(), at: at(time) });
    let dropped = entry(Body::Dropped { key: event.key(), reason: Reason::Withdrawn, at: at("10:30:00") });
    let mut kinds = |entries: &[Entry]| {
        let findings = audit_entries(&book.reading(), entries);
        findings.iter().map(|finding| finding.kind().clone()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&[queued(), sent("11:00:00")]), []);
    assert_eq!(kinds(&[queued()]), []);
    assert_eq!(kinds(&[queued(), dropped.clone()]), []);
    assert_eq!(kinds(&[sent("11:00:00")]), [FindingKind::NeverQueued]);
    assert_eq!(kinds(&[queued(), sent("11:00:00"), sent("11:00:01")]), [FindingKind::SentAgain]);
    assert_eq!(kinds(&[queued(), dropped, sent("11:00:00")]), [FindingKind::SentAfterDropped]);
    assert_eq!(kinds(&[queued(), sent("09:30:00")]), [FindingKind::SentBeforeDecided]);
}

/// A backend without a book hands its contacts over.
#[test]
fn ledgers_of_a_backend() {
    let journey = Journey::reference().unwrap();
    let mut ada = Contact::open(name("ada"), email(), journey.vocabulary());
    let _ = ada.grant(grant("a-1", newsletter(), email(), at("09:00:00"))).unwrap();
    let signup = signal(&journey, "s-1", "newsletter-signup", email(), at("10:00:00"));
    let queued = journey.decide(&ada, &signup, at("10:00:00")).unwrap().commit(&mut ada).unwrap();
    let contacts = BTreeMap::from([(ada.id().clone(), ada)]);
    assert_eq!(audit(&contacts, [(&queued[0], Some(at("11:00:00")))]), []);
    let none: BTreeMap<ContactId, Contact> = BTreeMap::new();
    assert_eq!(audit(&none, [(&queued[0], None)])[0].kind(), &FindingKind::UnknownContact);
}

#[test]
fn a_finding_is_written_flat() {
    let mut book = queued_at_ten();
    let event = forged(&first(&book), "act", json!("a-9"));
    let findings: Vec<Finding> = audit(&book.reading(), [(&event, None)]);
    let written = serde_json::to_value(&findings[0]).unwrap();
    let expected = json!({ "event": event.key(), "path": "needs[0].act", "finding": "unknown_act", "act": "a-9", "version": 1 });
    assert_eq!(written, expected);
}

#[test]
fn a_text_that_is_not_the_one_of_the_catalogue() {
    let (shown, other) = ("1".repeat(64), "2".repeat(64));
    let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON).unwrap();
    spec.catalogue.notices[0].digest = Some(shown.parse().unwrap());
    for (digest, differs) in [(Some(shown), false), (Some(other), true), (None, false)] {
        let mut book = Book::new(Journey::compile(spec.clone()).unwrap());
        book.open(name("ada"), email()).unwrap();
        let notice = crate::support::notice();
        let notice = digest.map_or(notice.clone(), |digest| notice.with_digest(digest.parse().unwrap()));
        let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(notice);
        let nine = at("09:00:00");
        let grant = Grant::new(name("a-1"), newsletter(), email(), evidence, nine, nine).unwrap();
        let _ = book.append(&name("ada"), grant).unwrap();
        sign_up(&mut book, "s-1", "10:00:00");
        let (act, notice, version) = (name("a-1"), name("newsletter-form"), name("2013-01"));
        let other = FindingKind::OtherNotice { act, notice, version };
        let expected = if differs { vec![("needs[0].act".to_owned(), other)] } else { Vec::new() };
        let event = first(&book);
        assert_eq!(found(&mut book, &event, None), expected);
        let words =
            "the text shown for act a-1 is not version 2013-01 of notice newsletter-form in the catalogue";
        assert!(audit_book(&mut book).iter().all(|finding| finding.to_string().ends_with(words)));
    }
}

/// A grant under a misspelt notice, or an old version of one, is found wherever something rests on it.
#[test]
fn a_notice_that_no_catalogue_has() {
    let journey = Journey::reference().unwrap();
    for (id, version, unknown) in [
        ("newsletter-form", "2013-01", false),
        ("newsletter-form", "2012-12", true),
        ("newsleter-form", "2013-01", true),
    ] {
        let mut book = Book::new(journey.clone());
        book.open(name("ada"), email()).unwrap();
        let shown = Notice::new(name(id), name(version));
        let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
        let nine = at("09:00:00");
        let grant = Grant::new(name("a-1"), newsletter(), email(), evidence, nine, nine).unwrap();
        assert_eq!(book.append(&name("ada"), grant).unwrap().unknown_notice(), unknown);
        let notices = &journey.spec().catalogue.notices;
        let listed = unknown_notices(notices, book.contacts());
        assert_eq!(listed.len(), usize::from(unknown), "also where nothing rests on it");

        sign_up(&mut book, "s-1", "10:00:00");
        let (act, notice, version) = (name("a-1"), name(id), name(version));
        let kind = FindingKind::UnknownNotice { act, notice, version };
        let expected = if unknown { vec![("needs[0].act".to_owned(), kind)] } else { Vec::new() };
        let event = first(&book);
        assert_eq!(found(&mut book, &event, None), expected);
        send(&mut book, "11:00:00");
        assert_eq!(audit_book(&mut book).len(), usize::from(unknown), "and after it was sent");
        for (found, listed) in audit_book(&mut book).iter().zip(&listed) {
            let words = format!("act a-1 was given under version {} of notice {id}, which", listed.version);
            assert!(found.to_string().contains(&words), "{found}");
            let listed = listed.to_string();
            let advice = "declare it, or make the act void";
            assert!(listed.starts_with("contact ada, act a-1: no") && listed.ends_with(advice), "{listed}");
        }
    }
}

/// The catalogue of today is not the only one: what an older journey declared is known.
#[test]
fn a_notice_that_an_older_catalogue_had() {
    let reference = Journey::reference().unwrap();
    let mut spec = reference.spec().clone();
    spec.catalogue.notices.clear();
    let mut ada = Contact::open(name("ada"), email(), reference.vocabulary());
    let _ = ada.grant(grant("a-1", newsletter(), email(), at("09:00:00"))).unwrap();
    let _ = ada.stop(withdraw("a-2", "10:00:00", "10:00:00"));
    assert_eq!(unknown_notices(&spec.catalogue.notices, [&ada]).len(), 1);
    let all = [&spec, reference.spec()].map(|spec| spec.catalogue.notices.clone()).concat();
    assert_eq!(unknown_notices(&all, [&ada]), []);
}
