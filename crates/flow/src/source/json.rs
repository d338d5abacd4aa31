//! Where the values of a JSON text stand. Only for texts that are known to be JSON.

use std::ops::Range;

use super::{Found, Step};

/// What a path leads to, if it is there.
pub(super) fn follow(text: &str, path: &[Step<'_>]) -> Option<Found> {
    let at = text.len() - pointsman_lead::json::without_mark(text).len();
    let mut scanner = Scanner { text, at };
    scanner.skip_space();
    let mut found = Found {
        name: None,
        value: 0..text.len(),
    };
    for step in path {
        let name = match step {
            Step::Member(wanted) => Some(scanner.member(wanted)?),
            Step::Entry(wanted) => {
                scanner.entry(*wanted)?;
                None
            }
        };
        let start = scanner.at;
        let mut ahead = Scanner { text, at: start };
        ahead.skip_value()?;
        found = Found {
            name,
            value: start..ahead.at,
        };
    }
    Some(found)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        self.skip_space();
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// Goes to the value of a member of the object that begins here; where the member's name is.
    fn member(&mut self, wanted: &str) -> Option<Range<usize>> {
        self.take(b'{')?;
        loop {
            self.skip_space();
            let start = self.at;
            self.skip_value()?;
            let name = start..self.at;
            self.take(b':')?;
            self.skip_space();
            let is_wanted = serde_json::from_str::<String>(&self.text[name.clone()])
                .is_ok_and(|name| name == wanted);
            if is_wanted {
                return Some(name);
            }
            self.skip_value()?;
            self.take(b',')?;
        }
    }

    /// Goes to an entry of the list that begins here.
    fn entry(&mut self, wanted: usize) -> Option<()> {
        self.take(b'[')?;
        for _ in 0..wanted {
            self.skip_space();
            self.skip_value()?;
            self.take(b',')?;
        }
        self.skip_space();
        (self.peek()? != b']').then_some(())
    }

    /// Goes to the end of a value, counting brackets: texts may hold some of their own.
    fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.skip_text()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                _ if depth > 0 => self.at += 1,
                _ => {
                    let ends = |byte: u8| byte.is_ascii_whitespace() || b",]}:".contains(&byte);
                    while self.peek().is_some_and(|byte| !ends(byte)) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn skip_text(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }
}
