//! Of the crate alone: `explain` agrees with `decide`, `commit` with applying the parts, and replay with live, byte for
//! byte (law 7).

use placet::*;

use super::for_all;
use crate::model::adapter::{kept, name, watch};
use crate::model::desk::{Desk, Scene, read_back};
use crate::model::generate::whole;
use crate::model::neutral::Line;

#[test]
fn an_explanation_says_what_was_decided() {
    for_all(&whole(), 500, |history| {
        watch(history, &|scene: &Scene<'_>| {
            let &Scene { journey, contact, signal, now, .. } = scene;
            let decision = journey.decide(contact, signal, now).unwrap();
            let why = journey.explain(contact, signal, now).unwrap();
            let refused = why.admission.iter().find_map(|asked| refusal_of(&asked.answer));
            assert_eq!(refused, decision.unadmitted().map(|no| told(no, contact)));
            if refused.is_some() {
                assert!(why.rules.is_empty() && why.effects.is_empty() && why.moved_to.is_none());
                return;
            }
            let arrived = Some(&signal.spec().identity);
            assert_eq!(why.stands_at.as_ref(), journey.stands_at_for(contact, arrived, now));
            let taken: Vec<&RuleName> =
                why.rules.iter().filter(|rule| rule.taken).map(|rule| &rule.rule).collect();
            assert_eq!(taken, Vec::from_iter(decision.rule()));
            assert_eq!(why.moved_to, decision.transition().map(|moved| moved.to().cloned()));
            let refused = why.effects.iter().find_map(|(_, asked)| refusal_of(&asked.answer));
            assert_eq!(refused, decision.refusals().next().map(|(_, no)| told(no, contact)));
            assert_eq!(why.effects.is_empty(), decision.rule().is_none());
        });
        Ok(())
    });
}

type Told = (Reason, Option<ActId>, Remedy);

fn told(refused: Refused<'_>, contact: &Contact) -> Told {
    let cause = refused.cause(contact).map(|act| act.id().clone());
    (refused.reason(), cause, refused.remedy(contact))
}

fn refusal_of(answer: &Answered) -> Option<Told> {
    match answer {
        Answered::Permitted(_) => None,
        Answered::Refused { reason, cause, remedy } => Some((*reason, cause.clone(), remedy.clone())),
    }
}

#[test]
fn to_commit_is_to_apply_the_parts() {
    for_all(&whole(), 150, |history| {
        watch(history, &|scene: &Scene<'_>| {
            let &Scene { journey, contact, signal, now, journal } = scene;
            let decision = journey.decide(contact, signal, now).unwrap();
            let parts = decision.parts(contact).unwrap();
            let replay = |entries: &[Entry]| Contact::replay(entries, journey.vocabulary()).unwrap();
            let mut committed = replay(journal);
            let queued = decision.commit(&mut committed).unwrap();
            let applied = replay(&[journal, &parts.entries].concat());
            assert_eq!(format!("{committed:?}"), format!("{applied:?}"));
            assert_eq!(queued, parts.queued);
            assert_eq!(parts.version, contact.version());
            assert!(decision.commit(&mut committed).is_err() || parts.entries.is_empty(), "stale");
        });
        Ok(())
    });
}

#[test]
fn replay_equals_live_byte_for_byte() {
    for_all(&whole(), 300, |history: &Vec<Line>| {
        let desk = kept(history);
        for contact in [name("c1"), name("c9")] {
            let Some(live) = desk.contact(&contact) else { continue };
            let journal = desk.journal(&contact);
            let bytes = |journal: &[Entry]| serde_json::to_vec(journal).unwrap();
            let read = read_back(journal);
            assert_eq!(read, journal);
            assert_eq!(bytes(&read), bytes(journal));
            let again = Contact::replay(&read, &Vocabulary::new([])).unwrap();
            assert_eq!(again.version(), live.version());
            assert_eq!(again.held_stage(), live.held_stage());
            assert!(again.ledger().acts().eq(live.ledger().acts()));
            assert!(again.ledger().identities().eq(live.ledger().identities()));
            for kind in ["like", "buy", "praise", "quit"] {
                assert_eq!(again.admitted(&name(kind)), live.admitted(&name(kind)));
            }
        }
        Ok(())
    });
}
