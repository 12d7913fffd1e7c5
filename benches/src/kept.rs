//! A std `HashMap` and a match that keep what `placet` keeps: every act with both clocks, its evidence, its identity
//! and its id; each act once, however often it is delivered; how many signals of each kind and the latest; why an
//! effect was refused and by which act; and an owned account of every event. Ids are numbers of 128 bits, texts of the
//! notice are a table's, addresses are shared. `BOOK`: the ids of signals and the outbox are kept, too.
//!
//! It is what a competent person writes for this one journey, and does in one pass what `placet` decides and commits.
//! What it leaves out: stops for later scopes, several identities, persons, erasure, orders other than that of time.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hint::black_box;
use std::sync::Arc;

use super::floor::{Counts, PURCHASE, REFERRAL_EMAIL, SHARE, THANKS, Taken, VISIT};
use super::shape::{BEGIN, CHANNELS, Ids, KINDS, Of, PAIRS, Pair, Reach, Step, What, address};
use super::tally::{No, Tally};

/// Microseconds since 1970.
type Micros = i64;
const NEVER: Micros = Micros::MAX;

fn micros(seconds: u32) -> Micros {
    (BEGIN + i64::from(seconds)) * 1_000_000
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    Person,
    Controller,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    UntickedBox,
    Paper,
}

/// What was said: the place of the notice in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    actor: Actor,
    method: Method,
    notice: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Grant { pair: Pair, until: Micros },
    DoubleOptIn { pair: Pair, confirm_by: Micros },
    Confirm { grant: u128 },
    Withdraw(Reach),
    Object(Reach),
    Restrict(Reach),
    Unobject(Pair),
    Unrestrict(Pair),
}

/// As it arrives. A stop names no identity and needs no evidence.
#[derive(Debug)]
pub struct Act {
    id: u128,
    given: Option<(Arc<str>, Evidence)>,
    deed: Deed,
    acted: Micros,
    recorded: Micros,
}

/// As it arrives.
#[derive(Debug)]
pub struct Signal {
    id: u128,
    contact: u128,
    identity: Arc<str>,
    kind: u8,
    at: Micros,
}

#[derive(Debug)]
pub enum Arrival {
    Act(Act),
    Signal(Signal),
}

impl Arrival {
    pub fn of(step: &Step) -> Arrival {
        let at = micros(step.at);
        let identity = || Arc::<str>::from(address(step.contact));
        let own = Evidence { actor: Actor::Person, method: Method::UntickedBox, notice: 0 };
        let told = Evidence { actor: Actor::Controller, method: Method::Paper, notice: 0 };
        let (deed, evidence) = match step.what {
            What::Signal(kind) => {
                let (id, contact) = (Ids::bits(Of::Signal, step.id), Ids::bits(Of::Contact, step.contact));
                return Arrival::Signal(Signal { id, contact, identity: identity(), kind, at });
            }
            What::Grant { pair, until } => {
                (Deed::Grant { pair, until: until.map_or(NEVER, |until| micros(until.get())) }, Some(own))
            }
            What::DoubleOptIn { pair, confirm_by } => {
                (Deed::DoubleOptIn { pair, confirm_by: micros(confirm_by) }, Some(own))
            }
            What::Confirm { grant, .. } => (Deed::Confirm { grant: Ids::bits(Of::Act, grant) }, Some(own)),
            What::Withdraw(reach) => (Deed::Withdraw(reach), None),
            What::Object(reach) => (Deed::Object(reach), None),
            What::Restrict(reach) => (Deed::Restrict(reach), None),
            What::Unobject(pair) => (Deed::Unobject(pair), Some(own)),
            What::Unrestrict(pair) => (Deed::Unrestrict(pair), Some(told)),
        };
        let given = evidence.map(|evidence| (identity(), evidence));
        Arrival::Act(Act { id: Ids::bits(Of::Act, step.id), given, deed, acted: at, recorded: at })
    }
}

/// As it is kept.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    id: u128,
    acted: Micros,
    recorded: Micros,
    deed: Deed,
    /// The place of the identity among the contact's.
    given: Option<(u8, Evidence)>,
}

/// The standing of one pair, each part with the place of the act that it rests on.
#[derive(Debug, Clone, Copy, Default)]
struct Standing {
    state: State,
    by: u32,
    objected: Option<u32>,
    restricted: Option<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Nothing,
    Granted {
        until: Micros,
    },
    Pending {
        confirm_by: Micros,
    },
    Withdrawn,
}

