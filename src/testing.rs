//! Floor 8: strategies for property tests of one's own: feature `proptest`.
//!
//! Journeys that compile, acts that a ledger appends, signals that a journey takes, whole histories. They use few words
//! and few instants, so that ties, ends and re-grants are frequent; and at the sizes that [`Sizes`] begins with, 15 to
//! 30 % of the asks are permitted: a test whose answers are nearly all no tests nothing.
//!
//! Everything shrinks to fewer acts, signals and rules, and each of them to the plainest of its kind.
//!
//! ```
//! use placet::testing::{Sizes, histories};
//! use placet::{Contact, Journey, entry::Body};
//! use proptest::prelude::*;
//! use proptest::test_runner::TestRunner;
//!
//! let journey = Journey::reference()?;
//! // In a test of one's own: proptest! { #[test] fn …(people in histories(&journey, &Sizes::default())) { … } }
//! TestRunner::deterministic().run(&histories(&journey, &Sizes::default()), |people| {
//!     for person in &people {
//!         let mut before = Vec::new();
//!         for entry in person {
//!             let Body::Signal(admitted) = entry.body() else {
//!                 before.push(entry);
//!                 continue;
//!             };
//!             let contact = Contact::replay(before.iter().copied(), journey.vocabulary())?;
//!             let signal = journey.signal(admitted.signal().clone())?;
//!             let decision = journey.decide(&contact, &signal, admitted.now())?;
//!             prop_assert!(decision.queued().count() <= 2, "no rule of this journey has more than two effects");
//!         }
//!     }
//!     Ok(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod history;
mod journeys;
mod words;

pub use history::{asks, histories, ledgers, scopes_of, signals};
pub use journeys::journeys;
pub use words::{acts, goes, identities, instants, names, scopes, stops};

use proptest::collection::SizeRange;

/// How much there is of everything.
///
/// ```
/// use placet::testing::Sizes;
/// let many = Sizes::default().contacts(50..=100).acts(0..=200);
/// let one_without_signals = Sizes::default().contacts(1).signals(0);
/// ```
#[derive(Debug, Clone)]
pub struct Sizes {
    contacts: SizeRange,
    scopes: SizeRange,
    acts: SizeRange,
    signals: SizeRange,
    grants: u32,
}

impl Default for Sizes {
    /// 1 to 3 contacts, each with up to 24 acts and 12 signals; 2 to 4 scopes in a journey.
    fn default() -> Sizes {
        Sizes {
            contacts: (1..=3).into(),
            scopes: (2..=4).into(),
            acts: (0..=24).into(),
            signals: (0..=12).into(),
            grants: 48,
        }
    }
}

impl Sizes {
    /// How many contacts there are histories of.
    #[must_use]
    pub fn contacts(self, contacts: impl Into<SizeRange>) -> Sizes {
        Sizes { contacts: contacts.into(), ..self }
    }

    /// About how many scopes a journey speaks: the more there are, the rarer is a yes.
    #[must_use]
    pub fn scopes(self, scopes: impl Into<SizeRange>) -> Sizes {
        Sizes { scopes: scopes.into(), ..self }
    }

    /// How many acts a contact has.
    #[must_use]
    pub fn acts(self, acts: impl Into<SizeRange>) -> Sizes {
        Sizes { acts: acts.into(), ..self }
    }

    /// How many signals arrive about a contact.
    #[must_use]
    pub fn signals(self, signals: impl Into<SizeRange>) -> Sizes {
        Sizes { signals: signals.into(), ..self }
    }

    /// How many of a hundred acts are grants; the rest are confirms, stops and lifts. More grants, more yes.
    #[must_use]
    pub fn grants(self, of_a_hundred: u32) -> Sizes {
        Sizes { grants: of_a_hundred.clamp(1, 99), ..self }
    }
}
