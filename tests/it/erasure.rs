//! Erasure: nothing is left of a person but what must be, wherever one looks; and the no outlives the address.

use placet::{
    ActId, Actor, Ask, Book, ContactId, Entry, Event, Evidence, Grant, Identity, Journey, Method, Notice,
    QueuedEvent, Reach, Reason, Scope, SignalSpec, Stop,
    book::{BookError, Dispatched, Journaled, Observed, Outgoing, Suppressed},
    channel::EMAIL,
    consent::{ActKind, Appended},
    entry::{Body, Scrubber},
    identity::{SuppressionKey, WideKey},
    name::Fingerprint,
    purpose::{NEWSLETTER, OFFERS},
    send::EventKey,
    signal::{Attribute, Value},
};

use crate::support::{at, grant, name, on_facebook};

mod crash;
mod key;

/// Planted wherever something personal can stand: in addresses, handles, labels, ids.
const TOKEN: &str = "zz9plural";

/// What is searched for: the token, and the number of a telephone.
const TRACES: [&str; 2] = [TOKEN, "3299977788"];

fn key() -> SuppressionKey {
    SuppressionKey::new([42; 16])
}

fn forgetful() -> Book {
    Book::suppressing(Journey::reference().unwrap(), key())
}

fn token<T: std::str::FromStr<Err: std::fmt::Debug>>(id: &str) -> T {
    name(&format!("{TOKEN}-{id}"))
}

fn ada() -> ContactId {
    token("ada")
}

fn mail() -> Identity {
    Identity::email(&format!("{TOKEN}@example.org")).unwrap()
}

fn account() -> Identity {
    Identity::account(name("facebook"), TOKEN).unwrap()
}

/// Everything that can happen to Ada, with the token everywhere; Bo shares her address, Cy was merged with her once.
fn lived(book: Book) -> Journaled<String> {
    let mut kept = Journaled::new(book, String::new());
    let nine = at("09:00:00");
    let phone = Identity::phone("+3299977788").unwrap();
    kept.open(ada(), mail()).unwrap();
    kept.link(&ada(), account()).unwrap();
    kept.link(&ada(), phone.clone()).unwrap();
    kept.unlink(&ada(), &phone).unwrap();
    kept.open(name("bo"), Identity::email(&format!("{}@example.org", TOKEN.to_uppercase())).unwrap())
        .unwrap();
    let cy = Identity::email("cy@example.org").unwrap();
    kept.open(name("cy"), cy.clone()).unwrap();
    let form = Notice::new(token("form"), token("version"));
    let evidence =
        || Evidence::new(Actor::Person, Method::UntickedBox).shown(form.clone()).at(token("counter"));
    let go = |kept: &mut Journaled<String>, id: &str, scope: Scope, identity: Identity| {
        let grant = Grant::new(token(id), scope, identity, evidence(), nine, nine).unwrap();
        let _ = kept.append(&ada(), grant).unwrap();
    };
    go(&mut kept, "g-1", NEWSLETTER.by(EMAIL), mail());
    go(&mut kept, "g-2", on_facebook(), account());
    go(&mut kept, "g-3", OFFERS.by(EMAIL), mail());
    let stop = Stop::object(token("o-1"), Reach::everything().purpose(name("profiling")), nine, nine);
    let _ = kept.stop(&ada(), stop.about(mail()).with_evidence(evidence())).unwrap();
    kept.merge(&name("cy"), &ada()).unwrap();
    observe(&mut kept, "s-1", "newsletter-signup", mail(), "10:00:00");
    dispatch(&mut kept, "10:00:01");
    observe(&mut kept, "s-2", "like", account(), "10:01:00");
    observe(&mut kept, "s-3", "purchase", mail(), "10:02:00");
    observe(&mut kept, "s-4", "recommendation", mail(), "10:03:00");
    kept.unmerge(&name("cy")).unwrap();
    kept
}

