//! Who plays, and what they can do.

use std::collections::BTreeSet;
use std::time::{Duration, UNIX_EPOCH};

use crate::consent::{Act, Actor, Ask, Confirm, Evidence, Grant, Lift, Method, Notice, Stop};
use crate::contact::Person;
use crate::desk::{Column, Desk, DriveError, Mapping, Store, Terms};
use crate::event::Event;
use crate::identity::{Identity, IdentityKind, SuppressionKey};
use crate::journey::{Journey, JourneySpec};
use crate::name::{ActId, ContactId, EventKey, Instant, Purpose, Reach, Scope, channel::EMAIL, purpose};
use crate::signal::{Signal, SignalSpec};

/// A few rules: a welcome mail that goes out once, a move back, a mail that two needs must permit.
const JOURNEY: &str = include_str!("journey.json");

/// Addresses; the first two have one wide key.
pub(super) const ADDRESSES: [&str; 5] =
    ["ada@kit.example", "Ada@kit.example", "bob@kit.example", "cy@kit.example", "di@kit.example"];
/// What must not be found anywhere once it is forgotten.
pub(super) const TRACES: [&str; 2] = ["ada@kit.example", "c-0"];
pub(super) const PURPOSES: [Purpose; 2] = [purpose::NEWSLETTER, purpose::OFFERS];
pub(super) const KINDS: [&str; 4] = ["signup", "buy", "leave", "like"];

/// So many contacts are looked at.
pub(super) const CONTACTS: usize = 6;

pub(super) type Fresh<'f, P> = &'f dyn Fn(&Terms) -> P;

/// One thing that happens. Numbers stand for contacts, addresses, purposes, kinds and minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Move {
    Open(usize, usize),
    Link(usize, usize),
    Unlink(usize, usize),
    Grant {
        id: usize,
        who: usize,
        address: usize,
        of: usize,
        at: i64,
        waits: bool,
    },
    Confirm {
        id: usize,
        who: usize,
        address: usize,
        grant: usize,
        at: i64,
    },
    Lift {
        id: usize,
        who: usize,
        address: usize,
        of: usize,
        at: i64,
    },
    Stop {
        id: usize,
        who: usize,
        no: No,
        of: Option<usize>,
        at: i64,
    },
    Merge(usize, usize),
    Unmerge(usize),
    Signal {
        id: usize,
        who: usize,
        address: usize,
        kind: usize,
        at: i64,
    },
    Dispatch(i64),
    Reply {
        who: usize,
        act: usize,
        at: i64,
    },
    /// A no for an address, whoever has it.
    StopFor {
        id: usize,
        address: usize,
        no: No,
        at: i64,
    },
    /// A row of a table without ids: a yes for an address.
    Row {
        address: usize,
        of: usize,
        at: i64,
    },
    Exercise {
        id: usize,
        who: usize,
        no: No,
        of: Option<usize>,
        at: i64,
    },
    Rectify {
        who: usize,
        old: usize,
        new: usize,
        at: i64,
    },
    Access {
        who: usize,
        at: i64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum No {
    Withdraw,
    Refuse,
    Object,
    Restrict,
    Pause,
    Erase,
    Bounced(usize),
}

/// What can go wrong in the kit itself: nothing, as far as its own texts are right.
type Wrong = Box<dyn std::error::Error>;

pub(super) fn terms() -> Result<Terms, String> {
    let spec = JourneySpec::from_json(JOURNEY).map_err(|error| error.to_string())?;
    let journey = Journey::compile(spec).map_err(|error| error.to_string())?;
    Ok(Terms::new(journey))
}

pub(super) fn forgetful() -> Result<Terms, String> {
    Ok(terms()?.suppressing(SuppressionKey::new(*b"the key of kits ")))
}

/// Minutes after nine on the first of May 2013.
pub(super) fn at(minute: i64) -> Instant {
    const NINE: u64 = 1_367_398_800;
    let seconds = NINE.saturating_add_signed(minute.saturating_mul(60));
    Instant::from(UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH))
}

