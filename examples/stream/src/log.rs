//! The store of a desk over one stream: a step is one message, and the server takes it only where it is the next one
//! (`Nats-Expected-Last-Sequence`). So whatever is written was planned by all that was written before.
//!
//! Nobody takes in what they wrote: they read it back, as everybody else does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{Context, Message};
use futures_util::StreamExt;
use placet::ContactId;
use placet::desk::{DriveError, Forget, Operation, Plan, Step, Terms, Want, Written};
use placet::send::EventKey;

use crate::line::Line;
use crate::view::View;
use crate::{Done, Names, StoreError, view};

/// How often a step is planned again where others were faster. Each time somebody else has got on.
const TRIES: u32 = 256;
/// How long to wait for a message that the server says is there.
const PATIENCE: Duration = Duration::from_secs(5);
/// The header of a message in which its line is written, where its body is an event.
pub(crate) const LINE: &str = "Placet-Line";

/// Persons in the log.
pub struct Log {
    pub(crate) jetstream: Context,
    pub(crate) names: Names,
    pub(crate) view: View,
    stream: Stream<()>,
    terms: Arc<Terms>,
    /// The last message that was taken in.
    at: u64,
    pub(crate) tail: Option<Ordered>,
    /// By what name it holds somebody.
    name: String,
    /// What could not be sent, and is tried after what was not tried yet.
    pub(crate) behind: BTreeSet<EventKey>,
}

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Log").field("names", &self.names).field("at", &self.at).finish_non_exhaustive()
    }
}

/// The log as it has to be read now.
#[derive(Default)]
struct Lines {
    all: BTreeMap<u64, Line>,
    at: u64,
    /// When the server stored the last of them, and those that hold somebody.
    last: i64,
    holds: BTreeMap<u64, i64>,
}

fn read(message: &Message) -> Done<(u64, Line)> {
    let sequence = message.info()?.stream_sequence;
    let header = message.headers.as_ref().and_then(|headers| headers.get(LINE));
    let text = header.map_or(&*message.payload, |line| line.as_str().as_bytes());
    let line = serde_json::from_slice(text).map_err(|_| StoreError::Log(sequence))?;
    Ok((sequence, line))
}

