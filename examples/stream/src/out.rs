//! Events out, as CloudEvents 1.0.

use std::convert::Infallible;
use std::sync::Arc;

use async_nats::jetstream::message::PublishMessage;
use placet::desk::{Dispatch, Dispatched, Operation, Plan, Step};
use placet::send::EventKey;
use placet::{ContactId, Event};
use serde::Serialize;
use serde_json::{Value, json};

use crate::line::Line;
use crate::{Done, Log, now};

/// What the types of these events begin with: put a domain of yours here, in reverse.
const TYPE: &str = "example.placet.event";

/// An event as it goes out: a CloudEvent in the structured mode of JSON.
#[derive(Debug, Clone, Serialize)]
pub struct CloudEvent {
    specversion: &'static str,
    id: EventKey,
    source: String,
    #[serde(rename = "type")]
    kind: &'static str,
    subject: ContactId,
    time: placet::Instant,
    datacontenttype: &'static str,
    data: Value,
}

impl CloudEvent {
    /// The account of an event that was released.
    #[must_use]
    pub fn of(event: &Event<'_>) -> CloudEvent {
        let rests_on = event.citations().map(|need| json!({ "contact": need.contact(), "act": need.act() }));
        let rests_on: Vec<Value> = rests_on.collect();
        CloudEvent {
            specversion: "1.0",
            id: event.key(),
            source: format!("/placet/{}", encoded(&event.controller().to_string())),
            kind: TYPE,
            subject: event.contact().clone(),
            time: event.released_at(),
            datacontenttype: "application/json",
            data: json!({
                "effect": event.effect(),
                "rule": event.rule(),
                "signal": event.signal(),
                "from": event.controller(),
                "to": event.identity(),
                "channel": event.channel(),
                "purpose": event.scope().purpose(),
                "rests_on": rests_on,
            }),
        }
    }

    pub(crate) fn contact(&self) -> ContactId {
        self.subject.clone()
    }

    /// The same message, with this in it.
    pub(crate) fn written(&self, message: PublishMessage) -> Done<PublishMessage> {
        let message = message.header("content-type", "application/cloudevents+json; charset=UTF-8");
        Ok(message.message_id(self.id.to_string()).payload(serde_json::to_vec(self)?.into()))
    }
}

/// As a segment of a URI (RFC 3986).
fn encoded(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

impl Log {
    /// Releases one event, and puts it into the log: as the next message, or not at all. So a stop that was written before has
    /// been asked, and one that comes meanwhile comes after it. The same message says that it is sent.
    ///
    /// # Errors
    /// [`StoreError`](crate::StoreError). It is sent then, or waits still.
    pub async fn send(&mut self, key: EventKey) -> Done<Dispatched<Infallible>> {
        loop {
            let Some(contact) = self.view.contact_of(key) else { return Ok(Dispatched::NotQueued) };
            let mut out = None;
            let mut gateway = |event: Event<'_>| {
                out = Some(CloudEvent::of(&event));
                Ok::<_, Infallible>(())
            };
            let mut dispatch = Dispatch::new(Arc::clone(self.terms()), key, contact, now(), &mut gateway);
            let mut plan = Plan::default();
            self.view.find(&dispatch.want(), |found| plan = dispatch.plan(found))?;
            let line = Line::of(&plan)?;
            let answer = dispatch.finish().unwrap_or(Dispatched::NotQueued);
            // Where others were faster, all is asked again.
            if line.is_empty() || self.write(&line, out).await? {
                return Ok(answer);
            }
        }
    }
}
