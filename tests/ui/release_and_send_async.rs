//! Honest twin of the attacks: a handler that awaits with an event in hand. Its future is `Send`; no runtime is needed.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use placet::{Actor, Contact, Event, Evidence, Grant, Identity, Instant, Journey, Method, Notice, QueuedEvent, Reach, Reason, SignalSpec, Stop, channel::EMAIL, name::Controller, purpose::NEWSLETTER};

/// A wire that is not ready when it is asked first.
#[derive(Default)]
struct Wire {
    asked: bool,
}

impl Future for Wire {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.asked, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn send(event: Event<'_>) -> Controller {
    Wire::default().await;
    event.controller().clone()
}

async fn handle(
    journey: &Journey,
    queued: QueuedEvent,
    contact: &Contact,
    now: Instant,
) -> Result<Controller, Reason> {
    let event = journey.release(queued, contact, now).into_result().map_err(|no| no.reason())?;
    Wire::default().await;
    Ok(send(event).await)
}

fn is_send<F: Future + Send>(future: F) -> F {
    future
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let at: Instant = "2013-05-01T10:00:00Z".parse()?;
    let journey = Journey::reference()?;
    let mail = Identity::email("ada@example.org")?;
    let mut ada = Contact::open("ada".parse()?, mail.clone(), journey.vocabulary());

    let notice = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
    let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(notice);
    ada.grant(Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), mail, evidence, at, at)?)?;

    let signup = SignalSpec::from_json(
        r#"{"id":"s-1","contact":"ada","identity":"email:ada@example.org","kind":"newsletter-signup",
            "at":"2013-05-01T10:00:00Z"}"#,
    )?;
    let queued = journey.decide(&ada, &journey.signal(signup)?, at)?.commit(&mut ada)?;
    let [queued] = <[QueuedEvent; 1]>::try_from(queued).map_err(|_| "one welcome mail")?;
    let copy = queued.clone();

    let sender = block_on(is_send(handle(&journey, queued, &ada, at)));
    assert_eq!(sender.as_ref().map(Controller::as_str), Ok("the-brand"));

    ada.stop(Stop::withdraw("a-2".parse()?, Reach::everything(), at, at));
    assert_eq!(block_on(is_send(handle(&journey, copy, &ada, at))), Err(Reason::Withdrawn));
    Ok(())
}
