//! "Done", said to somebody to whom nothing was done: what each act says that it did.

use placet::{
    Actor, Confirm, Evidence, Grant, Instant, Lift, Method, Purpose, Reach, Reason, Stop,
    book::{BookError, Obligation, Right},
    channel::{EMAIL, SMS},
    consent::{AppendError, Idle, RoundTrip},
    purpose::NEWSLETTER,
};

use super::{ADA, BOB, Office, mail, newsletter, offers};
use crate::support::{at, grant, name, notice, proof};

fn millis(text: &str) -> Instant {
    format!("2013-05-01T{text}Z").parse().unwrap()
}

/// Ada has the newsletter, and a sign-up that queued the welcome mail.
fn with_mail_waiting(granted: Instant) -> Office {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    let _ = office.book.append(&name("ada"), grant("g", newsletter(), mail(ADA), granted)).unwrap();
    assert_eq!(office.sees("ada", "newsletter-signup", ADA, "10:00:01").len(), 2);
    assert_eq!(office.book.outbox().queued().count(), 1);
    office
}

#[test]
fn two_servers_disagree_by_200_milliseconds_and_no_end_is_confirmed() {
    let mut office = with_mail_waiting(millis("10:00:00.300"));
    let no = Stop::withdraw(name("no"), newsletter().into(), millis("10:00:00.100"), millis("10:00:02"));
    let done = office.book.exercise(&name("ada"), no.clone()).unwrap();
    assert!(done.outcome.changed());
    assert_eq!(done.outcome.outlived(), [name("g")]);
    let outlived = Obligation::Outlived { contact: name("ada"), grant: name("g") };
    let erase = Obligation::EraseUnlessOtherBasis { contact: name("ada") };
    assert_eq!(done.obligations, [erase, outlived.clone()], "neither `confirm` nor `stop_queued`");
    assert_eq!(
        office.posts("10:00:03"),
        [format!("welcome-mail leaves for {ADA}")],
        "so nothing was confirmed"
    );
    let again = office.book.exercise(&name("ada"), no).unwrap();
    assert_eq!((again.outcome.idle(), again.outcome.outlived()), (Some(Idle::Again), &[name("g")][..]));
    assert_eq!(again.obligations, done.obligations, "delivered again, it is confirmed no more than before");
}

#[test]
fn a_no_that_ends_the_grant_is_confirmed_and_its_mail_stopped() {
    let mut office = with_mail_waiting(millis("10:00:00.300"));
    let key = office.book.outbox().queued().next().unwrap().key();
    let no = Stop::withdraw(name("no"), newsletter().into(), at("10:00:02"), at("10:00:02"));
    let done = office.book.exercise(&name("ada"), no).unwrap();
    assert!(done.outcome.changed() && done.outcome.outlived().is_empty());
    let (contact, of) = (name("ada"), Right::Withdrawal);
    let expected = [
        Obligation::Confirm { contact, of },
        Obligation::StopQueued { event: key },
        Obligation::EraseUnlessOtherBasis { contact: name("ada") },
    ];
    assert_eq!(done.obligations, expected);
    assert_eq!(office.posts("10:00:03"), ["welcome-mail is dropped: withdrawn"]);
}

#[test]
fn a_grant_that_is_dated_ahead_or_waits_outlives_a_no_before_it_and_no_later_one() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    let ada = &name("ada");
    let ahead = grant("ahead", newsletter(), mail(ADA), at("10:00:00")).begins(at("18:00:00")).unwrap();
    let waits = grant("waits", offers(), mail(ADA), at("10:00:00")).confirm_by(at("20:00:00")).unwrap();
    for given in [ahead, waits] {
        assert!(office.book.append(ada, given).unwrap().changed());
    }
    let stop = |id, time| Stop::withdraw(name(id), Reach::everything(), at(time), at(time));
    let early = office.book.stop(ada, stop("early", "09:00:00")).unwrap();
    assert_eq!(early.outlived(), [name("ahead"), name("waits")]);
    let late = office.book.stop(ada, stop("late", "11:00:00")).unwrap();
    assert_eq!(late.outlived(), []);
    assert_eq!(office.asked("ada", newsletter(), ADA, "19:00:00"), "withdrawn");
}

#[test]
fn grants_of_whoever_is_merged_outlive_a_no_as_well() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    office.has_subscriber("adele", BOB, "12:00:00");
    assert_eq!(office.book.merge(&name("adele"), &name("ada")), Ok(true));
    let no = Stop::withdraw(name("no"), Reach::everything(), at("10:00:00"), at("12:30:00"));
    let done = office.book.stop(&name("ada"), no).unwrap();
    assert_eq!(done.outlived(), [name("act-2")]);
}