impl Log {
    /// Reads the log from its beginning.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(jetstream: Context, names: Names, terms: Terms) -> Done<Log> {
        let (terms, name) = (Arc::new(terms), jetstream.client().new_inbox());
        let stream = jetstream.get_stream_no_info(names.log()).await?;
        let view = View::new(Arc::clone(&terms));
        let behind = BTreeSet::new();
        let mut log = Log { jetstream, names, view, stream, terms, at: 0, tail: None, name, behind };
        log.begin_again().await?;
        Ok(log)
    }

    /// By what is judged.
    #[must_use]
    pub fn terms(&self) -> &Arc<Terms> {
        &self.terms
    }

    async fn last(&self) -> Done<u64> {
        Ok(self.stream.get_info().await?.state.last_sequence)
    }

    async fn after(&self, sequence: u64) -> Done<Ordered> {
        let start_sequence = sequence.saturating_add(1);
        let deliver_policy = DeliverPolicy::ByStartSequence { start_sequence };
        let consumer = OrderedConfig { deliver_policy, ..OrderedConfig::default() };
        let consumer = self.stream.create_consumer(consumer).await?;
        Ok(consumer.messages().await?)
    }

    /// Reads on up to a message, and deletes what was replaced: whoever wrote the replacement may not have come to it.
    async fn scan(&self, lines: &mut Lines, to: u64) -> Done<()> {
        let mut replaced = Vec::new();
        if lines.at < to {
            let mut messages = self.after(lines.at).await?;
            while lines.at < to {
                let message = next(&mut messages, PATIENCE).await?;
                let (sequence, line) = read(&message)?;
                lines.last = message.info()?.published.unix_timestamp();
                if line.hold.is_some() {
                    lines.holds.insert(sequence, lines.last);
                }
                for (earlier, instead) in &line.instead {
                    replaced.extend(lines.all.insert(*earlier, instead.clone()).map(|_| *earlier));
                }
                lines.all.insert(sequence, line);
                lines.at = sequence;
            }
        }
        for earlier in replaced {
            // It may be gone already.
            let _ = self.stream.delete_message(earlier).await;
        }
        Ok(())
    }

    /// Reads all of it.
    async fn begin_again(&mut self) -> Done<()> {
        let mut lines = Lines::default();
        self.scan(&mut lines, self.last().await?).await?;
        self.view = View::new(Arc::clone(&self.terms));
        for (sequence, line) in &lines.all {
            // Whoever held somebody long ago, and died, holds them no more.
            let held = lines.holds.get(sequence).map(|since| lines.last.abs_diff(*since));
            match held.is_some_and(|seconds| seconds > view::PATIENCE.as_secs()) {
                true => self.view.take(&Line { hold: None, ..line.clone() }),
                false => self.view.take(line),
            }
        }
        (self.at, self.tail) = (lines.at, None);
        Ok(())
    }

    async fn read_one(&mut self, patience: Duration) -> Done<()> {
        let mut tail = match self.tail.take() {
            Some(tail) => tail,
            None => self.after(self.at).await?,
        };
        let message = match next(&mut tail, patience).await {
            Ok(message) => message,
            // The consumer is gone, as after a time without the server: a new one reads on.
            Err(_) => {
                tail = self.after(self.at).await?;
                next(&mut tail, patience).await?
            }
        };
        let (sequence, line) = read(&message)?;
        self.tail = Some(tail);
        if sequence <= self.at {
            return Ok(());
        }
        if !line.instead.is_empty() {
            return self.begin_again().await;
        }
        self.view.take(&line);
        self.at = sequence;
        Ok(())
    }

    async fn read_to(&mut self, sequence: u64) -> Done<()> {
        while self.at < sequence {
            self.read_one(PATIENCE).await?;
        }
        Ok(())
    }

    /// Reads what others have written; whether there was nothing.
    pub(crate) async fn is_current(&mut self) -> Done<bool> {
        let last = self.last().await?;
        let current = self.at >= last;
        self.read_to(last).await?;
        Ok(current)
    }

    /// Writes a line as the next message; false where it is not the next one, or has to wait. Then what others have written
    /// is read: plan again.
    pub(crate) async fn write(&mut self, line: &Line, out: Option<crate::CloudEvent>) -> Done<bool> {
        if let Some(wait) = self.view.waits(line, &self.name) {
            // Until somebody writes something, such as that it is free, or whoever holds it is taken for dead.
            if let Ok(read) = tokio::time::timeout(wait, self.read_one(Duration::MAX)).await {
                read?;
            }
            return Ok(false);
        }
        let (text, message) = (line.text()?, PublishMessage::build().expected_last_sequence(self.at));
        if text.len() > self.jetstream.client().server_info().max_payload {
            return Err(StoreError::TooLong(text.len()));
        }
        let (subject, message) = match out {
            None => (self.names.subject_log(), message.payload(text.into())),
            Some(event) => {
                (self.names.subject_out(&event.contact()), event.written(message)?.header(LINE, text))
            }
        };
        let sent = self.jetstream.send_publish(subject, message).await?;
        match sent.await {
            Ok(ack) => {
                self.read_to(ack.sequence).await?;
                Ok(!ack.duplicate)
            }
            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
                self.is_current().await?;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Takes one step.
    ///
    /// # Errors
    /// [`StoreError`]. Nobody knows then whether it is written.
    pub async fn step<S: Step + ?Sized>(&mut self, step: &mut S) -> Done<Written> {
        let want = step.want();
        if want.event.is_some() || want.reply.is_some() {
            return self.step_held(step, &want).await;
        }
        for _ in 0..TRIES {
            let mut plan = Plan::default();
            self.view.find(&want, |found| plan = step.plan(found))?;
            let mut line = Line::of(&plan)?;
            let alone = self.view.hold_of(&self.name);
            line.free = alone.map(|_| self.name.clone());
            if let Some(forget) = &plan.forget {
                // The whole log is read for that: nobody may be faster.
                if alone != Some(true) {
                    let hold = Some(self.name.clone());
                    self.write(&Line { hold, alone: true, ..Line::default() }, None).await?;
                    continue;
                }
                line.instead = self.forgetting(forget).await?;
            }
            let written = match line.is_empty() {
                true => self.is_current().await?,
                false => self.write(&line, None).await?,
            };
            if written {
                self.view.find(&want, |found| step.written(found))?;
                return Ok(Written::All);
            }
        }
        Ok(Written::Conflict)
    }

    /// A step with a gateway of anybody's: nothing is written about the person from before it is planned until it is written.
    async fn step_held<S: Step + ?Sized>(&mut self, step: &mut S, want: &Want) -> Done<Written> {
        loop {
            let span = self.view.span(want)?;
            let hold = Some(self.name.clone());
            if self.write(&Line { hold, of: span.of, keys: span.keys, ..Line::default() }, None).await? {
                break;
            }
        }
        let mut line = Line::default();
        let mut planned = Ok(());
        loop {
            // What others write meanwhile is about others; only after too long is it planned again.
            if line.free.is_none() || self.view.hold_of(&self.name) != Some(true) {
                let mut plan = Plan::default();
                planned = self.view.find(want, |found| plan = step.plan(found));
                line = Line { free: Some(self.name.clone()), ..Line::of(&plan)? };
            }
            if self.write(&line, None).await? {
                break;
            }
        }
        planned?;
        self.view.find(want, |found| step.written(found))?;
        Ok(Written::All)
    }

    /// Carries out an operation.
    ///
    /// # Errors
    /// [`DriveError`]. Where it is one of the store, nobody knows whether it was done: do it again, with the same ids.
    pub async fn drive<O: Operation>(
        &mut self,
        mut operation: O,
    ) -> Result<O::Answer, DriveError<StoreError>> {
        loop {
            match self.step(&mut operation).await.map_err(DriveError::Store)? {
                Written::All => match operation.finish() {
                    Ok(answer) => return Ok(answer),
                    Err(next) => operation = next,
                },
                Written::Conflict => return Err(DriveError::Busy),
            }
        }
    }

    /// The lines that name whoever is to be forgotten, as they have to be read from now on.
    async fn forgetting(&self, forget: &Forget) -> Done<BTreeMap<u64, Line>> {
        let mut lines = Lines::default();
        self.scan(&mut lines, self.at).await?;
        let (mut changed, mut scrubber) = (BTreeMap::new(), forget.scrubber());
        for (sequence, line) in &lines.all {
            if let Some(left) = line.without(forget, &mut scrubber)? {
                changed.insert(*sequence, left);
            }
        }
        // What was replaced before stands in a message of its own: all of that is written anew.
        for (sequence, line) in &lines.all {
            if line.instead.keys().any(|earlier| changed.contains_key(earlier)) {
                for earlier in line.instead.keys() {
                    let now = lines.all.get(earlier).cloned().unwrap_or_default();
                    changed.entry(*earlier).or_insert(now);
                }
                changed.insert(*sequence, Line::default());
            }
        }
        Ok(changed)
    }

    /// The keys of events that wait, oldest first; those that could not be sent are last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting(&mut self) -> Done<Vec<EventKey>> {
        self.is_current().await?;
        let mut waiting = self.view.waiting();
        waiting.sort_by_key(|key| self.behind.contains(key));
        Ok(waiting)
    }

    /// About whom a queued event is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contact_of(&mut self, event: EventKey) -> Done<Option<ContactId>> {
        self.is_current().await?;
        Ok(self.view.contact_of(event))
    }
}

async fn next(messages: &mut Ordered, patience: Duration) -> Done<Message> {
    let ended = || async_nats::Error::from("the consumer of the log has ended");
    Ok(tokio::time::timeout(patience, messages.next()).await?.ok_or_else(ended)??)
}
