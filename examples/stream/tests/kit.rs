//! The kit of placet, on a server of its own.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod server;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use async_nats::jetstream::Context;
use placet::ContactId;
use placet::desk::{Terms, kit};
use placet_stream::{Blocking, Log, Names};
use server::Server;
use tokio::runtime::Handle;

/// Streams of its own on the server.
struct Place<'s> {
    server: &'s Server,
    runtime: Handle,
    jetstream: Context,
    word: String,
    terms: Terms,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

impl<'s> Place<'s> {
    fn fresh(server: &'s Server, runtime: &Handle, jetstream: &Context, terms: &Terms) -> Place<'s> {
        let word = format!("p{}", NEXT.fetch_add(1, Ordering::Relaxed));
        runtime.block_on(Names::new(&word).set_up(jetstream, 1)).unwrap();
        Place { server, runtime: runtime.clone(), jetstream: jetstream.clone(), word, terms: terms.clone() }
    }

    fn names(&self) -> Names {
        Names::new(&self.word)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let names = self.names();
        for stream in [names.log(), names.inbox(), names.dead()] {
            self.runtime.block_on(self.jetstream.delete_stream(stream)).unwrap();
        }
    }
}

/// All that is in the files of a folder.
fn files(folder: &Path, all: &mut String) {
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match file.file_type().unwrap().is_dir() {
            true => files(&file.path(), all),
            false => all.push_str(&String::from_utf8_lossy(&std::fs::read(file.path()).unwrap_or_default())),
        }
    }
}

impl kit::Place for Place<'_> {
    type Store = Blocking;

    fn connect(&self) -> Blocking {
        let log = Log::open(self.jetstream.clone(), self.names(), self.terms.clone());
        Blocking::new(self.runtime.block_on(log).unwrap(), self.runtime.clone())
    }

    /// A line about the contact, of which the rest is nothing that was ever written.
    fn damage(&self, contact: &ContactId) -> bool {
        let line = format!(r#"{{"of":["{contact}"],"keys":[],"wrote":{{"entries":[{{"v":9}}]}}}}"#);
        let subject = format!("{}.log", self.word);
        self.runtime.block_on(async {
            self.jetstream.publish(subject, line.into()).await.unwrap().await.unwrap();
        });
        true
    }

    /// What lies in the files of these streams, what was deleted in them included.
    fn everything(&self) -> Option<String> {
        let (names, mut all) = (self.names(), String::new());
        for stream in [names.log(), names.inbox(), names.dead()] {
            let folder = self.server.folder().join("jetstream/$G/streams").join(stream);
            assert!(folder.is_dir(), "the server keeps its files elsewhere");
            files(&folder, &mut all);
        }
        Some(all)
    }
}

#[test]
fn the_store_keeps_its_promises() {
    let Some(server) = Server::start("the_store_keeps_its_promises") else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let jetstream = runtime.block_on(server.connect());
    kit::check(|terms| Place::fresh(&server, runtime.handle(), &jetstream, terms)).unwrap();
}