pub(super) fn contact(who: usize) -> Result<ContactId, String> {
    ContactId::new(&format!("c-{who}")).map_err(|error| error.to_string())
}

pub(super) fn address(of: usize) -> Result<Identity, String> {
    let text = ADDRESSES.get(of).or(ADDRESSES.last()).copied().unwrap_or_default();
    Identity::email(text).map_err(|error| error.to_string())
}

pub(super) fn scope(of: usize) -> Scope {
    PURPOSES.get(of).cloned().unwrap_or(purpose::OFFERS).by(EMAIL)
}

fn act(id: usize) -> Result<ActId, Wrong> {
    Ok(ActId::new(&format!("a-{id}-erasable"))?)
}

pub(super) fn act_id(id: usize) -> Result<ActId, String> {
    act(id).map_err(|error| error.to_string())
}

fn proof() -> Result<Evidence, Wrong> {
    let shown = Notice::new("kit".parse()?, "1".parse()?);
    Ok(Evidence::new(Actor::Person, Method::UntickedBox).shown(shown))
}

impl Move {
    fn stop(id: usize, no: No, of: Option<usize>, at: Instant) -> Result<Stop, Wrong> {
        let everything = Reach::everything();
        let reach = of.map_or(everything.clone(), |of| everything.purpose(scope(of).purpose().clone()));
        let id = act(id)?;
        Ok(match no {
            No::Withdraw => Stop::withdraw(id, reach, at, at),
            No::Refuse => Stop::refuse(id, reach, at, at),
            No::Object => Stop::object(id, reach, at, at),
            No::Restrict => Stop::restrict(id, reach, at, at),
            No::Pause => {
                let hour = chrono::TimeDelta::try_hours(1).and_then(|hour| at.checked_add(hour));
                Stop::pause(id, reach, hour.ok_or("an hour later")?, at, at)?
            }
            No::Erase => Stop::erase(id, at, at),
            No::Bounced(of) => Stop::withdraw(id, reach, at, at).only(address(of)?),
        })
    }

    /// Does it, and tells what came of it in words.
    pub(super) fn run<S: Store<Error: std::fmt::Debug>>(
        &self,
        desk: &mut Desk<S>,
        sent: &mut Sent,
    ) -> Result<String, String> {
        self.done(desk, sent).map_err(|error| format!("{self:?}: {error}"))
    }

