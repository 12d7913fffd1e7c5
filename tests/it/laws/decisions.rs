//! Of the crate alone: `explain` agrees with `decide`, `commit` with applying the parts, and replay with live, byte for
//! byte (law 7).

use placet::{
    ActId, Contact, Entry, Reason, Vocabulary,
    consent::Remedy,
    decide::{Answered, Considered, Refused},
    name::EffectName,
};

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
            assert_eq!(format!("{:?}", why.decision()), format!("{decision:?}"));
            let refused = why.admission().find_map(|asked| refusal_of(&asked.answer()));
            assert_eq!(refused, decision.unadmitted().map(|no| told(no, contact)));
            if refused.is_some() {
                assert!(why.rules().next().is_none() && why.effects().next().is_none());
                assert!(why.stands_at().is_none() && why.fell_back().next().is_none());
                return;
            }
            let arrived = Some(&signal.spec().identity);
            assert_eq!(why.stands_at(), journey.stands_at_for(contact, arrived, now));
            let could = |rule: &Considered<'_>| {
                rule.from_here() && rule.guard().next().is_none_or(|whole| whole.holds())
            };
            let taken = why.rules().find(could).map(|rule| rule.rule().clone());
            assert_eq!(taken.as_ref(), decision.rule());
            assert!(why.rules().all(|rule| rule.taken() == could(&rule)));
            let mut refused: Vec<(&EffectName, Told)> = Vec::new();
            for (effect, asked) in why.effects() {
                assert_eq!(asked.reason().is_none(), matches!(asked.answer(), Answered::Permitted(Some(_))));
                let first = refused.iter().all(|(other, _)| *other != effect);
                refused.extend(refusal_of(&asked.answer()).filter(|_| first).map(|told| (effect, told)));
            }
            let refusals = decision.refusals().map(|(effect, no)| (effect, told(no, contact)));
            assert_eq!(refused, Vec::from_iter(refusals));
            assert_eq!(why.effects().next().is_none(), decision.rule().is_none());
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
