//! Any act and any entry, written and read, is the same again.

use placet::testing::{acts, identities, instants, names, scopes};
use placet::{
    Act, Entry, Identity, Instant, Reason, entry::Body, identity::IdentityError, name::Name, send::EventKey,
};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Bodies that only a journey makes, as they are written.
fn written_entry() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        any::<i64>().prop_map(|number| json!({"integer": number})),
        any::<bool>().prop_map(|flag| json!({"bool": flag})),
        names::<Name>().prop_map(|name| json!({"text": name})),
        instants().prop_map(|at| json!({"instant": at})),
    ];
    let attributes = vec((names::<Name>(), value), 1..4);
    let attributes = attributes.prop_map(|all| {
        all.into_iter().map(|(name, value)| json!({"name": name, "value": value})).collect::<Value>()
    });
    let names = (names::<Name>(), names::<Name>(), names::<Name>(), names::<Name>());
    let rest = (identities(), instants(), instants(), scopes());
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
    fn any_act_reads_back(act in acts()) {
        let text = serde_json::to_string(&act).unwrap();
        prop_assert_eq!(&Act::from_json(&text).unwrap(), &act, "{}", text);
        #[cfg(feature = "schema")]
        crate::schema::fits("act", &act);
    }

    #[test]
    fn any_entry_reads_back(contact in names(), act in acts(), identity in identities(), at in instants()) {
        let key = EventKey::of(&contact, &"s-1".parse().unwrap(), &"r".parse().unwrap(), &"e".parse().unwrap());
        let bodies = [
            Body::Act(act),
            Body::Opened(identity.clone().into()),
            Body::Linked(identity.clone()),
            Body::Unlinked(identity),
            Body::Sent { key, at },
            Body::Dropped { key, reason: Reason::Restricted, at },
        ];
        for body in bodies {
            let entry = Entry::new(contact.clone(), body);
            let text = serde_json::to_string(&entry).unwrap();
            prop_assert_eq!(&Entry::from_json(&text).unwrap(), &entry, "{}", text);
            #[cfg(feature = "schema")]
            crate::schema::fits("entry", &entry);
        }
    }

    #[test]
    fn any_entry_of_a_journey_reads_back(written in written_entry()) {
        let entry = Entry::from_json(&written.to_string()).unwrap();
        prop_assert_eq!(serde_json::to_value(&entry).unwrap(), written);
        let text = serde_json::to_string(&entry).unwrap();
        prop_assert_eq!(&Entry::from_json(&text).unwrap(), &entry);
        #[cfg(feature = "schema")]
        crate::schema::fits("entry", &entry);
    }

    #[test]
    fn any_instant_reads_back(at in instants()) {
        prop_assert_eq!(at.to_string().parse::<Instant>().unwrap(), at);
    }

    #[test]
    fn any_identity_reads_back(identity in identities()) {
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
