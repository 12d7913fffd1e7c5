//! Random journeys, small and full of coincidences, and random histories that try to break what lint says of them.

use placet::{
    Channel, Contact, Grant, Identity, Instant, Journey, JourneySpec, Purpose, Reach, Scope, Signal,
    SignalSpec, Stage, Stop,
    journey::{
        AttributeSpec, Catalogue, ChannelSpec, Comparison, EffectSpec, Guard, NeedSpec, Reaches, RuleSpec,
        SignalKindSpec, StageSpec, SustainSpec, Way,
    },
    name::{NO_STAGE, SELF, TimeDelta},
    signal::{Attribute, Value, ValueType},
};

use crate::support::name;

/// SplitMix64: the same seed, the same journey.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        let mut dice = Dice(seed);
        Dice(dice.below(u64::MAX))
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % most
    }

    pub fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    fn some<T>(&mut self, most: u64, mut make: impl FnMut(&mut Dice) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }
}

const STAGES: [&str; 4] = ["a", "b", "c", "d"];
const KINDS: [&str; 3] = ["like", "visit", "buy"];
const PURPOSES: [&str; 2] = ["p", "q"];
const CHANNELS: [&str; 7] = ["email", "social/x", "social/y", "sms", "chat", "board", "no:way"];
const WAYS: [&str; 6] = ["email", "social/x", "social/*", "chat", "board", "no:way"];
const SPANS: [&str; 3] = ["1d", "10d", "999999999w"];
const NUMBERS: [i64; 5] = [i64::MIN, -1, 0, 1, i64::MAX];
const TEXTS: [&str; 3] = ["0", "m", "m+"];

pub fn journey(dice: &mut Dice) -> JourneySpec {
    let stages = usize::try_from(1 + dice.below(STAGES.len() as u64)).unwrap();
    let stages = &STAGES[..stages];
    let channel = |channel: &&str| ChannelSpec {
        name: name(channel),
        reaches: match *channel {
            "chat" => Some(Reaches::Arrival),
            "board" => Some(Reaches::Any),
            _ => None,
        },
    };
    let mut specs: Vec<StageSpec> = stages
        .iter()
        .enumerate()
        .map(|(at, stage)| StageSpec {
            name: name(stage),
            sustain: dice.some(2, |dice| sustain(dice, &stages[..at])),
        })
        .collect();
    let free = specs.iter().find(|stage| stage.sustain.is_empty()).map(|stage| stage.name.clone());
    if let Some(otherwise) = free.filter(|_| dice.one_in(3)) {
        // "none" falls to a stage that falls no further: no circle.
        specs.push(StageSpec {
            name: NO_STAGE,
            sustain: vec![SustainSpec { needs: vec![need(dice)], otherwise }],
        });
    }
    let attribute = |text: &str, value_type| AttributeSpec { name: name(text), value_type };
    let signals = KINDS.map(|kind| SignalKindSpec {
        kind: name(kind),
        admission: dice.one_in(3).then(|| {
            let mut needs = vec![need(dice)];
            needs.extend(dice.one_in(4).then(|| need(dice)));
            needs
        }),
        derived: false,
        attributes: vec![
            attribute("n", ValueType::Integer),
            attribute("ok", ValueType::Bool),
            attribute("t", ValueType::Text),
        ],
    });
    let rules = 2 + dice.below(6);
    JourneySpec {
        placet: 1,
        name: name("random"),
        controller: name("acme"),
        catalogue: Catalogue {
            purposes: PURPOSES.map(name::<Purpose>).to_vec(),
            channels: CHANNELS.iter().map(channel).collect(),
            recipients: vec![name("pal")],
            notices: vec![],
            known_notices_only: false,
        },
        stages: specs,
        signals: signals.to_vec(),
        rules: (0..rules).map(|at| rule(dice, at, stages)).collect(),
        allowed: vec![],
    }
}

