//! The work: who says and does what, when. Seeded, of integers only, so that every machine makes the same.
//!
//! Signals are skewed as audiences are: the contact of rank `r` has `C / (r + c)` of them, the busiest about
//! 1,900, half of the contacts fewer than 20, fifty on average. A contact does 8.5 acts on average, earlier
//! rather than later: grants (some with an end, some as double opt-ins, of which some are confirmed, some too
//! late), withdrawals of all widths, a few objections and restrictions, and what lifts them.

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
const KIND_SHARES: [u32; 8] = [34, 28, 11, 6, 5, 8, 3, 5];
const PURPOSE_SHARES: [u32; 5] = [30, 25, 3, 9, 33];
const CHANNEL_SHARES: [u32; 4] = [70, 18, 8, 4];

/// A purpose by a channel: the place of the one times the number of the others, and the other.
pub type Pair = u8;

/// What a stop covers: the places of a purpose and of a channel; `None` for any.
#[derive(Debug, Clone, Copy)]
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

/// The whole work, contact by contact.
#[derive(Debug)]
pub struct Work {
    pub contacts: u32,
    pub steps: Vec<Step>,
}

impl Work {
    pub fn new(contacts: u32, seed: u64) -> Work {
        let mut random = Random(seed);
        let mut ranks: Vec<u32> = (0..contacts).collect();
        for place in (1..ranks.len()).rev() {
            ranks.swap(place, random.below(place as u32 + 1) as usize);
        }
        let mut steps = Vec::new();
        for (contact, rank) in (0..).zip(ranks) {
            let begin = steps.len();
            let signals = u64::from(contacts) * 953 / 100 / u64::from(rank + (contacts / 200).max(1));
            for _ in 0..signals {
                let what = What::Signal(random.share(&KIND_SHARES));
                steps.push(Step { contact, id: 0, at: random.below(SPAN), what });
            }
            acts(contact, &mut random, &mut steps);
            settle(&mut steps, begin);
        }
        Work { contacts, steps }
    }

    /// The same rows as they arrive: by time, contacts at random.
    pub fn by_time(&self) -> Work {
        let mut steps = self.steps.clone();
        steps.sort_by_key(|step| step.at);
        Work { contacts: self.contacts, steps }
    }

    /// The signals among the rows.
    pub fn signals(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.what, What::Signal(_))).count()
    }

    /// So many pieces, each of contacts of its own.
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

/// Five to twelve acts.
fn acts(contact: u32, random: &mut Random, steps: &mut Vec<Step>) {
    let mut times: Vec<u32> =
        (0..5 + random.below(8)).map(|_| random.below(SPAN).min(random.below(SPAN))).collect();
    times.sort_unstable();
    let mut left = times.len();
    let mut given = [false; PAIRS];
    let (mut objected, mut restricted) = (Vec::new(), Vec::new());
    for at in times {
        if left == 0 {
            break;
        }
        left -= 1;
        let pair = random.share(&PURPOSE_SHARES) * CHANNELS.len() as u8 + random.share(&CHANNEL_SHARES);
        let new = !std::mem::replace(&mut given[usize::from(pair)], true);
        let mut push = |at, what| steps.push(Step { contact, id: 0, at, what });
        match random.below(100) {
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
            10..23 => push(at, What::Withdraw(random.reach(pair))),
            23..25 => {
                objected.push(pair);
                push(at, What::Object(Reach { channel: None, ..random.reach(pair) }));
            }
            25..27 => {
                restricted.push(pair);
                push(at, What::Restrict(random.reach(pair)));
            }
            27..33 if !objected.is_empty() => push(at, What::Unobject(objected.remove(0))),
            33..43 if !restricted.is_empty() => push(at, What::Unrestrict(restricted.remove(0))),
            43..55 => {
                let until = std::num::NonZeroU32::new(at + (30 + random.below(500)) * DAY);
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