    fn done<S: Store<Error: std::fmt::Debug>>(
        &self,
        desk: &mut Desk<S>,
        sent: &mut Sent,
    ) -> Result<String, Wrong> {
        match *self {
            Move::Open(who, of) => told(desk.open(contact(who)?, address(of)?)),
            Move::Link(who, of) => told(desk.link(&contact(who)?, address(of)?)),
            Move::Unlink(who, of) => told(desk.unlink(&contact(who)?, &address(of)?)),
            Move::Grant { at: minute, .. } => {
                let (who, grant) = self.as_go()?;
                told(desk.append(&who, grant, at(minute)))
            }
            Move::Confirm { id, who, address: of, grant, at: minute } => {
                let now = at(minute);
                let confirm = Confirm::new(act(id)?, act(grant)?, address(of)?, proof()?, now, now)?;
                told(desk.append(&contact(who)?, confirm, now))
            }
            Move::Lift { id, who, address: of, of: what, at: minute } => {
                let now = at(minute);
                let lift = Lift::unobject(act(id)?, scope(what), address(of)?, proof()?, now, now)?;
                told(desk.append(&contact(who)?, lift, now))
            }
            Move::Stop { id, who, no, of, at: minute } => {
                let now = at(minute);
                told(desk.stop(&contact(who)?, Move::stop(id, no, of, now)?, now))
            }
            Move::Merge(from, into) => told(desk.merge(&contact(from)?, &contact(into)?)),
            Move::Unmerge(who) => told(desk.unmerge(&contact(who)?)),
            Move::Signal { at: minute, .. } => {
                let signal = self.signal(desk.journey())?;
                let observed = desk.observe(&signal, at(minute));
                told(observed.map(|observed| match observed.decision() {
                    None => "again".to_owned(),
                    Some(decision) => {
                        let queued: Vec<_> = decision.queued().collect();
                        let refused: Vec<_> = decision.refusals().map(|(_, no)| no.reason()).collect();
                        let unadmitted = decision.unadmitted().map(|no| no.reason());
                        let rule = decision.rule();
                        format!("{rule:?} {unadmitted:?} queued {queued:?} refused {refused:?}")
                    }
                }))
            }
            Move::Dispatch(minute) => {
                let mut gateway = |event: Event<'_>| {
                    sent.take(event.key());
                    Ok::<_, ()>(())
                };
                told(desk.dispatch(100, at(minute), &mut gateway))
            }
            Move::Reply { who, act: id, at: minute } => {
                let mut gateway = |reply: crate::consent::Reply<'_>| {
                    sent.replies.push(reply.key());
                    Ok::<_, ()>(())
                };
                let replied = desk.reply(&contact(who)?, &act(id)?, at(minute), &mut gateway);
                told(replied.map(|replied| match replied {
                    crate::desk::Replied::Refused(no) => format!("refused {}", no.reason()),
                    other => format!("{other:?}"),
                }))
            }
            Move::StopFor { .. }
            | Move::Row { .. }
            | Move::Exercise { .. }
            | Move::Rectify { .. }
            | Move::Access { .. } => self.more(desk),
        }
    }

    /// A no for an address, an import, a right.
    fn more<S: Store<Error: std::fmt::Debug>>(&self, desk: &mut Desk<S>) -> Result<String, Wrong> {
        match *self {
            Move::StopFor { id, address: of, no, at: minute } => {
                let now = at(minute);
                told(desk.stop_for(address(of)?, Move::stop(id, no, None, now)?, now))
            }
            Move::Row { address: of, of: what, at: minute } => {
                let table = Mapping::default()
                    .column("address", Column::Identity(IdentityKind::Email))
                    .column("date", Column::Acted)
                    .column("yes", Column::SaysOf(scope(what)))
                    .always(Column::Actor, "person")
                    .always(Column::Method, "unticked_box")
                    .always(Column::Notice, "kit")
                    .always(Column::NoticeVersion, "1");
                let table =
                    table.check(["address", "date", "yes"]).map_err(|faults| format!("{faults:?}"))?;
                let key = address(of)?.exact_key();
                let address = key.split_once(':').map(|(_, address)| address.to_owned()).unwrap_or_default();
                let row = [address, at(minute).to_string(), "yes".to_owned()];
                told(desk.import_table(&table, [row], at(minute)))
            }
            Move::Exercise { id, who, no, of, at: minute } => {
                let now = at(minute);
                told(desk.exercise(&contact(who)?, Move::stop(id, no, of, now)?, now))
            }
            Move::Rectify { who, old, new, at: minute } => {
                told(desk.rectify(&contact(who)?, &address(old)?, address(new)?, at(minute)))
            }
            Move::Access { who, at: minute } => {
                let access = desk.access(&contact(who)?, at(minute));
                told(access.map(|access| serde_json::to_string(&access).unwrap_or_default()))
            }
            _ => Err("no such move".into()),
        }
    }

    /// The signal that it is.
    pub(super) fn signal(&self, journey: &Journey) -> Result<Signal, Wrong> {
        let Move::Signal { id, who, address: of, kind, at: minute } = *self else {
            return Err("no signal".into());
        };
        let kind = KINDS.get(kind).copied().unwrap_or("buy");
        let text = format!(
            r#"{{"id":"s-{id}-erasable","contact":"{}","identity":"{}","kind":"{kind}","at":"{}"}}"#,
            contact(who)?,
            address(of)?.exact_key(),
            at(minute),
        );
        let spec = SignalSpec::from_json(&text)?;
        Ok(journey.signal(spec)?)
    }

    /// The grant that it is.
    pub(super) fn as_go(&self) -> Result<(ContactId, Act), String> {
        let Move::Grant { id, who, address: of, of: what, at: minute, waits } = *self else {
            return Err("no grant".to_owned());
        };
        let made = || -> Result<Grant, Wrong> {
            let now = at(minute);
            let grant = Grant::new(act(id)?, scope(what), address(of)?, proof()?, now, now)?;
            Ok(if waits { grant.confirm_by(at(minute.saturating_add(30)))? } else { grant })
        };
        Ok((contact(who)?, made().map_err(|error| error.to_string())?.into()))
    }

    /// The stop that it is.
    pub(super) fn as_stop(&self) -> Result<(ContactId, Stop, Instant), String> {
        let Move::Stop { id, who, no, of, at: minute } = *self else { return Err("no stop".to_owned()) };
        let stop = Move::stop(id, no, of, at(minute)).map_err(|error| error.to_string())?;
        Ok((contact(who)?, stop, at(minute)))
    }
}

