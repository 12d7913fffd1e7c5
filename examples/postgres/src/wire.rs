//! What goes out, and the wire that it goes out on.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use placet::consent::Reply;
use placet::{Event, Identity};
use serde::Serialize;
use thiserror::Error;

use crate::link::{Link, LinkKey};
use crate::store::Handing;

/// How long a gateway may take: for so long a stop of the person can have to wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// One letter, for whoever writes and sends it. A gateway that drops keys it knows delivers exactly once.
#[derive(Debug, Clone, Serialize)]
pub struct Letter {
    /// The key of the event or of the reply.
    pub key: String,
    /// The contact.
    pub contact: String,
    /// The signal that led to an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// To whom.
    pub to: Identity,
    /// Who sends it.
    pub from: String,
    /// What to write: the effect's name, `please-confirm`, or `we-heard-you`.
    pub what: String,
    /// The link that confirms, in a letter that asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
    /// The header `List-Unsubscribe` (RFC 8058); with it goes `List-Unsubscribe-Post: List-Unsubscribe=One-Click`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_unsubscribe: Option<String>,
    /// The link to the page on which everything can be changed.
    pub preferences: String,
}

/// A gateway has not taken a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the gateway has not taken it")]
pub struct NotTaken;

/// What a wire promises.
pub type Taken<'w> = Pin<Box<dyn Future<Output = Result<(), NotTaken>> + Send + 'w>>;

/// Whatever takes letters out of the house.
pub trait Wire: Send + Sync {
    /// Hands one over.
    fn send(&self, letter: Letter) -> Taken<'_>;
}

/// A gateway that takes letters as JSON over HTTP.
#[derive(Debug, Clone)]
pub struct HttpWire {
    /// Host and port.
    pub at: String,
    /// The path.
    pub path: String,
}

impl Wire for HttpWire {
    fn send(&self, letter: Letter) -> Taken<'_> {
        Box::pin(async move {
            let body = serde_json::to_vec(&letter).map_err(|_| NotTaken)?;
            match request(&self.at, "POST", &self.path, "application/json", body).await {
                Ok((status, _)) if status.is_success() => Ok(()),
                _ => Err(NotTaken),
            }
        })
    }
}

/// Sends one request, and gives status and body.
///
/// # Errors
/// Where nobody answers.
pub async fn request(
    at: &str,
    method: &str,
    path: &str,
    content: &str,
    body: Vec<u8>,
) -> Result<(StatusCode, String), Box<dyn std::error::Error + Send + Sync>> {
    let stream = tokio::net::TcpStream::connect(at).await?;
    let (mut send, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", at)
        .header("content-type", content)
        .body(Full::new(Bytes::from(body)))?;
    let answer = send.send_request(request).await?;
    let (parts, body) = answer.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok((parts.status, String::from_utf8_lossy(&body).into_owned()))
}

/// What letters need that no event knows.
#[derive(Debug, Clone)]
pub struct Letterhead {
    /// Where this service is reached from outside, such as `https://news.example`.
    pub base: String,
    /// The secret that links are signed with.
    pub key: LinkKey,
}

impl Letterhead {
    fn link(&self, path: &str, link: &Link) -> String {
        // A link that could not be written leads to a page that says so.
        format!("{}/{path}/{}", self.base, self.key.sign(link).unwrap_or_default())
    }

    pub(crate) fn preferences(&self, contact: &placet::ContactId) -> String {
        self.link("preferences", &Link::Preferences { contact: contact.clone() })
    }

    /// The letter of an event.
    pub(crate) fn event(&self, event: &Event<'_>) -> Letter {
        let unsubscribe = Link::Unsubscribe {
            contact: event.contact().clone(),
            purpose: event.scope().purpose().clone(),
            channel: event.channel().clone(),
            mail: event.key(),
        };
        Letter {
            key: event.key().to_string(),
            contact: event.contact().to_string(),
            signal: Some(event.signal().to_string()),
            to: event.identity().clone(),
            from: event.controller().to_string(),
            what: event.effect().to_string(),
            confirm: None,
            list_unsubscribe: Some(self.link("unsubscribe", &unsubscribe)),
            preferences: self.preferences(event.contact()),
        }
    }

    /// The letter of a reply; with a secret it asks to confirm.
    pub(crate) fn reply(&self, reply: &Reply<'_>, secret: Option<[u8; 16]>) -> Letter {
        let (contact, grant) = (reply.contact().clone(), reply.act().clone());
        let confirm = secret.map(|secret| self.link("confirm", &Link::Confirm { contact, grant, secret }));
        Letter {
            key: reply.key().to_string(),
            contact: reply.contact().to_string(),
            signal: None,
            to: reply.identity().clone(),
            from: reply.controller().to_string(),
            what: if confirm.is_some() { "please-confirm" } else { "we-heard-you" }.to_owned(),
            confirm,
            list_unsubscribe: None,
            preferences: self.preferences(reply.contact()),
        }
    }
}

/// Where the gateway of an operation, which cannot wait, leaves its letter.
#[derive(Clone, Default)]
pub(crate) struct Slot(Arc<Mutex<Option<Letter>>>);

impl Slot {
    pub(crate) fn put(&self, letter: Letter) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(letter);
    }

    fn take(&self) -> Option<Letter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Sends what the operation has left, while the person is locked.
pub(crate) struct Sending<'w> {
    pub(crate) slot: Slot,
    pub(crate) wire: &'w dyn Wire,
}

impl Handing for Sending<'_> {
    async fn hand(&mut self) -> bool {
        match self.slot.take() {
            None => true,
            Some(letter) => {
                matches!(tokio::time::timeout(PATIENCE, self.wire.send(letter)).await, Ok(Ok(())))
            }
        }
    }
}
