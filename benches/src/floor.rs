//! The floor: what a careful person writes by hand where speed is all. One flat struct a contact, with the latest
//! standing of each purpose and channel in four bytes, and a match for the rules. It forgets every act, names
//! none, and proves nothing.

use super::shape::{CHANNELS, PAIRS, Reach, Step, What};
use super::tally::{No, Tally};

/// The latest standing of one pair: a state, two flags, and the second at which the state ends.
#[derive(Debug, Clone, Copy)]
pub struct Standing(u32);

const TIME: u32 = (1 << 27) - 1;
const STATE: u32 = 0b111 << 27;
const NOTHING: u32 = 0;
const GRANTED: u32 = 1 << 27;
const WITHDRAWN: u32 = 2 << 27;
const PENDING: u32 = 3 << 27;
const OBJECTED: u32 = 1 << 30;
const RESTRICTED: u32 = 1 << 31;
/// Later than any second of the work.
const NEVER: u32 = TIME;

impl Standing {
    pub const NONE: Standing = Standing(NOTHING);

    fn set(&mut self, state: u32, ends: u32) {
        self.0 = (self.0 & !(STATE | TIME)) | state | ends;
    }

    pub fn ask(self, now: u32) -> Result<(), No> {
        if self.0 & RESTRICTED != 0 {
            return Err(No::Restricted);
        }
        if self.0 & OBJECTED != 0 {
            return Err(No::Objected);
        }
        let ended = now >= self.0 & TIME;
        match self.0 & STATE {
            GRANTED if !ended => Ok(()),
            GRANTED => Err(No::Expired),
            WITHDRAWN => Err(No::Withdrawn),
            PENDING if !ended => Err(No::Pending),
            PENDING => Err(No::Unconfirmed),
            _ => Err(No::NoGrant),
        }
    }

    fn confirm(&mut self, at: u32) {
        if self.0 & STATE == PENDING && at < self.0 & TIME {
            self.set(GRANTED, NEVER);
        }
    }
}

impl Default for Standing {
    fn default() -> Self {
        Standing::NONE
    }
}

/// Standings by pair, in whatever the contact keeps them in.
pub trait Standings {
    fn get(&self, pair: u8) -> Standing;
    fn of(&mut self, pair: u8) -> &mut Standing;
    fn covered(&mut self, reach: Reach, change: impl Fn(&mut Standing));

    fn apply(&mut self, what: What, at: u32) {
        match what {
            What::Signal(_) => {}
            What::Grant { pair, until } => {
                self.of(pair).set(GRANTED, until.map_or(NEVER, std::num::NonZeroU32::get));
            }
            What::DoubleOptIn { pair, confirm_by } => self.of(pair).set(PENDING, confirm_by),
            What::Confirm { pair, .. } => self.of(pair).confirm(at),
            What::Withdraw(reach) => self.covered(reach, |standing| standing.set(WITHDRAWN, 0)),
            What::Object(reach) => self.covered(reach, |standing| {
                standing.set(WITHDRAWN, 0);
                standing.0 |= OBJECTED;
            }),
            What::Restrict(reach) => self.covered(reach, |standing| standing.0 |= RESTRICTED),
            What::Unobject(pair) => self.of(pair).0 &= !OBJECTED,
            What::Unrestrict(pair) => self.of(pair).0 &= !RESTRICTED,
        }
    }
}

/// One contact.
#[derive(Debug, Clone)]
pub struct Flat {
    standings: [Standing; PAIRS],
    pub stage: u8,
    pub counts: Counts,
}

/// Of the kinds that rules count, no further than they count.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub visits: u8,
    pub shares: u8,
    pub purchases: u8,
}

impl Flat {
    pub const NEW: Flat = Flat {
        standings: [Standing::NONE; PAIRS],
        stage: NO_STAGE,
        counts: Counts { visits: 0, shares: 0, purchases: 0 },
    };
}

impl Standings for Flat {
    #[inline]
    fn get(&self, pair: u8) -> Standing {
        self.standings[usize::from(pair)]
    }

    fn of(&mut self, pair: u8) -> &mut Standing {
        &mut self.standings[usize::from(pair)]
    }

    fn covered(&mut self, reach: Reach, change: impl Fn(&mut Standing)) {
        let standings = self.standings.iter_mut().enumerate();
        standings.filter(|(pair, _)| reach.covers(*pair)).for_each(|(_, standing)| change(standing));
    }
}

pub const NO_STAGE: u8 = 0;
pub const FAN: u8 = 1;
pub const SUBSCRIBER: u8 = 2;
pub const PROSPECT: u8 = 3;
pub const CUSTOMER: u8 = 4;
pub const REGULAR: u8 = 5;
pub const AMBASSADOR: u8 = 6;

pub const VISIT: u8 = 0;
pub const LIKE: u8 = 1;
pub const COMMENT: u8 = 2;
pub const SHARE: u8 = 3;
pub const SIGNUP: u8 = 4;
pub const PURCHASE: u8 = 5;
pub const RECOMMEND: u8 = 6;
pub const COMPLAINT: u8 = 7;

