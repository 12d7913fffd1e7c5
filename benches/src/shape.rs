//! The work: who says and does what, when. Seeded, of integers only, so that every machine makes the same.
//!
//! Fifty rows a contact, 83 % of them signals and 17 % acts, and both as skewed as audiences are: the contact of rank
//! `r` has `A / (r + c)` rows. Of 100,000 contacts the busiest has 29,000 rows, of which 5,000 are acts, and half of
//! them have fewer than 13. Acts lie among the signals: grants (half of them with an end, some as double opt-ins, of
//! which some are confirmed, some too late), withdrawals of all widths, objections and restrictions, and what lifts
//! them. About 31 % of the signals ask for a consent, and 10 % queue an event.

/// 2013 begins, in seconds of Unix.
pub const BEGIN: i64 = 1_356_998_400;
/// Two years, in seconds.
pub const SPAN: u32 = 2 * 365 * DAY;
const DAY: u32 = 86_400;

pub const PURPOSES: [&str; 5] = ["newsletter", "offers", "profiling", "referral", "care"];
pub const CHANNELS: [&str; 4] = ["email", "sms", "push", "post"];
pub const KINDS: [&str; 8] =
    ["visit", "like", "comment", "share", "signup", "purchase", "recommend", "complaint"];
pub const PAIRS: usize = PURPOSES.len() * CHANNELS.len();

/// How often a kind arrives, of a hundred.
const KIND_SHARES: [u32; 8] = [36, 28, 9, 6, 5, 8, 3, 5];
/// Acts among a hundred rows.
const ACTS: u32 = 17;
const PURPOSE_SHARES: [u32; 5] = [30, 25, 3, 9, 33];
const CHANNEL_SHARES: [u32; 4] = [70, 18, 8, 4];

/// A purpose by a channel: the place of the one times the number of the others, and the other.
pub type Pair = u8;

/// What a stop covers: the places of a purpose and of a channel; `None` for any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    pub purpose: Option<u8>,
    pub channel: Option<u8>,
}

impl Reach {
    pub fn covers(self, pair: usize) -> bool {
        let is = |part: Option<u8>, place: usize| part.is_none_or(|part| usize::from(part) == place);
        is(self.purpose, pair / CHANNELS.len()) && is(self.channel, pair % CHANNELS.len())
    }
}

/// One row of the work. No two of one contact are of one second.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub contact: u32,
    /// Its number; an act is told from a signal by `what`.
    pub id: u32,
    /// In seconds from the beginning.
    pub at: u32,
    pub what: What,
}

#[derive(Debug, Clone, Copy)]
pub enum What {
    Signal(u8),
    Grant { pair: Pair, until: Option<std::num::NonZeroU32> },
    DoubleOptIn { pair: Pair, confirm_by: u32 },
    Confirm { pair: Pair, grant: u32 },
    Withdraw(Reach),
    Object(Reach),
    Restrict(Reach),
    Unobject(Pair),
    Unrestrict(Pair),
}

/// How contacts, acts and signals are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// UUIDs: 36 characters.
    Uuid,
    /// A letter and a number.
    Short,
}

/// Of what something is the id.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    Contact,
    Act,
    Signal,
}

impl Ids {
    pub fn text(self, of: Of, number: u32) -> String {
        match self {
            Ids::Uuid => {
                let bits = Ids::bits(of, number);
                let part =
                    |from: u32, digits: u32| bits >> (128 - 4 * (from + digits)) & ((1 << (4 * digits)) - 1);
                let (first, second, third) = (part(0, 8), part(8, 4), part(12, 4));
                format!("{first:08x}-{second:04x}-{third:04x}-{:04x}-{:012x}", part(16, 4), part(20, 12))
            }
            Ids::Short => format!("{}-{number}", ["c", "a", "s"][of as usize]),
        }
    }

    /// A UUID of version 4, as a number.
    pub fn bits(of: Of, number: u32) -> u128 {
        let seed = u64::from(number) << 2 | of as u64;
        let bits = u128::from(mix(seed)) << 64 | u128::from(mix(!seed));
        bits & !(0xf << 76) & !(0b11 << 62) | 4 << 76 | 0b10 << 62
    }
}

/// The mail address of a contact.
pub fn address(contact: u32) -> String {
    format!("person-{contact}@example.org")
}

/// The whole work, contact by contact.
#[derive(Debug)]
pub struct Work {
    pub contacts: u32,
    pub ids: Ids,
    pub steps: Vec<Step>,
}

impl Work {
    pub fn new(contacts: u32, seed: u64) -> Work {
        let mut random = Random(seed);
        let mut ranks: Vec<u32> = (0..contacts).collect();
        for place in (1..ranks.len()).rev() {
            ranks.swap(place, random.below(place as u32 + 1) as usize);
        }
        let skew = Skew::of(contacts);
        let mut steps = Vec::with_capacity(contacts as usize * 51);
        for (contact, rank) in (0..).zip(ranks) {
            let begin = steps.len();
            let rows = skew.rows(rank);
            let saying = (rows * ACTS + random.below(100)) / 100;
            for _ in saying..rows {
                let what = What::Signal(random.share(&KIND_SHARES));
                steps.push(Step { contact, id: 0, at: random.below(SPAN), what });
            }
            acts(contact, saying, &mut random, &mut steps);
            settle(&mut steps, begin);
        }
        Work { contacts, ids: Ids::Uuid, steps }
    }

    pub fn with(mut self, ids: Ids) -> Work {
        self.ids = ids;
        self
    }

