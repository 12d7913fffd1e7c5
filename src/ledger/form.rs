//! The form of a stored act: a record of bytes, one behind the other, appended and never rewritten.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | how long the record is |
//! | 2 | kind and provenance, which widths are used; what of the parts below there is |
//! | 4 | slot of the identity; purpose, channel and recipient as words: a scope, a reach, or nothing |
//! | 4 | acted, in whole seconds since 1970 |
//! | 4, 12, 16 | the upper halves of wide numbers, acted where it is wide |
//! | 4 or 12 each | where there are: until, confirm by, and recorded if it is not acted |
//! | 1 to 56 | evidence: actor and method, and what there is of notice, digest, touchpoint and round trip |
//! | 2 to 65 | of a confirm: the id of its grant, behind its length |
//! | 1 to 64 | its own id: the rest |
//!
//! The narrow widths hold what nearly all acts have: words and slots below 255, whole seconds of 1970 to 2106.
//! What is read first stands first and in one place, so that one pass over a ledger looks at [`FRONT`] bytes an act.
//!
//! Between the acts stand records of words that are not of the contact's vocabulary: length, [`WORD`], and the name.

use super::act::{ActKind, Provenance};
use super::evidence::{Actor, Method};

/// A small type that is written as a number.
pub(super) trait Coded: Copy + Sized + 'static {
    const ALL: &'static [Self];
    fn code(self) -> u8;

    #[inline]
    fn decoded(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// By the order in which the values stand here, which is part of no written form.
macro_rules! coded {
    ($($type:ident: $($value:ident = $code:literal),+;)+) => {$(
        impl Coded for $type {
            const ALL: &'static [$type] = &[$($type::$value),+];

            #[inline]
            fn code(self) -> u8 {
                match self {
                    $($type::$value => $code),+
                }
            }
        }
    )+};
}

coded! {
    ActKind: Grant = 0, Confirm = 1, Unobject = 2, Unrestrict = 3, Withdraw = 4, Refuse = 5, Object = 6, Restrict = 7,
        Erase = 8;
    Provenance: Own = 0, Told = 1, Joined = 2;
    Actor: Person = 0, Guardian = 1, SomebodyElse = 2, Import = 3, Controller = 4;
    Method: UntickedBox = 0, AccountSetting = 1, SignedForm = 2, OralRecorded = 3, Paper = 4, DoubleOptIn = 5,
        PreTickedBox = 6, Scrolling = 7, TermsAcceptance = 8, LinkFetched = 9, Import = 10;
}

/// What every question looks at: the first four lines of the table.
pub(super) const FRONT: usize = 11;

/// The first byte of a form: four bits of kind, two of provenance, and whether these are wide.
pub(super) const WIDE_NUMBERS: u8 = 1 << 6;
pub(super) const WIDE_INSTANTS: u8 = 1 << 7;

/// In the place of a form: this is no act, but a word.
pub(super) const WORD: u8 = 15;

/// What there is, by the second byte. The instants stand in this order.
pub(super) const UNTIL: u8 = 1;
pub(super) const CONFIRM_BY: u8 = 1 << 1;
pub(super) const RECORDED: u8 = 1 << 2;
pub(super) const EVIDENCE: u8 = 1 << 3;
pub(super) const NOTICE: u8 = 1 << 4;
pub(super) const TOUCHPOINT: u8 = 1 << 5;
pub(super) const TARGET: u8 = 1 << 6;
/// A digest of the notice or a round trip: a byte more in front of the evidence says which.
pub(super) const PRINTS: u8 = 1 << 7;
pub(super) const DIGEST: u8 = 1;
pub(super) const ROUND_TRIP: u8 = 2;

pub(super) fn flag(is: bool, flag: u8) -> u8 {
    if is { flag } else { 0 }
}

/// A number below 255 in one byte, and "none" as 255.
pub(super) fn narrow(number: u16) -> Option<u8> {
    if number == u16::MAX { Some(u8::MAX) } else { u8::try_from(number).ok().filter(|byte| *byte != u8::MAX) }
}

#[inline]
pub(super) fn wide(byte: u8) -> u16 {
    if byte == u8::MAX { u16::MAX } else { u16::from(byte) }
}

/// Cuts so many bytes off; a record that was written here has them.
pub(super) fn cut<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_coded_is_decoded() {
        fn all<T: Coded + PartialEq + std::fmt::Debug>() {
            let codes = || T::ALL.iter().map(|value| value.code());
            assert!(codes().eq((0..).take(T::ALL.len())), "in their order, without a gap");
            assert!(codes().map(T::decoded).eq(T::ALL.iter().copied().map(Some)));
        }
        all::<ActKind>();
        all::<Provenance>();
        all::<Actor>();
        all::<Method>();
        assert!(ActKind::decoded(WORD).is_none());
    }

    #[test]
    fn narrow_numbers_are_read_as_they_were() {
        for number in (0..300).chain([u16::MAX]) {
            assert_eq!(
                narrow(number).map(wide),
                Some(number).filter(|number| *number < 255 || *number == u16::MAX)
            );
        }
    }
}
