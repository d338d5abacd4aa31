//! From tokens to the tree of all of CEL, with a bounded stack.

mod member;

pub(super) use member::RESERVED;

use super::{
    Comparison, Error, MAX_DEPTH, Span, Spanned,
    cursor::Cursor,
    lex::{Token, hinted, outside, syntax},
    suggest_operator,
    syntax::{Joint, Tree, TreeKind},
};

/// Reads tokens. They cost at most their number in time and 64 levels of stack.
///
/// * `end`: length of the text, where a missing token is reported.
///
/// # Errors
///
/// For the first place where the text is no CEL, or nests too deep.
pub(super) fn tree(tokens: &[Spanned<Token>], end: usize) -> Result<Tree, Error> {
    let cursor = Cursor::new(tokens, end);
    let mut parser = Parser { cursor };
    if tokens.is_empty() {
        let error = syntax((0, end), "this predicate is empty".to_owned());
        return Err(hinted(error, "write `true` for every lead"));
    }
    let term = parser.conditional(0)?;
    match parser.cursor.peek() {
        None => Ok(term),
        Some(_) => Err(parser.unexpected("`&&`, `||` or the end")),
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
}

impl Parser<'_> {
    fn expect(&mut self, symbol: &str) -> Result<(), Error> {
        if self.cursor.accept(symbol) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{symbol}`")))
        }
    }

    fn unexpected(&self, wanted: &str) -> Error {
        let span = self.cursor.here();
        let found = match self.cursor.peek() {
            None => return syntax(span, format!("the predicate ends where {wanted} should be")),
            Some(Token::Symbol(symbol)) => {
                let error = syntax(span, format!("`{symbol}` stands where {wanted} should be"));
                let is_unequal = *symbol == ">" && self.cursor.symbol_before() == Some("<");
                return if is_unequal {
                    hinted(error, "write `!=`")
                } else {
                    error
                };
            }
            Some(Token::Word(word)) => {
                let error = syntax(span, format!("`{word}` stands where {wanted} should be"));
                if let Some(hint) = suggest_operator(word) {
                    return hinted(error, hint);
                }
                return match self.cursor.word_before() {
                    Some((before, span)) => Self::foreign(before, span).unwrap_or(error),
                    None => error,
                };
            }
            Some(Token::Name(_)) => "a name in backticks".to_owned(),
            Some(Token::Integer(_) | Token::PastIntegers | Token::Decimal(_)) => {
                "a number".to_owned()
            }
            Some(Token::Text(_)) => "a text".to_owned(),
            Some(Token::Unusable(_)) => "a value".to_owned(),
        };
        syntax(span, format!("{found} stands where {wanted} should be"))
    }

    /// An operator of another language in the place of a name.
    fn foreign(word: &str, span: Span) -> Option<Error> {
        let hint = suggest_operator(word)?;
        let error = syntax(span, format!("`{word}` is no operator here"));
        Some(hinted(error, hint))
    }

    fn conditional(&mut self, depth: usize) -> Result<Tree, Error> {
        let start = self.cursor.here().0;
        let condition = self.either(depth)?;
        let at = self.cursor.here();
        if !self.cursor.accept("?") {
            return Ok(condition);
        }
        self.either(depth + 1)?;
        self.expect(":")?;
        self.conditional(depth + 1)?;
        let hint = "write `a && b || !a && c` for `a ? b : c`, or use a `when` node";
        Ok(self.outside(start, outside(at, "the conditional `?:`", hint)))
    }

    /// A part that no predicate can have.
    fn outside(&self, start: usize, error: Error) -> Tree {
        Tree {
            kind: TreeKind::Outside(Box::new(error)),
            span: self.cursor.span_from(start),
        }
    }

    fn either(&mut self, depth: usize) -> Result<Tree, Error> {
        self.joined("||", TreeKind::Either, |parser| parser.both(depth))
    }

    fn both(&mut self, depth: usize) -> Result<Tree, Error> {
        self.joined("&&", TreeKind::Both, |parser| parser.relation(depth))
    }

    fn joined(
        &mut self,
        symbol: &str,
        several: fn(Vec<Tree>) -> TreeKind,
        part: impl Fn(&mut Self) -> Result<Tree, Error>,
    ) -> Result<Tree, Error> {
        let start = self.cursor.here().0;
        let first = part(self)?;
        if !self.cursor.accept(symbol) {
            return Ok(first);
        }
        let mut parts = vec![first, part(self)?];
        while self.cursor.accept(symbol) {
            parts.push(part(self)?);
        }
        Ok(Tree {
            kind: several(parts),
            span: self.cursor.span_from(start),
        })
    }

    fn relation(&mut self, depth: usize) -> Result<Tree, Error> {
        let start = self.cursor.here().0;
        let mut left = self.sum(depth)?;
        let mut n_joints = 0;
        while let Some(joint) = self.joint() {
            n_joints += 1;
            if n_joints > MAX_DEPTH {
                return Err(too_deep(self.cursor.here()));
            }
            let joint = Spanned {
                value: joint,
                span: self.cursor.here(),
            };
            self.cursor.at += 1;
            let right = self.sum(depth)?;
            left = Tree {
                kind: TreeKind::Compare(Box::new(left), joint, Box::new(right)),
                span: self.cursor.span_from(start),
            };
        }
        Ok(left)
    }

    /// The comparison that comes next, if one does; it is not yet taken.
    fn joint(&self) -> Option<Joint> {
        let comparison = match self.cursor.peek()? {
            Token::Symbol("==") => Comparison::Equal,
            Token::Symbol("!=") => Comparison::NotEqual,
            Token::Symbol("<") => Comparison::Less,
            Token::Symbol("<=") => Comparison::AtMost,
            Token::Symbol(">") => Comparison::Greater,
            Token::Symbol(">=") => Comparison::AtLeast,
            Token::Word(word) if word == "in" => return Some(Joint::In),
            _ => return None,
        };
        Some(Joint::Compare(comparison))
    }

    fn sum(&mut self, depth: usize) -> Result<Tree, Error> {
        self.arithmetic(&["+", "-"], |parser| {
            parser.arithmetic(&["*", "/", "%"], |parser| parser.unary(depth))
        })
    }

    fn arithmetic(
        &mut self,
        operators: &[&str],
        part: impl Fn(&mut Self) -> Result<Tree, Error>,
    ) -> Result<Tree, Error> {
        let start = self.cursor.here().0;
        let first = part(self)?;
        let mut further = Vec::new();
        while let Some(Token::Symbol(operator)) = self.cursor.peek()
            && operators.contains(operator)
        {
            let operator = Spanned {
                value: *operator,
                span: self.cursor.here(),
            };
            self.cursor.at += 1;
            further.push((operator, part(self)?));
        }
        if further.is_empty() {
            return Ok(first);
        }
        Ok(Tree {
            kind: TreeKind::Arithmetic(Box::new(first), further),
            span: self.cursor.span_from(start),
        })
    }

    fn unary(&mut self, depth: usize) -> Result<Tree, Error> {
        let start = self.cursor.here();
        if depth >= MAX_DEPTH {
            return Err(too_deep(start));
        }
        let sign: fn(Box<Tree>) -> TreeKind = match self.cursor.peek() {
            Some(Token::Symbol("!")) => TreeKind::Not,
            Some(Token::Symbol("-")) => TreeKind::Negative,
            _ => return self.member(depth),
        };
        self.cursor.at += 1;
        let inner = self.unary(depth + 1)?;
        Ok(Tree {
            kind: sign(Box::new(inner)),
            span: self.cursor.span_from(start.0),
        })
    }
}

fn too_deep(span: Span) -> Error {
    Error {
        code: "too_deep",
        span,
        message: format!("this predicate nests deeper than {MAX_DEPTH} levels"),
        hint: Some("split it over several nodes".to_owned()),
    }
}
