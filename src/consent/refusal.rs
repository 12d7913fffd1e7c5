//! `Refusal`, the typed no: a small value with a reason, the act that caused it and a remedy.

use super::{Act, Ask, AskKey, ConsentLedger, Reason, Remedy};
use crate::name::Instant;

/// The answer no to one ask: a value, never an `Err` of the engine.
///
/// It is `Copy` and holds no text. What it can tell more is read from the ledger that gave it.
///
/// ```
/// use placet::{Ask, Contact, Identity, Reach, Stop, Vocabulary, channel::EMAIL, purpose::NEWSLETTER};
/// let now = "2013-06-01T10:00:00Z".parse()?;
/// let mail = Identity::email("ada@example.org")?;
/// let mut ada = Contact::open("c-1".parse()?, mail.clone(), &Vocabulary::new([]));
/// let _ = ada.stop(Stop::withdraw("a-7".parse()?, Reach::everything(), now, now));
///
/// let ask = Ask::new(NEWSLETTER.by(EMAIL), mail);
/// let Err(no) = ada.ledger().permit(&ask, now) else { panic!("withdrawn") };
/// assert_eq!(no.reason().as_str(), "withdrawn");
/// assert_eq!(no.cause(ada.ledger()).map(|act| act.id().to_string()), Some("a-7".to_owned()));
/// assert_eq!(
///     no.remedy(&ask, ada.ledger()).to_string(),
///     "a new grant of newsletter by email by the person, later than 2013-06-01T10:00:00Z",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// What was asked, in the words of the ledger that refused.
    key: AskKey,
    version: u32,
    at: Instant,
    need: u16,
    reason: Reason,
}

impl Refusal {
    pub(crate) fn new(reason: Reason, key: AskKey, version: u32, at: Instant) -> Refusal {
        Refusal { key, version, at, need: 0, reason }
    }

    pub(crate) fn key(&self) -> AskKey {
        self.key
    }

    /// The same refusal of another need than the addressing one.
    pub(crate) fn of_need(self, need: u16) -> Refusal {
        Refusal { need, ..self }
    }

    /// Which need of an effect was refused: 0 is the addressing one, in the order of the effect's needs
    /// and of a queued event's citations.
    #[must_use]
    pub fn need(&self) -> usize {
        usize::from(self.need)
    }

    /// Why (SPEC S17).
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The version of the ledger that said no.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The instant asked about.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.at
    }

    /// The act that caused it, read from the ledger that refused. Without that act, the verdict, the
    /// reason or the act named would be another (SPEC law 11).
    #[must_use]
    pub fn cause(&self, ledger: &ConsentLedger) -> Option<Act> {
        match self.reason {
            Reason::UnknownContact | Reason::NoGrant => None,
            reason if reason.is_of_release() => None,
            _ => ledger.cause(self.key, self.at, self.version),
        }
    }

    /// The fewest acts that would turn it, read from the ledger that refused.
    #[must_use]
    pub fn remedy(&self, ask: &Ask, ledger: &ConsentLedger) -> Remedy {
        ledger.remedy(ask, self.at)
    }
}
