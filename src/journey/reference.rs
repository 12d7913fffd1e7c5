//! The reference journey: the stages of the 2013 article, as data.

use super::{Journey, JourneyError};

/// The data of the reference journey.
const TEXT: &str = include_str!("reference.json");

impl Journey {
    /// The journey of the 2013 article on social CRM, in our words.
    ///
    /// Liking or following the brand, with leave to link the profile, makes a *fan*; signing up for the
    /// newsletter makes a *subscriber*; both make a *subscriber+fan*, the best prospect; the first
    /// purchase makes a *customer*; a customer who recommends becomes an *ambassador*. A stage that
    /// rests on consent falls back when that consent ends. The data is [`Journey::REFERENCE_JSON`]:
    /// copy it and make it yours.
    ///
    /// # Errors
    /// None, as a test shows; the type says what any journey says that is read from text.
    pub fn reference() -> Result<Journey, JourneyError> {
        Journey::from_json(TEXT)
    }

    /// The text that [`Journey::reference`] is read from.
    pub const REFERENCE_JSON: &'static str = TEXT;
}
