//! Who is asked: anybody who answers histories. The oracle, whole or broken on purpose, is one.

use serde_json::Value;

use super::fault::Fault;
use super::generate::spell;
use super::neutral::{Instant, Line, Scope};
use super::neutral_write::{Spelling, to_text};
use super::oracle::{self, Answer, Decision, answer_text, answer_with};

/// Whoever answers histories in the neutral format. The laws are written for any of them.
pub trait Subject {
    /// The answers to the asking lines, up to the first line that is rejected.
    fn answers(&self, lines: &[Line]) -> Vec<Answer>;

    /// The same, of lines whose instants are spelled in these ways in turn.
    fn spelled(&self, lines: &[Line], spellings: &[Spelling]) -> Vec<Value>;

    /// The same, where what is known is written down and read back on the way.
    fn replayed(&self, lines: &[Line]) -> Vec<Value>;

    /// The act that a refusal names.
    fn cause(&self, lines: &[Line], contact: &str, scope: &Scope, now: Instant) -> Option<String>;

    /// The answer to one ask below these lines.
    fn judge(&self, lines: &[Line], contact: &str, scope: &Scope, now: Instant) -> Decision {
        let (id, contact, scope) = ("the-ask".to_owned(), contact.to_owned(), scope.clone());
        let ask = Line::Ask { id, contact, now, scope };
        let answers = self.answers(&[lines, &[ask]].concat());
        answers.last().expect("an ask is answered").decision.clone()
    }

    /// The answers as section 3 writes them.
    fn values(&self, lines: &[Line]) -> Vec<Value> {
        self.answers(lines).iter().map(Answer::to_value).collect()
    }
}

/// The oracle, whole or broken: a double that a law must see through.
#[derive(Debug, Clone, Copy)]
pub struct Oracle(pub Fault);

impl Subject for Oracle {
    fn answers(&self, lines: &[Line]) -> Vec<Answer> {
        answer_with(lines, self.0).0
    }

    fn spelled(&self, lines: &[Line], spellings: &[Spelling]) -> Vec<Value> {
        answer_text(spell(lines, spellings).as_bytes(), self.0)
    }

    fn replayed(&self, lines: &[Line]) -> Vec<Value> {
        answer_text(to_text(lines, Spelling::default()).as_bytes(), self.0)
    }

    fn cause(&self, lines: &[Line], contact: &str, scope: &Scope, now: Instant) -> Option<String> {
        oracle::cause(lines, contact, scope, now, self.0)
    }
}
