//! From tokens to a predicate, with a bounded stack.

mod operand;

use super::{
    CelError, Comparison, Expr, MAX_BYTES, MAX_DEPTH, Span, Spanned, Subject, Value,
    lex::{self, Token, hinted, outside, syntax},
};

/// Reads a predicate. Hostile text costs at most its length in time and 64 levels of stack.
pub(crate) fn parse(text: &str) -> Result<Expr, CelError> {
    if text.len() > MAX_BYTES {
        return Err(CelError {
            code: "too_large",
            span: (0, 0),
            message: format!(
                "this predicate has {} bytes; {MAX_BYTES} is the limit",
                text.len()
            ),
            hint: Some("use a table for long lists of cases".to_owned()),
        });
    }
    let tokens = lex::tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        end: text.len(),
    };
    if tokens.is_empty() {
        let error = syntax((0, text.len()), "this predicate is empty".to_owned());
        return Err(hinted(error, "write `true` for every lead"));
    }
    let expr = parser.either(0)?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(parser.unexpected("`&&`, `||` or the end")),
    }
}

/// What one operand of a comparison may be.
enum Operand {
    Subject(Subject),
    Literal(Spanned<Value>),
    /// A whole test, which cannot be compared.
    Test(Expr, Span),
}

/// What joins two operands.
enum Joint {
    Compare(Comparison),
    In,
}

