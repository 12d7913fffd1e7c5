//! Between the decision and the post: what waits, who hands it on, what a crash and an old copy do.

use std::collections::BTreeSet;
use std::path::Path;

use placet::{
    Act, ActId, Actor, Ask, Contact, Entry, Event, Evidence, Gateway, Journey, Lift, Method, QueuedEvent,
    Reach, Reason, Stop,
    consent::{ActError, ActKind, Unproven},
    decide::Stale,
    entry::Body,
    send::EventKey,
};

use super::{ADA, BOB, Office, mail, newsletter};
use crate::support::{at, grant, name, notice, proof};

/// Ada has signed up, and her welcome mail waits.
fn with_a_welcome_mail_waiting() -> Office {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    let follows = office.sees("ada", "newsletter-signup", ADA, "09:00:00");
    assert_eq!(follows, ["moves to subscriber", "queues welcome-mail"]);
    office
}

#[test]
fn a_no_between_queue_and_post_is_a_no() {
    let mut office = with_a_welcome_mail_waiting();
    office.withdraws("ada", newsletter(), "09:00:01");
    assert_eq!(office.posts("09:00:02"), ["welcome-mail is dropped: withdrawn"]);
    office.grants("ada", newsletter(), ADA, "10:00:00");
    assert!(office.posts("10:00:01").is_empty(), "and what is dropped does not come back with a new yes");
}

#[test]
fn a_way_to_post_that_does_not_ask_cannot_be_written() {
    // What somebody would write, each with the answer of the compiler beside it.
    for attack in
        ["queued_event_to_a_gateway", "event_from_queued_by_into", "withdraw_between_release_and_send"]
    {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui").join(attack);
        assert!(file.with_extension("rs").exists() && file.with_extension("stderr").exists(), "{attack}");
    }
}

#[test]
fn a_queued_event_that_is_handed_around_does_nothing() {
    let mut office = with_a_welcome_mail_waiting();
    let queued: Vec<QueuedEvent> = office.book.outbox().queued().cloned().collect();
    let text = serde_json::to_string(&queued).unwrap();
    let read: Vec<QueuedEvent> = serde_json::from_str(&text).unwrap();
    assert_eq!(read, queued, "it can be copied, written and read");
    assert_eq!(office.book.outbox().len(), 1, "and waits as before");

    // Whoever keeps a copy must ask, too.
    office.withdraws("ada", newsletter(), "09:30:00");
    let journey = office.book.journey().clone();
    let released = journey.release(read[0].clone(), office.contact("ada"), at("10:00:00")).into_result();
    assert_eq!(released.err().map(|no| no.reason()), Some(Reason::Withdrawn));
}

#[test]
fn nobody_but_the_person_lifts_an_objection_before_the_post() {
    let mut office = with_a_welcome_mail_waiting();
    office.objects("ada", newsletter(), "09:30:00");
    for actor in [Actor::SomebodyElse, Actor::Import, Actor::Controller] {
        let by = Evidence::new(actor, Method::AccountSetting).shown(notice());
        let lift = Lift::unobject(name("x"), newsletter(), mail(ADA), by, at("10:00:00"), at("10:00:00"));
        assert_eq!(lift.err(), Some(ActError::Unproven(Unproven::Actor)));
    }
    // She takes it back herself: that alone permits nothing.
    let lift = Lift::unobject(name("lift"), newsletter(), mail(ADA), proof(), at("10:00:00"), at("10:00:00"));
    let _ = office.book.append(&name("ada"), lift.unwrap()).unwrap();
    assert_eq!(office.posts("10:00:01"), ["welcome-mail is dropped: withdrawn"]);
}

#[test]
fn nobody_lifts_a_withdrawal_not_even_with_proof() {
    let mut office = with_a_welcome_mail_waiting();
    office.withdraws("ada", newsletter(), "09:30:00");
    let told = Evidence::new(Actor::Controller, Method::Paper).shown(notice());
    let (id, when) = (|id| name::<ActId>(id), at("10:00:00"));
    let unobject = Lift::unobject(id("l-1"), newsletter(), mail(ADA), proof(), when, when).unwrap();
    let unrestrict = Lift::unrestrict(id("l-2"), newsletter(), mail(ADA), told, when, when).unwrap();
    let _ = office.book.append(&name("ada"), unobject).unwrap();
    let _ = office.book.append(&name("ada"), unrestrict).unwrap();
    assert_eq!(office.posts("10:00:01"), ["welcome-mail is dropped: withdrawn"]);
}

#[test]
fn a_restriction_lifted_for_the_post_and_put_back_stays_on_file() {
    let mut office = with_a_welcome_mail_waiting();
    office.has_subscriber("bob", BOB, "09:00:00");
    office.sees("bob", "newsletter-signup", BOB, "09:00:00");
    for who in ["ada", "bob"] {
        let id = office.next_act();
        let stop = Stop::restrict(id, Reach::everything(), at("09:30:00"), at("09:30:00"));
        let _ = office.book.stop(&name(who), stop).unwrap();
    }
    let lift = |by: Evidence| {
        Lift::unrestrict(name("l"), newsletter(), mail(ADA), by, at("10:00:00"), at("10:00:00"))
    };
    let untold = lift(Evidence::new(Actor::Controller, Method::Paper));
    assert_eq!(untold.err(), Some(ActError::Unproven(Unproven::Notice)), "she is told before");
    let another = lift(Evidence::new(Actor::SomebodyElse, Method::Paper).shown(notice()));
    assert_eq!(another.err(), Some(ActError::Unproven(Unproven::NotTheController)));

    let proven = lift(Evidence::new(Actor::Controller, Method::Paper).shown(notice())).unwrap();
    let _ = office.book.append(&name("ada"), proven).unwrap();
    let fates = office.posts("10:00:01");
    assert_eq!(fates, ["welcome-mail leaves for ada@example.org", "welcome-mail is dropped: restricted"]);
    let again = Stop::restrict(name("again"), Reach::everything(), at("10:00:02"), at("10:00:02"));
    let _ = office.book.stop(&name("ada"), again).unwrap();
    assert_eq!(office.asked("ada", newsletter(), ADA, "10:00:03"), "restricted");
    let kinds: Vec<ActKind> = office.contact("ada").ledger().acts().map(|act| act.kind()).collect();
    let on_file = [ActKind::Grant, ActKind::Restrict, ActKind::Unrestrict, ActKind::Restrict];
    assert_eq!(kinds, on_file, "who lifted it, and when, cannot be taken out again");
}

