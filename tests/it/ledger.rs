//! A ledger keeps what its acts come to and answers from that; read anew from all of them it says the same. And what it
//! says today of an answer given once is that answer.

use placet::{
    Act, Actor, Ask, Confirm, ConsentLedger, Contact, Evidence, Grant, Identity, Instant, Lift, Method,
    Purpose, Reach, Reason, Scope, Stop, Vocabulary,
    channel::EMAIL,
    consent::{AppendError, Appended},
    name::{ActId, TimeDelta},
    purpose::{NEWSLETTER, OFFERS},
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{email, name, notice, proof};

/// The first two share a wide key, so that a stop about one of them alone concerns both.
fn addresses() -> [Identity; 3] {
    [email(), Identity::email("ADA@example.org").unwrap(), Identity::email("work@example.org").unwrap()]
}

const PURPOSES: [Purpose; 2] = [NEWSLETTER, OFFERS];

fn second(second: i64) -> Instant {
    "2013-05-01T10:00:00Z".parse::<Instant>().unwrap().checked_add(TimeDelta::seconds(second)).unwrap()
}

/// What happens next to a contact, by its place in the history.
#[derive(Debug, Clone)]
struct Step {
    what: What,
    /// Takes the id of the act before it, as a careless system does.
    reuses: bool,
    at: i64,
    recorded: i64,
}

#[derive(Debug, Clone)]
enum What {
    Link(usize),
    Grant {
        scope: usize,
        address: usize,
        begins: Option<i64>,
        until: Option<i64>,
        confirm_by: Option<i64>,
    },
    /// Of the act that is so many places before this one; those behind it where negative.
    Confirm {
        back: i64,
        address: usize,
    },
    Void {
        back: i64,
    },
    Lift {
        scope: usize,
        address: usize,
        restriction: bool,
    },
    Stop {
        kind: u8,
        scope: Option<usize>,
        only: Option<usize>,
        from: u8,
        until: i64,
    },
}

fn step(latest: i64) -> impl Strategy<Value = Step> {
    let address = prop_oneof![3 => Just(0_usize), 1 => Just(1), 1 => Just(2)];
    let (scope, back) = (0..2_usize, -2..12_i64);
    let span = || proptest::option::weighted(0.3, 1..latest.max(2));
    let what = prop_oneof![
        1 => address.clone().prop_map(What::Link),
        8 => (scope.clone(), address.clone(), span(), span(), span()).prop_map(
            |(scope, address, begins, until, confirm_by)| What::Grant { scope, address, begins, until, confirm_by }
        ),
        4 => (back.clone(), address.clone()).prop_map(|(back, address)| What::Confirm { back, address }),
        3 => back.prop_map(|back| What::Void { back }),
        3 => (scope.clone(), address.clone(), any::<bool>())
            .prop_map(|(scope, address, restriction)| What::Lift { scope, address, restriction }),
        6 => (
            0..30_u8,
            proptest::option::weighted(0.7, scope),
            proptest::option::weighted(0.2, address),
            0..4_u8,
            1..latest.max(2)
        )
            .prop_map(|(kind, scope, only, from, until)| What::Stop { kind, scope, only, from, until }),
    ];
    let reuses = proptest::bool::weighted(0.05);
    (what, reuses, 0..latest, 0..latest).prop_map(|(what, reuses, at, recorded)| Step {
        what,
        reuses,
        at,
        recorded,
    })
}

/// Around 16 acts ids begin to be indexed; some histories are far longer than that.
fn histories() -> impl Strategy<Value = Vec<Step>> {
    prop_oneof![
        12 => vec(step(10), 1..14),
        8 => vec(step(12), 14..24),
        3 => vec(step(30), 24..90),
        1 => vec(step(80), 200..400),
    ]
}

fn id(place: i64) -> ActId {
    name(&format!("a-{place}"))
}

fn scope(which: usize) -> Scope {
    PURPOSES[which].clone().by(EMAIL)
}

/// The act of a step, as it would be written down at an instant; `None` for a link and for what no act can say.
fn act(step: &Step, place: usize, recorded: Instant) -> Option<Act> {
    let place = i64::try_from(place).unwrap();
    let own = id(if step.reuses { place - 1 } else { place });
    let (at, later) = (second(step.at), |span: i64| second(step.at + span));
    let address = |which: usize| addresses()[which].clone();
    Some(match step.what {
        What::Link(_) => return None,
        What::Grant { scope: which, address: to, begins, until, confirm_by } => {
            let grant = Grant::new(own, scope(which), address(to), proof(), at, recorded).unwrap();
            let grant = begins.into_iter().fold(grant, |grant, span| grant.begins(later(span)).unwrap());
            // An end before the beginning is no grant.
            let grant = match until {
                Some(until) => grant.until(later(until)).ok()?,
                None => grant,
            };
            confirm_by.into_iter().fold(grant, |grant, span| grant.confirm_by(later(span)).unwrap()).into()
        }
        What::Confirm { back, address: to } => {
            Confirm::new(own, id(place - back), address(to), proof(), at, recorded).unwrap().into()
        }
        What::Void { back } => Stop::void(own, id(place - back), at, recorded).into(),
        What::Lift { scope: which, address: to, restriction: false } => {
            Lift::unobject(own, scope(which), address(to), proof(), at, recorded).unwrap().into()
        }
        What::Lift { scope: which, address: to, restriction: true } => {
            let told = Evidence::new(Actor::Controller, Method::Paper).shown(notice());
            Lift::unrestrict(own, scope(which), address(to), told, at, recorded).unwrap().into()
        }
        What::Stop { kind, scope: which, only, from, until } => {
            let reach = which.map_or(Reach::everything(), |which| scope(which).into());
            let stop = match kind {
                0..6 => Stop::withdraw(own, reach, at, recorded),
                6..12 => Stop::refuse(own, reach, at, recorded),
                12..15 => Stop::object(own, reach, at, recorded),
                15..17 => Stop::restrict(own, reach, at, recorded),
                17..26 => Stop::pause(own, reach, later(until), at, recorded).unwrap(),
                // One that erases the contact itself ends a history: few do.
                26..29 if from != 1 => Stop::withdraw(own, reach, at, recorded),
                _ => Stop::erase(own, at, recorded),
            };
            let stop = only.into_iter().fold(stop, |stop, which| stop.only(address(which)));
            match from {
                1 => stop.told(),
                2 => stop.joined(),
                _ => stop,
            }
            .into()
        }
    })
}

/// Does a step. A go that is refused, for its id or its address, changes nothing.
fn take(contact: &mut Contact, step: &Step, place: usize, recorded: Instant) {
    if let What::Link(which) = step.what {
        contact.link(addresses()[which].clone());
        return;
    }
    let Some(act) = act(step, place, recorded) else { return };
    let (before, is_go) = (contact.ledger().version(), !act.kind().is_stop());
    match contact.append(act).map(|done| done.appended()) {
        Ok(Appended::Again) => assert_eq!(contact.ledger().version(), before),
        Ok(_) => assert_eq!(contact.ledger().version(), before + 1),
        Err(error) => {
            assert!(is_go && matches!(error, AppendError::IdReused | AppendError::UnknownIdentity));
            assert_eq!(contact.ledger().version(), before);
        }
    }
}

fn ada() -> Contact {
    Contact::open(name("ada"), email(), &Vocabulary::new([]))
}

fn asks(ledger: &ConsentLedger) -> Vec<Ask> {
    let of = |identity: &Identity| [0, 1].map(|which| Ask::new(scope(which), identity.clone()));
    ledger.identities().flat_map(of).collect()
}

/// What the ledger says of an ask, and by which act: the grant that permits, or the act that caused the no.
fn answer(contact: &Contact, ask: &Ask, now: Instant) -> Result<ActId, (Reason, Option<ActId>)> {
    let ledger = contact.ledger();
    match ledger.permit(ask, now) {
        Ok(permit) => {
            assert_eq!(ledger.refuses(ask, now), None);
            Ok(permit.cite().act().clone())
        }
        Err(no) => {
            assert_eq!(ledger.refuses(ask, now), Some(no.reason()));
            Err((no.reason(), no.cause(ledger).map(|act| act.id().clone())))
        }
    }
}

/// The same, by reading all acts that were on file first.
fn read(
    ledger: &ConsentLedger,
    version: u32,
    ask: &Ask,
    now: Instant,
) -> Result<ActId, (Reason, Option<ActId>)> {
    let then = ledger.at_version(version);
    match then.grant(ask, now) {
        Ok(grant) => Ok(grant.id().clone()),
        Err(reason) => Err((reason, then.cause(ask, now).map(|act| act.id().clone()))),
    }
}

fn config(cases: u32) -> ProptestConfig {
    let times = std::env::var("PLACET_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    ProptestConfig {
        cases: cases * times,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(400))]

    /// After every append, for every address, at every instant: those before the latest act among them.
    #[test]
    fn what_stands_is_what_all_acts_read_anew_come_to(steps in histories()) {
        let mut contact = ada();
        let span = steps.iter().map(|step| step.at.max(step.recorded)).max().unwrap_or_default();
        let all = steps.len();
        for (place, step) in steps.iter().enumerate() {
            take(&mut contact, step, place, second(step.recorded));
            // Long histories are looked at around the place where ids begin to be indexed, at the end, and now and then.
            if place > 40 && place + 1 < all && place % 23 != 0 {
                continue;
            }
            let (ledger, stride) = (contact.ledger(), if all > 90 { 17 } else { 1 });
            for ask in asks(ledger) {
                for now in (-1..=2 * span + 1).step_by(stride).map(second) {
                    let (stands, anew) = (answer(&contact, &ask, now), read(ledger, ledger.version(), &ask, now));
                    prop_assert_eq!(stands, anew, "{:?} at {} after step {}, {:?}", ask, now, place, step);
                }
            }
        }
    }

    /// Each act is written down later than the one before, whenever it was done: what was answered in between is what
    /// is said today to have been answered.
    #[test]
    fn what_was_answered_once_is_said_to_have_been_answered(steps in histories()) {
        let mut contact = ada();
        addresses().into_iter().for_each(|address| { contact.link(address); });
        let mut given = Vec::new();
        for (place, step) in steps.iter().enumerate() {
            let tick = i64::try_from(place).unwrap() * 2;
            take(&mut contact, step, place, second(tick));
            let (ledger, then) = (contact.ledger(), second(tick + 1));
            if place % 23 == 0 || place < 40 {
                for ask in asks(ledger) {
                    for now in [then, second(step.at), second(step.at + 3)] {
                        given.push((then, ledger.version(), ask.clone(), now, answer(&contact, &ask, now)));
                    }
                }
            }
        }
        let ledger = contact.ledger();
        for (then, version, ask, now, answer) in given {
            prop_assert_eq!(&read(ledger, version, &ask, now), &answer, "{:?} at {} of version {}", ask, now, version);
            let said = ledger.as_of(then);
            let today = match said.grant(&ask, now) {
                Ok(grant) => Ok(grant.id().clone()),
                Err(reason) => Err((reason, said.cause(&ask, now).map(|act| act.id().clone()))),
            };
            prop_assert_eq!(&today, &answer, "{:?} at {} as of {}", ask, now, then);
            prop_assert_eq!(said.version(), version);
            prop_assert_eq!(ledger.before(then).version(), version);
        }
    }

    /// A replay of the acts as values answers as the ledger they came from.
    #[test]
    fn acts_taken_out_and_put_in_again_come_to_the_same(steps in histories()) {
        let mut contact = ada();
        addresses().into_iter().for_each(|address| { contact.link(address); });
        for (place, step) in steps.iter().enumerate() {
            take(&mut contact, step, place, second(step.recorded));
        }
        let mut again = ada();
        addresses().into_iter().for_each(|address| { again.link(address); });
        for act in contact.ledger().acts() {
            let appended = again.append(act.clone()).map(|done| done.appended());
            prop_assert!(matches!(appended, Ok(Appended::New | Appended::IdTaken)), "{:?}: {:?}", appended, act);
        }
        prop_assert_eq!(format!("{:?}", contact.ledger()), format!("{:?}", again.ledger()));
    }
}

/// Nothing above is proven by histories in which nothing happens.
#[test]
fn the_histories_hold_every_answer_of_a_ledger() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut said = std::collections::BTreeMap::<String, u32>::new();
    for _ in 0..300 {
        let steps = histories().new_tree(&mut runner).unwrap().current();
        let mut contact = ada();
        for (place, step) in steps.iter().enumerate() {
            take(&mut contact, step, place, second(step.recorded));
        }
        for ask in asks(contact.ledger()) {
            let reason = contact.ledger().refuses(&ask, second(9));
            *said.entry(reason.map_or("allow".to_owned(), |reason| reason.to_string())).or_default() += 1;
        }
    }
    let words =
        "allow restricted objected paused pending unconfirmed refused withdrawn void expired no_grant erased";
    for word in words.split(' ') {
        assert!(said.get(word).is_some_and(|count| *count > 2), "{word}: {said:?}");
    }
}