fn need(dice: &mut Dice) -> NeedSpec {
    let ways = if dice.one_in(6) { 6 } else { 4 };
    let channel = match dice.pick(&WAYS[..ways]) {
        "social/*" => Way::OwnNetwork,
        channel => Way::By(name(channel)),
    };
    let recipient = if dice.one_in(8) { name("pal") } else { SELF };
    NeedSpec { purpose: name(dice.pick(&PURPOSES)), channel, recipient }
}

fn sustain(dice: &mut Dice, lower: &[&str]) -> SustainSpec {
    let otherwise = if lower.is_empty() || dice.one_in(3) { NO_STAGE } else { name(dice.pick(lower)) };
    let mut needs = vec![need(dice)];
    needs.extend(dice.one_in(4).then(|| need(dice)));
    SustainSpec { needs, otherwise }
}

fn stage(dice: &mut Dice, stages: &[&str]) -> Stage {
    if dice.one_in(4) { NO_STAGE } else { name(dice.pick(stages)) }
}

fn rule(dice: &mut Dice, at: u64, stages: &[&str]) -> RuleSpec {
    let from = if dice.one_in(3) {
        None
    } else {
        let mut from = vec![stage(dice, stages)];
        from.extend(dice.one_in(3).then(|| stage(dice, stages)));
        Some(from)
    };
    let effect = |dice: &mut Dice, at: u64| {
        let NeedSpec { purpose, channel, recipient } = need(dice);
        let needs = dice.some(1, need);
        let (when, within, still) = (None, None, None);
        EffectSpec { name: name(&format!("e{at}")), purpose, channel, recipient, needs, when, within, still }
    };
    let kinds = 2 + usize::from(dice.one_in(4));
    let effects = (0..dice.below(3)).map(|at| effect(dice, at)).collect();
    RuleSpec {
        name: name(&format!("r{at}")),
        on: name(dice.pick(&KINDS[..kinds])),
        from,
        when: (!dice.one_in(3)).then(|| guard(dice, 3, stages)),
        to: (!dice.one_in(4)).then(|| stage(dice, stages)),
        effects,
    }
}

fn guard(dice: &mut Dice, depth: u64, stages: &[&str]) -> Guard {
    let inner = |dice: &mut Dice| {
        let parts = 1 + dice.below(3);
        (0..parts).map(|_| guard(dice, depth - 1, stages)).collect::<Vec<_>>()
    };
    match dice.below(if depth == 0 { 6 } else { 10 }) {
        0 => Guard::stage(stage(dice, stages)),
        1 => {
            let within = dice.one_in(2).then(|| dice.pick(&SPANS).parse().unwrap());
            Guard::count(name(dice.pick(&KINDS)), 1 + u32::try_from(dice.below(3)).unwrap(), within)
        }
        2 => Guard::recency(name(dice.pick(&KINDS)), dice.pick(&SPANS).parse().unwrap()),
        3 | 4 => attribute(dice),
        5 => Guard::consent(need(dice)),
        6 => Guard::not(guard(dice, depth - 1, stages)).unwrap(),
        7 => Guard::any(inner(dice)).unwrap(),
        _ => Guard::all(inner(dice)).unwrap(),
    }
}

fn attribute(dice: &mut Dice) -> Guard {
    use Comparison::{AtLeast, AtMost, Equal, Greater, Less, NotEqual};
    let is = dice.pick(&[Equal, NotEqual, Less, AtMost, AtLeast, Greater]);
    match dice.below(4) {
        0 => {
            let is = if dice.one_in(2) { Equal } else { NotEqual };
            Guard::attribute(name("ok"), is, Value::Bool(dice.one_in(2)))
        }
        1 => Guard::attribute(name("t"), is, Value::Text(name(dice.pick(&TEXTS)))),
        _ => Guard::attribute(name("n"), is, Value::Integer(dice.pick(&NUMBERS))),
    }
}

const IDENTITIES: [&str; 6] = [
    "email:ada@x.example",
    "email:ada@y.example",
    "account/x:ada",
    "account/x:ida",
    "account/y:ada",
    "card:1",
];

