//! From text to an expression, with a bounded stack.

use super::{
    super::{
        Error, MAX_BYTES, MAX_DEPTH,
        cursor::Cursor,
        lex::{self, Token, hinted, number_too_long, outside, syntax},
    },
    Arithmetic, DatePart, Extreme, FieldName, MAX_OPERATIONS, Operator, Span, Spanned, Subject,
    Term,
};

/// Reads an expression. Hostile text costs at most its length in time and 64 levels of stack.
///
/// # Errors
///
/// [`Error`] with the place of the first mistake: a syntax that is none, what the language leaves out, or a text or
/// tree that is too large.
pub fn parse(text: &str) -> Result<Term, Error> {
    if text.len() > MAX_BYTES {
        let message = format!(
            "this expression has {} bytes; {MAX_BYTES} is the limit",
            text.len()
        );
        return Err(too_large((0, 0), message));
    }
    let tokens = lex::tokens(text)?;
    let mut parser = Parser {
        cursor: Cursor::new(&tokens, text.len()),
        n_operations: 0,
    };
    if tokens.is_empty() {
        let error = syntax((0, text.len()), "this expression is empty".to_owned());
        return Err(hinted(error, "write a number that is computed from fields"));
    }
    let term = parser.sum(0)?;
    match parser.cursor.peek() {
        None => Ok(term),
        Some(_) => Err(parser.unexpected("an operator or the end")),
    }
}

