//! Floor 0: the words. Checked names and ids, scopes, instants; nothing here knows about consent yet.

pub mod channel;
pub(crate) mod checked;
mod effect;
mod hex;
mod id;
mod instant;
mod key;
mod keyed;
mod near;
pub mod purpose;
mod scope;
mod stage;
mod strict;
mod text;
mod words;

pub(crate) use checked::name_type;
pub use checked::{Name, NameError};
pub use effect::{EffectName, RuleName};
pub(crate) use hex::Hex;
pub use hex::HexError;
pub(crate) use id::Id;
pub use id::{ActId, ContactId, IdError, SignalId};
pub use instant::{Instant, InstantError};
pub use key::{EventKey, ReplyKey};
pub use keyed::Fingerprint;
pub use near::nearest;
pub(crate) use scope::in_full;
pub use scope::{Channel, Controller, Network, Purpose, Reach, Recipient, SELF, Scope};
pub use stage::{NO_STAGE, SignalKind, Stage};
pub(crate) use strict::{
    ObjectOnly, WordOnly, explicit_end, in_words, never_null, object_only, read_or, word_only,
};
pub(crate) use text::Text;
pub use words::Vocabulary;
pub(crate) use words::{ScopeKey, Word};

/// Spans of time, as [`Instant`] takes and gives them: `chrono`'s, so that no second copy of it is needed.
pub use chrono::TimeDelta;
