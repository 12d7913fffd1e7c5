//! A short story of one person who is known twice. `cargo run` in `examples/sqlite`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its reader")]

use std::convert::Infallible;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use placet::desk::{Desk, Observed, Terms};
use placet::{
    ActId, Actor, ContactId, Event, Evidence, Grant, Identity, Instant, Journey, Method, Notice, Purpose,
    Reach, SignalSpec, Stop,
    channel::EMAIL,
    purpose::{NEWSLETTER, OFFERS},
};
use placet_sqlite::Sqlite;

type Done<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let file = std::env::temp_dir().join(format!("placet-sqlite-{}.db", std::process::id()));
    let told = story(&file);
    let removed = std::fs::remove_file(&file);
    match told.and_then(|()| Ok(removed?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sqlite: {error}");
            ExitCode::FAILURE
        }
    }
}

fn open(file: &Path) -> Done<Desk<Sqlite>> {
    let terms = Terms::new(Journey::reference()?);
    Ok(Desk::new(Sqlite::open(file, terms.clone())?, terms))
}

fn story(file: &Path) -> Done<()> {
    let mut desk = open(file)?;
    let (first, second): (ContactId, ContactId) = ("c-1".parse()?, "c-2".parse()?);
    let mail = Identity::email("ada@example.org")?;
    desk.open(first.clone(), mail.clone())?;
    println!("c-1 is opened.");

    let at: Instant = "2013-05-01T10:00:00Z".parse()?;
    for (id, purpose) in [("a-1", NEWSLETTER), ("a-2", OFFERS)] {
        let outcome = desk.append(&first, grant(id.parse()?, purpose.clone(), &mail, at)?, at)?;
        println!("c-1 consents to {purpose} by e-mail; refused still: {}.", outcome.refused().is_some());
    }

    tell(&mut desk, "s-1", "newsletter-signup", at)?;
    tell(&mut desk, "s-1", "newsletter-signup", at)?;
    dispatch(&mut desk, at)?;

    let later: Instant = "2013-06-01T10:00:00Z".parse()?;
    tell(&mut desk, "s-2", "purchase", later)?;
    drop(desk);
    println!("The process ends here, and another one opens the file.");
    let mut desk = open(file)?;

    desk.open(second.clone(), Identity::email("Ada@Example.org")?)?;
    println!("c-2 is opened: the same address in another spelling.");
    let no = Stop::withdraw("a-1".parse()?, Reach::everything(), later, later);
    let outcome = desk.stop(&second, no, later)?;
    println!("c-2 withdraws from everything, and {} grants outlive it.", outcome.outlived().len());
    println!("It lies under the address, and so it holds for c-1.");
    dispatch(&mut desk, later)?;

    let journey = desk.journey().clone();
    let stage = desk.person(&first, |person| journey.stands_at(person?, later).map(ToString::to_string))?;
    println!("c-1 stands at the stage {}.", stage.as_deref().unwrap_or("none"));
    Ok(())
}

fn grant(id: ActId, purpose: Purpose, mail: &Identity, at: Instant) -> Done<Grant> {
    let shown = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
    let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
    Ok(Grant::new(id, purpose.by(EMAIL), mail.clone(), evidence, at, at)?)
}

/// A signal of c-1 arrives.
fn tell(desk: &mut Desk<Sqlite>, id: &str, kind: &str, at: Instant) -> Done<()> {
    let (contact, identity) = ("c-1".parse()?, Identity::email("ada@example.org")?);
    let (id, kind) = (id.parse()?, kind.parse()?);
    print!("Signal {id}, {kind}: ");
    let signal = SignalSpec { id, contact, identity, kind, source: None, at, attributes: Vec::new() };
    let signal = desk.journey().signal(signal)?;
    match desk.observe(&signal, at)? {
        Observed::Again => println!("known, nothing happens."),
        Observed::Decided(decision) => {
            let effects = decision.queued().map(ToString::to_string);
            println!("queued: {}.", effects.collect::<Vec<_>>().join(", "));
        }
    }
    Ok(())
}

fn dispatch(desk: &mut Desk<Sqlite>, now: Instant) -> Done<()> {
    let mut gateway = |event: Event<'_>| -> Result<(), Infallible> {
        println!("The gateway takes {} for {} under key {}.", event.effect(), event.contact(), event.key());
        Ok(())
    };
    let report = desk.dispatch(100, now, &mut gateway)?;
    for (reason, count) in &report.refused {
        println!("Dropped for good: {count}, reason: {reason}.");
    }
    println!("Dispatched: {} sent, {} failed.", report.sent, report.failed);
    Ok(())
}
