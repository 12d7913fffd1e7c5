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
/// To keep that a mail was opened, or a link in it followed: a consent of its own, apart from that to the mail.
pub const TRACKING: Purpose = Purpose::known("tracking");
/// To watch at the person's home how the product is used. Each visit is its own grant, and ends within a day.
pub const HOME_VISIT: Purpose = Purpose::known("home-visit");
/// To answer a complaint or a question.
pub const CARE: Purpose = Purpose::known("care");