fn too_large(span: Span, message: String) -> Error {
    Error {
        code: "too_large",
        span,
        message,
        hint: Some("split it over several `derive` nodes".to_owned()),
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    n_operations: usize,
}

impl Parser<'_> {
    fn expect(&mut self, symbol: &str) -> Result<(), Error> {
        if self.cursor.accept(symbol) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{symbol}`")))
        }
    }

    /// An error at the next token: the construct's name where CEL has one, else what was wanted.
    fn unexpected(&self, wanted: &str) -> Error {
        let span = self.cursor.here();
        let not_here = |construct: &str, hint: &str| {
            let error = outside(span, construct, hint);
            let message = format!("CEL has {construct}, but derived values do not");
            Error { message, ..error }
        };
        let found = match self.cursor.peek() {
            None => {
                return syntax(
                    span,
                    format!("the expression ends where {wanted} should be"),
                );
            }
            Some(Token::Symbol("?" | ":")) => {
                return not_here(
                    "the conditional `?:`",
                    "use `min` and `max`, or a scorecard",
                );
            }
            Some(Token::Symbol("==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||" | "!")) => {
                return not_here(
                    "tests",
                    "ask in a predicate, or count points in a scorecard",
                );
            }
            Some(Token::Symbol("[" | "]" | "{" | "}")) => {
                return not_here("lists and maps", "use fields");
            }
            Some(Token::Symbol(".")) => {
                return not_here("nested fields", "write `income` or `lead.income`");
            }
            Some(Token::Text(_)) => {
                let error = syntax(span, format!("a text stands where {wanted} should be"));
                return hinted(error, "only numbers can be computed with");
            }
            Some(Token::Unusable(error)) => {
                let message = error
                    .message
                    .replace("routing predicates", "derived values");
                return Error {
                    message,
                    ..(**error).clone()
                };
            }
            Some(Token::PastIntegers) => return number_too_long(span, "9223372036854775808"),
            Some(Token::Name(_)) => "a name in backticks".to_owned(),
            Some(Token::Symbol(symbol)) => format!("`{symbol}`"),
            Some(Token::Word(word)) => format!("`{word}`"),
            Some(Token::Integer(_) | Token::Decimal(_)) => "a number".to_owned(),
        };
        syntax(span, format!("{found} stands where {wanted} should be"))
    }

    fn sum(&mut self, depth: usize) -> Result<Term, Error> {
        let start = self.cursor.here().0;
        let mut left = self.product(depth)?;
        loop {
            let operator = match self.cursor.peek() {
                Some(Token::Symbol("+")) => Operator::Plus,
                Some(Token::Symbol("-")) => Operator::Minus,
                _ => return Ok(left),
            };
            self.count()?;
            self.cursor.at += 1;
            let right = self.product(depth)?;
            left = self.operation(start, left, operator, right);
        }
    }

    fn product(&mut self, depth: usize) -> Result<Term, Error> {
        let start = self.cursor.here().0;
        let mut left = self.unary(depth)?;
        loop {
            let operator = match self.cursor.peek() {
                Some(Token::Symbol("*")) => Operator::Times,
                Some(Token::Symbol("/")) => Operator::Over,
                Some(Token::Symbol("%")) => Operator::Modulo,
                _ => return Ok(left),
            };
            self.count()?;
            self.cursor.at += 1;
            let right = self.unary(depth)?;
            left = self.operation(start, left, operator, right);
        }
    }

    fn operation(&self, start: usize, left: Term, operator: Operator, right: Term) -> Term {
        Spanned {
            value: Arithmetic::Operation(Box::new(left), operator, Box::new(right)),
            span: self.cursor.span_from(start),
        }
    }

    /// Counts an operation: a long chain of them is a deep tree.
    fn count(&mut self) -> Result<(), Error> {
        self.n_operations += 1;
        if self.n_operations <= MAX_OPERATIONS {
            return Ok(());
        }
        let message = format!("this expression has more than {MAX_OPERATIONS} operations");
        Err(too_large(self.cursor.here(), message))
    }

    fn unary(&mut self, depth: usize) -> Result<Term, Error> {
        let start = self.cursor.here();
        if depth >= MAX_DEPTH {
            return Err(Error {
                code: "too_deep",
                span: start,
                message: format!("this expression nests deeper than {MAX_DEPTH} levels"),
                hint: Some("split it over several `derive` nodes".to_owned()),
            });
        }
        if self.cursor.accept("-") {
            let inner = self.unary(depth + 1)?;
            let value = Arithmetic::negative(inner);
            let span = self.cursor.span_from(start.0);
            return Ok(Spanned { value, span });
        }
        if self.cursor.accept("(") {
            let inner = self.sum(depth + 1)?;
            self.expect(")")?;
            return Ok(inner);
        }
        let value = match self.cursor.peek() {
            Some(Token::Integer(integer)) => Arithmetic::Integer(*integer),
            Some(Token::Decimal(decimal)) => Arithmetic::Decimal(*decimal),
            Some(Token::Word(word)) => {
                self.cursor.at += 1;
                let value = self.word(word, start, depth)?;
                let span = self.cursor.span_from(start.0);
                return Ok(Spanned { value, span });
            }
            _ => return Err(self.unexpected("a field or a number")),
        };
        self.cursor.at += 1;
        Ok(Spanned { value, span: start })
    }

    /// What begins with a word, which is already taken.
    fn word(&mut self, word: &str, span: Span, depth: usize) -> Result<Arithmetic, Error> {
        if !self.cursor.accept("(") {
            let field = self.field(word, span)?;
            return Ok(Arithmetic::Read(Subject::Field(field)));
        }
        match word {
            "min" => self.extreme(Extreme::Min, depth),
            "max" => self.extreme(Extreme::Max, depth),
            _ => {
                if let Some(part) = DatePart::of_name(word) {
                    return self.part(part, word);
                }
                let construct = format!("functions such as `{word}`");
                let known = "known are min, max, hour, weekday, years and days";
                let error = outside(span, &construct, known);
                let message = format!("CEL has {construct}, but derived values do not");
                Err(Error { message, ..error })
            }
        }
    }

    fn extreme(&mut self, extreme: Extreme, depth: usize) -> Result<Arithmetic, Error> {
        let mut terms = vec![self.sum(depth + 1)?];
        while self.cursor.accept(",") {
            self.count()?;
            terms.push(self.sum(depth + 1)?);
        }
        self.expect(")")?;
        Ok(Arithmetic::Extreme(extreme, terms))
    }

    fn part(&mut self, part: DatePart, word: &str) -> Result<Arithmetic, Error> {
        let span = self.cursor.here();
        let Some(Token::Word(name)) = self.cursor.peek() else {
            return Err(self.unexpected("a field"));
        };
        self.cursor.at += 1;
        let field = self.field(name, span)?;
        if !self.cursor.accept(",") {
            let message = format!("`{word}` needs a time zone");
            let hint = format!("write `{word}({}, \"America/New_York\")`", field.value);
            return Err(hinted(syntax(self.cursor.here(), message), &hint));
        }
        let span = self.cursor.here();
        let Some(Token::Text(zone)) = self.cursor.peek() else {
            return Err(self.unexpected("a text in quotes"));
        };
        self.cursor.at += 1;
        self.expect(")")?;
        let value = zone.clone();
        let zone = Spanned { value, span };
        Ok(Arithmetic::Read(Subject::Part(part, field, zone)))
    }

    /// A field whose first word is already taken.
    fn field(&mut self, word: &str, span: Span) -> Result<FieldName, Error> {
        if matches!(word, "true" | "false" | "null" | "in") {
            let error = syntax(span, format!("`{word}` is not a number"));
            return Err(hinted(error, "only numbers can be computed with"));
        }
        let value = word.to_owned();
        if word != "lead" || !self.cursor.accept(".") {
            return Ok(FieldName { value, span });
        }
        let Some(Token::Word(name) | Token::Name(name)) = self.cursor.peek() else {
            return Err(self.unexpected("a name"));
        };
        self.cursor.at += 1;
        Ok(FieldName {
            value: name.clone(),
            span: self.cursor.span_from(span.0),
        })
    }
}
