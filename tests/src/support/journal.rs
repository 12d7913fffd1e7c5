//! A journal to be killed: it fails at one write, and can be damaged.

use std::cell::RefCell;

use placet::book::Journal;

/// A journal that fails at one write, counted from 0; replacing it is one write.
#[derive(Debug, Default)]
pub struct Port {
    text: RefCell<String>,
    writes: usize,
    fails_at: Option<usize>,
}

impl Journal for Port {
    type Error = &'static str;

    fn append(&mut self, line: &str) -> Result<(), &'static str> {
        self.write()?;
        self.text.get_mut().push_str(line);
        Ok(())
    }

    fn text(&self) -> Result<String, &'static str> {
        Ok(self.text.borrow().clone())
    }

    fn replace_with(&mut self, text: &str) -> Result<(), &'static str> {
        self.write()?;
        text.clone_into(self.text.get_mut());
        Ok(())
    }
}

impl Port {
    /// Goes on from a text.
    pub fn of(text: &str, fails_at: Option<usize>) -> Port {
        Port { text: RefCell::new(text.to_owned()), writes: 0, fails_at }
    }

    /// Somebody writes at its beginning.
    pub fn damage(&self, line: &str) {
        self.text.borrow_mut().insert_str(0, line);
    }

    fn write(&mut self) -> Result<(), &'static str> {
        let write = self.writes;
        self.writes += 1;
        if self.fails_at == Some(write) { Err("the disk is full") } else { Ok(()) }
    }
}