/// A post office that delivers each letter once, by its key, and whose answer gets lost at first.
#[derive(Default)]
struct PostOffice {
    seen: BTreeSet<EventKey>,
    delivered: Vec<String>,
    line_is_up: bool,
}

impl Gateway for PostOffice {
    type Error = &'static str;

    fn send(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        if self.seen.insert(event.key()) {
            self.delivered.push(event.identity().address().to_owned());
        }
        if self.line_is_up { Ok(()) } else { Err("the connection broke before the answer came") }
    }
}

#[test]
fn a_batch_that_is_sent_again_after_a_crash_is_delivered_once() {
    let mut office = with_a_welcome_mail_waiting();
    office.has_subscriber("bob", BOB, "09:00:00");
    office.sees("bob", "newsletter-signup", BOB, "09:00:00");
    let mut post_office = PostOffice::default();
    assert_eq!(office.book.dispatch(at("10:00:00"), &mut post_office).failed, 2);
    assert_eq!(office.book.outbox().len(), 2, "they wait under their keys");

    post_office.line_is_up = true;
    assert_eq!(office.book.dispatch(at("10:05:00"), &mut post_office).sent, 2);
    assert_eq!(post_office.delivered, [ADA, BOB]);
    assert_eq!(post_office.seen.len(), 2, "the same effect has the same key");
}

#[test]
fn a_batch_that_is_decided_again_after_a_crash_has_the_same_keys() {
    let keys = || -> Vec<EventKey> {
        with_a_welcome_mail_waiting().book.outbox().queued().map(QueuedEvent::key).collect()
    };
    assert_eq!(keys(), keys());
}

#[test]
fn who_says_no_between_two_attempts_gets_no_second_letter() {
    let mut office = with_a_welcome_mail_waiting();
    let mut broken = |_: Event<'_>| Err("the mail server is down");
    assert_eq!(office.book.dispatch(at("10:00:00"), &mut broken).failed, 1);
    office.withdraws("ada", newsletter(), "10:01:00");
    assert_eq!(office.posts("10:05:00"), ["welcome-mail is dropped: withdrawn"]);
}

#[test]
fn a_decision_made_on_an_old_copy_cannot_be_kept() {
    let journey = Journey::reference().unwrap();
    let mut ada = Contact::open(name("ada"), mail(ADA), journey.vocabulary());
    let _ = ada.grant(grant("act-1", newsletter(), mail(ADA), at("09:00:00"))).unwrap();
    let signup = crate::support::signal(&journey, "s-1", "newsletter-signup", mail(ADA), at("09:00:00"));
    let decision = journey.decide(&ada, &signup, at("09:00:00")).unwrap();
    let _ = ada.stop(Stop::withdraw(name("act-2"), newsletter().into(), at("09:00:01"), at("09:00:01")));
    assert_eq!(decision.parts(&ada).err(), Some(Stale), "a backend gets nothing to store");
    assert_eq!(decision.commit(&mut ada).err(), Some(Stale));
    assert_eq!(ada.held_stage(), None);
}

/// What types cannot hold, and the README says: "load the contact again before you release".
#[test]
fn an_old_copy_answers_as_of_old_and_what_it_decides_is_stale() {
    let journey = Journey::reference().unwrap();
    let entry = |body| Entry::new(name("ada"), body);
    let subscribed = Act::from(grant("act-1", newsletter(), mail(ADA), at("09:00:00")));
    let mut journal = vec![entry(Body::Opened(mail(ADA).into())), entry(Body::Act(subscribed))];
    let backup = journal.clone();
    let no = Stop::withdraw(name("act-2"), newsletter().into(), at("09:30:00"), at("09:30:00"));
    journal.push(entry(Body::Act(no.into())));

    let of_today = Contact::replay(&journal, journey.vocabulary()).unwrap();
    let of_old = Contact::replay(&backup, journey.vocabulary()).unwrap();
    let ask = Ask::new(newsletter(), mail(ADA));
    assert_eq!(of_today.ledger().refuses(&ask, at("10:00:00")), Some(Reason::Withdrawn));
    assert_eq!(of_old.ledger().refuses(&ask, at("10:00:00")), None, "it knows nothing of the no");

    let signup = crate::support::signal(&journey, "s-1", "newsletter-signup", mail(ADA), at("10:00:00"));
    let decision = journey.decide(&of_old, &signup, at("10:00:00")).unwrap();
    assert_eq!(decision.parts(&of_today).err(), Some(Stale), "the version tells");
    // And if it were queued all the same: the contact of today is asked.
    for queued in decision.parts(&of_old).unwrap().queued {
        let released = journey.release(queued, &of_today, at("10:00:01")).into_result();
        assert_eq!(released.err().map(|no| no.reason()), Some(Reason::Withdrawn));
    }
}
