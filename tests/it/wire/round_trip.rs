//! Any act and any entry, written and read, is the same again.

use placet::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

fn named<T: From<Name> + std::fmt::Debug>() -> impl Strategy<Value = T> {
    "[a-z0-9][a-z0-9+._:/-]{0,63}".prop_map(|text| T::from(Name::new(&text).unwrap()))
}

/// To the nanosecond, from the first year to the last.
fn instant() -> impl Strategy<Value = Instant> {
    (1..=9999, 1..=12, 1..=28, 0..86_400, prop_oneof![Just(0), 0..1_000_000_000]).prop_map(
        |(year, month, day, second, nano)| {
            let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nano:09}Z")
                .parse()
                .unwrap()
        },
    )
}

fn identity() -> impl Strategy<Value = Identity> {
    let email = "[A-Za-z0-9+_-]{1,20}@[A-Za-z0-9]{1,20}\\.example";
    prop_oneof![
        email.prop_map(|text| Identity::email(&text).unwrap()),
        "\\+[1-9][0-9]{1,14}".prop_map(|text| Identity::phone(&text).unwrap()),
        ("[a-z0-9][a-z0-9+._/-]{0,20}", "@{0,3}[^@\\s\\p{C}][^\\s\\p{C}]{0,40}")
            .prop_map(|(network, handle)| Identity::account(network.parse().unwrap(), &handle).unwrap()),
        ("[a-z0-9][a-z0-9+._-]{0,20}", "[^\\s\\p{C}]{1,40}").prop_map(|(kind, key)| Identity::of_kind(
            &format!("x{kind}"),
            &key
        )
        .unwrap()),
    ]
}

fn evidence(actors: &'static [Actor], methods: &'static [Method]) -> impl Strategy<Value = Evidence> {
    let who = (proptest::sample::select(actors), proptest::sample::select(methods));
    let shown = (named(), named(), option::of(any::<[u8; 4]>()));
    (who, shown, option::of(named()), option::of(any::<[u8; 16]>())).prop_map(
        |((actor, method), (notice, version, digest), touchpoint, secret)| {
            let notice = Notice::new(notice, version);
            let notice = digest.map_or(notice.clone(), |bytes| {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                notice.with_digest(hex.repeat(8).parse().unwrap())
            });
            let evidence = Evidence::new(actor, method).shown(notice);
            let evidence = touchpoint.map_or(evidence.clone(), |touchpoint| evidence.at(touchpoint));
            let needed = (method == Method::DoubleOptIn).then_some([0; 16]);
            secret.or(needed).map_or(evidence.clone(), |secret| {
                evidence.bound_by(RoundTrip::of(
                    &secret,
                    &crate::support::name("a-1"),
                    &crate::support::email(),
                ))
            })
        },
    )
}

const PERSON: &[Actor] = &[Actor::Person, Actor::Guardian];
const ANYBODY: &[Actor] =
    &[Actor::Person, Actor::Guardian, Actor::SomebodyElse, Actor::Import, Actor::Controller];
const PROVEN: &[Method] = &[
    Method::UntickedBox,
    Method::AccountSetting,
    Method::SignedForm,
    Method::OralRecorded,
    Method::Paper,
    Method::DoubleOptIn,
];
const ANYHOW: &[Method] = &[
    Method::UntickedBox,
    Method::Paper,
    Method::PreTickedBox,
    Method::Scrolling,
    Method::TermsAcceptance,
    Method::LinkFetched,
    Method::Import,
];

fn scope() -> impl Strategy<Value = Scope> {
    let recipient = prop_oneof![Just(SELF), named()];
    (named(), named(), recipient).prop_map(|(purpose, channel, to)| Scope::new(purpose, channel, to))
}

fn go() -> impl Strategy<Value = Act> {
    let stamp = || (named(), scope(), identity(), evidence(PERSON, PROVEN), instant(), instant());
    let grant = (stamp(), option::of(instant()), option::of(instant()));
    let grant = grant.prop_map(|((id, scope, identity, evidence, acted, recorded), until, confirm_by)| {
        let mut grant = Grant::new(id, scope, identity, evidence, acted, recorded).unwrap();
        if let Some(until) = until.filter(|until| *until > acted) {
            grant = grant.until(until).unwrap();
        }
        match confirm_by.filter(|confirm_by| *confirm_by > acted) {
            Some(confirm_by) => Act::from(grant.confirm_by(confirm_by).unwrap()),
            None => grant.into(),
        }
    });
    let confirm = (stamp(), named()).prop_map(|((id, _, identity, evidence, acted, recorded), grant)| {
        Confirm::new(id, grant, identity, evidence, acted, recorded).unwrap().into()
    });
    let unobject = stamp().prop_map(|(id, scope, identity, evidence, acted, recorded)| {
        Lift::unobject(id, scope, identity, evidence, acted, recorded).unwrap().into()
    });
    let unrestrict = (stamp(), evidence(&[Actor::Controller], ANYHOW)).prop_map(
        |((id, scope, identity, _, acted, recorded), evidence)| {
            Lift::unrestrict(id, scope, identity, evidence, acted, recorded).unwrap().into()
        },
    );
    prop_oneof![2 => grant, 1 => confirm, 1 => unobject, 1 => unrestrict]
}

