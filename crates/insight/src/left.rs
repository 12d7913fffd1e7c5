//! Why a fact does not stand, in a word (I7).

use std::fmt;

use placet::Reason;

/// Why a fact is left out: the first of these that holds (I7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Left {
    /// Somebody of the person was erased.
    Erased,
    /// The journey in force does not declare its kind.
    Undeclared,
    /// The identity that it arrived on is no longer the person's.
    IdentityGone,
    /// It was not permitted when it was handled.
    Then,
    /// The person said no since.
    Since,
    /// It is not permitted now.
    Now(Reason),
}

impl Left {
    /// Its word, such as `since` or `expired`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Left::Erased => "erased",
            Left::Undeclared => "undeclared",
            Left::IdentityGone => "identity_gone",
            Left::Then => "then",
            Left::Since => "since",
            Left::Now(reason) => reason.as_str(),
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
