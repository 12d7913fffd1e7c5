//! People who do not exist: who says yes, who says no, who comes. What each of them would say is drawn here, apart from
//! every ledger, so that what the ledgers permit can be held against it.

use crate::case::Case;
use crate::chance::Chance;

/// What somebody in the base has said of the newsletter before the campaign begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Newsletter {
    /// Signed up, by an unticked box.
    Yes,
    /// Never asked, or never answered.
    Never,
    /// Signed up, and withdrew.
    Withdrew,
    /// Signed up, and objected to all of it.
    Objected,
    /// Signed up as a double opt-in, and never confirmed it.
    Unconfirmed,
    /// Signed up for a time that has ended.
    Ended,
}

/// What somebody says to the dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialogue {
    /// Did not come, and never saw it.
    NotSeen,
    /// No.
    Declines,
    /// Yes, the profile may be linked; and perhaps mailings chosen by likes.
    Authorises { profiling: bool, revokes: bool, likes: u32 },
}

/// One person, as drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Somebody {
    pub(crate) newsletter: Newsletter,
    /// Withdraws after the mailing was decided, before it is sent.
    pub(crate) leaves: bool,
    pub(crate) dialogue: Dialogue,
}

/// Exactly so many of a number, each with the same chance (Knuth, algorithm S).
struct Pick {
    of: u64,
    left: u64,
}

impl Pick {
    fn new(of: u64, part: u32, whole: u32) -> Pick {
        Pick { of, left: of * u64::from(part) / u64::from(whole) }
    }

    fn next(&mut self, chance: &mut Chance) -> bool {
        let picked = chance.below(self.of.max(1)) < self.left;
        self.of = self.of.saturating_sub(1);
        self.left -= u64::from(picked && self.left > 0);
        picked
    }
}

/// Everybody in the base. The rates are met exactly: of 400,000 with 15 of 100, 60,000 come.
pub(crate) fn draw(case: &Case, chance: &mut Chance) -> Vec<Somebody> {
    let all = u64::from(case.mailed) + u64::from(case.without);
    let mut mailed = Pick { of: all, left: u64::from(case.mailed) };
    let mut comes = Pick::new(u64::from(case.mailed), case.come, 100);
    let absent = u64::from(case.mailed).saturating_sub(comes.left);
    let leave = u64::from(case.mailed) * u64::from(case.leave) / 10_000;
    let mut leaves = Pick { of: absent, left: leave.min(absent) };
    let mut authorises = Pick::new(comes.left, case.authorise, 100);
    let mut profiling = Pick::new(authorises.left, case.profiling, 100);
    let mut revokes = Pick::new(authorises.left, case.revoke, 100);
    let mut others = [
        Newsletter::Never,
        Newsletter::Withdrew,
        Newsletter::Objected,
        Newsletter::Unconfirmed,
        Newsletter::Ended,
    ]
    .into_iter()
    .cycle();
    let mut somebody = |_| {
        if !mailed.next(chance) {
            let newsletter = others.next().unwrap_or(Newsletter::Never);
            return Somebody { newsletter, leaves: false, dialogue: Dialogue::NotSeen };
        }
        let dialogue = match comes.next(chance) {
            false => Dialogue::NotSeen,
            true if !authorises.next(chance) => Dialogue::Declines,
            true => Dialogue::Authorises {
                profiling: profiling.next(chance),
                revokes: revokes.next(chance),
                likes: likes(case.likes, chance),
            },
        };
        // Whoever leaves before it is sent does not come by it.
        let leaves = dialogue == Dialogue::NotSeen && leaves.next(chance);
        Somebody { newsletter: Newsletter::Yes, leaves, dialogue }
    };
    (0..all).map(&mut somebody).collect()
}

/// From one to twice the average less one, evenly.
fn likes(average: u32, chance: &mut Chance) -> u32 {
    match u64::from(average) {
        0 => 0,
        average => u32::try_from(1 + chance.below(2 * average - 1)).unwrap_or_default(),
    }
}
