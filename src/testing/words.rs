//! Any word, any act: for what must hold whatever was written, such as reading back from a store.

use chrono::DateTime;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::consent::{Act, Actor, Confirm, Evidence, Grant, Lift, Method, Notice, RoundTrip, Stop};
use crate::identity::Identity;
use crate::name::{ActId, Channel, Instant, Name, Purpose, Reach, Recipient, SELF, Scope};

/// Any name, as itself or as one of the words that are made of names.
pub fn names<T: From<Name> + std::fmt::Debug + 'static>() -> BoxedStrategy<T> {
    let names = "[a-z0-9][a-z0-9+._:/-]{0,63}".prop_filter_map("a name", |text| Name::new(&text).ok());
    names.prop_map(T::from).boxed()
}

/// Any instant, to the nanosecond, from the first year to the last.
pub fn instants() -> BoxedStrategy<Instant> {
    let (first, last) = (-62_135_596_800_i64, 253_402_300_799_i64);
    let seconds = prop_oneof![1_300_000_000..1_800_000_000_i64, first..=last];
    (seconds, prop_oneof![Just(0), 0..1_000_000_000_u32])
        .prop_filter_map("an instant", |(seconds, nanos)| {
            Instant::from_utc(DateTime::from_timestamp(seconds, nanos)?).ok()
        })
        .boxed()
}

/// Any identity: addresses, numbers, accounts, and kinds of one's own.
pub fn identities() -> BoxedStrategy<Identity> {
    let any = prop_oneof![
        "email:[A-Za-z0-9+_-]{1,20}@[A-Za-z0-9]{1,20}\\.example",
        "phone:\\+[1-9][0-9]{6,14}",
        "account/[a-z0-9][a-z0-9+._/-]{0,20}:@{0,3}[^@\\s\\p{C}][^\\s\\p{C}]{0,40}",
        "x[a-z0-9][a-z0-9+._-]{0,20}:[^\\s\\p{C}]{1,40}",
    ];
    any.prop_filter_map("an identity", |text| Identity::parse(&text).ok()).boxed()
}

/// Any scope; half of them to the controller itself.
pub fn scopes() -> BoxedStrategy<Scope> {
    let recipient = prop_oneof![Just(SELF), names()];
    (names(), names(), recipient).prop_map(|(purpose, channel, to)| Scope::new(purpose, channel, to)).boxed()
}

/// Any act.
pub fn acts() -> BoxedStrategy<Act> {
    prop_oneof![stops().prop_map(Act::from), goes()].boxed()
}

const PERSON: [Actor; 2] = [Actor::Person, Actor::Guardian];
const ANYBODY: [Actor; 5] =
    [Actor::Person, Actor::Guardian, Actor::SomebodyElse, Actor::Import, Actor::Controller];
const AFFIRMATIVE: [Method; 6] = [
    Method::UntickedBox,
    Method::AccountSetting,
    Method::SignedForm,
    Method::OralRecorded,
    Method::Paper,
    Method::DoubleOptIn,
];
const ANYHOW: [Method; 7] = [
    Method::UntickedBox,
    Method::Paper,
    Method::PreTickedBox,
    Method::Scrolling,
    Method::TermsAcceptance,
    Method::LinkFetched,
    Method::Import,
];

/// Evidence with a notice, and now and then with its digest, a touchpoint, a round trip.
fn evidence(actors: &'static [Actor], methods: &'static [Method]) -> BoxedStrategy<Evidence> {
    let shown = (names(), names(), option::of("[0-9a-f]{64}"));
    let more = (option::of(names()), option::of(any::<[u8; 16]>()));
    (select(actors), select(methods), shown, more)
        .prop_filter_map("a digest", |(actor, method, (notice, version, digest), (touchpoint, secret))| {
            let notice = Notice::new(notice, version);
            let notice = match digest {
                Some(digest) => notice.with_digest(digest.parse().ok()?),
                None => notice,
            };
            let evidence = Evidence::new(actor, method).shown(notice);
            let evidence = touchpoint.into_iter().fold(evidence, Evidence::at);
            // What a double opt-in needs for its confirm; bound to whatever grant.
            let secret = secret.or((method == Method::DoubleOptIn).then_some([0; 16]));
            let grant = ActId::new("a-1").ok()?;
            let address = Identity::email("ada@example.org").ok()?;
            let trips = secret.into_iter().map(|secret| RoundTrip::of(&secret, &grant, &address));
            Some(trips.fold(evidence, Evidence::bound_by))
        })
        .boxed()
}