#[test]
fn a_stop_that_stops_nothing_says_so() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    let ada = &name("ada");
    let of = |id: &str, reach: Reach, time| Stop::withdraw(name(id), reach, at(time), at(time));
    let misspelt = Reach::everything().purpose(name::<Purpose>("newsleter"));
    let done = office.book.stop(ada, of("a", misspelt.clone(), "10:00:00")).unwrap();
    assert_eq!((done.idle(), done.outlived()), (Some(Idle::UnknownName), &[][..]));
    let asked = office.book.exercise(ada, of("b", misspelt.clone().by(SMS), "10:01:00")).unwrap();
    assert_eq!(asked.obligations, [Obligation::AskWhatIsMeant { contact: ada.clone() }]);
    let again = office.book.exercise(ada, of("b", misspelt.by(SMS), "10:01:00")).unwrap();
    assert_eq!((again.outcome.idle(), again.obligations), (Some(Idle::Again), asked.obligations));

    let strange = of("c", Reach::everything(), "10:02:00").only(mail(BOB));
    assert_eq!(office.book.stop(ada, strange).unwrap().idle(), Some(Idle::OtherAddress));
    assert!(office.book.stop(ada, of("d", newsletter().into(), "11:00:00")).unwrap().changed());
    let covered = office.book.stop(ada, of("e", newsletter().into(), "10:30:00")).unwrap();
    assert_eq!(covered.idle(), Some(Idle::Covered), "a later no says it already");
    assert_eq!(
        office.book.stop(&name("nobody"), of("f", Reach::everything(), "11:00:00")),
        Err(BookError::UnknownContact)
    );
}

#[test]
fn a_name_that_only_a_go_has_is_a_name() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    let unheard_of = name::<Purpose>("skywriting").by(EMAIL);
    office.grants("ada", unheard_of.clone(), ADA, "09:00:00");
    let stop = Stop::withdraw(name("no"), unheard_of.into(), at("10:00:00"), at("10:00:00"));
    assert!(office.book.stop(&name("ada"), stop).unwrap().changed());
}

#[test]
fn a_confirm_that_confirms_nothing_says_so() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    office.book.link(&name("ada"), mail(BOB)).unwrap();
    let ada = &name("ada");
    let (ten, noon, secret) = (at("10:00:00"), at("12:00:00"), b"sixteen random b");
    let form = Evidence::new(Actor::Person, Method::DoubleOptIn).shown(notice());
    let waits =
        Grant::double_opt_in(name("g"), newsletter(), mail(ADA), form, ten, ten, secret, noon).unwrap();
    let waiting = office.book.append(ada, waits).unwrap();
    assert_eq!((waiting.changed(), waiting.refused()), (true, Some(Reason::Pending)));

    let plain = proof();
    let bound = |secret: &[u8; 16]| {
        Evidence::new(Actor::Person, Method::DoubleOptIn).bound_by(RoundTrip::of(
            secret,
            &name("g"),
            &mail(ADA),
        ))
    };
    let mut confirm = |id: &str, of: &str, address, evidence, time| {
        let click = Confirm::new(name(id), name(of), mail(address), evidence, at(time), at(time)).unwrap();
        let done = office.book.append(ada, click).unwrap();
        (done.idle(), done.bears_on().cloned(), done.refused())
    };
    let pending = Some(Reason::Pending);
    let wrong = confirm("c-1", "g", ADA, bound(b"another random b"), "10:30:00");
    assert_eq!(wrong, (Some(Idle::WrongSecret), None, pending));
    assert_eq!(confirm("c-2", "g", ADA, plain.clone(), "10:30:00").0, Some(Idle::WrongSecret));
    assert_eq!(confirm("c-3", "h", ADA, bound(secret), "10:30:00"), (Some(Idle::NothingNamed), None, None));
    assert_eq!(confirm("c-4", "g", BOB, bound(secret), "10:30:00").0, Some(Idle::WrongAddress));
    assert_eq!(confirm("c-5", "g", ADA, bound(secret), "12:00:00").0, Some(Idle::OutOfTime));
    assert_eq!(confirm("c-6", "g", ADA, bound(secret), "11:59:59"), (None, Some(name("g")), None));
    let covered = confirm("c-7", "g", ADA, bound(secret), "11:00:00");
    assert_eq!(covered, (Some(Idle::Covered), Some(name("g")), None));
    office.grants("ada", offers(), ADA, "09:00:00");
    let needless = Confirm::new(name("c-8"), name("act-1"), mail(ADA), plain, ten, ten).unwrap();
    assert_eq!(office.book.append(ada, needless).unwrap().idle(), Some(Idle::NoConfirmNeeded));
}

