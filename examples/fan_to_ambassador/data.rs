//! The files, read by hand: no quotes, no dependency. What is wrong is named by file, line and column.

use std::path::Path;

use placet::Instant;
use thiserror::Error;

/// A year of purchases, and who was on the list of which campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct History {
    pub(crate) baskets: Vec<Basket>,
    pub(crate) campaigns: Vec<Campaign>,
    /// Pairs of a campaign and a household.
    pub(crate) contacts: Vec<CampaignContact>,
}

/// What one household bought at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Basket {
    pub(crate) household: u32,
    pub(crate) basket: u32,
    pub(crate) at: Instant,
    pub(crate) cents: i64,
}

/// One campaign. The data gives the day it began; we take nine in the morning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Campaign {
    pub(crate) campaign: u32,
    pub(crate) begins: Instant,
}

/// One household on the list of one campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CampaignContact {
    pub(crate) household: u32,
    pub(crate) campaign: Campaign,
}

/// What is wrong with a file.
#[derive(Debug, Error)]
pub(crate) enum DataError {
    #[error("{file} cannot be read: {error}")]
    Unreadable { file: &'static str, error: std::io::Error },
    #[error("{file}, line 1: the column `{column}` is missing")]
    NoColumn { file: &'static str, column: &'static str },
    #[error("{file}, line {line}: {found} columns where the first line has {expected}")]
    Columns { file: &'static str, line: usize, expected: usize, found: usize },
    #[error("{file}, line {line}, column {place} (`{column}`): {wrong}")]
    Cell { file: &'static str, line: usize, place: usize, column: &'static str, wrong: Wrong },
}

/// What is wrong with a cell. The cell itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Wrong {
    #[error("not a whole number from 0 to 4,294,967,295")]
    Number,
    #[error("not an amount such as 12.5 or 12.50")]
    Amount,
    #[error("not a day such as 2017-03-03")]
    Day,
    #[error("not a day and time such as 2017-03-03T09:00:00")]
    Time,
    #[error("no campaign of this number is in journey_campaigns.csv")]
    NoCampaign,
}

impl History {
    /// Reads the three files of a folder.
    pub(crate) fn read(folder: &Path) -> Result<History, DataError> {
        let text = |file| {
            let text = std::fs::read_to_string(folder.join(file));
            text.map_err(|error| DataError::Unreadable { file, error })
        };
        History::of(&text(BASKETS)?, &text(CAMPAIGNS)?, &text(CONTACTS)?)
    }

    /// Reads the three texts.
    pub(crate) fn of(baskets: &str, campaigns: &str, contacts: &str) -> Result<History, DataError> {
        let baskets =
            rows(BASKETS, baskets, ["household_id", "basket_id", "at", "sales"], |[who, id, at, paid]| {
                let (household, basket) = (who.read(number)?, id.read(number)?);
                Ok(Basket { household, basket, at: at.read(time)?, cents: paid.read(cents)? })
            })?;
        let campaigns = rows(CAMPAIGNS, campaigns, ["campaign_id", "start_date"], |[id, day]| {
            Ok(Campaign { campaign: id.read(number)?, begins: day.read(nine_in_the_morning)? })
        })?;
        let known = |text: &str| {
            let number = number(text)?;
            campaigns.iter().find(|known| known.campaign == number).copied().ok_or(Wrong::NoCampaign)
        };
        let contacts = rows(CONTACTS, contacts, ["household_id", "campaign_id"], |[who, campaign]| {
            Ok(CampaignContact { household: who.read(number)?, campaign: campaign.read(known)? })
        })?;
        Ok(History { baskets, campaigns, contacts })
    }

    /// Every household, once.
    pub(crate) fn households(&self) -> std::collections::BTreeSet<u32> {
        let buy = self.baskets.iter().map(|basket| basket.household);
        buy.chain(self.contacts.iter().map(|contact| contact.household)).collect()
    }
}

const BASKETS: &str = "journey_baskets.csv";
const CAMPAIGNS: &str = "journey_campaigns.csv";
const CONTACTS: &str = "journey_campaign_contacts.csv";

/// One cell, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Cell<'t> {
    text: &'t str,
    file: &'static str,
    line: usize,
    place: usize,
    column: &'static str,
}

