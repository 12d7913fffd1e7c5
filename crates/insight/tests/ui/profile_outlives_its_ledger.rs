//! Somebody keeps a profile when the contact it was made from is gone.

use std::sync::Arc;

use placet::{Contact, Entry, Instant, Vocabulary};
use placet_insight::{Known, Profile, View};

fn attack<'l>(view: View<'_>, entries: &'l [Entry], words: &Arc<Vocabulary>, now: Instant) -> Option<Profile<'l>> {
    let kept;
    {
        let ada = Contact::replay(entries, words).ok()?;
        kept = view.profile(&Known::new(&ada, entries), now).ok();
    }
    kept
}

fn main() {}