fn stop() -> impl Strategy<Value = Act> {
    let reach =
        (option::of(named::<Purpose>()), option::of(named::<Channel>()), option::of(named::<Recipient>()));
    let with = (option::of(identity()), option::of(evidence(ANYBODY, ANYHOW)), 0..3);
    (0..5, named(), reach, instant(), instant(), with).prop_map(
        |(kind, id, (purpose, channel, recipient), acted, recorded, (identity, evidence, told))| {
            let mut reach = Reach::everything();
            if let Some(purpose) = purpose {
                reach = reach.purpose(purpose);
            }
            if let Some(channel) = channel {
                reach = reach.by(channel);
            }
            if let Some(recipient) = recipient {
                reach = reach.to(recipient);
            }
            let stop = match kind {
                0 => Stop::withdraw(id, reach, acted, recorded),
                1 => Stop::refuse(id, reach, acted, recorded),
                2 => Stop::object(id, reach, acted, recorded),
                3 => Stop::restrict(id, reach, acted, recorded),
                _ => Stop::erase(id, acted, recorded),
            };
            let stop = match told {
                0 => stop,
                1 => stop.told(),
                _ => stop.joined(),
            };
            let stop = identity.into_iter().fold(stop, Stop::about);
            evidence.into_iter().fold(stop, Stop::with_evidence).into()
        },
    )
}

/// Bodies that only a journey makes, as they are written.
fn written_entry() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        any::<i64>().prop_map(|number| json!({"integer": number})),
        any::<bool>().prop_map(|flag| json!({"bool": flag})),
        named::<Name>().prop_map(|name| json!({"text": name})),
        instant().prop_map(|at| json!({"instant": at})),
    ];
    let attributes = vec((named::<Name>(), value), 1..4);
    let attributes = attributes.prop_map(|all| {
        all.into_iter().map(|(name, value)| json!({"name": name, "value": value})).collect::<Value>()
    });
    let names = (named::<Name>(), named::<Name>(), named::<Name>(), named::<Name>());
    let rest = (identity(), instant(), instant(), scope());
    (0..3, names, rest, attributes).prop_map(|(kind, (contact, id, one, two), (identity, at, now, scope), attributes)| {
        match kind {
            0 => json!({"v": 1, "type": "signal", "contact": contact, "id": id, "identity": identity, "kind": one,
                "source": "web", "at": at, "now": now, "attributes": attributes}),
            1 => json!({"v": 1, "type": "transition", "contact": contact, "signal": id, "rule": one, "from": "none",
                "to": two, "at": at}),
            _ => json!({"v": 1, "type": "effect_refused", "contact": contact, "signal": id, "rule": one,
                "effect": two, "purpose": scope.purpose(), "channel": scope.channel(),
                "recipient": scope.recipient(), "reason": "expired", "cause": id, "at": at}),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_act_reads_back(act in prop_oneof![go(), stop()]) {
        let text = serde_json::to_string(&act).unwrap();
        prop_assert_eq!(&Act::from_json(&text).unwrap(), &act, "{}", text);
    }

    #[test]
    fn any_entry_reads_back(contact in named(), act in prop_oneof![go(), stop()], identity in identity(), at in instant()) {
        let key = EventKey::of(&contact, &"s-1".parse().unwrap(), &"r".parse().unwrap(), &"e".parse().unwrap());
        let bodies = [
            Body::Act(act),
            Body::Opened(identity.clone()),
            Body::Linked(identity.clone()),
            Body::Unlinked(identity),
            Body::Sent { key, at },
            Body::Dropped { key, reason: Reason::Restricted, at },
        ];
        for body in bodies {
            let entry = Entry::new(contact.clone(), body);
            let text = serde_json::to_string(&entry).unwrap();
            prop_assert_eq!(&Entry::from_json(&text).unwrap(), &entry, "{}", text);
        }
    }

    #[test]
    fn any_entry_of_a_journey_reads_back(written in written_entry()) {
        let entry = Entry::from_json(&written.to_string()).unwrap();
        prop_assert_eq!(serde_json::to_value(&entry).unwrap(), written);
        let text = serde_json::to_string(&entry).unwrap();
        prop_assert_eq!(Entry::from_json(&text).unwrap(), entry);
    }

    #[test]
    fn any_instant_reads_back(at in instant()) {
        prop_assert_eq!(at.to_string().parse::<Instant>().unwrap(), at);
    }

    #[test]
    fn any_identity_reads_back(identity in identity()) {
        prop_assert_eq!(Identity::parse(&identity.exact_key()).unwrap(), identity);
    }
}

/// `account/a:b:c` is the handle `b:c` at the network `a`, and nothing else.
#[test]
fn no_two_identities_are_written_alike() {
    assert_eq!(Identity::account("a:b".parse().unwrap(), "c"), Err(IdentityError::Kind));
    let (one, other) = (Identity::account("a".parse().unwrap(), "b:c"), Identity::parse("account/a:b:c"));
    assert_eq!(one, other);
    let handle = |text: &str| Identity::account("facebook".parse().unwrap(), text);
    assert_eq!(handle("@@ada.l"), handle("ada.l"));
    assert_eq!(handle("@"), Err(IdentityError::Handle));
}