#[test]
fn a_sign_up_by_somebody_with_a_do_not_contact_says_what_bars_it_and_one_call_takes_it_back() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    office.objects("ada", Reach::everything(), "08:00:00");
    let ada = &name("ada");
    let ticked = |id: &str| grant(id, newsletter(), mail(ADA), at("09:00:00"));
    let alone = office.book.append(ada, grant("g-1", newsletter(), mail(ADA), at("08:30:00"))).unwrap();
    assert_eq!((alone.changed(), alone.refused()), (true, Some(Reason::Objected)));
    assert_eq!(alone.cause(), Some(&name("act-1")));

    let taken = office.book.opt_in(ada, ticked("g-2"), name("g-1"));
    assert_eq!(taken, Err(BookError::Append(AppendError::IdReused)));
    assert_eq!(office.contact("ada").ledger().act(&name("g-2")), None, "and nothing of it is kept");
    let done = office.book.opt_in(ada, ticked("g-2"), name("u")).unwrap();
    assert!(done.unobject.is_some() && done.outcome.changed() && done.outcome.refused().is_none());
    assert_eq!(office.asked("ada", newsletter(), ADA, "09:00:00"), "permitted");
    assert_eq!(office.asked("ada", offers(), ADA, "09:00:00"), "objected", "for what the box said alone");
    let again = office.book.opt_in(ada, ticked("g-2"), name("u")).unwrap();
    assert_eq!((again.outcome.idle(), again.unobject), (Some(Idle::Again), None));
}

#[test]
fn a_double_opt_in_takes_an_objection_back_at_its_confirm_and_not_before() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    office.objects("ada", Reach::everything(), "08:00:00");
    let ada = &name("ada");
    let waits = grant("g", newsletter(), mail(ADA), at("09:00:00")).confirm_by(at("12:00:00")).unwrap();
    let typed_by_anybody = office.book.opt_in(ada, waits, name("u")).unwrap();
    assert_eq!(
        (typed_by_anybody.unobject, office.asked("ada", newsletter(), ADA, "09:30:00")),
        (None, "objected")
    );
    let click =
        |id: &str, time| Confirm::new(name(id), name("g"), mail(ADA), proof(), at(time), at(time)).unwrap();
    let late = office.book.opt_in(ada, click("c-1", "12:00:00"), name("u")).unwrap();
    assert_eq!((late.outcome.idle(), late.unobject), (Some(Idle::OutOfTime), None));
    let done = office.book.opt_in(ada, click("c-2", "10:00:00"), name("u")).unwrap();
    assert!(done.unobject.is_some());
    assert_eq!(office.asked("ada", newsletter(), ADA, "12:00:00"), "permitted");
}

#[test]
fn a_lift_that_lifts_nothing_and_a_void_of_nothing_say_so() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    let ada = &name("ada");
    let lift = |id: &str, time| {
        Lift::unobject(name(id), newsletter(), mail(ADA), proof(), at(time), at(time)).unwrap()
    };
    assert_eq!(office.book.append(ada, lift("u-1", "10:00:00")).unwrap().idle(), Some(Idle::NothingToLift));
    office.objects("ada", Reach::everything().purpose(NEWSLETTER), "10:30:00");
    let early = office.book.append(ada, lift("u-2", "10:15:00")).unwrap();
    assert_eq!((early.idle(), early.refused()), (Some(Idle::NothingToLift), Some(Reason::Objected)));
    assert!(office.book.append(ada, lift("u-3", "10:45:00")).unwrap().changed());

    let void = |id: &str, of: &str| Stop::void(name(id), name(of), at("11:00:00"), at("11:00:00"));
    assert_eq!(office.book.stop(ada, void("v-1", "nothing")).unwrap().idle(), Some(Idle::NothingNamed));
    let done = office.book.stop(ada, void("v-2", "act-1")).unwrap();
    assert_eq!((done.changed(), done.bears_on()), (true, Some(&name("act-1"))));
    assert_eq!(office.book.stop(ada, void("v-3", "act-1")).unwrap().idle(), Some(Idle::Covered));
    office.is_erased("ada", "12:00:00");
    assert_eq!(office.book.append(ada, lift("u-4", "13:00:00")).unwrap().idle(), Some(Idle::Erased));
}
