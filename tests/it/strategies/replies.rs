//! Law 13 for the addresses of replies: each goes where its act was done, and nowhere after an erasure. (That there is one
//! for an act alone is in `tests/second`.)

use placet::testing::{Sizes, ledgers};
use placet::{ActId, Contact, Identity, Instant};

use super::{appended, sample, two_scopes};

/// Where a reply goes; `None` where there is none.
type Replies = fn(&Contact, &ActId, Instant) -> Option<Identity>;

fn ours(contact: &Contact, act: &ActId, now: Instant) -> Option<Identity> {
    contact.ledger().reply(act, now).ok().map(|reply| reply.identity().clone())
}

/// How many replies keep the law, or how one breaks it.
fn kept(replies: Replies) -> Result<usize, String> {
    let (scopes, identities) = two_scopes();
    let mut kept = 0;
    for acts in sample(&ledgers(&scopes, &identities, &Sizes::default()), 1_000) {
        let ada = appended(acts.clone(), &identities);
        for act in &acts {
            let Some(to) = replies(&ada, act.id(), act.recorded()) else { continue };
            if ada.ledger().erased() || act.identity() != Some(&to) {
                return Err(format!("a reply to {act:?}, erased: {}", ada.ledger().erased()));
            }
            kept += 1;
        }
    }
    Ok(kept)
}

#[test]
fn law_13_a_reply_goes_where_its_act_was_done() {
    assert!(kept(ours).unwrap() > 100);
}

#[test]
fn law_13_sees_its_seeded_faults() {
    let to_the_first: Replies = |contact, act, now| {
        ours(contact, act, now).and_then(|_| contact.ledger().identities().next().cloned())
    };
    let after_an_erasure: Replies =
        |contact, act, _| contact.ledger().act(act).and_then(|act| act.identity().cloned());
    assert!(kept(to_the_first).is_err());
    assert!(kept(after_an_erasure).is_err());
}
