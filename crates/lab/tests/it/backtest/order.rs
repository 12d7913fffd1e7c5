//! Reading a recording, and what is known when.

use super::{ada_who_likes, entry, journeys, second, signal, text};
use crate::support::{email, facebook, grant, name, proof};
use placet::{
    Book, ContactId, Entry, Event, Grant, Identity, QueuedEvent, Reach, Stage, Stop,
    book::Journaled,
    channel::EMAIL,
    entry::Body,
    name::EffectName,
    purpose::{NEWSLETTER, OFFERS},
    send::EventKey,
};
use placet_lab::{Recording, RecordingError, Rehearsal};

fn reference(entries: &[Entry]) -> Rehearsal {
    Rehearsal::of(&journeys()[0], &Recording::read(&text(entries)).unwrap())
}

fn queued(counts: &Rehearsal, effect: &str) -> u64 {
    counts.effects[&name::<EffectName>(effect)].queued
}

fn newsletter(acted: u32, recorded: u32) -> Entry {
    let act =
        Grant::new(name("a-1"), NEWSLETTER.by(EMAIL), email(), proof(), second(acted), second(recorded));
    entry("ada", Body::Act(act.unwrap().into()))
}

fn signup(happened: u32, now: u32) -> Entry {
    signal("ada", "s-1", &email(), "newsletter-signup", second(happened), second(now))
}

/// S1, S6: a consent that was given before and recorded after a signal was handled did not help it.
#[test]
fn what_is_recorded_later_was_not_known() {
    let opened = || entry("ada", Body::Opened(email().into()));
    let mails = |lines: &[Entry]| queued(&reference(lines), "welcome-mail");
    assert_eq!(mails(&[opened(), newsletter(10, 19), signup(20, 20)]), 1);
    assert_eq!(
        mails(&[opened(), newsletter(10, 21), signup(20, 20)]),
        0,
        "recorded later, wherever it stands"
    );
    assert_eq!(mails(&[opened(), signup(20, 20), newsletter(10, 21)]), 0);
    assert_eq!(mails(&[opened(), newsletter(10, 21), signup(20, 22)]), 1, "known when it was handled");
    assert_eq!(mails(&[opened(), signup(20, 20), newsletter(10, 19)]), 1, "known, wherever it stands");
    assert_eq!(mails(&[opened(), newsletter(10, 20), signup(20, 20)]), 1, "of one instant, and above");
    assert_eq!(mails(&[opened(), signup(20, 20), newsletter(10, 20)]), 0, "of one instant, and below");
    let ahead = mails(&[opened(), newsletter(21, 19), signup(20, 20)]);
    assert_eq!(ahead, 1, "nothing was done after it was written down: it counts from its recording (S6)");
}

/// S6: a stop counts as soon as it is recorded, and no sooner.
#[test]
fn a_stop_is_known_from_its_recording() {
    let stop = |acted, recorded| {
        entry(
            "ada",
            Body::Act(
                Stop::withdraw(name("a-2"), Reach::everything(), second(acted), second(recorded)).into(),
            ),
        )
    };
    let lines =
        |stop: Entry| [entry("ada", Body::Opened(email().into())), stop, newsletter(10, 10), signup(20, 20)];
    assert_eq!(
        queued(&reference(&lines(stop(15, 21))), "welcome-mail"),
        1,
        "in the post when it was handled"
    );
    assert_eq!(queued(&reference(&lines(stop(15, 20))), "welcome-mail"), 0);
    assert_eq!(queued(&reference(&lines(stop(500, 15))), "welcome-mail"), 0, "dated in the future");
}

#[test]
fn files_may_list_one_contact_after_the_other_and_acts_before_signals() {
    let mut together = Vec::new();
    let (mut acts, mut others) = (Vec::new(), Vec::new());
    for (number, mail) in ["ada@example.org", "ADA@example.org"].iter().enumerate() {
        let (who, mail) = (["ada", "eve"][number], Identity::email(mail).unwrap());
        let given = grant(&format!("a-{number}"), NEWSLETTER.by(EMAIL), mail.clone(), second(10));
        let opened = entry(who, Body::Opened(mail.clone().into()));
        let given = entry(who, Body::Act(given.into()));
        let arrives = signal(who, "s-1", &mail, "newsletter-signup", second(20), second(20));
        acts.push(opened.clone());
        acts.push(given.clone());
        others.push(arrives.clone());
        together.extend([opened, given, arrives]);
    }
    // In the middle of the file of one, a stop of the other: it crosses over their address at its instant.
    let stop = Stop::withdraw(name("a-9"), Reach::everything(), second(15), second(15));
    let stop = entry("ada", Body::Act(stop.into()));
    together.insert(2, stop.clone());
    let in_turn: Vec<Entry> = acts.into_iter().chain(others).chain([stop]).collect();
    assert_eq!(reference(&together), reference(&in_turn));
    assert_eq!(queued(&reference(&together), "welcome-mail"), 0, "the stop crossed");
}

