//! What happens to contacts: acts, signals, and both in the order in which they were recorded.

use chrono::DateTime;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::Union;

use super::Sizes;
use super::journeys::{pick, value_of};
use super::words::{STOPS, Stopping};
use crate::consent::{Act, Actor, Ask, Confirm, Evidence, Grant, Lift, Method, Notice, RoundTrip, Stop};
use crate::contact::{Admitted, Body, Contact, Entry};
use crate::identity::{Identity, IdentityKind};
use crate::journey::guard::Test;
use crate::journey::{Guard, Journey, NeedSpec, Reaches, Trigger, Way};
use crate::name::{ActId, ContactId, Instant, Reach, Scope};
use crate::signal::{Attribute, SignalSpec, Source};

/// Everything happens within so many days; questions are put from the fourth on, up to four days later.
const DAYS: i64 = 12;

/// What is known of one act before those above it are.
#[derive(Debug, Clone)]
enum Draft {
    Grant {
        scope: Index,
        begins: Option<i64>,
        until: Option<i64>,
        confirm_by: Option<i64>,
    },
    /// Of a grant that waits for it.
    Confirm {
        grant: Index,
        later: i64,
    },
    Stop {
        /// Its place among the kinds of stop.
        kind: usize,
        scope: Index,
        keep: [bool; 3],
        /// The identity that it is about alone.
        only: Option<Index>,
        /// The end of one that ends by itself.
        until: i64,
        /// The act above that is made void.
        names: Index,
    },
    Lift {
        scope: Index,
        restriction: bool,
    },
}

/// When something is recorded, in days, and how long after it was done.
#[derive(Debug, Clone, Copy)]
struct When {
    day: i64,
    late: i64,
    nanos: i64,
}

impl When {
    fn recorded(self) -> Option<Instant> {
        day(self.day, self.nanos)
    }

    /// A clock that runs ahead by a day is `late` by less than nothing.
    fn done(self) -> Option<Instant> {
        day(self.day.saturating_sub(self.late), self.nanos)
    }
}

/// Midnight of a day of January 2024, and so many nanoseconds later.
pub(super) fn day(days: i64, nanos: i64) -> Option<Instant> {
    let seconds = days.checked_mul(86_400)?.checked_add(1_704_067_200)?;
    Instant::from_utc(DateTime::from_timestamp(seconds, u32::try_from(nanos).ok()?)?).ok()
}

fn when() -> BoxedStrategy<When> {
    let nanos = prop_oneof![12 => Just(0), 1 => select(vec![1, 500_000_000, 999_999_999])];
    let late = prop_oneof![12 => Just(0), 3 => 1..4_i64, 1 => Just(-1)];
    (0..DAYS, late, nanos).prop_map(|(day, late, nanos)| When { day, late, nanos }).boxed()
}

fn draft(sizes: &Sizes) -> BoxedStrategy<Draft> {
    let scope = any::<Index>;
    let later = || 1..10_i64;
    let grant = (scope(), weighted(0.1, 0..4_i64), weighted(0.4, later()), weighted(0.15, later()))
        .prop_map(|(scope, begins, until, confirm_by)| Draft::Grant { scope, begins, until, confirm_by });
    let confirm = (any::<Index>(), 0..4_i64).prop_map(|(grant, later)| Draft::Confirm { grant, later });
    let kinds = STOPS.iter().zip(0..).map(|((weight, _), place)| (*weight, Just(place)));
    let kind = Union::new_weighted(kinds.collect());
    let keep = prop_oneof![5 => Just([true; 3]), 2 => any::<[bool; 3]>()];
    let stop = (kind, scope(), keep, weighted(0.15, any::<Index>()), later(), any::<Index>());
    let stop = stop.prop_map(|(kind, scope, keep, only, until, names)| Draft::Stop {
        kind,
        scope,
        keep,
        only,
        until,
        names,
    });
    let lift = (scope(), any::<bool>()).prop_map(|(scope, restriction)| Draft::Lift { scope, restriction });
    let rest = prop_oneof![10 => stop, 5 => confirm, 6 => lift];
    let others = 100_u32.saturating_sub(sizes.grants);
    prop_oneof![sizes.grants => grant, others => rest].boxed()
}

