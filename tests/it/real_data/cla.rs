//! `cla_consent.jsonl`: who agreed to a project's licence agreement, and whose work was merged. Was there consent
//! when it was? No row of the file is repeated here.

use placet::{
    Actor, Ask, Book, Evidence, Grant, Identity, Instant, Journey, Method, Notice, Purpose, Reason, Scope,
    book::BookError, channel::WEB,
};
use serde::Deserialize;

use crate::support::{beside, name};

/// One line of the file.
#[derive(Debug, Deserialize)]
struct Row {
    at: Instant,
    contact: String,
    kind: String,
    seq: u32,
    #[serde(default)]
    identity: Option<String>,
}

/// What stands between a merge and a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// The person had agreed.
    After,
    /// Refused for this reason; a grant of a later instant is in the ledger.
    Before(Reason),
    /// Refused for this reason, and no grant is.
    None(Reason),
    /// Nobody can be asked: there is no identity that an ask could name.
    Unresolved,
}

fn contribution() -> Scope {
    name::<Purpose>("contribution").by(WEB)
}

fn account(row: &Row) -> Identity {
    Identity::account(name("github"), &row.contact).unwrap()
}

/// Who agrees does so in a comment of their own under the text of the agreement.
fn agreed(row: &Row) -> Grant {
    let evidence =
        Evidence::new(Actor::Person, Method::SignedForm).shown(Notice::new(name("cla"), name("1")));
    Grant::new(name(&format!("a-{}", row.seq)), contribution(), account(row), evidence, row.at, row.at)
        .unwrap()
}

const PROJECT: &str = r#"{
  "placet": 1, "name": "contributions", "controller": "the-project",
  "catalogue": {
    "purposes": ["contribution"], "channels": [{ "name": "web" }], "notices": [{ "id": "cla", "version": "1" }]
  },
  "stages": [], "signals": [], "rules": []
}"#;

#[test]
fn of_652_contributions_64_were_merged_after_the_persons_own_consent() {
    let Some(folder) = beside("data/fetched") else { return };
    let text = std::fs::read_to_string(folder.join("cla_consent.jsonl")).unwrap();
    let rows: Vec<Row> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    let mut book = Book::new(Journey::from_json(PROJECT).unwrap());
    let (consents, merges): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.kind == "consent_given");
    assert_eq!((consents.len(), merges.len()), (161, 652));
    let resolved = |row: &&&Row| row.identity.as_deref() != Some("unresolved");
    for row in rows.iter().filter(|row| resolved(&row)) {
        let opened = book.open(name(&row.contact), account(row));
        assert!(matches!(opened, Ok(()) | Err(BookError::OpenedAgain)));
    }
    for row in consents {
        let _ = book.append(&name(&row.contact), agreed(row)).unwrap();
    }

    let standing = |row: &&Row| {
        let Some(contact) = book.contact(&name(&row.contact)).filter(|_| resolved(&row)) else {
            return Standing::Unresolved;
        };
        let ledger = contact.ledger();
        match ledger.refuses(&Ask::new(contribution(), account(row)), row.at) {
            None => Standing::After,
            Some(reason) if ledger.acts().any(|act| act.acted() > row.at) => Standing::Before(reason),
            Some(reason) => Standing::None(reason),
        }
    };
    let all: Vec<Standing> = merges.iter().map(standing).collect();
    let count = |wanted| all.iter().filter(|standing| **standing == wanted).count();
    let counts = [
        count(Standing::After),
        count(Standing::Before(Reason::NoGrant)),
        count(Standing::None(Reason::UnknownContact)),
        count(Standing::Unresolved),
    ];
    assert_eq!(counts, [64, 2, 507, 79]);
    assert_eq!(counts.iter().sum::<usize>(), all.len(), "and nothing else");
}
