//! A worker: takes messages in, one at a time of each partition, and sends events out. Any number of them may run.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{AckKind, Context, Message};
use futures_util::StreamExt;
use futures_util::future::join_all;
use placet::consent::Provenance;
use placet::desk::{
    Append, DeskError, DriveError, Halt, HaltFor, Link, Look, Merge, Observe, Open, Operation, Said, Terms,
    Unmerge,
};
use placet::{Act, Actor, ContactId, Evidence, Grant, Identity, Method, Notice, Person, Scope, Stop};
use serde_json::json;
use tokio::sync::Mutex;

use crate::inbox::{Acting, Addressing, Merging, Opening, Parting, Rescued, rescue};
use crate::{Bad, Done, Log, Names, Order, StoreError, now};

/// The header of a message in: a subject on which it is answered once it is taken. Whoever hears nothing sends it again.
pub const ANSWER: &str = "Placet-Answer";
/// The header of a message in that names its contact, so that a stop is taken even where its body is garbage.
pub const CONTACT: &str = "Placet-Contact";

/// How long a worker has a message before it is given to another one.
const TO_TAKE: Duration = Duration::from_secs(2);
/// How long to rest where the broker fails, or nothing waits to be sent.
const REST: Duration = Duration::from_millis(50);
/// How long somebody has to confirm.
const TO_CONFIRM: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// A worker.
#[derive(Debug)]
pub struct Worker {
    log: Mutex<Log>,
    jetstream: Context,
    names: Names,
    terms: Arc<Terms>,
    partitions: u32,
    notice: Notice,
}

/// Why an operation did not come to an end: for a reason that will be the same next time, or of the broker.
enum Ended {
    Bad(Bad),
    Broker(StoreError),
}

impl From<DriveError<StoreError>> for Ended {
    fn from(error: DriveError<StoreError>) -> Ended {
        match error {
            DriveError::Store(error) if error.is_of_one() => Ended::Bad(Bad::whole("not_stored", error)),
            DriveError::Store(error) => Ended::Broker(error),
            DriveError::Declined(no) => no.into(),
            _ => Ended::Broker(StoreError::Busy),
        }
    }
}

impl From<DeskError> for Ended {
    fn from(no: DeskError) -> Ended {
        Ended::Bad(Bad::whole("declined", no))
    }
}

