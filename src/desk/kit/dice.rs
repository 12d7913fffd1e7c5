//! Random histories, the same every time.

use super::scene::{ADDRESSES, CONTACTS, KINDS, Move, No};

/// Numbers that look thrown, and are the same every time.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1))
    }

    /// A number below `sides`.
    pub(super) fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let thrown = usize::try_from(self.0 >> 33).unwrap_or_default();
        thrown.checked_rem(sides).unwrap_or_default()
    }

    fn minute(&mut self) -> i64 {
        i64::try_from(self.throw(40)).unwrap_or_default()
    }

    /// A history of so many moves.
    pub(super) fn history(&mut self, moves: usize) -> Vec<Move> {
        let opened = (0..CONTACTS).map(|who| Move::Open(who, self.throw(ADDRESSES.len())));
        let mut all: Vec<Move> = opened.collect();
        for id in 0..moves {
            let (who, address, of, at) =
                (self.throw(CONTACTS), self.throw(ADDRESSES.len()), self.throw(2), self.minute());
            let nos = [
                No::Withdraw,
                No::Refuse,
                No::Object,
                No::Restrict,
                No::Pause,
                No::Bounced(address),
                No::Erase,
            ];
            all.push(match self.throw(24) {
                0 => Move::Link(who, address),
                1 => Move::Unlink(who, address),
                2..=6 => Move::Grant { id, who, address, of, at, waits: self.throw(6) == 0 },
                7 => Move::Confirm { id, who, address, grant: self.throw(id.max(1)), at },
                8 => Move::Lift { id, who, address, of, at },
                9..=11 => {
                    // An erasure is rare: it ends the story of the contact.
                    let rare = usize::from(self.throw(8) == 0);
                    let sides = nos.len().saturating_sub(1).saturating_add(rare);
                    let no = nos.get(self.throw(sides)).copied().unwrap_or(No::Withdraw);
                    Move::Stop { id, who, no, of: (self.throw(2) == 0).then_some(of), at }
                }
                12 => Move::Merge(who, self.throw(CONTACTS)),
                13 => Move::Unmerge(who),
                14 => Move::Dispatch(at.saturating_add(40)),
                15 => Move::Reply { who, act: self.throw(id.max(1)), at },
                16 => Move::StopFor { id, address, no: No::Object, at },
                17 => Move::Row { address, of, at },
                18 => Move::Rectify { who, old: address, new: self.throw(ADDRESSES.len()), at },
                19 => Move::Exercise { id, who, no: No::Withdraw, of: Some(of), at },
                20 => Move::Access { who, at },
                _ => Move::Signal { id, who, address, kind: self.throw(KINDS.len()), at },
            });
        }
        all
    }
}
