//! Channels that many journeys have. A channel is a free name: these are constants, and not a list.

use super::scope::Channel;

/// Electronic mail.
pub const EMAIL: Channel = Channel::known("email");
/// Text messages.
pub const SMS: Channel = Channel::known("sms");
/// Calls.
pub const PHONE: Channel = Channel::known("phone");
/// Letters.
pub const POST: Channel = Channel::known("post");
/// Notices on a device.
pub const PUSH: Channel = Channel::known("push");
/// At the counter, at the table.
pub const IN_PERSON: Channel = Channel::known("in-person");
/// A site or an application of one's own.
pub const WEB: Channel = Channel::known("web");
