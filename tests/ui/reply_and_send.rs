//! Somebody answers a person: they grant and must confirm, and the request leaves once, to where the grant was given.

use placet::{
    Actor, Contact, Evidence, Grant, Identity, Instant, Method, Notice, Reach, Reply, Stop, Vocabulary, channel::EMAIL,
    consent::ActKind, purpose::NEWSLETTER, send::ReplyGateway,
};

fn hand_over<G: ReplyGateway>(ada: &Contact, act: &str, now: Instant, gateway: &mut G) -> bool {
    let Ok(reply) = ada.ledger().reply(&act.parse().unwrap(), now) else { return false };
    gateway.reply(reply).is_ok()
}

fn main() {
    let (at, later): (Instant, Instant) =
        ("2013-05-01T10:00:00Z".parse().unwrap(), "2013-05-02T10:00:00Z".parse().unwrap());
    let mail = Identity::email("ada@example.org").unwrap();
    let mut ada = Contact::open("ada".parse().unwrap(), mail.clone(), &Vocabulary::new([]));
    let shown = Notice::new("form".parse().unwrap(), "1".parse().unwrap());
    let proof = Evidence::new(Actor::Person, Method::DoubleOptIn).shown(shown);
    let (id, scope) = ("a-1".parse().unwrap(), NEWSLETTER.by(EMAIL));
    let grant = Grant::double_opt_in(id, scope, mail.clone(), proof, at, at, b"sixteen random b", later).unwrap();
    ada.grant(grant).unwrap();

    let mut sent = Vec::new();
    let mut gateway = |reply: Reply<'_>| -> Result<(), ()> {
        assert_eq!(reply.identity(), &mail);
        sent.push((reply.about(), reply.key()));
        Ok(())
    };
    assert!(hand_over(&ada, "a-1", at, &mut gateway));
    ada.stop(Stop::withdraw("a-2".parse().unwrap(), Reach::everything(), at, at).about(mail.clone()));
    assert!(!hand_over(&ada, "a-1", at, &mut gateway), "she said no: nobody asks again");
    assert!(hand_over(&ada, "a-2", at, &mut gateway), "her no was heard");
    assert_eq!(sent.iter().map(|(about, _)| *about).collect::<Vec<_>>(), [ActKind::Grant, ActKind::Withdraw]);
    assert_ne!(sent[0].1, sent[1].1);
}
