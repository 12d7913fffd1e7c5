//! What one contact costs that has said much: the same steps for everybody who does the work.

use std::num::NonZeroU32;

use super::contest::{Contestant, Cost};
use super::shape::{Ids, Reach, Step, What, Work};
use super::tally::Tally;

const HOUR: u32 = 3_600;
const DAY: u32 = 24 * HOUR;
/// The past ends then, however many acts it has.
const NOW: u32 = 400 * DAY;
/// Care by e-mail, which a comment of a customer asks for.
const CARE_EMAIL: u8 = 16;
const COMMENT: u8 = 2;
const PURCHASE: u8 = 5;

fn step(id: u32, at: u32, what: What) -> Step {
    Step { contact: 0, id, at, what }
}

/// A customer, and so many acts: two of three are grants with an end, which is past or to come.
pub fn past(acts: u32) -> Vec<Step> {
    let begin = step(0, 0, What::Signal(PURCHASE));
    let act = |number: u32| {
        let (at, pair) = (NOW - (acts - number) * HOUR / 2, (number % 20) as u8);
        let until = NonZeroU32::new(at + (1 + number * 7 % 400) * DAY);
        step(
            number + 1,
            at,
            match number % 6 {
                0 => What::Withdraw(Reach { purpose: Some(pair / 4), channel: Some(pair % 4) }),
                1 => What::Grant { pair, until: None },
                _ => What::Grant { pair, until },
            },
        )
    };
    std::iter::once(begin).chain((0..acts).map(act)).collect()
}

/// A step an hour after that: four comments, then a grant of ten days of what they ask for.
pub fn live(steps: u32) -> Vec<Step> {
    let does = |number: u32| {
        let at = NOW + HOUR + number * HOUR;
        let until = NonZeroU32::new(at + 10 * DAY);
        let grant = What::Grant { pair: CARE_EMAIL, until };
        step(1_000_000 + number, at, if number.is_multiple_of(5) { grant } else { What::Signal(COMMENT) })
    };
    (0..steps).map(does).collect()
}

/// What the live steps cost after so many acts.
pub fn aged<C: Contestant>(acts: u32, steps: u32) -> (Cost, Tally) {
    let mut contestant = C::open(&Work { contacts: 1, ids: Ids::Uuid, steps: Vec::new() });
    let mut tally = Tally::default();
    contestant.run(&past(acts), &mut tally);
    let mut told = Tally::default();
    let cost = contestant.run(&live(steps), &mut told);
    (cost, told)
}
