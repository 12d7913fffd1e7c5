//! Findings of the lab that are meant, with the reason, so that a journey says so itself. Nothing that is decided depends on
//! them.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::name::{Name, object_only};

/// A finding of the lab that is meant: which, where, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AllowedSpec {
    /// The code of the finding, such as `no-admission`.
    pub finding: Name,
    /// Where it is found: `signals[like]`, `rules[buys].when`, `.` for the whole. Stages, signals and rules are named
    /// rather than numbered, so that a rule that is put in above changes nothing.
    pub at: Remark,
    /// Why it is meant, for whoever reads the journey later.
    pub because: Remark,
}

object_only!(AllowedSpec);

/// One line of text by a person: 1 to 500 characters, no control characters, and no `@`, so that nobody's address comes in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "std::borrow::Cow<'_, str>")]
pub struct Remark(String);

/// Why a text is not a [`Remark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a remark is one line of 1 to 500 characters, without control characters and without @")]
pub struct RemarkError;

impl Remark {
    /// Checks a text.
    ///
    /// # Errors
    /// [`RemarkError`].
    ///
    /// ```
    /// use placet::journey::Remark;
    /// assert_eq!(Remark::new("asked about in the shop")?.as_str(), "asked about in the shop");
    /// assert!(Remark::new("ask ada@example.org").is_err());
    /// # Ok::<(), placet::journey::RemarkError>(())
    /// ```
    pub fn new(text: &str) -> Result<Remark, RemarkError> {
        let fits = (1..=500).contains(&text.chars().count());
        let plain = !text.chars().any(|character| character.is_control() || character == '@');
        if fits && plain { Ok(Remark(text.to_owned())) } else { Err(RemarkError) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<std::borrow::Cow<'_, str>> for Remark {
    type Error = RemarkError;
    fn try_from(text: std::borrow::Cow<'_, str>) -> Result<Remark, RemarkError> {
        Remark::new(&text)
    }
}
impl std::str::FromStr for Remark {
    type Err = RemarkError;
    fn from_str(text: &str) -> Result<Remark, RemarkError> {
        Remark::new(text)
    }
}
impl std::fmt::Display for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
