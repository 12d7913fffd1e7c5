//! A ledger stores acts as bytes and reads them back as values: whatever an act can hold, and however many there are.

use placet::{
    Act, ActId, Actor, Confirm, Contact, Entry, Evidence, Grant, Identity, Instant, Lift, Method, Notice,
    Reach, Scope, Stop, Vocabulary,
    consent::{Appended, NoticeDigest, RoundTrip},
    entry::Body,
    name::{SELF, TimeDelta},
    purpose::NEWSLETTER,
};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::name;

/// Names of every length; so many that their numbers outgrow one byte.
fn names<T: std::str::FromStr<Err: std::fmt::Debug> + std::fmt::Debug>() -> BoxedStrategy<T> {
    let length = prop_oneof![4 => 1..12_usize, 1 => 21..25_usize, 1 => Just(64_usize)];
    (0..2_000_u32, length).prop_map(|(number, length)| name(&format!("{number:0length$}"))).boxed()
}

/// Whole seconds, parts of one, and the ends of what a narrow instant holds.
fn instants() -> impl Strategy<Value = Instant> {
    let at = |text: &str| text.parse::<Instant>().unwrap();
    let plain = (0..1_000_000_i64)
        .prop_map(move |second| at("2013-05-01T10:00:00Z").checked_add(TimeDelta::seconds(second)).unwrap());
    let edges = [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999999Z",
        "1970-01-01T00:00:00Z",
        "2013-05-01T10:00:00.000000001Z",
        "2106-02-07T06:28:15Z",
        "2106-02-07T06:28:16Z",
        "9999-12-31T23:59:59Z",
    ];
    prop_oneof![6 => plain, 1 => select(edges.map(at).to_vec())]
}

const METHODS: [Method; 6] = [
    Method::UntickedBox,
    Method::AccountSetting,
    Method::SignedForm,
    Method::OralRecorded,
    Method::Paper,
    Method::DoubleOptIn,
];

/// Evidence that proves whatever that actor can do.
fn evidence(actor: Actor) -> impl Strategy<Value = Evidence> {
    let round_trip = RoundTrip::of(&[7; 16], &name("a"), &ada());
    let digest: NoticeDigest = "0123456789abcdef".repeat(4).parse().unwrap();
    let notice = (names(), names(), any::<bool>());
    let parts = (notice, weighted(0.3, names()), select(METHODS.to_vec()), any::<bool>());
    parts.prop_map(move |((id, version, printed), touchpoint, method, bound)| {
        let notice = Notice::new(id, version);
        let evidence = Evidence::new(actor, method);
        let evidence = evidence.shown(if printed { notice.with_digest(digest) } else { notice });
        let evidence = touchpoint.into_iter().fold(evidence, Evidence::at);
        if bound || method == Method::DoubleOptIn { evidence.bound_by(round_trip) } else { evidence }
    })
}

fn ada() -> Identity {
    Identity::email("ada@example.org").unwrap()
}

fn scopes() -> impl Strategy<Value = Scope> {
    let recipient = prop_oneof![2 => Just(SELF), 1 => names()];
    (names(), names(), recipient)
        .prop_map(|(purpose, channel, recipient)| Scope::new(purpose, channel, recipient))
}