/// Acts that a ledger of these identities appends, one after the other: about these scopes, with ids of their own, in
/// the order in which they were recorded. Confirms speak of grants above them.
///
/// ```
/// use placet::testing::{Sizes, ledgers};
/// use placet::{Contact, Identity, Vocabulary, channel::EMAIL, purpose::NEWSLETTER};
/// use proptest::prelude::*;
/// use proptest::test_runner::TestRunner;
/// let mail = Identity::email("ada@example.org")?;
/// let acts = ledgers(&[NEWSLETTER.by(EMAIL)], &[mail.clone()], &Sizes::default());
/// TestRunner::deterministic().run(&acts, |acts| {
///     let mut ada = Contact::open("ada".parse()?, mail.clone(), &Vocabulary::new([]));
///     for act in acts {
///         ada.append(act)?;
///     }
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn ledgers(scopes: &[Scope], identities: &[Identity], sizes: &Sizes) -> BoxedStrategy<Vec<Act>> {
    let (scopes, identities) = (scopes.to_vec(), identities.to_vec());
    vec((when(), draft(sizes)), sizes.acts.clone())
        .prop_filter_map("acts", move |drafts| appended(drafts, &scopes, &identities))
        .boxed()
}

fn appended(mut drafts: Vec<(When, Draft)>, scopes: &[Scope], identities: &[Identity]) -> Option<Vec<Act>> {
    drafts.sort_by_key(|(when, _)| (when.day, when.nanos));
    let mut acts: Vec<Act> = Vec::new();
    for ((when, draft), number) in drafts.into_iter().zip(1_usize..) {
        acts.extend(act(format!("a-{number}").parse().ok()?, when, &draft, &acts, scopes, identities));
    }
    Some(acts)
}

/// `None` for a draft that finds nothing to speak of.
fn act(
    id: ActId,
    when: When,
    draft: &Draft,
    above: &[Act],
    scopes: &[Scope],
    identities: &[Identity],
) -> Option<Act> {
    let (acted, recorded) = (when.done()?, when.recorded()?);
    match draft {
        Draft::Grant { scope, begins, until, confirm_by } => {
            let scope = pick(scopes, scope)?;
            let identity = reached(scope, identities)?;
            let after = |days: &i64| acted.checked_add(chrono::TimeDelta::try_days(*days)?);
            let proof = proof(Actor::Person, Method::UntickedBox)?;
            let scope = scope.clone();
            let grant = match confirm_by {
                Some(days) => {
                    let before = after(days)?;
                    Grant::double_opt_in(id, scope, identity, proof, acted, recorded, SECRET, before)
                }
                None => Grant::new(id, scope, identity, proof, acted, recorded),
            };
            let mut grant = grant.ok()?;
            if let Some(begins) = begins {
                grant = grant.begins(after(begins)?).ok()?;
            }
            if let Some(until) = until {
                grant = grant.until(after(&until.saturating_add(begins.unwrap_or_default()))?).ok()?;
            }
            Some(grant.into())
        }
        Draft::Confirm { grant, later } => {
            let waiting = above.iter().filter(|act| act.confirm_by().is_some());
            let waiting: Vec<&Act> = waiting.collect();
            let grant = pick(&waiting, grant)?;
            let identity = grant.identity()?.clone();
            let proof =
                proof(Actor::Person, Method::DoubleOptIn)?.bound_by(round_trip(grant.id(), &identity));
            let acted = grant.acted().checked_add(chrono::TimeDelta::try_days(*later)?)?;
            Some(Confirm::new(id, grant.id().clone(), identity, proof, acted, recorded).ok()?.into())
        }
        Draft::Stop { kind, scope, keep, only, until, names } => {
            let reach = narrowed(pick(scopes, scope)?, *keep);
            let until = acted.checked_add(chrono::TimeDelta::try_days(*until)?)?;
            let goes: Vec<&Act> = above.iter().filter(|act| !act.kind().is_stop()).collect();
            let names = pick(&goes, names).map_or(&id, |act| act.id()).clone();
            let (_, make) = STOPS.get(*kind)?;
            let stop = make(Stopping { id, reach, until, names, acted, recorded });
            let only = only.as_ref().and_then(|only| pick(identities, only)).cloned();
            Some(Act::from(only.into_iter().fold(stop, Stop::only)))
        }
        Draft::Lift { scope, restriction } => {
            let scope = pick(scopes, scope)?.clone();
            let identity = reached(&scope, identities)?;
            let lift = if *restriction {
                let told = proof(Actor::Controller, Method::Paper)?;
                Lift::unrestrict(id, scope, identity, told, acted, recorded)
            } else {
                let proof = proof(Actor::Person, Method::UntickedBox)?;
                Lift::unobject(id, scope, identity, proof, acted, recorded)
            };
            Some(lift.ok()?.into())
        }
    }
}

fn proof(actor: Actor, method: Method) -> Option<Evidence> {
    Some(Evidence::new(actor, method).shown(Notice::new("notice".parse().ok()?, "2024-01".parse().ok()?)))
}

/// The secret of a test is no secret.
const SECRET: &[u8; 16] = b"for a test alone";

fn round_trip(grant: &ActId, identity: &Identity) -> RoundTrip {
    RoundTrip::of(SECRET, grant, identity)
}