fn observe(kept: &mut Journaled<String>, id: &str, kind: &str, identity: Identity, when: &str) -> Observed {
    let page = Attribute { name: name("page"), value: Value::Text(token("page")) };
    let attributes = if kind == "like" { vec![page] } else { Vec::new() };
    let (contact, when) = (ada(), at(when));
    let spec =
        SignalSpec { id: token(id), contact, identity, kind: name(kind), source: None, at: when, attributes };
    let signal = kept.book().journey().signal(spec).unwrap();
    kept.observe(&signal, when).unwrap()
}

fn dispatch(kept: &mut Journaled<String>, when: &str) {
    let keys: Vec<EventKey> = kept.book().outbox().queued().map(QueuedEvent::key).collect();
    for key in keys {
        kept.dispatch_one(key, at(when), &mut |_: Event<'_>| Ok::<_, ()>(())).unwrap();
    }
}

fn erased(mut kept: Journaled<String>) -> Journaled<String> {
    let eleven = at("11:00:00");
    let _ = kept.stop(&ada(), Stop::erase(token("e-1"), eleven, eleven).about(mail())).unwrap();
    kept
}

/// Everything that a book and its journal show, tell or write.
fn everything(kept: &mut Journaled<String>) -> Vec<(&'static str, String)> {
    let now = at("12:00:00");
    let book = kept.book();
    let mut all = vec![
        ("the journal", kept.journal().clone()),
        ("the book, shown", format!("{book:?}")),
        ("the book, shown at length", format!("{book:#?}")),
        ("the suppression list", serde_json::to_string(&book.suppressed()).unwrap()),
    ];
    let ids: Vec<ContactId> = book.ids().cloned().collect();
    for id in ids {
        let access = kept.access(&id, now).unwrap();
        all.push(("access", serde_json::to_string(&access).unwrap()));
        let portable = kept.portability(&id).unwrap();
        all.push(("portability", serde_json::to_string(&portable).unwrap()));
    }
    for (event, fate) in kept.book().outbox().accounts() {
        all.push(("the outbox", format!("{} {fate:?}", serde_json::to_string(event).unwrap())));
    }
    all
}

fn traces(kept: &mut Journaled<String>) -> Vec<&'static str> {
    let all = everything(kept);
    let found = all.iter().filter(|(_, text)| TRACES.iter().any(|trace| text.contains(trace)));
    found.map(|(place, _)| *place).collect()
}

#[test]
fn nothing_is_left_wherever_one_looks() {
    let mut kept = lived(forgetful());
    let found = traces(&mut kept);
    for place in ["the journal", "the book, shown", "access", "portability", "the outbox"] {
        assert!(found.contains(&place), "the token is planted where it is looked for: {place}");
    }
    let mut kept = erased(kept);
    assert_eq!(traces(&mut kept), Vec::<&str>::new());
}

#[test]
fn a_book_without_a_key_forgets_nothing_and_stops_all_the_same() {
    let mut kept = erased(lived(Book::new(Journey::reference().unwrap())));
    assert!(traces(&mut kept).contains(&"the journal"));
    assert_eq!(kept.book().suppressed().len(), 0);
    let entry = Suppressed {
        fingerprint: key().fingerprint(&mail()),
        folding: WideKey::FOLDING,
        acted: at("09:00:00"),
        recorded: at("09:00:00"),
    };
    let mut book = Book::new(Journey::reference().unwrap());
    assert_eq!(book.suppress(entry), Err(BookError::NoSuppressionKey));
}

#[test]
fn replay_equals_live_after_an_erasure() {
    let kept = erased(lived(forgetful()));
    let replayed = forgetful().replaying(kept.journal()).unwrap();
    assert_eq!(format!("{:?}", replayed.book), format!("{:?}", kept.book()));
    // What is scrubbed is not scrubbed again.
    let mut again = Journaled::new(replayed.book, kept.journal().clone());
    again.flush().unwrap();
    assert_eq!(again.journal(), kept.journal());
}

