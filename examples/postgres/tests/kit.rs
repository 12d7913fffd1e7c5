//! The kit of placet on a server of its own.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod server;

use std::sync::atomic::{AtomicU64, Ordering};

use placet::ContactId;
use placet::desk::{Terms, kit};
use placet_postgres::{Blocking, Postgres};
use server::Server;
use tokio::runtime::Handle;

/// A schema of its own on the server.
struct Place<'s> {
    server: &'s Server,
    runtime: Handle,
    schema: String,
    store: Postgres,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

impl<'s> Place<'s> {
    fn fresh(server: &'s Server, runtime: Handle, terms: &Terms) -> Place<'s> {
        let schema = format!("p{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let store = Postgres::new(&server.config(&schema), 8, terms.clone()).unwrap();
        let place = Place { server, runtime, schema, store };
        place.runtime.block_on(async {
            place.store.execute(&format!("CREATE SCHEMA {}", place.schema)).await.unwrap();
            place.store.migrate().await.unwrap();
        });
        place
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let gone = format!("DROP SCHEMA {} CASCADE", self.schema);
        self.runtime.block_on(async { self.store.execute(&gone).await.unwrap() });
    }
}

impl kit::Place for Place<'_> {
    type Store = Blocking;

    fn connect(&self) -> Blocking {
        Blocking::new(self.store.clone(), self.runtime.clone())
    }

    fn damage(&self, contact: &ContactId) -> bool {
        let broken = format!("UPDATE entries SET line = '{{}}' WHERE contact = '{contact}'");
        self.runtime.block_on(async { self.store.execute(&broken).await.unwrap() });
        true
    }

    fn everything(&self) -> Option<String> {
        let tables =
            ["persons", "contacts", "entries", "named", "keys", "under", "signals", "outbox", "replies"];
        let rows =
            |table: &&str| self.server.psql(&format!("SELECT t FROM {}.{table} t", self.schema)).unwrap();
        Some(tables.iter().map(rows).collect())
    }
}

#[test]
fn the_store_keeps_its_promises() {
    let Some(server) = Server::start("the_store_keeps_its_promises") else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    kit::check(|terms| Place::fresh(&server, runtime.handle().clone(), terms)).unwrap();
}
