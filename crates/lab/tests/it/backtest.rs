//! Back-tests: equal to the sum of single decisions, whatever the split, and never wiser than the day they look at.

mod naive;
mod order;
mod report;
mod stories;

use proptest::prelude::*;

use crate::support::{email, facebook, name, proof};
use placet::{
    Act, ActId, Entry, Grant, Identity, Instant, Journey, JourneySpec, Lift, SignalSpec, Stop,
    channel::EMAIL,
    entry::{Admitted, Body},
    journey::{Guard, RuleSpec},
    name::TimeDelta,
    purpose::{NEWSLETTER, OFFERS, REFERRAL},
};

/// Seconds into the day everything happens.
pub fn second(seconds: u32) -> Instant {
    let midnight: Instant = "2013-05-01T00:00:00Z".parse().unwrap();
    midnight.checked_add(TimeDelta::seconds(seconds.into())).unwrap()
}

pub fn entry(contact: &str, body: Body) -> Entry {
    Entry::new(name(contact), body)
}

pub fn signal(
    contact: &str,
    id: &str,
    identity: &Identity,
    kind: &str,
    happened: Instant,
    now: Instant,
) -> Entry {
    let spec = SignalSpec {
        id: name(id),
        contact: name(contact),
        identity: identity.clone(),
        kind: name(kind),
        source: None,
        at: happened,
        attributes: vec![],
    };
    entry(contact, Body::Signal(Admitted::new(spec, now)))
}

pub fn text(entries: &[Entry]) -> String {
    entries.iter().map(|entry| serde_json::to_string(entry).unwrap() + "\n").collect()
}

/// The reference journey, one that mails on every like, and one that waits for a second sign of interest.
pub fn journeys() -> [Journey; 3] {
    let spec = || JourneySpec::from_json(Journey::REFERENCE_JSON).unwrap();
    let rule = |name: &str| spec().rules.into_iter().find(|rule| rule.name.as_str() == name).unwrap();

    let mut eager = spec();
    eager.name = name("mails-on-every-like");
    let mailing = rule("subscriber-likes").effects;
    eager.rules.insert(
        0,
        RuleSpec {
            name: name("like-mails"),
            from: None,
            to: None,
            effects: mailing,
            ..rule("like-makes-fan")
        },
    );

    let mut patient = spec();
    patient.name = name("waits-for-a-second-sign");
    for rule in &mut patient.rules {
        if rule.on.kind().as_str() == "like" {
            rule.when = Some(Guard::count(name("like"), 2, None));
        }
    }
    [Journey::reference().unwrap(), Journey::compile(eager).unwrap(), Journey::compile(patient).unwrap()]
}

/// What can happen next, drawn as numbers: to whom, how much later, and what.
pub type Drawn = (usize, u32, u8, u8);

pub fn drawn(most: usize) -> impl Strategy<Value = Vec<Drawn>> {
    prop::collection::vec((0..4_usize, 0..5_u32, any::<u8>(), any::<u8>()), 1..most)
}

