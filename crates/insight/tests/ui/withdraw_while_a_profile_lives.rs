//! Somebody goes on looking while the person withdraws: as long as a profile lives, its ledgers are borrowed.

use placet::{Contact, Entry, Instant, Refusal, Stop};
use placet_insight::{Known, Profile, View};

fn look(_: &Profile<'_>) {}

fn attack(view: View<'_>, ada: &mut Contact, entries: &[Entry], now: Instant, stop: Stop) -> Result<(), Refusal> {
    let known = Known::new(ada, entries);
    let profile = view.profile(&known, now)?;
    let _ = ada.stop(stop);
    look(&profile);
    Ok(())
}

fn main() {}