impl<'t> Cell<'t> {
    fn read<T>(self, reader: impl FnOnce(&'t str) -> Result<T, Wrong>) -> Result<T, DataError> {
        let Cell { text, file, line, place, column } = self;
        reader(text).map_err(|wrong| DataError::Cell { file, line, place, column, wrong })
    }
}

/// Reads the columns named from every row; other columns are let alone.
fn rows<'t, const N: usize, T>(
    file: &'static str,
    text: &'t str,
    columns: [&'static str; N],
    mut row: impl FnMut([Cell<'t>; N]) -> Result<T, DataError>,
) -> Result<Vec<T>, DataError> {
    let mut lines = text.lines().zip(1..).filter(|(line, _)| !line.is_empty());
    let header: Vec<&str> = lines.next().map(|(line, _)| line.split(',').collect()).unwrap_or_default();
    for column in columns {
        if !header.contains(&column) {
            return Err(DataError::NoColumn { file, column });
        }
    }
    let read = lines.map(|(text, line)| {
        let cells: Vec<&str> = text.split(',').collect();
        if cells.len() != header.len() {
            let (expected, found) = (header.len(), cells.len());
            return Err(DataError::Columns { file, line, expected, found });
        }
        row(columns.map(|column| {
            let place = header.iter().position(|name| *name == column).unwrap_or_default();
            let text = cells.get(place).copied().unwrap_or_default();
            Cell { text, file, line, place: place + 1, column }
        }))
    });
    read.collect()
}

fn number(text: &str) -> Result<u32, Wrong> {
    text.parse().map_err(|_| Wrong::Number)
}

/// Money is counted in cents from the first digit on: no float comes near it.
fn cents(text: &str) -> Result<i64, Wrong> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return Err(Wrong::Amount);
    }
    let whole: i64 = whole.parse().map_err(|_| Wrong::Amount)?;
    let part: i64 = format!("{part:0<2}").parse().map_err(|_| Wrong::Amount)?;
    whole.checked_mul(100).and_then(|cents| cents.checked_add(part)).ok_or(Wrong::Amount)
}

/// The data gives no offset: read as UTC.
fn time(text: &str) -> Result<Instant, Wrong> {
    Instant::parse(&format!("{text}Z")).map_err(|_| Wrong::Time)
}

fn nine_in_the_morning(day: &str) -> Result<Instant, Wrong> {
    Instant::parse(&format!("{day}T09:00:00Z")).map_err(|_| Wrong::Day)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_CAMPAIGNS: &str = "campaign_id,start_date\n";
    const NO_CONTACTS: &str = "campaign_id,household_id\n";

    /// What a basket file is refused for.
    fn refused(baskets: &str) -> String {
        History::of(baskets, NO_CAMPAIGNS, NO_CONTACTS)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn the_excerpt_is_what_its_readme_says() -> Result<(), DataError> {
        let history = History::read(&crate::excerpt())?;
        let cents: i64 = history.baskets.iter().map(|basket| basket.cents).sum();
        assert_eq!(
            (history.baskets.len(), history.campaigns.len(), history.contacts.len(), cents),
            (6_583, 27, 327, 22_241_272),
        );
        assert_eq!(history.households().len(), 104);
        assert!(history.households().iter().all(|household| household % 24 == 0));
        Ok(())
    }

    #[test]
    fn what_is_wrong_is_named_by_file_line_and_column() {
        let head = "household_id,basket_id,at,sales\n";
        let good = "24,1,2017-01-01T10:00:00,1.5\n";
        let wrong = |row: &str| refused(&format!("{head}{good}{row}"));
        assert_eq!(refused(&format!("{head}{good}")), "");
        assert_eq!(refused(""), "journey_baskets.csv, line 1: the column `household_id` is missing");
        assert_eq!(
            wrong("24,2,2017-01-01T10:00:00"),
            "journey_baskets.csv, line 3: 3 columns where the first line has 4"
        );
        assert_eq!(
            wrong("\"24\",2,2017-01-01T10:00:00,1"),
            "journey_baskets.csv, line 3, column 1 (`household_id`): not a whole number from 0 to 4,294,967,295"
        );
        assert_eq!(
            wrong("24,2,2017-02-30T10:00:00,1"),
            "journey_baskets.csv, line 3, column 3 (`at`): not a day and time such as 2017-03-03T09:00:00"
        );
        for amount in ["", ".", "1.", "-1", "1.234", "1e3", "99999999999999999999", "92233720368547758.08"] {
            assert_eq!(
                wrong(&format!("24,2,2017-01-01T10:00:00,{amount}")),
                "journey_baskets.csv, line 3, column 4 (`sales`): not an amount such as 12.5 or 12.50",
                "{amount}"
            );
        }
        let contact = History::of(head, NO_CAMPAIGNS, "campaign_id,household_id\n7,24\n");
        assert_eq!(
            contact.err().map(|error| error.to_string()).unwrap_or_default(),
            "journey_campaign_contacts.csv, line 2, column 1 (`campaign_id`): no campaign of this number is in journey_campaigns.csv"
        );
        let day = History::of(head, "campaign_id,start_date\n7,soon\n", NO_CONTACTS);
        assert_eq!(
            day.err().map(|error| error.to_string()).unwrap_or_default(),
            "journey_campaigns.csv, line 2, column 2 (`start_date`): not a day such as 2017-03-03"
        );
    }

    #[test]
    fn amounts_are_cents() {
        assert_eq!(["0.0", "0.5", "7", "11.27"].map(cents), [Ok(0), Ok(50), Ok(700), Ok(1_127)]);
    }
}