/// A history in the order of time: four contacts, of which two share an address, and some are merged for a while.
pub fn history(drawn: &[Drawn]) -> Vec<Entry> {
    let who = ["ada", "bob", "cat", "dan"];
    let mails = ["ada@example.org", "bob@example.org", "Ada@example.org", "dan@example.org"];
    let mails = mails.map(|mail| Identity::email(mail).unwrap());
    let accounts = ["ada", "bob", "cat", "dan"]
        .map(|handle| Identity::parse(&format!("account/facebook:{handle}")).unwrap());
    let mut entries: Vec<Entry> =
        who.iter().zip(&mails).map(|(who, mail)| entry(who, Body::Opened(mail.clone().into()))).collect();
    entries.extend(who.iter().zip(&accounts).map(|(who, account)| entry(who, Body::Linked(account.clone()))));
    let mut at = 0;
    let mut signals: Vec<Entry> = Vec::new();
    for (number, (person, later, what, how)) in drawn.iter().enumerate() {
        at += later;
        let (now, contact) = (second(at), who[*person]);
        let (mail, account) = (&mails[*person], &accounts[*person]);
        let id = || name::<ActId>(&format!("a-{number}"));
        let scopes =
            [NEWSLETTER.by(EMAIL), OFFERS.by(EMAIL), crate::support::on_facebook(), REFERRAL.by(EMAIL)];
        let scope = scopes[usize::from(*how % 4)].clone();
        let identity = if *how % 4 == 2 { account } else { mail };
        // Done then, and known now: paper arrives late, and clocks are skewed.
        let acted = second((at + u32::from(*how >> 5)).saturating_sub(3));
        let act = |act: Act| entry(contact, Body::Act(act));
        let kinds =
            ["like", "follow", "newsletter-signup", "purchase", "recommendation", "shop-visit", "campaign"];
        let arrives = || {
            let kind = kinds[usize::from(*how) % kinds.len()];
            let on = if kind == "like" || kind == "follow" { account } else { mail };
            signal(contact, &format!("s-{number}"), on, kind, now, now)
        };
        match what % 32 {
            0..=11 => {
                let grant = Grant::new(id(), scope, identity.clone(), proof(), acted, now).unwrap();
                let grant = if what % 2 == 0 {
                    grant
                } else {
                    grant.until(second(at + 6 + u32::from(*how % 16))).unwrap()
                };
                let double = *what == 3;
                let grant = if double { grant.confirm_by(second(at + 9)).unwrap() } else { grant };
                entries.push(act(grant.into()));
            }
            12 => entries.push(act(Stop::withdraw(id(), scope.into(), acted, now).into())),
            13 => entries.push(act(Stop::object(id(), scope.into(), acted, now).into())),
            14 => entries.push(act(Lift::unobject(id(), scope, identity.clone(), proof(), acted, now)
                .unwrap()
                .into())),
            15 if *how < 20 => entries.push(act(Stop::erase(id(), acted, now).into())),
            16 | 17 => {
                entries.push(arrives());
                let into = who[usize::from(*how % 4)];
                let merged = Body::Merged { into: name(into), held: None };
                entries.push(entry(
                    contact,
                    if what % 32 == 16 { merged } else { Body::Unmerged { held: None } },
                ));
            }
            18 if *how < 60 => {
                entries.push(arrives());
                entries.push(entry(contact, Body::Unlinked(account.clone())));
                entries.push(entry(contact, Body::Linked(account.clone())));
            }
            19 if !signals.is_empty() => {
                // Delivered again, and handled later.
                let Body::Signal(before) = signals[usize::from(*how) % signals.len()].body() else {
                    unreachable!()
                };
                let SignalSpec { id, contact, identity, kind, at, .. } = before.signal();
                entries.push(signal(
                    &contact.to_string(),
                    &id.to_string(),
                    identity,
                    kind.as_str(),
                    *at,
                    now,
                ));
            }
            _ => {
                let arrived = arrives();
                signals.push(arrived.clone());
                entries.push(arrived);
            }
        }
    }
    entries
}

/// What a like of somebody who permits everything is worth.
pub fn ada_who_likes() -> Vec<Entry> {
    let grant = |id, scope, identity: Identity| {
        entry("ada", Body::Act(crate::support::grant(id, scope, identity, second(10)).into()))
    };
    vec![
        entry("ada", Body::Opened(email().into())),
        entry("ada", Body::Linked(facebook())),
        grant("a-1", NEWSLETTER.by(EMAIL), email()),
        grant("a-2", OFFERS.by(EMAIL), email()),
        grant("a-3", crate::support::on_facebook(), facebook()),
        signal("ada", "s-1", &email(), "newsletter-signup", second(20), second(20)),
        signal("ada", "s-2", &facebook(), "like", second(30), second(30)),
        signal("ada", "s-3", &facebook(), "like", second(40), second(40)),
    ]
}
