//! When people are awake, as windows of the day (I24).

use std::fmt;

/// The hours of the day in which people are awake, by the local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours([bool; 24]);

/// Minutes of the local day, from and before; where `from` is above `to`, over midnight. A whole day is 0 to 1440.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first minute of it.
    pub from: u16,
    /// The first minute behind it.
    pub to: u16,
}

/// When one person is awake, and whether that is told by their own facts or by everybody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awake {
    /// The hours.
    pub hours: Hours,
    /// Whether they rest on 20 facts of the person or more.
    pub is_own: bool,
}

impl Hours {
    pub(crate) fn new(hours: [bool; 24]) -> Hours {
        Hours(hours)
    }

    /// The hours, 0 to 23, in order.
    pub fn hours(&self) -> impl Iterator<Item = u16> {
        (0..24).zip(self.0).filter(|(_, awake)| *awake).map(|(hour, _)| hour)
    }

    /// The hours put together as windows of the day, in the order in which they begin.
    #[must_use]
    pub fn windows(&self) -> Vec<Window> {
        let Hours(awake) = self;
        if awake.iter().all(|awake| *awake) {
            return vec![Window { from: 0, to: 1440 }];
        }
        let is = |hour: u16| awake.get(usize::from(hour % 24)).copied().unwrap_or_default();
        let begins = |hour: &u16| is(*hour) && !is(hour.saturating_add(23));
        let window = |from: u16| {
            let ends = (from..48).find(|hour| !is(*hour)).unwrap_or(24);
            let to = if ends == 24 { 24 } else { ends % 24 };
            Window { from: from.saturating_mul(60), to: to.saturating_mul(60) }
        };
        (0..24).filter(begins).map(window).collect()
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Window { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let windows: Vec<String> = self.windows().iter().map(ToString::to_string).collect();
        f.write_str(&windows.join(", "))
    }
}

impl fmt::Display for Awake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, by {}", self.hours, if self.is_own { "their own facts" } else { "everybody's" })
    }
}
