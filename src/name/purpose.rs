//! Purposes that many journeys have. A purpose is a free name: these are constants, and not a list.

use super::scope::Purpose;

/// The regular letter a person signed up for.
pub const NEWSLETTER: Purpose = Purpose::known("newsletter");
/// Advertising of one's own products: mailings, onboarding that sells.
pub const OFFERS: Purpose = Purpose::known("offers");
/// To analyse likes, visits and purchases of one person.
pub const PROFILING: Purpose = Purpose::known("profiling");
/// To link a social profile to the contact.
pub const SOCIAL_LINKING: Purpose = Purpose::known("social-linking");
/// To invite to a referral programme.
pub const REFERRAL: Purpose = Purpose::known("referral");
/// Surveys and market research.
pub const RESEARCH: Purpose = Purpose::known("research");
/// To hand data to a named recipient.
pub const SHARING: Purpose = Purpose::known("sharing");
/// To answer a complaint or a question.
pub const CARE: Purpose = Purpose::known("care");