#[test]
fn what_is_kept_is_what_the_law_lets_be_kept() {
    let mut kept = erased(lived(forgetful()));
    let left = kept.contact(&ada()).unwrap();
    assert_eq!(left.id(), &key().contact(&ada()), "found by the id that nobody stores any longer");
    let acts: Vec<(ActKind, ActId)> =
        left.ledger().acts().map(|act| (act.kind(), act.id().clone())).collect();
    let print = |id: &str| key().act(&token(id));
    assert_eq!(acts, [(ActKind::Object, print("o-1")), (ActKind::Erase, print("e-1"))]);
    assert!(left.ledger().acts().all(|act| act.identity().is_none() && act.evidence().is_none()));
    assert!(left.ledger().identities().chain(left.ledger().past_identities()).all(Identity::is_erased));
    assert_eq!((left.held_stage(), left.admitted_kinds().count()), (None, 0));
    // Two letters were sent and two waited: that they were is on file, and to whom is not.
    let fates: Vec<&Outgoing> = kept.book().outbox().accounts().map(|(_, fate)| fate).collect();
    assert_eq!(fates.iter().filter(|fate| fate.sent_at().is_some()).count(), 1);
    assert_eq!(kept.book().outbox().len(), fates.len() - 1);
    // Cy, who was merged with her once and is no longer, is somebody else.
    let cy = kept.contact(&name("cy")).unwrap();
    assert!(!cy.ledger().erased() && cy.ledger().identities().any(|identity| !identity.is_erased()));
}

