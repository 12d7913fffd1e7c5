//! The service. See README.md for the variables that it reads.
#![allow(clippy::print_stderr, reason = "a service says why it does not start")]

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use placet::Journey;
use placet::consent::Notice;
use placet::desk::Terms;
use placet::identity::SuppressionKey;
use placet_postgres::{App, HttpWire, Letterhead, LinkKey, Postgres, routes};
use tokio::net::TcpListener;
use tokio::sync::watch;

type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::var_os("PLACET_DATABASE").is_none() {
        eprintln!("placet-postgres: set PLACET_DATABASE and the other variables that README.md names");
        return ExitCode::SUCCESS;
    }
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("placet-postgres: {error}");
            ExitCode::FAILURE
        }
    }
}

fn variable(name: &str) -> Done<String> {
    std::env::var(name).map_err(|_| format!("the variable {name} is not set").into())
}

/// A key of so many bytes, in hexadecimal digits.
fn key<const BYTES: usize>(name: &str) -> Done<[u8; BYTES]> {
    let (text, mut key) = (variable(name)?, [0_u8; BYTES]);
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() == BYTES.saturating_mul(2));
    let digits = digits.ok_or(format!("{name} is not {BYTES} bytes in hexadecimal digits"))?;
    for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
        *byte = pair.iter().fold(0, |byte, digit| (byte << 4) | digit);
    }
    Ok(key)
}

async fn serve() -> Done<()> {
    let journey = match std::env::var("PLACET_JOURNEY") {
        Ok(file) => Journey::from_json(&std::fs::read_to_string(file)?)?,
        Err(_) => Journey::reference()?,
    };
    let mut terms = Terms::new(journey);
    if std::env::var_os("PLACET_SUPPRESSION_KEY").is_some() {
        terms = terms.suppressing(SuppressionKey::new(key("PLACET_SUPPRESSION_KEY")?));
    }
    let store = Postgres::new(&variable("PLACET_DATABASE")?, 16, terms)?;
    store.migrate().await?;
    let head = Letterhead { base: variable("PLACET_BASE")?, key: LinkKey::new(key("PLACET_LINK_KEY")?) };
    let gateway = variable("PLACET_GATEWAY")?;
    let (at, path) = gateway.split_once('/').unwrap_or((&gateway, ""));
    let wire = HttpWire { at: at.to_owned(), path: format!("/{path}") };
    let notice = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
    let app = App { store, wire: Arc::new(wire), head: Arc::new(head), notice };

    let (stop, stopped) = watch::channel(false);
    let dispatcher = tokio::spawn({
        let app = app.clone();
        async move { app.store.dispatch_all(&*app.wire, &app.head, stopped).await }
    });
    let listener = TcpListener::bind(variable("PLACET_LISTEN")?).await?;
    eprintln!("listening on {}", listener.local_addr()?);
    axum::serve(listener, routes(app)).with_graceful_shutdown(told_to_stop()).await?;
    // Requests at hand are answered by now; the event at hand is finished.
    let _ = stop.send(true);
    dispatcher.await?;
    Ok(())
}

async fn told_to_stop() {
    let terminated = async {
        if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            signal.recv().await;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
