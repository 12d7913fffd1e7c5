//! An append-only ledger by hand: what a person said is kept, in order, and an effect is made of a proof alone. It
//! keeps no ids, no evidence and one clock, and its proof is as good as the standing beside the rows.

use super::floor::{Flat, REFERRAL_EMAIL, SHARE, Standings, THANKS};
use super::shape::{Step, What};
use super::tally::{No, Tally};

/// One contact.
#[derive(Debug)]
pub struct Proven {
    flat: Flat,
    said: Vec<Said>,
}

/// What was said, and when.
#[derive(Debug)]
pub struct Said {
    pub at: u32,
    pub what: What,
}

/// That something is permitted, at one instant. The ledger is borrowed as long as it lives.
#[derive(Debug)]
struct Proof<'l> {
    of: std::marker::PhantomData<&'l Proven>,
    at: u32,
}

impl Default for Proven {
    fn default() -> Proven {
        Proven { flat: Flat::NEW, said: Vec::new() }
    }
}

impl Proven {
    pub fn stage(&self) -> u8 {
        self.flat.stage
    }

    #[inline]
    fn permit(&self, pair: u8, at: u32) -> Result<Proof<'_>, No> {
        self.flat.get(pair).ask(at)?;
        Ok(Proof { of: std::marker::PhantomData, at })
    }

    #[inline]
    pub fn arrive(&mut self, step: &Step, tally: &mut Tally) {
        let What::Signal(kind) = step.what else {
            self.said.push(Said { at: step.at, what: step.what });
            self.flat.apply(step.what, step.at);
            return;
        };
        self.flat.counts.admit(kind);
        let Some((to, effect)) = self.flat.counts.rule(kind, self.flat.stage) else {
            return;
        };
        let mut moves = true;
        if let Some((effect, pair)) = effect {
            let mut proof = self.permit(pair, step.at);
            moves = !matches!(proof, Err(No::Restricted));
            if kind == SHARE && effect == THANKS {
                let second = self.permit(REFERRAL_EMAIL, step.at);
                moves &= !matches!(second, Err(No::Restricted));
                proof = proof.and_then(|first| second.map(|_| first));
            }
            match proof {
                Ok(proof) => tally.emit(step.contact, effect, proof.at),
                Err(no) => tally.refuse(no),
            }
        }
        self.flat.stage = to.filter(|_| moves).unwrap_or(self.flat.stage);
    }
}