struct Parser<'a> {
    tokens: &'a [Spanned<Token>],
    at: usize,
    /// Length of the text, where a missing token is reported.
    end: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at).map(|token| &token.value)
    }

    /// Place of the next token.
    fn here(&self) -> Span {
        let next = self.tokens.get(self.at);
        next.map_or((self.end, self.end), |token| token.span)
    }

    fn span_from(&self, start: usize) -> Span {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        (start, last.map_or(start, |token| token.span.1))
    }

    fn accept(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(next)) if *next == symbol);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), CelError> {
        if self.accept(symbol) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{symbol}`")))
        }
    }

    /// An error at the next token: the construct's name where CEL has one, else what was wanted.
    fn unexpected(&self, wanted: &str) -> CelError {
        let span = self.here();
        let found = match self.peek() {
            None => return syntax(span, format!("the predicate ends where {wanted} should be")),
            Some(Token::Symbol("+" | "-" | "*" | "/" | "%")) => {
                return outside(span, "arithmetic", "compute it in a `derive` node");
            }
            Some(Token::Symbol("?" | ":")) => {
                return outside(span, "the conditional `?:`", "use a `when` node");
            }
            Some(Token::Symbol("{" | "}")) => return outside(span, "maps", "use fields"),
            Some(Token::Symbol("[")) => {
                return outside(
                    span,
                    "indexing",
                    "compare the field, or write `field in […]`",
                );
            }
            Some(Token::Symbol(".")) => {
                return outside(span, "nested fields", "write `state` or `lead.state`");
            }
            Some(Token::Symbol(symbol)) => format!("`{symbol}`"),
            Some(Token::Word(word)) => format!("`{word}`"),
            Some(Token::Integer(_) | Token::Decimal(_)) => "a number".to_owned(),
            Some(Token::Text(_)) => "a text".to_owned(),
        };
        syntax(span, format!("{found} stands where {wanted} should be"))
    }

    fn either(&mut self, depth: usize) -> Result<Expr, CelError> {
        let mut parts = vec![self.both(depth)?];
        while self.accept("||") {
            parts.push(self.both(depth)?);
        }
        Ok(one_or(parts, Expr::Or))
    }

    fn both(&mut self, depth: usize) -> Result<Expr, CelError> {
        let mut parts = vec![self.unary(depth)?];
        while self.accept("&&") {
            parts.push(self.unary(depth)?);
        }
        Ok(one_or(parts, Expr::And))
    }

    fn unary(&mut self, depth: usize) -> Result<Expr, CelError> {
        let start = self.here();
        if depth >= MAX_DEPTH {
            return Err(CelError {
                code: "too_deep",
                span: start,
                message: format!("this predicate nests deeper than {MAX_DEPTH} levels"),
                hint: Some("split it over several nodes".to_owned()),
            });
        }
        if self.accept("!") {
            return Ok(Expr::Not(Box::new(self.unary(depth + 1)?)));
        }
        if self.accept("(") {
            let inner = self.either(depth + 1)?;
            self.expect(")")?;
            return match self.comparison() {
                None => Ok(inner),
                Some(_) => Err(compared_test(self.span_from(start.0))),
            };
        }
        self.test()
    }

    /// The comparison that comes next, if one does; it is not yet taken.
    fn comparison(&self) -> Option<Joint> {
        let comparison = match self.peek()? {
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

    fn test(&mut self) -> Result<Expr, CelError> {
        let start = self.here().0;
        let left = self.operand()?;
        let expr = match self.comparison() {
            None => self.alone(left, start)?,
            Some(Joint::In) => {
                self.at += 1;
                self.member(left, start)?
            }
            Some(Joint::Compare(comparison)) => {
                self.at += 1;
                let right = self.operand()?;
                compare(left, comparison, right, self.span_from(start))?
            }
        };
        if self.comparison().is_some() {
            let error = syntax(self.here(), "comparisons cannot be chained".to_owned());
            return Err(hinted(error, "join two of them with `&&`"));
        }
        Ok(expr)
    }

    /// What an operand means when nothing compares it.
    fn alone(&self, operand: Operand, start: usize) -> Result<Expr, CelError> {
        match operand {
            Operand::Test(expr, _) => Ok(expr),
            Operand::Subject(Subject::Field(field)) => Ok(Expr::Holds(field)),
            Operand::Literal(Spanned {
                value: Value::Boolean(constant),
                ..
            }) => Ok(Expr::Constant(constant)),
            Operand::Subject(_) | Operand::Literal(_) if self.peek().is_some() => {
                Err(self.unexpected("a comparison"))
            }
            Operand::Subject(_) | Operand::Literal(_) => Err(syntax(
                self.span_from(start),
                "this is a value, not a question".to_owned(),
            )),
        }
    }

    fn member(&mut self, left: Operand, start: usize) -> Result<Expr, CelError> {
        let subject = match left {
            Operand::Subject(subject) => subject,
            Operand::Literal(_) | Operand::Test(..) => {
                let span = self.span_from(start);
                return Err(outside(span, "lists in fields", "write `field in […]`"));
            }
        };
        if let Some(Token::Word(_)) = self.peek() {
            let hint = "write `field in [\"CA\", \"TX\"]`";
            return Err(outside(self.here(), "lists in fields", hint));
        }
        self.expect("[")?;
        let mut literals = Vec::new();
        while !self.accept("]") {
            if !literals.is_empty() {
                self.expect(",")?;
                if self.accept("]") {
                    break; // CEL allows a comma after the last entry.
                }
            }
            let from = self.here().0;
            match self.operand()? {
                Operand::Literal(literal) => literals.push(literal),
                Operand::Subject(_) | Operand::Test(..) => {
                    return Err(two_fields(self.span_from(from)));
                }
            }
        }
        Ok(Expr::In(subject, literals))
    }
}

fn one_or(mut parts: Vec<Expr>, several: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            several(parts)
        }
    }
}

fn compare(
    left: Operand,
    comparison: Comparison,
    right: Operand,
    span: Span,
) -> Result<Expr, CelError> {
    match (left, right) {
        (Operand::Subject(subject), Operand::Literal(literal)) => {
            Ok(Expr::Compare(subject, comparison, literal))
        }
        (Operand::Literal(literal), Operand::Subject(subject)) => {
            Ok(Expr::Compare(subject, comparison.flipped(), literal))
        }
        (Operand::Subject(_), Operand::Subject(_)) => Err(two_fields(span)),
        (Operand::Literal(_), Operand::Literal(_)) => Err(outside(
            span,
            "comparisons of two values",
            "compare a field with a value",
        )),
        (Operand::Test(_, span), _) | (_, Operand::Test(_, span)) => Err(compared_test(span)),
    }
}

fn two_fields(span: Span) -> CelError {
    outside(
        span,
        "comparisons of two fields",
        "put a text in quotes, like \"CA\"",
    )
}

fn compared_test(span: Span) -> CelError {
    outside(
        span,
        "comparisons of tests",
        "join tests with `&&`, `||` and `!`",
    )
}