/// Why not, and by which act.
type Refused = (No, Option<u32>);

/// The account of an event, or the effect that was refused.
type Answered = Result<Account, (usize, Refused)>;

/// That a need of an event was permitted.
#[derive(Debug, Clone)]
pub struct Citation {
    pub act: u128,
    pub identity: Arc<str>,
    pub pair: Pair,
    pub decided_at: Micros,
    pub not_after: Micros,
}

/// The account of an event.
#[derive(Debug, Clone)]
pub struct Account {
    pub contact: u128,
    pub signal: u128,
    pub rule: (u8, u8),
    pub effect: usize,
    pub addressing: Citation,
    pub further: Option<Citation>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Admitted {
    count: u32,
    latest: Micros,
}

/// One contact.
#[derive(Debug)]
pub struct Keeps<const BOOK: bool> {
    id: u128,
    version: u64,
    identities: Vec<Arc<str>>,
    stage: u8,
    admitted: [Admitted; KINDS.len()],
    standings: HashMap<Pair, Standing>,
    rows: Vec<Row>,
    places: HashMap<u128, u32>,
    signals: HashMap<u128, (u8, Micros)>,
    outbox: Vec<Account>,
}

impl<const BOOK: bool> Keeps<BOOK> {
    pub fn open(contact: u32) -> Self {
        Keeps {
            id: Ids::bits(Of::Contact, contact),
            version: 0,
            identities: vec![address(contact).into()],
            stage: 0,
            admitted: Default::default(),
            standings: HashMap::new(),
            rows: Vec::new(),
            places: HashMap::new(),
            signals: HashMap::new(),
            outbox: Vec::new(),
        }
    }

    pub fn stage(&self) -> u8 {
        self.stage
    }

    pub fn arrive(&mut self, arrival: &mut Arrival, step: &Step, tally: &mut Tally) {
        match arrival {
            Arrival::Act(act) => drop(self.append(act).unwrap()),
            Arrival::Signal(signal) => {
                let decided = self.decide(signal).unwrap();
                match decided {
                    None => {}
                    // `black_box`: the whole account and the whole refusal are made, whatever is read of them here.
                    Some(Ok(account)) => {
                        let account = black_box(account);
                        tally.emit(step.contact, account.effect, step.at);
                        if BOOK {
                            self.outbox.push(account);
                        }
                    }
                    Some(Err(refused)) => tally.refuse(black_box(refused).1.0),
                }
            }
        }
    }

    fn identity(&self, identity: &str) -> Option<u8> {
        self.identities.iter().position(|ours| **ours == *identity).map(|place| place as u8)
    }

    /// False where it is here already.
    fn append(&mut self, act: &mut Act) -> Result<bool, &'static str> {
        let Act { id, deed, acted, recorded, .. } = *act;
        let given = match act.given.take() {
            Some((identity, evidence)) => {
                Some((self.identity(&identity).ok_or("the identity is another contact's")?, evidence))
            }
            None => None,
        };
        let row = Row { id, acted, recorded, deed, given };
        let by = self.rows.len() as u32;
        match self.places.entry(id) {
            Entry::Occupied(there) if self.rows[*there.get() as usize] == row => return Ok(false),
            Entry::Occupied(_) => return Err("this id names another act"),
            Entry::Vacant(free) => free.insert(by),
        };
        self.rows.push(row);
        self.version += 1;
        match deed {
            Deed::Grant { pair, until } => self.set(pair, State::Granted { until }, by),
            Deed::DoubleOptIn { pair, confirm_by } => self.set(pair, State::Pending { confirm_by }, by),
            Deed::Confirm { grant } => {
                let place = *self.places.get(&grant).ok_or("it confirms nothing")?;
                let Deed::DoubleOptIn { pair, confirm_by } = self.rows[place as usize].deed else {
                    return Err("what it names asks for no confirmation");
                };
                let standing = self.standings.entry(pair).or_default();
                if standing.by == place
                    && matches!(standing.state, State::Pending { .. })
                    && acted < confirm_by
                {
                    standing.state = State::Granted { until: NEVER };
                }
            }
            Deed::Withdraw(reach) => self.covered(reach, |standing| {
                (standing.state, standing.by) = (State::Withdrawn, by);
            }),
            Deed::Object(reach) => self.covered(reach, |standing| {
                (standing.state, standing.by, standing.objected) = (State::Withdrawn, by, Some(by));
            }),
            Deed::Restrict(reach) => self.covered(reach, |standing| standing.restricted = Some(by)),
            Deed::Unobject(pair) => self.standings.entry(pair).or_default().objected = None,
            Deed::Unrestrict(pair) => self.standings.entry(pair).or_default().restricted = None,
        }
        Ok(true)
    }