impl Worker {
    /// A worker over streams that are there ([`Names::set_up`]), of as many partitions.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn new(
        jetstream: Context,
        names: Names,
        terms: Terms,
        partitions: u32,
        notice: Notice,
    ) -> Done<Worker> {
        let log = Log::open(jetstream.clone(), names.clone(), terms).await?;
        let terms = Arc::clone(log.terms());
        Ok(Worker { log: Mutex::new(log), jetstream, names, terms, partitions, notice })
    }

    /// Works until the process ends. `note` is told what goes wrong with the broker; it is tried again.
    pub async fn work(&self, note: impl Fn(&StoreError)) {
        let taking = join_all((0..self.partitions).map(|partition| {
            let note = &note;
            async move {
                loop {
                    self.take_all(partition).await.unwrap_or_else(|error| note(&error));
                    tokio::time::sleep(REST).await;
                }
            }
        }));
        let sending = async {
            loop {
                self.send_all().await.unwrap_or_else(|error| note(&error));
                tokio::time::sleep(REST).await;
            }
        };
        futures_util::future::join(taking, sending).await;
    }

    /// The one consumer of a partition, which all workers share. It gives out one message and waits for what becomes of it:
    /// so one contact is handled by one worker at a time, in order.
    async fn consumer(&self, partition: u32) -> Done<PullConsumer> {
        let name = format!("p{partition}");
        let config = Config {
            durable_name: Some(name.clone()),
            filter_subject: self.names.subject_in(partition, "*"),
            ack_policy: AckPolicy::Explicit,
            ack_wait: TO_TAKE,
            max_ack_pending: 1,
            ..Config::default()
        };
        let stream = self.jetstream.get_stream_no_info(self.names.inbox()).await?;
        Ok(stream.get_or_create_consumer(&name, config).await?)
    }

    async fn take_all(&self, partition: u32) -> Done<()> {
        let consumer = self.consumer(partition).await?;
        let mut messages = consumer.stream().max_messages_per_batch(1).messages().await?;
        while let Some(message) = messages.next().await {
            let message = message?;
            if let Err(error) = self.take(partition, &message).await {
                // It is tried again soon, by whoever comes first.
                message.ack_with(AckKind::Nak(Some(REST))).await?;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Takes one message, or puts it aside; then it is answered, and gone from IN.
    async fn take(&self, partition: u32, message: &Message) -> Done<()> {
        let number = message.info()?.stream_sequence;
        let header = |name| Some(message.headers.as_ref()?.get(name)?.as_str());
        let kind = message.subject.rsplit('.').next().unwrap_or_default();
        let taken = match Order::read(kind, &message.payload) {
            Ok(order) => self.carry_out(order).await,
            Err(bad) => Err(Ended::Bad(bad)),
        };
        let answer = match taken {
            Ok(()) => json!({ "done": true }),
            Err(Ended::Broker(error)) => return Err(error),
            Err(Ended::Bad(bad)) => {
                let stopped = match rescue(kind, &message.payload, header(CONTACT), number) {
                    None => 0,
                    Some(left) => self.stop_what_is_left(left).await?,
                };
                self.put_aside(partition, message, number, &bad, stopped).await?;
                json!({ "done": false, "reason": bad.reason, "path": bad.path, "what": bad.what, "stopped": stopped })
            }
        };
        if let Some(subject) = header(ANSWER) {
            self.jetstream.client().publish(subject.to_owned(), answer.to_string().into()).await?;
        }
        Ok(message.ack().await?)
    }

    async fn put_aside(
        &self,
        at: u32,
        message: &Message,
        number: u64,
        bad: &Bad,
        stopped: usize,
    ) -> Done<()> {
        // A header ends with its line, and the client does not look for that.
        let line = |text: &str| text.replace(char::is_control, " ");
        let aside = PublishMessage::build()
            .header("Placet-Subject", line(&message.subject))
            .header("Placet-Reason", bad.reason)
            .header("Placet-Path", line(&bad.path))
            .header("Placet-What", line(&bad.what))
            .header("Placet-Stopped", stopped.to_string())
            .message_id(format!("dead-{number}"))
            .payload(message.payload.clone());
        self.jetstream.send_publish(self.names.subject_dead(at), aside).await?.await?;
        Ok(())
    }

    /// Stops whoever is named, and whoever has the address. How many contacts that is.
    async fn stop_what_is_left(&self, left: Rescued) -> Done<usize> {
        let mut stopped = 0_usize;
        if let Some(contact) = left.contact {
            match self.run(Halt::new(self.terms.clone(), contact, left.stop.clone())).await {
                Err(Ended::Broker(error)) => return Err(error),
                done => stopped = usize::from(done.is_ok()),
            }
        }
        if let (Some(address), 0) = (left.identity, stopped) {
            match self.halt_for(address, left.stop).await {
                Err(Ended::Broker(error)) => return Err(error),
                done => stopped = done.unwrap_or_default(),
            }
        }
        Ok(stopped)
    }

    /// A stop for whoever has an address; where nobody has, it is there before they are.
    async fn halt_for(&self, address: Identity, stop: Stop) -> Result<usize, Ended> {
        let halt = HaltFor::new(Arc::clone(&self.terms), address, stop);
        Ok(self.log.lock().await.drive(halt).await?.map_or(0, |took| took.len()))
    }

    async fn run<T, O>(&self, operation: O) -> Result<T, Ended>
    where
        O: Operation<Answer = Result<T, DeskError>>,
    {
        Ok(self.log.lock().await.drive(operation).await??)
    }

    async fn look<T>(
        &self,
        contact: &ContactId,
        look: impl FnMut(Option<Person<'_>>) -> T,
    ) -> Result<T, Ended> {
        Ok(self.log.lock().await.drive(Look::new(self.terms.want(contact), look)).await?)
    }

    async fn carry_out(&self, order: Order) -> Result<(), Ended> {
        let terms = || Arc::clone(&self.terms);
        match order {
            Order::Open(Opening { contact, identity }) => {
                let has = |person: Option<Person<'_>>| {
                    person.is_some_and(|person| person.ledger().identities().any(|own| *own == identity))
                };
                // Delivered again, it is there.
                match self.run(Open::new(terms(), contact.clone(), identity.clone())).await {
                    Err(_) if self.look(&contact, has).await? => Ok(()),
                    opened => opened,
                }
            }
            Order::Link(Opening { contact, identity }) => {
                self.run(Link::new(terms(), contact, identity)).await.map(drop)
            }
            Order::Signal(spec) => {
                let signal = self.terms.journey.signal(spec);
                let signal = signal.map_err(|misfit| Ended::Bad(Bad::whole("declined", misfit)))?;
                self.run(Observe::new(terms(), &signal, now())).await.map(drop)
            }
            Order::Merge(Merging { contact, into }) => {
                self.run(Merge::new(terms(), contact, into)).await.map(drop)
            }
            Order::Unmerge(Parting { contact }) => self.run(Unmerge::new(terms(), contact)).await.map(drop),
            Order::Address(Addressing { identity, act }) => match self.made(act, false)? {
                Act::Stop(stop) => self.halt_for(identity, stop).await.map(drop),
                _ => Err(Ended::Bad(Bad::whole("declined", "only a no can be for whoever has an address"))),
            },
            Order::Act(Acting { contact, act, to_confirm }) => self.act(contact, act, to_confirm).await,
        }
    }

    async fn act(&self, contact: ContactId, said: Said, to_confirm: bool) -> Result<(), Ended> {
        let act = self.made(said, to_confirm)?;
        // Delivered again under its id, it is the one on file, with the time at which it came first.
        let same = |there: &Act| {
            there.provenance() == Provenance::Own
                && (there.kind(), there.reach(), there.identity())
                    == (act.kind(), act.reach(), act.identity())
        };
        let on_file = |person: Option<Person<'_>>| person?.ledger().act(act.id()).filter(same);
        let there = match self.look(&contact, on_file).await {
            // Who cannot be read can be stopped all the same.
            Err(Ended::Bad(_)) if act.kind().is_stop() => None,
            there => there?,
        };
        match there.unwrap_or_else(|| act.clone()) {
            Act::Stop(stop) => self.run(Halt::new(Arc::clone(&self.terms), contact, stop)).await.map(drop),
            go => {
                let id = go.id().clone();
                let append = Append::new(Arc::clone(&self.terms), contact.clone(), go);
                let _ = self.run(append).await?;
                // Rules can fire on it.
                let tells = |person: Option<Person<'_>>| self.terms.journey.signal_of(person?, &id);
                match self.look(&contact, tells).await? {
                    Some(signal) => {
                        self.run(Observe::new(Arc::clone(&self.terms), &signal, now())).await.map(drop)
                    }
                    None => Ok(()),
                }
            }
        }
    }

    /// What is said, with the evidence and the clock of this house.
    fn made(&self, said: Said, to_confirm: bool) -> Result<Act, Ended> {
        let now = now();
        let bad = |error: placet::consent::ActError| Ended::Bad(Bad::whole("declined", error));
        let form = Evidence::new(Actor::Person, Method::UntickedBox).shown(self.notice.clone());
        match said {
            Said::Grant { id, purpose, channel, recipient, identity } if to_confirm => {
                let scope = Scope::new(purpose, channel, recipient);
                let by = std::time::SystemTime::now().checked_add(TO_CONFIRM);
                let grant = Grant::new(id, scope, identity, form, now, now).map_err(bad)?;
                grant.confirm_by(by.map_or(now, placet::Instant::from)).map(Act::from).map_err(bad)
            }
            said => said.act(form, now).map_err(bad),
        }
    }

    /// Sends what waits. What cannot be sent keeps nothing back.
    async fn send_all(&self) -> Done<()> {
        let waiting = self.log.lock().await.waiting().await?;
        for key in waiting {
            match self.log.lock().await.send(key).await {
                Err(error) if !error.is_of_one() => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}