    /// The rows of the work in the order in which they arrive: by time, contacts at random.
    pub fn by_time(&self) -> Work {
        let mut steps = self.steps.clone();
        steps.sort_by_key(|step| step.at);
        Work { contacts: self.contacts, ids: self.ids, steps }
    }

    /// The signals among the rows.
    pub fn signals(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.what, What::Signal(_))).count()
    }

    /// The work cut into a number of pieces, each with contacts of its own.
    pub fn split(&self, pieces: u32) -> Vec<Vec<Step>> {
        let of = |piece| move |step: &&Step| step.contact % pieces == piece;
        (0..pieces).map(|piece| self.steps.iter().filter(of(piece)).copied().collect()).collect()
    }
}

/// Orders the rows of one contact by time, parts those of one second, and names confirms' grants.
fn settle(steps: &mut [Step], begin: usize) {
    let first_id = begin as u32;
    let rows = &mut steps[begin..];
    rows.sort_by_key(|step| step.at);
    let (mut last, mut grants) = (0, [0; PAIRS]);
    for (row, id) in rows.iter_mut().zip(first_id..) {
        row.at = row.at.max(last + 1);
        last = row.at;
        row.id = id;
        match &mut row.what {
            What::DoubleOptIn { pair, .. } => grants[usize::from(*pair)] = id,
            What::Confirm { pair, grant } => *grant = grants[usize::from(*pair)],
            _ => {}
        }
    }
}

/// How many rows a contact has, by its rank.
struct Skew {
    /// `A`.
    all: u64,
    /// `c`.
    flat: u64,
}

impl Skew {
    /// The largest `A` that leaves fifty rows a contact.
    fn of(contacts: u32) -> Skew {
        let flat = u64::from(contacts / 5_000).max(1);
        let (mut low, mut high) = (0, u64::from(contacts) * 50 * (flat + 1));
        while low < high {
            let skew = Skew { all: low + (high - low).div_ceil(2), flat };
            let rows: u64 = (0..contacts).map(|rank| u64::from(skew.rows(rank))).sum();
            if rows > u64::from(contacts) * 50 {
                high = skew.all - 1;
            } else {
                low = skew.all;
            }
        }
        Skew { all: low, flat }
    }

    fn rows(&self, rank: u32) -> u32 {
        (self.all / (u64::from(rank) + self.flat)) as u32
    }
}

/// A number of acts of one contact.
fn acts(contact: u32, count: u32, random: &mut Random, steps: &mut Vec<Step>) {
    let mut times: Vec<u32> = (0..count).map(|_| random.below(SPAN)).collect();
    times.sort_unstable();
    let mut left = times.len();
    let (mut given, mut objected, mut restricted) = ([false; PAIRS], [false; PAIRS], [false; PAIRS]);
    for at in times {
        if left == 0 {
            break;
        }
        left -= 1;
        let pair = random.share(&PURPOSE_SHARES) * CHANNELS.len() as u8 + random.share(&CHANNEL_SHARES);
        let place = usize::from(pair);
        let new = !std::mem::replace(&mut given[place], true);
        let mut push = |at, what| steps.push(Step { contact, id: 0, at, what });
        match random.below(100) {
            0..40 if restricted[place] => {
                restricted[place] = false;
                push(at, What::Unrestrict(pair));
            }
            0..40 if objected[place] => {
                objected[place] = false;
                push(at, What::Unobject(pair));
            }
            // One double opt-in a pair, and none after a grant: the floor keeps one standing a pair.
            0..10 if new && left > 0 => {
                let time = (1 + random.below(30)) * DAY;
                push(at, What::DoubleOptIn { pair, confirm_by: at + time });
                let confirmed = at + 1 + random.below(time * 6 / 5);
                if confirmed < SPAN {
                    left -= 1;
                    push(confirmed, What::Confirm { pair, grant: 0 });
                }
            }
            10..24 => push(at, What::Withdraw(random.reach(pair))),
            24..26 => {
                let reach = Reach { channel: None, ..random.reach(pair) };
                (0..PAIRS).filter(|pair| reach.covers(*pair)).for_each(|pair| objected[pair] = true);
                push(at, What::Object(reach));
            }
            26..28 => {
                let reach = random.reach(pair);
                (0..PAIRS).filter(|pair| reach.covers(*pair)).for_each(|pair| restricted[pair] = true);
                push(at, What::Restrict(reach));
            }
            28..65 => {
                let days = if random.below(2) == 0 { 1 + random.below(30) } else { 30 + random.below(500) };
                let until = std::num::NonZeroU32::new(at + days * DAY);
                push(at, What::Grant { pair, until });
            }
            _ => push(at, What::Grant { pair, until: None }),
        }
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    fn below(&mut self, end: u32) -> u32 {
        (((self.next() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// A place, as often as its share of a hundred says.
    fn share(&mut self, shares: &[u32]) -> u8 {
        let mut left = self.below(100);
        let place = shares.iter().position(|share| {
            let here = left < *share;
            left = left.wrapping_sub(*share);
            here
        });
        place.unwrap_or_default() as u8
    }

    /// Six stops of ten are as narrow as a grant, the others leave out a part or both.
    fn reach(&mut self, pair: Pair) -> Reach {
        let (purpose, channel) = (pair / CHANNELS.len() as u8, pair % CHANNELS.len() as u8);
        match self.below(10) {
            0..6 => Reach { purpose: Some(purpose), channel: Some(channel) },
            6..8 => Reach { purpose: Some(purpose), channel: None },
            8..9 => Reach { purpose: None, channel: Some(channel) },
            _ => Reach { purpose: None, channel: None },
        }
    }
}

pub fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