/// What the desk declines is an answer as well; what the store says is none.
fn told<T: std::fmt::Debug, E: std::fmt::Debug>(done: Result<T, DriveError<E>>) -> Result<String, Wrong> {
    match done {
        Ok(answer) => Ok(format!("{answer:?}")),
        Err(DriveError::Declined(no)) => Ok(format!("declined: {no}")),
        Err(DriveError::Busy) => Err("others kept changing the person, and nobody did".into()),
        Err(DriveError::Store(error)) => Err(format!("the store failed: {error:?}").into()),
    }
}

/// What the gateways took.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) keys: BTreeSet<EventKey>,
    /// Keys that came a second time.
    pub(super) twice: usize,
    pub(super) replies: Vec<crate::name::ReplyKey>,
}

impl Sent {
    fn take(&mut self, key: EventKey) {
        if !self.keys.insert(key) {
            self.twice = self.twice.saturating_add(1);
        }
    }
}

/// How a place answers, contact by contact: every address and purpose, now and later, and the stage.
pub(super) fn view<S: Store<Error: std::fmt::Debug>>(desk: &mut Desk<S>) -> Result<Vec<String>, String> {
    let journey = desk.journey().clone();
    let mut lines = Vec::new();
    for who in 0..CONTACTS {
        let look = |person: Option<Person<'_>>| -> Result<String, String> {
            let Some(person) = person else { return Ok("not there".to_owned()) };
            let mut line = String::new();
            for (of, what) in (0..ADDRESSES.len()).flat_map(|of| [(of, 0), (of, 1)]) {
                let ask = Ask::new(scope(what), address(of)?);
                let answers = [45, 120].map(|minute| {
                    person.ledger().refuses(&ask, at(minute)).map_or("yes", |reason| reason.as_str())
                });
                line.push_str(&format!("{answers:?} "));
            }
            let stands = journey.stands_at(person, at(60));
            Ok(format!(
                "{line}holds {:?} stands at {stands:?} acts {}",
                person.held_stage(),
                person.ledger().version()
            ))
        };
        let seen =
            desk.person(&contact(who)?, look).map_err(|error| format!("to look at c-{who}: {error:?}"))?;
        lines.push(format!("c-{who}: {}", seen?));
    }
    Ok(lines)
}

/// Two places that should answer alike.
pub(super) fn alike(one: &[String], other: &[String], when: &str) -> Result<(), String> {
    match one.iter().zip(other).find(|(one, other)| one != other) {
        None => Ok(()),
        Some((one, other)) => Err(format!("{when}: the store answers `{one}`, and should `{other}`")),
    }
}