fn narrowed(scope: &Scope, [purpose, channel, recipient]: [bool; 3]) -> Reach {
    let reach = Reach::everything();
    let reach = if purpose { reach.purpose(scope.purpose().clone()) } else { reach };
    let reach = if channel { reach.by(scope.channel().clone()) } else { reach };
    if recipient { reach.to(scope.recipient().clone()) } else { reach }
}

/// The identity that a scope's channel needs, or the first.
fn reached(scope: &Scope, identities: &[Identity]) -> Option<Identity> {
    let needed = IdentityKind::needed_by(scope.channel());
    identities.iter().find(|identity| *identity.kind() == needed).or(identities.first()).cloned()
}

/// Questions about these scopes and identities, each with the instant to put it at.
pub fn asks(scopes: &[Scope], identities: &[Identity]) -> BoxedStrategy<(Ask, Instant)> {
    let (scopes, identities) = (scopes.to_vec(), identities.to_vec());
    (any::<Index>(), 3..DAYS.saturating_add(4))
        .prop_filter_map("an ask", move |(scope, now)| {
            let scope = pick(&scopes, &scope)?.clone();
            let identity = reached(&scope, &identities)?;
            Some((Ask::new(scope, identity), day(now, 0)?))
        })
        .boxed()
}

/// A signal that a journey takes: of a kind that it declares, with attributes of the declared types, on one of these
/// identities. It has the id `s-1`.
///
/// No identity, or a journey without kinds: nothing can be made, and proptest says so.
pub fn signals(journey: &Journey, contact: &ContactId, identities: &[Identity]) -> BoxedStrategy<SignalSpec> {
    let (journey, contact, identities) = (journey.clone(), contact.clone(), identities.to_vec());
    (when(), arrival())
        .prop_filter_map("a signal", move |(when, arrival)| {
            signal(&journey, &contact, &identities, 1, when, &arrival)
        })
        .boxed()
}

/// Kind, identity, source, and a value for each attribute that is carried.
type Arrival = (Index, Index, Option<Source>, Vec<Option<i64>>);

fn arrival() -> BoxedStrategy<Arrival> {
    let source = select(vec![Source::Network, Source::Shop, Source::Web, Source::Mail, Source::Phone]);
    (any::<Index>(), any::<Index>(), weighted(0.3, source), vec(weighted(0.8, 0..4_i64), 0..4)).boxed()
}

fn signal(
    journey: &Journey,
    contact: &ContactId,
    identities: &[Identity],
    number: usize,
    when: When,
    (kind, identity, source, values): &Arrival,
) -> Option<SignalSpec> {
    let kind = pick(&journey.spec().signals, kind)?;
    let attributes = kind.attributes.iter().zip(values).filter_map(|(declared, value)| {
        Some(Attribute { name: declared.name.clone(), value: value_of(declared.value_type, (*value)?)? })
    });
    Some(SignalSpec {
        id: format!("s-{number}").parse().ok()?,
        contact: contact.clone(),
        identity: pick(identities, identity)?.clone(),
        kind: kind.kind.clone(),
        source: *source,
        at: when.done()?.min(when.recorded()?),
        attributes: attributes.collect(),
    })
}

/// Histories of contacts `c-1`, `c-2` and so on, for a journey: the identities that its channels reach, acts about the
/// scopes that it asks for, signals of the kinds that it declares, each as the entries of one contact in the order in
/// which they were recorded. Where a rule fires on a go, the signal that tells of it
/// ([`Journey::signal_of`]) follows its act, whatever [`Sizes::signals`] says: decide it there, since a later void may take
/// the go away. `Recording::of` of `placet-lab` takes
/// them one by one, or all together.
pub fn histories(journey: &Journey, sizes: &Sizes) -> BoxedStrategy<Vec<Vec<Entry>>> {
    let journey = journey.clone();
    let scopes = scopes_of(&journey);
    let acts = vec((when(), draft(sizes)), sizes.acts.clone());
    let signals = vec((when(), arrival()), sizes.signals.clone());
    vec((acts, signals), sizes.contacts.clone())
        .prop_filter_map("histories", move |contacts| {
            let contacts = contacts.into_iter().zip(1..);
            contacts.map(|(drafts, number)| history(&journey, &scopes, drafts, number)).collect()
        })
        .boxed()
}

type Drafts = (Vec<(When, Draft)>, Vec<(When, Arrival)>);

