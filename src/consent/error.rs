//! What can be wrong with an act, and with appending a go.

use thiserror::Error;

use super::evidence::Unproven;

/// Why a go cannot be constructed. Stops have no errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActError {
    /// The evidence does not prove it.
    #[error("the evidence does not prove the act: {0}")]
    Unproven(#[from] Unproven),
    /// `begins` is before the act (S6).
    #[error(
        "`begins` must not be before the instant of the act: leave it out for a grant that begins at once"
    )]
    BeginsBeforeActed,
    /// `until` is not after the act (S8, S30), or not after `begins`.
    #[error(
        "`until` must be after the instant of the act and after `begins`: a grant is in force while acted, begins <= now < until"
    )]
    UntilNotAfterActed,
    /// A double opt-in without a deadline: it would permit at once, before anything came back.
    #[error(
        "the evidence is that of a double opt-in: give the grant a `confirm_by` and bind the secret, in one constructor"
    )]
    NoConfirmBy,
    /// `confirm_by` is not after the act (S25).
    #[error(
        "`confirm_by` must be after the instant of the act: a confirm counts while acted <= confirm < confirm_by"
    )]
    ConfirmByNotAfterActed,
}

/// Why a go was not appended; the ledger is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The id names another act already (S2).
    #[error("this act id names another act already: give the new act an id of its own")]
    IdReused,
    /// The contact does not have the identity that the go is given for.
    #[error("a go is given for an identity of this contact: link the identity first")]
    UnknownIdentity,
    /// No place is left for another word, identity or act.
    #[error("this ledger is full: it holds at most 65,535 words and identities and 4,294,967,294 acts")]
    Full,
}

/// What became of an act that was appended. Whoever stores acts stores one that is `New` or `IdTaken`; of the others
/// nothing is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It stands in the ledger now.
    New,
    /// It stood there already, with the same content: nothing happened (S2).
    Again,
    /// A go on a contact that was erased: it has no effect, and nothing of it is kept (S12). Only a
    /// [`Book`](crate::Book) that forgets answers this.
    Forgotten,
    /// A stop whose id names another act already: it stands in the ledger all the same.
    /// Tell whoever hands out the ids; the stop is in force.
    IdTaken,
}