#[test]
fn what_waited_is_dropped_and_no_address_is_needed_for_that() {
    let mut kept = erased(lived(forgetful()));
    let waiting: Vec<EventKey> = kept.book().outbox().queued().map(QueuedEvent::key).collect();
    assert!(!waiting.is_empty());
    for key in waiting {
        let answer =
            kept.dispatch_one(key, at("12:00:00"), &mut |_: Event<'_>| -> Result<(), ()> { panic!("sent") });
        assert!(matches!(answer, Ok(Dispatched::Refused(no)) if no.reason() == Reason::Erased));
    }
    let replayed = forgetful().replaying(kept.journal()).unwrap();
    assert_eq!(format!("{:?}", replayed.book), format!("{:?}", kept.book()), "and that is on file, too");
}

#[test]
fn an_erased_contact_takes_everything_and_nothing_has_an_effect() {
    let mut kept = erased(lived(forgetful()));
    let journal = kept.journal().clone();
    let noon = at("12:00:00");
    let go = grant(&format!("{TOKEN}-g-9"), NEWSLETTER.by(EMAIL), mail(), noon);
    assert_eq!(kept.append(&ada(), go).map(|done| done.appended()), Ok(Appended::Forgotten));
    let observed = observe(&mut kept, "s-9", "newsletter-signup", mail(), "12:00:00");
    let decision = observed.decision().unwrap();
    let refused: Vec<Reason> = decision.refusals().map(|(_, no)| no.reason()).collect();
    assert_eq!((decision.transition(), refused), (None, vec![Reason::Erased]), "S12");
    assert_eq!(kept.journal(), &journal, "nothing of it is written");
    assert_eq!(
        kept.open(ada(), mail()).unwrap_err().to_string(),
        "a contact of this id is in the book already"
    );

    // Her other address comes to be known, and a no by letter: the no reaches whoever has the address.
    let other = Identity::email(&format!("{TOKEN}@example.com")).unwrap();
    kept.open(name("di"), other.clone()).unwrap();
    kept.link(&ada(), other.clone()).unwrap();
    let late = Stop::object(token("o-9"), Reach::everything().by(EMAIL), noon, noon);
    assert_eq!(kept.stop(&ada(), late.clone()).map(|done| done.appended()), Ok(Appended::New));
    assert_eq!(
        kept.stop(&ada(), late).map(|done| done.appended()),
        Ok(Appended::Again),
        "known again by what is left of its id"
    );
    for (who, address) in
        [("di", other), ("bo", Identity::email(&format!("{}@example.org", TOKEN.to_uppercase())).unwrap())]
    {
        let ledger = kept.contact(&name(who)).unwrap().ledger();
        let ask = Ask::new(NEWSLETTER.by(EMAIL), address);
        // An objection crosses as a withdrawal (S13).
        assert_eq!(ledger.refuses(&ask, noon), Some(Reason::Withdrawn), "{who}");
    }
    let of_ada = |line: &&str| !line.contains("\"contact\":\"di\"");
    assert!(!kept.journal().lines().filter(of_ada).any(|line| line.contains(TOKEN)));
}

/// Bought with a list, under another id and in another spelling, linked to somebody, merged: whatever way it comes back.
#[test]
fn the_address_comes_back_and_the_no_is_there() {
    let spelled = Identity::email(&format!("{}@EXAMPLE.org", TOKEN.to_uppercase())).unwrap();
    let asked = |book: &mut Book, id: &str, now: &str| {
        let ask = Ask::new(NEWSLETTER.by(EMAIL), spelled.clone());
        book.contact(&name(id)).unwrap().ledger().refuses(&ask, at(now))
    };
    let row = |id: &str, at: &str| {
        let grant = Grant::new(
            name(&format!("{id}-1")),
            NEWSLETTER.by(EMAIL),
            spelled.clone(),
            crate::support::proof(),
            self::at(at),
            self::at(at),
        );
        serde_json::to_string(&Entry::new(name(id), Body::Act(grant.unwrap().into()))).unwrap()
    };
    let (mut book, _) = erased(lived(forgetful())).into_parts().unwrap();
    book.open(name("opened"), spelled.clone()).unwrap();
    assert_eq!(asked(&mut book, "opened", "12:00:00"), Some(Reason::Withdrawn));
    book.open(name("linked"), Identity::email("li@example.org").unwrap()).unwrap();
    book.link(&name("linked"), spelled.clone()).unwrap();
    assert_eq!(asked(&mut book, "linked", "12:00:00"), Some(Reason::Withdrawn));
    // A grant of before the erasure is dead, one of after it is a new beginning (S13).
    let report = book.import([row("old", "10:30:00"), row("new", "11:30:00")], at("12:00:00"));
    assert_eq!((report.opened, report.appended, report.refused.len()), (2, 2, 0));
    assert_eq!(asked(&mut book, "old", "12:00:00"), Some(Reason::Withdrawn));
    assert_eq!(asked(&mut book, "new", "12:00:00"), None);
    // The old id is gone for good: a row for it is refused, with its line.
    let report = book.import([row(&format!("{TOKEN}-ada"), "11:30:00")], at("12:00:00"));
    assert_eq!(
        report.refused[0].to_string(),
        "line 1: the contact was erased for good: the person may come back under another id"
    );
    // Whoever is merged with her is erased with her (S12), and forgotten as well.
    book.merge(&name("new"), &ada()).unwrap();
    assert_eq!(asked(&mut book, "new", "12:00:00"), Some(Reason::Erased));
    assert!(book.contact(&name("new")).unwrap().ledger().identities().all(Identity::is_erased));
    assert_eq!(book.person_of(&name("new")).len(), 2);
}

#[test]
fn a_suppression_list_is_handed_to_another_book() {
    let (book, _) = erased(lived(forgetful())).into_parts().unwrap();
    let list = book.suppressed();
    let fingerprints: Vec<Fingerprint> = list.iter().map(|entry| entry.fingerprint).collect();
    let mut expected = vec![key().fingerprint(&mail()), key().fingerprint(&account())];
    expected.sort();
    assert_eq!(fingerprints, expected, "the number was hers no longer");
    let text = serde_json::to_string(&list).unwrap();
    let read: Vec<Suppressed> = serde_json::from_str(&text).unwrap();

    let mut other = Journaled::new(forgetful(), String::new());
    other.open(name("x"), mail()).unwrap();
    let nine = at("09:00:00");
    let _ = other.append(&name("x"), grant("g", NEWSLETTER.by(EMAIL), mail(), nine)).unwrap();
    for entry in &read {
        assert_eq!(other.suppress(*entry), Ok(true));
        assert_eq!(other.suppress(*entry), Ok(false), "once is enough");
    }
    let ask = Ask::new(NEWSLETTER.by(EMAIL), mail());
    let refused = |kept: &mut Journaled<String>| {
        kept.contact(&name("x")).unwrap().ledger().refuses(&ask, at("12:00:00"))
    };
    assert_eq!(refused(&mut other), Some(Reason::Withdrawn));
    assert_eq!(other.book().suppressed(), list, "and it can be handed on");
    let later = Suppressed { acted: at("11:30:00"), recorded: at("11:30:00"), ..read[0] };
    assert_eq!(other.suppress(later), Ok(true), "a later one adds something");
    let replayed = forgetful().replaying(other.journal()).unwrap().book;
    assert_eq!(format!("{replayed:?}"), format!("{:?}", other.book()));

    // Under another key nothing is known again: keep the key.
    let mut elsewhere = Book::suppressing(Journey::reference().unwrap(), SuppressionKey::new([1; 16]));
    elsewhere.suppress(read[0]).unwrap();
    elsewhere.open(name("y"), mail()).unwrap();
    assert_eq!(elsewhere.contact(&name("y")).unwrap().ledger().version(), 0);
}

/// What an entry adds is looked for among those of its key: the latest erasure of it, whoever it was of.
#[test]
fn several_entries_of_one_address_and_of_others() {
    let entry = |address: &Identity, when: &str| {
        let when = at(when);
        let (fingerprint, folding) = (key().fingerprint(address), WideKey::FOLDING);
        Suppressed { fingerprint, folding, acted: when, recorded: when }
    };
    let (mut book, _) = erased(lived(forgetful())).into_parts().unwrap();
    let other = Identity::email("other@example.org").unwrap();
    book.open(name("alive"), other.clone()).unwrap();
    let steps = [
        (entry(&mail(), "10:59:59"), false, "she was erased later"),
        (entry(&mail(), "11:00:00"), false, "she was erased then"),
        (entry(&other, "09:00:00"), true, "whoever lives there was not erased"),
        (entry(&other, "08:00:00"), false, "one that is later is there"),
        (entry(&other, "10:00:00"), true, "one that is later adds something"),
        (entry(&other, "09:30:00"), false, "the latest counts"),
        (entry(&mail(), "12:00:00"), true, "the other address has nothing to do with it"),
        (entry(&account(), "11:00:00"), false, "her account went with her"),
        (entry(&account(), "11:00:01"), true, "and this is later"),
    ];
    for (entry, adds, why) in steps {
        assert_eq!(book.suppress(entry), Ok(adds), "{why}");
        let listed =
            |other: &Suppressed| other.fingerprint == entry.fingerprint && other.acted >= entry.acted;
        assert!(book.suppressed().iter().any(listed), "{why}");
    }
    assert!(!book.contact(&name("alive")).unwrap().ledger().erased());
}

#[test]
fn an_entry_of_the_list_is_read_strictly() {
    let line = r#"{"fingerprint":"00112233445566778899aabbccddeeff","folding":2,"acted":"2013-05-01T09:00:00Z","recorded":"2013-05-01T09:00:00Z"}"#;
    let entry: Suppressed = serde_json::from_str(line).unwrap();
    assert_eq!(serde_json::to_string(&entry).unwrap(), line);
    for wrong in [
        line.replace("ff\"", "FF\""),
        line.replace("acted", "Acted"),
        "[]".to_owned(),
        line.replace("}", ",\"x\":1}"),
    ] {
        assert!(serde_json::from_str::<Suppressed>(&wrong).is_err(), "{wrong}");
    }
}

/// A list of before the folding was changed, or of after it: taken over, it would find nobody and nobody would know.
#[test]
fn a_list_of_another_folding_is_refused() {
    let now = r#"{"fingerprint":"00112233445566778899aabbccddeeff","folding":2,"acted":"2013-05-01T09:00:00Z","recorded":"2013-05-01T09:00:00Z"}"#;
    let mut kept = Journaled::new(forgetful(), String::new());
    for (text, found) in [
        (now.replace(r#""folding":2,"#, ""), 1),
        (now.replace("\"folding\":2", "\"folding\":1"), 1),
        (now.replace("\"folding\":2", "\"folding\":3"), 3),
    ] {
        let entry: Suppressed = serde_json::from_str(&text).unwrap();
        let other = BookError::OtherFolding { found };
        assert_eq!(forgetful().suppress(entry), Err(other));
        assert_eq!(kept.suppress(entry), Err(other.into()));
    }
    assert_eq!(kept.journal(), "", "nothing of it is kept");
    assert_eq!(kept.suppress(serde_json::from_str(now).unwrap()), Ok(true));
    for bad in ["null", "\"2\"", "-1", "2.5"] {
        let text = now.replace("\"folding\":2", &format!("\"folding\":{bad}"));
        assert!(serde_json::from_str::<Suppressed>(&text).is_err(), "{bad}");
    }
}

/// What a backend with a store of its own does: the same, entry by entry.
#[test]
fn entries_of_a_store_of_ones_own() {
    let kept = lived(forgetful());
    let key = key();
    let mut scrubber = Scrubber::new(&key, |contact| *contact == ada());
    let mut left = Vec::new();
    for line in kept.journal().lines() {
        let entries: Vec<Entry> = if line.starts_with('[') {
            serde_json::from_str(line).unwrap()
        } else {
            vec![Entry::from_json(line).unwrap()]
        };
        left.extend(entries.into_iter().filter_map(|entry| scrubber.entry(entry)));
    }
    let text: String = left.iter().map(|entry| serde_json::to_string(entry).unwrap() + "\n").collect();
    assert!(TRACES.iter().all(|trace| !text.contains(trace)), "{text}");
    let again: Vec<Entry> = left.iter().cloned().filter_map(|entry| scrubber.entry(entry)).collect();
    assert_eq!(again, left, "run again, it changes nothing");
}

/// Where ids must be forgotten in the ledger of another, each of its acts still names its own identity, ended or not.
#[test]
fn an_act_keeps_the_identity_that_was_ended_before() {
    let mut book = forgetful();
    let (nine, own) = (at("09:00:00"), Identity::email("bo@example.org").unwrap());
    let bo = name("bo");
    book.open(ada(), mail()).unwrap();
    book.open(name("bo"), mail()).unwrap();
    book.link(&bo, own.clone()).unwrap();
    let _ = book.append(&bo, grant("b-1", NEWSLETTER.by(EMAIL), own.clone(), nine)).unwrap();
    book.unlink(&bo, &own).unwrap();
    let told: ActId = token("w-1");
    let _ = book.stop(&ada(), Stop::withdraw(told.clone(), Reach::everything(), nine, nine)).unwrap();
    let ledger = |book: &mut Book, act: &ActId| book.contact(&bo).unwrap().ledger().act(act);
    let cause = |book: &mut Book| {
        let ledger = book.contact(&bo).unwrap().ledger();
        let no = ledger.permit(&Ask::new(NEWSLETTER.by(EMAIL), mail()), at("11:00:00")).err().unwrap();
        no.cause(ledger).unwrap().id().clone()
    };
    assert_eq!(cause(&mut book), told);

    let _ = book.stop(&ada(), Stop::erase(token("e-1"), at("10:00:00"), at("10:00:00"))).unwrap();
    assert!(!cause(&mut book).to_string().contains(TOKEN), "it has another id now");
    assert_eq!(ledger(&mut book, &name("b-1")).unwrap().identity(), Some(&own));
}