    fn set(&mut self, pair: Pair, state: State, by: u32) {
        let standing = self.standings.entry(pair).or_default();
        (standing.state, standing.by) = (state, by);
    }

    fn covered(&mut self, reach: Reach, change: impl Fn(&mut Standing)) {
        let purposes = match reach.purpose {
            Some(purpose) => purpose..purpose + 1,
            None => 0..(PAIRS / CHANNELS.len()) as u8,
        };
        for purpose in purposes {
            let channels = reach.channel.map_or(0..CHANNELS.len() as u8, |channel| channel..channel + 1);
            for channel in channels {
                change(self.standings.entry(purpose * CHANNELS.len() as u8 + channel).or_default());
            }
        }
    }

    fn permit(&self, pair: Pair, identity: &Arc<str>, now: Micros) -> Result<Citation, Refused> {
        let Some(standing) = self.standings.get(&pair) else {
            return Err((No::NoGrant, None));
        };
        if let Some(by) = standing.restricted {
            return Err((No::Restricted, Some(by)));
        }
        if let Some(by) = standing.objected {
            return Err((No::Objected, Some(by)));
        }
        let by = Some(standing.by);
        match standing.state {
            State::Granted { until } if now < until => Ok(Citation {
                act: self.rows[standing.by as usize].id,
                identity: Arc::clone(identity),
                pair,
                decided_at: now,
                not_after: until,
            }),
            State::Granted { .. } => Err((No::Expired, by)),
            State::Pending { confirm_by } if now < confirm_by => Err((No::Pending, by)),
            State::Pending { .. } => Err((No::Unconfirmed, by)),
            State::Withdrawn => Err((No::Withdrawn, by)),
            State::Nothing => Err((No::NoGrant, None)),
        }
    }

    /// The account of the effect that a rule asked for, or which effect was refused, and why.
    fn decide(&mut self, signal: &Signal) -> Result<Option<Answered>, &'static str> {
        if signal.contact != self.id {
            return Err("the signal is of another contact");
        }
        if BOOK {
            match self.signals.entry(signal.id) {
                Entry::Occupied(there) if *there.get() == (signal.kind, signal.at) => return Ok(None),
                Entry::Occupied(_) => return Err("this id names another signal"),
                Entry::Vacant(free) => free.insert((signal.kind, signal.at)),
            };
        }
        let admitted = &mut self.admitted[usize::from(signal.kind)];
        admitted.count += 1;
        admitted.latest = admitted.latest.max(signal.at);
        self.version += 1;
        let counts = self.admitted;
        let count = |kind: u8| counts[usize::from(kind)].count.min(u8::MAX.into()) as u8;
        let counts = Counts { visits: count(VISIT), shares: count(SHARE), purchases: count(PURCHASE) };
        let from = self.stage;
        let Some((to, effect)): Option<Taken> = counts.rule(signal.kind, from) else {
            return Ok(None);
        };
        let mut moves = true;
        let answered = effect.map(|(effect, pair)| {
            let place = self.identity(&signal.identity);
            let first = match place {
                Some(place) => self.permit(pair, &self.identities[usize::from(place)], signal.at),
                None => Err((No::NoGrant, None)),
            };
            moves = !matches!(first, Err((No::Restricted, _)));
            let mut further = None;
            if signal.kind == SHARE && effect == THANKS {
                let second = self.permit(REFERRAL_EMAIL, &signal.identity, signal.at);
                moves &= !matches!(second, Err((No::Restricted, _)));
                further = Some(second);
            }
            let answer = first.and_then(|addressing| {
                let further = further.transpose()?;
                let rule = (signal.kind, from);
                Ok(Account { contact: self.id, signal: signal.id, rule, effect, addressing, further })
            });
            answer.map_err(|refused| (effect, refused))
        });
        self.stage = to.filter(|_| moves).unwrap_or(from);
        Ok(answered)
    }
}
