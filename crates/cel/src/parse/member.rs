//! Values, names, calls, and what hangs on them by points and brackets.

use super::{Parser, too_deep};
use crate::{
    Error, MAX_DEPTH, Span, Spanned,
    lex::{Token, hinted, outside, syntax},
    syntax::{Tree, TreeKind},
};

/// Words that CEL keeps for languages around it.
pub(crate) const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

impl Parser<'_> {
    /// A value or name with all that hangs on it.
    pub(super) fn member(&mut self, depth: usize) -> Result<Tree, Error> {
        let start = self.cursor.here().0;
        let mut term = self.primary(depth)?;
        for _ in 0..MAX_DEPTH {
            let after = self.cursor.here();
            term = if self.cursor.accept(".") {
                self.dotted(term, start, depth)?
            } else if self.cursor.accept("[") {
                self.cursor.accept("?");
                self.conditional(depth + 1)?;
                self.expect("]")?;
                let hint = "compare the field, or write `field in […]`";
                let error = outside(self.cursor.span_from(after.0), "indexing", hint);
                self.outside(start, error)
            } else if matches!(term.kind, TreeKind::Name(_) | TreeKind::Select(..))
                && self.cursor.accept("{")
            {
                self.entries(depth)?;
                let hint = "compare fields with plain values";
                let error = outside(self.cursor.span_from(start), "messages", hint);
                self.outside(start, error)
            } else {
                return Ok(term);
            };
        }
        match self.cursor.peek() {
            Some(Token::Symbol("." | "[" | "{")) => Err(too_deep(self.cursor.here())),
            _ => Ok(term),
        }
    }

    /// What follows a point, which is already taken.
    fn dotted(&mut self, of: Tree, start: usize, depth: usize) -> Result<Tree, Error> {
        let optional = self.cursor.accept("?");
        let span = self.cursor.here();
        let (name, may_call) = match self.cursor.peek() {
            Some(Token::Word(word)) if !is_keyword(word) => (word, true),
            Some(Token::Name(name)) => (name, false),
            _ => return Err(self.unexpected("a name")),
        };
        self.cursor.at += 1;
        let name = Spanned {
            value: name.clone(),
            span,
        };
        if optional {
            let error = outside(span, "optional fields", "ask `has(field)`");
            return Ok(self.outside(start, error));
        }
        let kind = if may_call && self.cursor.accept("(") {
            TreeKind::Method(Box::new(of), name, self.terms(")", depth)?)
        } else {
            TreeKind::Select(Box::new(of), name)
        };
        Ok(Tree {
            kind,
            span: self.cursor.span_from(start),
        })
    }

    fn primary(&mut self, depth: usize) -> Result<Tree, Error> {
        let span = self.cursor.here();
        let token = self.cursor.peek();
        self.cursor.at += usize::from(token.is_some());
        let kind = match token {
            Some(Token::Integer(integer)) => TreeKind::Integer(*integer),
            Some(Token::PastIntegers) => TreeKind::PastIntegers,
            Some(Token::Decimal(decimal)) => TreeKind::Decimal(*decimal),
            Some(Token::Text(text)) => TreeKind::Text(text.clone()),
            Some(Token::Unusable(error)) => TreeKind::Outside(error.clone()),
            Some(Token::Word(word)) if word != "in" => return self.word(word, span, depth),
            Some(Token::Symbol("(")) => {
                let inner = self.conditional(depth + 1)?;
                self.expect(")")?;
                let span = self.cursor.span_from(span.0);
                return Ok(Tree { span, ..inner });
            }
            Some(Token::Symbol("[")) => TreeKind::List(self.terms("]", depth)?),
            Some(Token::Symbol("{")) => {
                self.entries(depth)?;
                let hint = "compare fields with plain values";
                let error = outside(self.cursor.span_from(span.0), "maps", hint);
                return Ok(self.outside(span.0, error));
            }
            Some(Token::Symbol(".")) if matches!(self.cursor.peek(), Some(Token::Word(_))) => {
                let error = outside(span, "names from the root", "drop the point in front");
                self.member(depth + 1)?;
                return Ok(self.outside(span.0, error));
            }
            _ => {
                self.cursor.at -= usize::from(token.is_some());
                return Err(self.unexpected("a field or a value"));
            }
        };
        let span = self.cursor.span_from(span.0);
        Ok(Tree { kind, span })
    }

    fn word(&mut self, word: &str, span: Span, depth: usize) -> Result<Tree, Error> {
        let kind = match word {
            "true" | "false" => TreeKind::Boolean(word == "true"),
            "null" => {
                let hint = "ask `has(field)` or `!has(field)`";
                TreeKind::Outside(Box::new(outside(span, "`null`", hint)))
            }
            _ if RESERVED.contains(&word) => {
                let error = syntax(
                    span,
                    format!("`{word}` is a word that CEL keeps for itself"),
                );
                return Err(hinted(error, &format!("a field is also `lead.{word}`")));
            }
            _ if self.cursor.accept("(") => {
                let value = word.to_owned();
                TreeKind::Call(Spanned { value, span }, self.terms(")", depth)?)
            }
            _ => TreeKind::Name(word.to_owned()),
        };
        let span = self.cursor.span_from(span.0);
        Ok(Tree { kind, span })
    }

    /// Arguments or entries up to a closing bracket; the opening one is already taken.
    fn terms(&mut self, end: &str, depth: usize) -> Result<Vec<Tree>, Error> {
        let mut terms = Vec::new();
        while !self.cursor.accept(end) {
            if !terms.is_empty() {
                if !self.cursor.accept(",") {
                    return Err(self.unexpected(&format!("`,` or `{end}`")));
                }
                // CEL allows a comma after the last entry of a list.
                if end == "]" && self.cursor.accept(end) {
                    break;
                }
            }
            let start = self.cursor.here();
            let optional = end == "]" && self.cursor.accept("?");
            let term = self.conditional(depth + 1)?;
            terms.push(if optional {
                let hint = "list plain values";
                self.outside(start.0, outside(start, "optional entries", hint))
            } else {
                term
            });
        }
        Ok(terms)
    }

    /// The entries of a map or message, which no predicate can use, up to the closing bracket.
    fn entries(&mut self, depth: usize) -> Result<(), Error> {
        let mut first = true;
        while !self.cursor.accept("}") {
            if !first {
                self.expect(",")?;
                if self.cursor.accept("}") {
                    break;
                }
            }
            first = false;
            self.cursor.accept("?");
            if matches!(self.cursor.peek(), Some(Token::Name(_))) {
                self.cursor.at += 1;
            } else {
                self.conditional(depth + 1)?;
            }
            self.expect(":")?;
            self.conditional(depth + 1)?;
        }
        Ok(())
    }
}

fn is_keyword(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "in")
}
