//! Honest twin of the attacks: ask, queue, release, send; then the stop, which ends it.

use placet::{Actor, Ask, Contact, Event, Evidence, Gateway, Grant, Identity, Instant, Journey, Method, Notice, Permit, QueuedEvent, Reach, Reason, SignalSpec, Stop, channel::EMAIL, consent::Citation, purpose::NEWSLETTER};

/// Takes whatever is an event, and keeps what it wrote out.
#[derive(Default)]
struct Paper(Vec<String>);

impl Gateway for Paper {
    type Error = serde_json::Error;

    fn send(&mut self, event: Event<'_>) -> Result<(), serde_json::Error> {
        self.0.push(serde_json::to_string(&event)?);
        Ok(())
    }
}

fn spend(permit: Permit<'_>) -> Citation {
    permit.cite().clone()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let at: Instant = "2013-05-01T10:00:00Z".parse()?;
    let journey = Journey::reference()?;
    let mail = Identity::email("ada@example.org")?;
    let mut ada = Contact::open("ada".parse()?, mail.clone(), journey.vocabulary());

    let notice = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
    let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(notice);
    ada.grant(Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), mail.clone(), evidence, at, at)?)?;

    let permit = ada.ledger().permit(&Ask::new(NEWSLETTER.by(EMAIL), mail.clone()), at);
    assert_eq!(permit.map(spend).map(|citation| citation.act().to_string()), Ok("a-1".to_owned()));

    let signup = SignalSpec::from_json(
        r#"{"id":"s-1","contact":"ada","identity":"email:ada@example.org","kind":"newsletter-signup",
            "at":"2013-05-01T10:00:00Z"}"#,
    )?;
    let queued = journey.decide(&ada, &journey.signal(signup)?, at)?.commit(&mut ada)?;
    let [queued] = <[QueuedEvent; 1]>::try_from(queued).map_err(|_| "one welcome mail")?;
    let copy = queued.clone();

    let mut paper = Paper::default();
    let event = journey.release(queued, &ada, at).into_result().map_err(|no| no.reason().as_str())?;
    paper.send(event)?;
    assert_eq!(paper.0.len(), 1);

    ada.stop(Stop::withdraw("a-2".parse()?, Reach::everything(), at, at));
    assert_eq!(journey.release(copy, &ada, at).into_result().err().map(|no| no.reason()), Some(Reason::Withdrawn));
    Ok(())
}
