//! A short story of one person who is known twice. `cargo run` in `examples/sqlite`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its reader")]

use std::convert::Infallible;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use placet::{
    ActId, Actor, ContactId, Event, Evidence, Grant, Identity, Instant, Journey, Method, Notice, Purpose,
    Reach, SignalSpec, Stop,
    channel::EMAIL,
    purpose::{NEWSLETTER, OFFERS},
};
use placet_sqlite::{Handled, Store};

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

fn story(file: &Path) -> Done<()> {
    let mut store = Store::open(file, Journey::reference()?)?;
    let (first, second): (ContactId, ContactId) = ("c-1".parse()?, "c-2".parse()?);
    let mail = Identity::email("ada@example.org")?;
    store.open_contact(&first, &mail)?;
    store.open_contact(&second, &Identity::email("Ada@Example.org")?)?;
    println!("Two contacts are opened, c-1 and c-2: one address in two spellings.");

    let at: Instant = "2013-05-01T10:00:00Z".parse()?;
    for (id, purpose) in [("a-1", NEWSLETTER), ("a-2", OFFERS)] {
        store.append(&first, grant(id.parse()?, purpose, &mail, at)?)?;
    }
    println!("c-1 consents to the newsletter and to offers by e-mail.");

    tell(&mut store, "s-1", "newsletter-signup", at)?;
    tell(&mut store, "s-1", "newsletter-signup", at)?;
    dispatch(&mut store, at)?;

    let later: Instant = "2013-06-01T10:00:00Z".parse()?;
    tell(&mut store, "s-2", "purchase", later)?;
    drop(store);
    println!("The process ends here, and another one opens the file.");
    let mut store = Store::open(file, Journey::reference()?)?;

    store.stop(&second, Stop::withdraw("a-3".parse()?, Reach::everything(), later, later))?;
    println!("c-2 withdraws from everything; c-1 is told, since both share an address.");
    dispatch(&mut store, later)?;

    let loaded = store.load(&first)?;
    let stage = loaded.contact.held_stage().map_or("no stage".to_owned(), |stage| stage.to_string());
    println!("c-1 has {} entries and holds the stage {stage}.", loaded.version);
    Ok(())
}

fn grant(id: ActId, purpose: Purpose, mail: &Identity, at: Instant) -> Done<Grant> {
    let shown = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
    let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
    Ok(Grant::new(id, purpose.by(EMAIL), mail.clone(), evidence, at, at)?)
}

/// A signal of c-1 arrives.
fn tell(store: &mut Store, id: &str, kind: &str, at: Instant) -> Done<()> {
    let (contact, identity) = ("c-1".parse()?, Identity::email("ada@example.org")?);
    let (id, kind) = (id.parse()?, kind.parse()?);
    print!("Signal {id}, {kind}: ");
    let signal = SignalSpec { id, contact, identity, kind, source: None, at, attributes: Vec::new() };
    match store.handle(signal, at)? {
        Handled::Again => println!("known, nothing happens."),
        Handled::NoTrace => println!("leaves no trace."),
        Handled::Stored(parts) => {
            let effects = parts.queued.iter().map(|event| event.effect().to_string());
            println!("queued: {}.", effects.collect::<Vec<_>>().join(", "));
        }
    }
    Ok(())
}

fn dispatch(store: &mut Store, now: Instant) -> Done<()> {
    let mut gateway = |event: Event<'_>| -> Result<(), Infallible> {
        println!("The gateway takes {} for {} under key {}.", event.effect(), event.contact(), event.key());
        Ok(())
    };
    let report = store.dispatch(now, &mut gateway)?;
    for (reason, count) in &report.refused {
        println!("Dropped for good: {count}, reason: {reason}.");
    }
    println!("Dispatched: {} sent, {} failed.", report.sent, report.failed);
    Ok(())
}