fn history(
    journey: &Journey,
    scopes: &[Scope],
    (acts, signals): Drafts,
    number: usize,
) -> Option<Vec<Entry>> {
    let contact: ContactId = format!("c-{number}").parse().ok()?;
    let identities = identities_of(journey, &contact)?;
    let acts = appended(acts, scopes, &identities)?.into_iter();
    let mut steps: Vec<(Instant, Body)> = acts.map(|act| (act.recorded(), Body::Act(act))).collect();
    for ((when, arrival), number) in signals.iter().zip(1..) {
        let now = when.recorded()?;
        let arrived = signal(journey, &contact, &identities, number, *when, arrival);
        steps.extend(arrived.map(|spec| (now, Body::Signal(Admitted::new(spec, now)))));
    }
    steps.sort_by_key(|(recorded, _)| *recorded);
    let (first, others) = identities.split_first()?;
    let mut lived = Contact::open(contact.clone(), first.clone(), journey.vocabulary());
    let mut bodies = vec![Body::Opened(first.clone().into())];
    for other in others {
        lived.link(other.clone());
        bodies.push(Body::Linked(other.clone()));
    }
    for (recorded, body) in steps {
        let told = match &body {
            Body::Act(act) => {
                let _ = lived.append(act.clone()).ok()?;
                journey.signal_of(&lived, act.id())
            }
            _ => None,
        };
        bodies.push(body);
        bodies.extend(told.map(|told| Body::Signal(Admitted::new(told.spec().clone(), recorded))));
    }
    Some(bodies.into_iter().map(|body| Entry::new(contact.clone(), body)).collect())
}

/// One identity for each kind that a channel of the journey reaches, an address at least.
fn identities_of(journey: &Journey, contact: &ContactId) -> Option<Vec<Identity>> {
    let mut identities = vec![Identity::email(&format!("{contact}@example.org")).ok()?];
    for (channel, number) in journey.spec().catalogue.channels.iter().zip(10..) {
        let kind = match &channel.reaches {
            Some(Reaches::Kind(kind)) => kind.clone(),
            Some(Reaches::Any | Reaches::Arrival) => continue,
            None => IdentityKind::needed_by(&channel.name),
        };
        let identity = match &kind {
            IdentityKind::Email | IdentityKind::Erased => continue,
            IdentityKind::Phone => Identity::phone(&format!("+3225550{number}")),
            IdentityKind::Account(network) => Identity::account(network.clone(), &contact.to_string()),
            IdentityKind::Other(name) => Identity::of_kind(name.as_str(), &contact.to_string()),
        };
        identities.extend(identity.ok().filter(|identity| !identities.contains(identity)));
    }
    Some(identities)
}

/// The scopes that a journey asks for, in the order in which it names them, and those of the goes that its rules fire on;
/// `social/*` is every network of its catalogue.
#[must_use]
pub fn scopes_of(journey: &Journey) -> Vec<Scope> {
    let spec = journey.spec();
    let mut needs: Vec<NeedSpec> = Vec::new();
    needs.extend(
        spec.rules
            .iter()
            .flat_map(|rule| &rule.effects)
            .flat_map(|effect| std::iter::once(effect.addressing()).chain(effect.needs.iter().cloned())),
    );
    needs.extend(spec.signals.iter().filter_map(|kind| kind.admission.as_ref()).flatten().cloned());
    needs.extend(
        spec.stages.iter().flat_map(|stage| &stage.sustain).flat_map(|sustain| &sustain.needs).cloned(),
    );
    let guards = spec.rules.iter().flat_map(|rule| {
        rule.when.iter().chain(rule.effects.iter().filter_map(|effect| effect.when.as_ref()))
    });
    guards.for_each(|guard| asked(guard, &mut needs));
    needs.extend(spec.rules.iter().filter_map(|rule| given(&rule.on)));
    let mut scopes = Vec::new();
    for NeedSpec { purpose, channel, recipient } in needs {
        let networks = spec.catalogue.channels.iter().map(|channel| &channel.name);
        let channels = match channel {
            Way::By(channel) => vec![channel],
            Way::OwnNetwork => networks.filter(|channel| channel.network().is_some()).cloned().collect(),
        };
        for channel in channels {
            let scope = Scope::new(purpose.clone(), channel, recipient.clone());
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
    }
    scopes
}

/// The scope of which a go must be for a rule to fire on it, where the rule names all of it.
fn given(on: &Trigger) -> Option<NeedSpec> {
    let (Trigger::Grant(given) | Trigger::Confirm(given)) = on else { return None };
    let scope = Scope::new(given.purpose.clone()?, given.channel.clone()?, given.recipient.clone());
    Some(scope.into())
}

fn asked(guard: &Guard, needs: &mut Vec<NeedSpec>) {
    match guard.test() {
        Test::All(guards) | Test::Any(guards) => guards.iter().for_each(|guard| asked(guard, needs)),
        Test::Not(guard) => asked(guard, needs),
        Test::Consent(need) => needs.push(need.clone()),
        Test::Stage(_)
        | Test::Count(_)
        | Test::Recency(_)
        | Test::Unanswered(_)
        | Test::NotOlderThan(_)
        | Test::Queued(_)
        | Test::Attribute(_) => {}
    }
}