/// A line without an instant is known from where it stands.
#[test]
fn an_address_is_there_from_its_line_on() {
    let like = |id, at| signal("ada", id, &facebook(), "like", second(at), second(at));
    let social = grant("a-1", crate::support::on_facebook(), facebook(), second(5));
    let begin = vec![
        entry("ada", Body::Opened(email().into())),
        entry("ada", Body::Linked(facebook())),
        entry("ada", Body::Act(social.into())),
        like("s-1", 10),
    ];
    let unlinked = entry("ada", Body::Unlinked(facebook()));
    let counts = reference(&[begin.clone(), vec![unlinked.clone(), like("s-2", 20)]].concat());
    assert_eq!(counts.unadmitted.values().sum::<u64>(), 1);
    assert_eq!(counts.stages[&Some(name("fan"))].seconds, 0, "from the line above on");
    let counts = reference(&[begin, vec![like("s-2", 20), unlinked]].concat());
    assert_eq!(counts.unadmitted.values().sum::<u64>(), 0);
    assert_eq!(counts.stages[&Some(name("fan"))].seconds, 10);
}

/// The journal of a book is a recording as it is, merges included: what a joint person did is decided again as it was.
#[test]
fn a_book_s_journal_is_a_recording() {
    let journey = &journeys()[0];
    let mut kept = Journaled::new(Book::new(journey.clone()), String::new());
    let (ada, card) = (name::<ContactId>("ada"), Identity::of_kind("card", "7").unwrap());
    let other = name::<ContactId>("ada-at-the-shop");
    kept.open(ada.clone(), email()).unwrap();
    kept.open(other.clone(), card.clone()).unwrap();
    let mut decided = Rehearsal::default();
    let observe = |kept: &mut Journaled<String>, line: Entry, decided: &mut Rehearsal| {
        let Body::Signal(admitted) = line.body() else { unreachable!() };
        let signal = journey.signal(admitted.signal().clone()).unwrap();
        let observed = kept.observe(&signal, admitted.now()).unwrap();
        if let Some(decision) = observed.decision() {
            decided.note(decision);
        }
    };
    let _ = kept.append(&ada, grant("a-1", OFFERS.by(EMAIL), email(), second(5))).unwrap();
    let buys = |id, at| signal("ada-at-the-shop", id, &card, "purchase", second(at), second(at));
    kept.merge(&other, &ada).unwrap();
    observe(&mut kept, buys("s-1", 10), &mut decided);
    observe(&mut kept, buys("s-1", 10), &mut decided);
    kept.unmerge(&other).unwrap();
    observe(&mut kept, signal("ada", "s-2", &email(), "purchase", second(20), second(20)), &mut decided);
    let waiting: Vec<EventKey> = kept.book().outbox().queued().map(QueuedEvent::key).collect();
    for key in waiting {
        kept.dispatch_one(key, second(30), &mut |_: Event<'_>| Ok::<_, ()>(())).unwrap();
    }

    let journal = kept.journal().clone();
    assert!(journal.contains("\n["), "lines that are lists: {journal}");
    assert!(journal.contains("\"type\":\"sent\""));
    let counts = Rehearsal::of(journey, &Recording::read(&journal).unwrap());
    assert_eq!(counts.signals, 2);
    assert_eq!(
        (&counts.transitions, counts.effects[&name::<EffectName>("onboarding")].queued),
        (&decided.transitions, decided.effects[&name::<EffectName>("onboarding")].queued)
    );
    assert_eq!(
        counts.effects[&name::<EffectName>("onboarding")].queued,
        2,
        "the grant of one serves the person"
    );
    assert_eq!(counts.contacts, 2, "apart at the end");

    // What is not merged is another person: the same lines without the merge queue less.
    let apart: String = journal.split_inclusive('\n').filter(|line| !line.contains("merged")).collect();
    let apart = Rehearsal::of(journey, &Recording::read(&apart).unwrap());
    assert_eq!(apart.effects[&name::<EffectName>("onboarding")].queued, 1);
}

#[test]
fn a_joint_person_counts_once() {
    let merged = Body::Merged { into: name("ada"), held: None };
    let eve = Identity::email("eve@example.org").unwrap();
    let lines = [
        ada_who_likes(),
        vec![
            entry("eve", Body::Opened(eve.clone().into())),
            signal("eve", "s-1", &eve, "purchase", second(40), second(40)),
            entry("eve", Body::Merged { into: name("eve"), held: None }),
            entry("eve", merged),
            signal("eve", "s-2", &eve, "shop-visit", second(100), second(100)),
        ],
    ];
    let counts = reference(&lines.concat());
    assert_eq!(counts.contacts, 1);
    let stages: Vec<_> = counts.stages.iter().filter(|(_, count)| count.reached > 0).collect();
    let told: Vec<String> = stages
        .iter()
        .map(|(stage, count)| {
            let stage = stage.as_ref().map_or("none", Stage::as_str);
            format!("{stage} {} {} {}", count.reached, count.at_end, count.seconds)
        })
        .collect();
    // One person reached all of these; customer is furthest along (S23), and its time runs once.
    assert_eq!(told, ["none 1 0 10", "customer 1 1 60", "subscriber 1 0 10", "subscriber+fan 1 0 10"]);
}

/// S2, S26: a signal delivered again is nothing, unless it was not admitted.
#[test]
fn a_signal_delivered_again() {
    let twice = [ada_who_likes(), vec![ada_who_likes().remove(6), ada_who_likes().remove(0)]].concat();
    assert_eq!(reference(&twice[..9]), reference(&ada_who_likes()));
    let unadmitted = |id: &str| signal("ada", id, &facebook(), "like", second(10), second(10));
    let lines =
        [entry("ada", Body::Opened(email().into())), unadmitted("s-1"), unadmitted("s-2"), unadmitted("s-1")];
    assert_eq!(reference(&lines).unadmitted.values().sum::<u64>(), 3, "judged anew");
}

#[test]
fn what_cannot_be_used_is_named_by_its_line() {
    let refused = |lines: &[Entry]| Recording::read(&text(lines)).unwrap_err();
    let opened = || entry("ada", Body::Opened(email().into()));
    let says = |error: RecordingError, line: u64, why: &str| {
        assert_eq!(error.line(), line);
        placet_tests::style::says(&error, &format!("line {line} of the recording: {why}"));
    };
    let unknown = "no contact of this id is in the book: open it first";
    says(refused(&[signup(20, 20), opened()]), 1, unknown);
    says(refused(&[opened(), entry("ada", Body::Merged { into: name("eve"), held: None })]), 2, unknown);
    let other = entry("ada", Body::Opened(facebook().into()));
    says(refused(&[opened(), other]), 2, "a contact of this id is in the book already");
    says(
        refused(&[opened(), signup(20, 10)]),
        2,
        "a signal cannot be handled before it happened: `now` is before `at`",
    );
    says(
        refused(&[opened(), signup(20, 20), signup(21, 21)]),
        3,
        "this signal id names another signal of the contact already: give the new one an id of its own",
    );
    let of_another = grant("a-1", crate::support::on_facebook(), facebook(), second(5));
    let of_another = entry("ada", Body::Act(of_another.into()));
    says(
        refused(&[opened(), of_another.clone()]),
        2,
        "a go is given for an identity of this contact: link the identity first",
    );
    // Known before the address is there, wherever it stands.
    let linked = entry("ada", Body::Linked(facebook()));
    assert_eq!(refused(&[opened(), signup(20, 20), linked, of_another]).line(), 4);
    says(
        refused(&[opened(), newsletter(5, 5), newsletter(6, 6)]),
        3,
        "this act id names another act already: give the new act an id of its own",
    );
    // The first of several, in the order of lines.
    let eve = entry("eve", Body::Opened(facebook().into()));
    let lines = [opened(), eve, signal("eve", "s-1", &facebook(), "like", second(1), second(1))];
    let lines = [
        &lines[..],
        &[
            signal("eve", "s-1", &facebook(), "like", second(2), second(2)),
            newsletter(5, 5),
            newsletter(6, 6),
        ],
    ];
    assert_eq!(refused(&lines.concat()).line(), 4);

    let at_line = |text: &str| Recording::read(text).unwrap_err().line();
    assert_eq!(at_line("\n \n{"), 3);
    assert_eq!(
        at_line(&format!("{}{{\"v\":1,\"type\":\"sig", text(&[opened()]))),
        2,
        "a line that a crash cut short"
    );
    assert_eq!(at_line("[]\n[{}]"), 2);
    assert_eq!(at_line("7"), 1);
}

#[test]
fn empty_lines_and_a_line_that_stands_there_twice_do_no_harm() {
    let lines = text(&ada_who_likes());
    let doubled: String = lines.lines().map(|line| format!("{line}\n\n  {line}\r\n")).collect();
    let [one, other] =
        [&lines, &doubled].map(|text| Rehearsal::of(&journeys()[0], &Recording::read(text).unwrap()));
    assert_eq!(one, other);
    let nothing = Recording::read("").unwrap();
    assert_eq!((nothing.until(), nothing.contacts(), nothing.parts(3).len()), (None, 0, 0));
}