fn acts() -> impl Strategy<Value = Act> {
    let identity = prop_oneof![Just(ada()), Just(Identity::phone("+3225550100").unwrap())];
    let who = prop_oneof![Just(Actor::Person), Just(Actor::Guardian)].prop_flat_map(evidence);
    let told = prop_oneof![Just(Actor::SomebodyElse), Just(Actor::Import), Just(Actor::Controller)];
    let stamp = (names::<ActId>(), instants(), instants());
    let grant = (stamp, scopes(), identity, who, weighted(0.4, 1..9_i64), weighted(0.3, 1..9_i64));
    let go = (grant, 0..5_u8, names(), evidence(Actor::Controller));
    let go = go.prop_map(|(grant, kind, of, lifted)| {
        let ((id, acted, recorded), scope, identity, evidence, until, confirm_by) = grant;
        match kind {
            0 => Lift::unobject(id, scope, identity, evidence, acted, recorded).unwrap().into(),
            1 => Lift::unrestrict(id, scope, identity, lifted, acted, recorded).unwrap().into(),
            2 => Confirm::new(id, of, identity, evidence, acted, recorded).unwrap().into(),
            _ => {
                let later = |span: Option<i64>| acted.checked_add(TimeDelta::milliseconds(span? * 750));
                // A double opt-in always has a deadline; which secret binds it does not matter here.
                let asks_back = evidence.method() == Method::DoubleOptIn || evidence.round_trip().is_some();
                let deadline = acted.checked_add(TimeDelta::milliseconds(1)).filter(|_| asks_back);
                let evidence =
                    if asks_back && deadline.is_none() { placet_tests::support::proof() } else { evidence };
                let grant = if let Some(deadline) = deadline {
                    let by = deadline;
                    Grant::double_opt_in(id, scope, identity, evidence, acted, recorded, &[2; 16], by)
                        .unwrap()
                } else {
                    Grant::new(id, scope, identity, evidence, acted, recorded).unwrap()
                };
                let grant = later(until).into_iter().fold(grant, |grant, until| grant.until(until).unwrap());
                let by = later(confirm_by).into_iter();
                by.fold(grant, |grant, by| grant.confirm_by(by).unwrap()).into()
            }
        }
    });
    let filed = weighted(0.5, told.prop_flat_map(evidence));
    let stop = ((names(), instants(), instants()), scopes(), 0..5_u8, 0..8_u8, filed, 0..4_u8);
    let stop = stop.prop_map(|((id, acted, recorded), scope, kind, parts, filed, from)| {
        let reach = Reach::everything();
        let reach = if parts & 1 > 0 { reach.purpose(scope.purpose().clone()) } else { reach };
        let reach = if parts & 2 > 0 { reach.by(scope.channel().clone()) } else { reach };
        let reach = if parts & 4 > 0 { reach.to(scope.recipient().clone()) } else { reach };
        let stop = match kind {
            0 => Stop::withdraw(id, reach, acted, recorded),
            1 => Stop::refuse(id, reach, acted, recorded),
            2 => Stop::object(id, reach, acted, recorded),
            3 => Stop::restrict(id, reach, acted, recorded),
            _ => Stop::erase(id, acted, recorded),
        };
        let stop = filed.into_iter().fold(stop, Stop::with_evidence);
        match from {
            0 => stop.about(ada()),
            1 => stop.told(),
            2 => stop.joined(),
            _ => stop,
        }
        .into()
    });
    prop_oneof![3 => go, 1 => stop]
}

fn written(act: Act) -> String {
    serde_json::to_value(Entry::new(name("ada"), Body::Act(act))).unwrap().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Some histories are short, some are looked up by an index, some hold more names than one byte numbers.
    #[test]
    fn what_is_appended_is_read_back(acts in prop_oneof![8 => vec(acts(), 1..30), 1 => vec(acts(), 80..120)]) {
        let mut contact = Contact::open(name("ada"), ada(), &Vocabulary::new([NEWSLETTER.name().clone()]));
        contact.link(Identity::phone("+3225550100").unwrap());
        let mut expected: Vec<(ActId, String)> = Vec::new();
        for act in acts {
            let (id, line) = (act.id().clone(), written(act.clone()));
            let stands = contact.append(act);
            if stands.is_ok_and(|done| done.appended() != Appended::Again) {
                expected.push((id, line));
            }
        }
        let ledger = contact.ledger();
        prop_assert_eq!(ledger.acts().len(), expected.len());
        for (act, (_, line)) in ledger.acts().zip(&expected) {
            prop_assert_eq!(&written(act), line);
        }
        for (id, _) in &expected {
            let mut of_id = expected.iter().filter(|(other, _)| other == id);
            let found = ledger.act(id).map(written).unwrap();
            prop_assert!(of_id.any(|(_, line)| *line == found));
        }
        prop_assert!(ledger.act(&name("none-such")).is_none());
    }
}

#[test]
fn the_longest_record_there_can_be() {
    let long = |letter: &str| letter.repeat(64);
    let mut contact = Contact::open(name("ada"), ada(), &Vocabulary::new([]));
    // Words enough that no number is narrow.
    for number in 0..300 {
        let stop = Stop::withdraw(
            name(&format!("s-{number}")),
            Reach::everything().purpose(name(&format!("p-{number}"))),
            at(),
            at(),
        );
        let _ = contact.stop(stop);
    }
    let digest = "f".repeat(64).parse().unwrap();
    let evidence = Evidence::new(Actor::Person, Method::DoubleOptIn)
        .shown(Notice::new(name(&long("n")), name(&long("v"))).with_digest(digest))
        .at(name(&long("t")))
        .bound_by(RoundTrip::of(&[1; 16], &name("a"), &ada()));
    let scope = Scope::new(name(&long("p")), name(&long("c")), name(&long("r")));
    let half: Instant = "2013-05-01T10:00:00.5Z".parse().unwrap();
    let later: Instant = "2014-05-01T10:00:00.5Z".parse().unwrap();
    let id = name(&long("g"));
    let grant = Grant::double_opt_in(id, scope, ada(), evidence.clone(), half, later, &[1; 16], later);
    let grant: Act = grant.unwrap().until(later).unwrap().into();
    let confirm: Act =
        Confirm::new(name(&long("k")), name(&long("g")), ada(), evidence, half, later).unwrap().into();
    for act in [grant, confirm] {
        let _ = contact.append(act.clone()).unwrap();
        assert_eq!(contact.ledger().act(act.id()), Some(act));
    }
}

fn at() -> Instant {
    crate::support::at("10:00:00")
}
