//! Streams and subjects, and what the server is told about them.

use std::time::Duration;

use async_nats::jetstream::stream::{Config, RetentionPolicy, StorageType};
use async_nats::jetstream::{self, Context};
use placet::ContactId;

use crate::Done;

/// How long a dead letter stays.
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The names of the streams of one place, which begin with one word, such as `placet`.
#[derive(Debug, Clone)]
pub struct Names(String);

impl Names {
    /// Streams and subjects that begin with this word.
    #[must_use]
    pub fn new(word: &str) -> Names {
        Names(word.to_owned())
    }

    /// The stream of what comes in.
    #[must_use]
    pub fn inbox(&self) -> String {
        format!("{}-IN", self.0)
    }

    /// The stream of all that was ever written, in one order.
    #[must_use]
    pub fn log(&self) -> String {
        format!("{}-LOG", self.0)
    }

    /// The stream of what could not be taken.
    #[must_use]
    pub fn dead(&self) -> String {
        format!("{}-DEAD", self.0)
    }

    /// Where a message of a kind goes in: `open`, `link`, `act`, `stop`, `address`, `signal`, `merge` or
    /// `unmerge`.
    #[must_use]
    pub fn subject_in(&self, partition: u32, kind: &str) -> String {
        format!("{}.in.{partition}.{kind}", self.0)
    }

    /// The events, as a filter for a consumer of the log.
    #[must_use]
    pub fn events(&self) -> String {
        format!("{}.out.*", self.0)
    }

    pub(crate) fn subject_log(&self) -> String {
        format!("{}.log", self.0)
    }

    /// Where the events about a contact go: ids can hold what a subject cannot.
    pub(crate) fn subject_out(&self, contact: &ContactId) -> String {
        format!("{}.out.{:016x}", self.0, hash(&contact.to_string()))
    }

    pub(crate) fn subject_dead(&self, partition: u32) -> String {
        format!("{}.dead.{partition}", self.0)
    }

    /// Makes the streams that are missing. Any number of processes may do so at once. What no partition would take the server
    /// refuses.
    ///
    /// # Errors
    /// [`StoreError::Broker`](crate::StoreError::Broker).
    pub async fn set_up(&self, jetstream: &Context, partitions: u32) -> Done<()> {
        let files = || Config { storage: StorageType::File, ..Config::default() };
        let streams = [
            Config { name: self.log(), subjects: vec![self.subject_log(), self.events()], ..files() },
            Config {
                name: self.inbox(),
                subjects: (0..partitions).map(|partition| self.subject_in(partition, "*")).collect(),
                // What was taken is deleted: it holds addresses.
                retention: RetentionPolicy::WorkQueue,
                ..files()
            },
            Config {
                name: self.dead(),
                subjects: vec![format!("{}.dead.>", self.0)],
                max_age: WEEK,
                ..files()
            },
        ];
        for stream in streams {
            jetstream.get_or_create_stream(stream).await?;
        }
        // The server takes "after message 0" for "after any": there must be a first one.
        let (first, subject) = (jetstream::message::PublishMessage::build(), self.subject_log());
        let first = first.message_id("first").payload(crate::line::Line::default().text()?.into());
        let sent = jetstream.send_publish(subject, first).await?;
        sent.await?;
        Ok(())
    }
}

/// The partition of a contact: the same on every machine, and in every version of this program. FNV-1a, 64 bits.
#[must_use]
pub fn partition(contact: &str, of: u32) -> u32 {
    let at = hash(contact).checked_rem(u64::from(of)).unwrap_or_default();
    u32::try_from(at).unwrap_or_default()
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
