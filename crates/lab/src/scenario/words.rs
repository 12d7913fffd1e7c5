//! One line of a text as words with their columns, read from left to right.

use std::str::FromStr;

use placet::name::NameError;

use super::fault::{Problem, TextFault};
use super::near::nearest;

/// A line of a text that says something.
pub(super) struct Line<'t> {
    pub(super) number: usize,
    words: Vec<(usize, &'t str)>,
    next: usize,
    end: usize,
}

/// The lines that say something: comments begin with `#` at the begin of a word.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().zip(1..).map(|(line, number)| Line::new(line, number)).filter(|line| !line.words.is_empty())
}

impl<'t> Line<'t> {
    fn new(line: &'t str, number: usize) -> Line<'t> {
        let mut words = Vec::new();
        let mut column = 1_usize;
        let mut end = 1;
        for part in line.split_inclusive(char::is_whitespace) {
            let word = part.trim_end();
            if word.starts_with('#') {
                break;
            }
            if !word.is_empty() {
                words.push((column, word));
                end = column.saturating_add(word.chars().count());
            }
            column = column.saturating_add(part.chars().count());
        }
        Line { number, words, next: 0, end }
    }

    /// The next word, not read yet.
    pub(super) fn peek(&self) -> Option<&'t str> {
        self.words.get(self.next).map(|(_, word)| *word)
    }

    /// Line and column of the next word.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.number, self.words.get(self.next).map_or(self.end, |(column, _)| *column))
    }

    /// Line and column of the first word.
    pub(super) fn begin(&self) -> (usize, usize) {
        (self.number, self.words.first().map_or(self.end, |(column, _)| *column))
    }

    /// What is wrong with the line as a whole.
    pub(super) fn wrong(&self, problem: Problem) -> TextFault {
        let (line, column) = self.begin();
        TextFault { line, column, problem }
    }

    /// What is wrong with the next word.
    pub(super) fn fault(&self, problem: Problem) -> TextFault {
        let (line, column) = self.place();
        TextFault { line, column, problem }
    }

    pub(super) fn skip(&mut self) {
        self.next = self.next.saturating_add(1);
    }

    /// Reads the next word if it is this one.
    pub(super) fn takes(&mut self, word: &str) -> bool {
        let is = self.peek() == Some(word);
        if is {
            self.skip();
        }
        is
    }

    /// The next word, of which something is made.
    pub(super) fn due<T>(
        &mut self,
        what: &'static str,
        make: impl FnOnce(&'t str) -> Result<T, Problem>,
    ) -> Result<T, TextFault> {
        let word = self.peek().ok_or_else(|| self.fault(Problem::Ends { what }))?;
        let made = make(word).map_err(|problem| self.fault(problem))?;
        self.skip();
        Ok(made)
    }

    pub(super) fn name<T: FromStr<Err = NameError>>(&mut self, what: &'static str) -> Result<T, TextFault> {
        self.due(what, |word| word.parse().map_err(Problem::Name))
    }

    /// One of several words.
    pub(super) fn one_of(
        &mut self,
        what: &'static str,
        words: &[&'static str],
    ) -> Result<&'static str, TextFault> {
        self.due(what, |found| {
            let found_it = words.iter().find(|word| **word == found).copied();
            found_it.ok_or_else(|| Problem::Expected { what, nearest: near(found, words) })
        })
    }

    pub(super) fn word(&mut self, word: &'static str, what: &'static str) -> Result<(), TextFault> {
        let is = |found| if found == word { Ok(()) } else { Err(Problem::Expected { what, nearest: None }) };
        self.due(what, is)
    }

    /// Nothing stands after the last word that was read; `words` are those that could.
    pub(super) fn ends(&self, words: &[&'static str]) -> Result<(), TextFault> {
        match self.peek() {
            None => Ok(()),
            Some(word) => Err(self.fault(Problem::After { nearest: near(word, words) })),
        }
    }
}

fn near(misspelt: &str, words: &[&'static str]) -> Option<&'static str> {
    nearest(misspelt, words.iter().copied())
}