/// One random contact, and what it does next.
pub struct Person<'j> {
    pub journey: &'j Journey,
    pub contact: Contact,
    now: Instant,
    steps: u64,
}

impl<'j> Person<'j> {
    pub fn new(journey: &'j Journey) -> Person<'j> {
        let mut identities = IDENTITIES.iter().map(|text| Identity::parse(text).unwrap());
        let mut contact = Contact::open(name("ada"), identities.next().unwrap(), journey.vocabulary());
        for identity in identities {
            contact.link(identity);
        }
        Person { journey, contact, now: "2013-05-01T10:00:00Z".parse().unwrap(), steps: 0 }
    }

    fn scope(dice: &mut Dice) -> Scope {
        let channel: Channel = name(dice.pick(&CHANNELS));
        let recipient = if dice.one_in(8) { name("pal") } else { SELF };
        Scope::new(name(dice.pick(&PURPOSES)), channel, recipient)
    }

    /// A few acts, then a signal and the decision about it; the decision is not committed yet.
    pub fn signal(&mut self, dice: &mut Dice) -> (Signal, Instant) {
        for _ in 0..dice.below(7) {
            self.act(dice);
        }
        self.steps += 1;
        self.pass(dice);
        let late = match dice.below(8) {
            0 => TimeDelta::days(2),
            1 => TimeDelta::days(20),
            _ => TimeDelta::zero(),
        };
        let at = self.now.checked_sub(late).unwrap();
        let mut attributes = Vec::new();
        let mut carry = |text: &str, value| attributes.push(Attribute { name: name(text), value });
        if !dice.one_in(3) {
            carry(
                "n",
                Value::Integer(dice.pick(&[i64::MIN, i64::MIN + 1, -2, -1, 0, 1, 2, i64::MAX - 1, i64::MAX])),
            );
        }
        if !dice.one_in(3) {
            carry("ok", Value::Bool(dice.one_in(2)));
        }
        if !dice.one_in(3) {
            carry("t", Value::Text(name(dice.pick(&["0", "0+", "l", "m", "m+", "m++", "zz"]))));
        }
        let identity = if dice.one_in(12) { "phone:+3225550100" } else { dice.pick(&IDENTITIES) };
        let spec = SignalSpec {
            id: name(&format!("s-{}", self.steps)),
            contact: name("ada"),
            identity: Identity::parse(identity).unwrap(),
            kind: name(dice.pick(&KINDS)),
            source: None,
            at,
            attributes,
        };
        let now = self.now;
        if dice.one_in(30) {
            self.now = self.now.checked_sub(TimeDelta::days(15)).unwrap(); // a clock that runs back
        }
        (self.journey.signal(spec).unwrap(), now)
    }

    fn pass(&mut self, dice: &mut Dice) {
        let pass = dice.pick(&[1_i64, 60, 3_600, 50_000, 86_400, 200_000, 2_000_000]);
        self.now = self.now.checked_add(TimeDelta::seconds(pass)).unwrap();
    }

    fn act(&mut self, dice: &mut Dice) {
        self.steps += 1;
        self.now = self.now.checked_add(TimeDelta::seconds(1)).unwrap();
        let (id, now) = (name(&format!("a-{}", self.steps)), self.now);
        let scope = Self::scope(dice);
        let identity = Identity::parse(dice.pick(&IDENTITIES)).unwrap();
        let proof = crate::support::proof();
        match dice.below(40) {
            0 | 1 => drop(self.contact.stop(Stop::withdraw(id, Reach::everything(), now, now))),
            2 => drop(self.contact.stop(Stop::restrict(id, scope.into(), now, now))),
            3 => drop(self.contact.stop(Stop::object(id, scope.into(), now, now))),
            4..=8 => drop(self.contact.stop(Stop::withdraw(id, scope.into(), now, now))),
            9 if dice.one_in(12) => drop(self.contact.stop(Stop::erase(id, now, now))),
            _ => drop(self.contact.grant(Grant::new(id, scope, identity, proof, now, now).unwrap())),
        }
    }
}