const WELCOME: usize = 0;
const MAILING: usize = 1;
const OFFER: usize = 2;
const INVITE: usize = 3;
pub const THANKS: usize = 4;
const SURVEY: usize = 5;
const REMINDER: usize = 6;
const APOLOGY: usize = 7;

const fn pair(purpose: u8, channel: u8) -> u8 {
    purpose * CHANNELS.len() as u8 + channel
}
const NEWSLETTER_EMAIL: u8 = pair(0, 0);
const NEWSLETTER_SMS: u8 = pair(0, 1);
const OFFERS_EMAIL: u8 = pair(1, 0);
const OFFERS_PUSH: u8 = pair(1, 2);
pub const REFERRAL_EMAIL: u8 = pair(3, 0);
const CARE_EMAIL: u8 = pair(4, 0);
const CARE_SMS: u8 = pair(4, 1);

/// What a rule asks for: where to go, what to do, and the consent that it needs.
pub type Taken = (Option<u8>, Option<(usize, u8)>);

impl Counts {
    #[inline]
    pub fn admit(&mut self, kind: u8) {
        match kind {
            VISIT => self.visits = self.visits.saturating_add(1),
            SHARE => self.shares = self.shares.saturating_add(1),
            PURCHASE => self.purchases = self.purchases.saturating_add(1),
            _ => {}
        }
    }

    /// The rules, in order. The one effect that needs a second consent is seen to by `second`.
    #[inline]
    pub fn rule(self, kind: u8, stage: u8) -> Option<Taken> {
        Some(match (kind, stage) {
            (VISIT, SUBSCRIBER) if self.visits >= 5 => (None, Some((REMINDER, NEWSLETTER_EMAIL))),
            (VISIT, REGULAR) => (None, Some((OFFER, OFFERS_PUSH))),
            (LIKE | COMMENT, NO_STAGE) => (Some(FAN), None),
            (LIKE, SUBSCRIBER) => (Some(PROSPECT), Some((MAILING, NEWSLETTER_EMAIL))),
            (LIKE, PROSPECT) => (None, Some((MAILING, OFFERS_EMAIL))),
            (COMMENT, FAN | PROSPECT) => (None, Some((INVITE, NEWSLETTER_EMAIL))),
            (COMMENT, CUSTOMER | REGULAR | AMBASSADOR) => (None, Some((THANKS, CARE_EMAIL))),
            (SHARE, FAN) => (Some(PROSPECT), Some((INVITE, NEWSLETTER_SMS))),
            (SHARE, REGULAR) if self.shares >= 2 => (Some(AMBASSADOR), Some((INVITE, REFERRAL_EMAIL))),
            (SHARE, AMBASSADOR) => (None, Some((THANKS, CARE_EMAIL))),
            (SIGNUP, NO_STAGE) => (Some(SUBSCRIBER), Some((WELCOME, NEWSLETTER_EMAIL))),
            (SIGNUP, FAN) => (Some(PROSPECT), Some((WELCOME, NEWSLETTER_EMAIL))),
            (PURCHASE, NO_STAGE | FAN | SUBSCRIBER | PROSPECT) => {
                (Some(CUSTOMER), Some((WELCOME, OFFERS_EMAIL)))
            }
            (PURCHASE, CUSTOMER) if self.purchases >= 3 => (Some(REGULAR), Some((OFFER, OFFERS_EMAIL))),
            (RECOMMEND, CUSTOMER | REGULAR) => (Some(AMBASSADOR), Some((THANKS, REFERRAL_EMAIL))),
            (COMPLAINT, AMBASSADOR) => (Some(CUSTOMER), Some((APOLOGY, CARE_EMAIL))),
            (COMPLAINT, _) => (None, Some((SURVEY, CARE_SMS))),
            _ => return None,
        })
    }
}

/// Asks for what a rule needs, and counts. False where a restriction keeps the contact from moving.
#[inline]
pub fn ask(
    of: &impl Standings,
    kind: u8,
    (effect, pair): (usize, u8),
    step: &Step,
    tally: &mut Tally,
) -> bool {
    let mut answer = of.get(pair).ask(step.at);
    let mut moves = answer != Err(No::Restricted);
    if kind == SHARE && effect == THANKS {
        let second = of.get(REFERRAL_EMAIL).ask(step.at);
        moves &= second != Err(No::Restricted);
        answer = answer.and(second);
    }
    match answer {
        Ok(()) => tally.emit(step.contact, effect, step.at),
        Err(reason) => tally.refuse(reason),
    }
    moves
}

/// One step of one contact.
#[inline]
pub fn arrive(flat: &mut Flat, step: &Step, tally: &mut Tally) {
    let What::Signal(kind) = step.what else {
        flat.apply(step.what, step.at);
        return;
    };
    flat.counts.admit(kind);
    if let Some((to, effect)) = flat.counts.rule(kind, flat.stage) {
        let moves = effect.is_none_or(|effect| ask(flat, kind, effect, step, tally));
        flat.stage = to.filter(|_| moves).unwrap_or(flat.stage);
    }
}