/// Any go: grants with and without ends, confirms, lifts.
pub fn goes() -> BoxedStrategy<Act> {
    let stamp = || (names(), scopes(), identities(), evidence(&PERSON, &AFFIRMATIVE), instants(), instants());
    let ends = (option::of(instants()), option::of(instants()), option::of(instants()));
    let grant = (stamp(), ends).prop_filter_map(
        "a grant",
        |((id, scope, identity, evidence, acted, recorded), (begins, until, confirm_by))| {
            let asks_back = evidence.method() == Method::DoubleOptIn || evidence.round_trip().is_some();
            let mut grant = if asks_back {
                let tomorrow = acted.checked_add(chrono::TimeDelta::days(1))?;
                Grant::double_opt_in(id, scope, identity, evidence, acted, recorded, &[0; 16], tomorrow)
                    .ok()?
            } else {
                Grant::new(id, scope, identity, evidence, acted, recorded).ok()?
            };
            let begins = begins.filter(|begins| *begins >= acted);
            if let Some(begins) = begins {
                grant = grant.begins(begins).ok()?;
            }
            if let Some(until) = until.filter(|until| *until > acted.max(begins.unwrap_or(acted))) {
                grant = grant.until(until).ok()?;
            }
            if let Some(confirm_by) = confirm_by.filter(|confirm_by| *confirm_by > acted) {
                grant = grant.confirm_by(confirm_by).ok()?;
            }
            Some(Act::from(grant))
        },
    );
    let confirm = (stamp(), names()).prop_filter_map(
        "a confirm",
        |((id, _, identity, evidence, acted, recorded), grant)| {
            Some(Act::from(Confirm::new(id, grant, identity, evidence, acted, recorded).ok()?))
        },
    );
    let unobject = stamp().prop_filter_map("a lift", |(id, scope, identity, evidence, acted, recorded)| {
        Some(Act::from(Lift::unobject(id, scope, identity, evidence, acted, recorded).ok()?))
    });
    let told = (stamp(), evidence(&[Actor::Controller], &ANYHOW));
    let unrestrict =
        told.prop_filter_map("a lift", |((id, scope, identity, _, acted, recorded), evidence)| {
            Some(Act::from(Lift::unrestrict(id, scope, identity, evidence, acted, recorded).ok()?))
        });
    prop_oneof![2 => grant, 1 => confirm, 1 => unobject, 1 => unrestrict].boxed()
}

/// What a stop of any kind is made of.
pub(super) struct Stopping {
    pub(super) id: ActId,
    pub(super) reach: Reach,
    /// The end of a stop that ends by itself.
    pub(super) until: Instant,
    /// The act that is made void.
    pub(super) names: ActId,
    pub(super) acted: Instant,
    pub(super) recorded: Instant,
}

/// Makes a stop of one kind.
pub(super) type MakeStop = fn(Stopping) -> Stop;

/// Every kind of stop, and how often it comes in a history.
pub(super) const STOPS: [(u32, MakeStop); 7] = [
    (40, |of| Stop::withdraw(of.id, of.reach, of.acted, of.recorded)),
    (30, |of| Stop::refuse(of.id, of.reach, of.acted, of.recorded)),
    (20, |of| Stop::object(of.id, of.reach, of.acted, of.recorded)),
    (20, |of| Stop::restrict(of.id, of.reach, of.acted, of.recorded)),
    (20, paused),
    (14, |of| Stop::void(of.id, of.names, of.acted, of.recorded)),
    (2, |of| Stop::erase(of.id, of.acted, of.recorded)),
];

/// A withdrawal where it would end before it begins.
fn paused(of: Stopping) -> Stop {
    let stop = Stop::pause(of.id.clone(), of.reach.clone(), of.until, of.acted, of.recorded);
    stop.unwrap_or_else(|_| Stop::withdraw(of.id, of.reach, of.acted, of.recorded))
}

/// Any stop: narrow and wide, own, told and come with a merge, with and without evidence.
pub fn stops() -> BoxedStrategy<Stop> {
    let reach = (option::of(names()), option::of(names()), option::of(names())).prop_map(
        |(purpose, channel, recipient): (Option<Purpose>, Option<Channel>, Option<Recipient>)| {
            let reach = purpose.into_iter().fold(Reach::everything(), Reach::purpose);
            recipient.into_iter().fold(channel.into_iter().fold(reach, Reach::by), Reach::to)
        },
    );
    let kinds = select(STOPS.map(|(_, make)| make).to_vec());
    let told = select(vec![|stop| stop, Stop::told, Stop::joined]);
    let about = select(vec![Stop::about, Stop::only]);
    let more = (told, about, option::of(identities()), option::of(evidence(&ANYBODY, &ANYHOW)));
    (kinds, names(), reach, (instants(), instants()), more)
        .prop_map(|(kind, id, reach, (acted, recorded), (told, about, identity, evidence))| {
            let until = acted.checked_add(chrono::TimeDelta::days(30)).unwrap_or(acted);
            let id: ActId = id;
            let stop: Stop = told(kind(Stopping { names: id.clone(), id, reach, until, acted, recorded }));
            evidence.into_iter().fold(identity.into_iter().fold(stop, about), Stop::with_evidence)
        })
        .boxed()
}
