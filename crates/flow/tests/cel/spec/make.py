"""Makes the fixtures of this folder from the conformance files of cel-spec; see README.md.

Usage: make.py PATH_OF_CEL_SPEC
"""

import re
import subprocess
import sys
from pathlib import Path

FILES = [
    "basic", "comparisons", "conversions", "fields", "fp_math", "integer_math", "lists", "logic",
    "macros", "macros2", "namespace", "parse", "plumbing", "string", "timestamps",
]
TOKEN = re.compile(r'\s+|#[^\n]*|("(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[\w.+/-]+|[{}\[\]:,;<>])')
SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
LITERAL = re.compile(
    r"(?P<boolean>true|false)|(?P<decimal>-?\d+\.\d+)|(?P<integer>-?(?:0x[0-9a-fA-F]+|\d+))"
    r"|(?P<text>'[^'\\]*'|\"[^\"\\]*\")|timestamp\((?P<timestamp>'[^'\\]*'|\"[^\"\\]*\")\)"
)


def unquote(token):
    """The bytes of a string of the text format, as text."""
    data = bytearray()
    body = token[1:-1]
    at = 0
    while at < len(body):
        if body[at] != "\\":
            data += body[at].encode()
            at += 1
            continue
        escape = re.match(r"[0-7]{1,3}|x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.", body[at + 1:])[0]
        at += 1 + len(escape)
        if escape[0] in "01234567":
            data.append(int(escape, 8))
        elif escape[0] == "x" and len(escape) > 1:
            data.append(int(escape[1:], 16))
        elif escape[0] in "uU" and len(escape) > 1:
            data += chr(int(escape[1:], 16)).encode()
        else:
            data += SIMPLE.get(escape, escape).encode()
    return data.decode("utf-8", "replace")


def message(tokens, end=None):
    """A message of the text format: a list of pairs, since names repeat."""
    pairs = []
    while tokens and tokens[0] != end:
        name = tokens.pop(0)
        if name in ",;":
            continue
        if name == "[":  # The name of an extension or of an Any.
            while tokens.pop(0) != "]":
                pass
        if tokens[0] == ":":
            tokens.pop(0)
        if tokens[0] in "{<":
            closing = {"{": "}", "<": ">"}[tokens.pop(0)]
            pairs.append((name, message(tokens, closing)))
        elif tokens[0] == "[":
            tokens.pop(0)
            while tokens[0] != "]":
                if tokens[0] == ",":
                    tokens.pop(0)
                elif tokens[0] == "{":
                    tokens.pop(0)
                    pairs.append((name, message(tokens, "}")))
                else:
                    pairs.append((name, tokens.pop(0)))
            tokens.pop(0)
        else:
            value = tokens.pop(0)
            if value[0] in "\"'":
                value = "s" + unquote(value)
                while tokens and tokens[0][0] in "\"'":
                    value += unquote(tokens.pop(0))
            pairs.append((name, value))
    if end:
        tokens.pop(0)
    return pairs


def quoted(text):
    """A text as a string of TOML, without letters that an editor would hide."""
    out = ""
    for letter in text:
        if letter in '"\\':
            out += "\\" + letter
        elif letter == "\n":
            out += "\\n"
        elif ord(letter) < 32 or ord(letter) == 127 or 0x80 <= ord(letter) < 0xA0:
            out += f"\\u{ord(letter):04x}"
        else:
            out += letter
    return f'"{out}"'


def value_of(pairs):
    """A value as (kind, TOML), where the kind is a field kind of ours or `other`."""
    kind, value = pairs[0]
    if kind == "bool_value":
        return "boolean", value
    if kind == "int64_value":
        return "integer", str(int(value, 0))
    if kind == "double_value" and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return "decimal", quoted(value)
    if kind == "string_value":
        return "text", quoted(value[1:])
    return "other", quoted(kind)


def literal_of(text):
    """A literal as (kind, TOML), if it is one of ours in a form that needs no reading of escapes."""
    found = LITERAL.fullmatch(text)
    if not found:
        return None
    kind = found.lastgroup
    value = found[kind]
    if kind == "integer":
        return kind, str(int(value, 0))
    if kind == "decimal":
        return kind, quoted(value)
    return kind, quoted(value[1:-1]) if value[0] in "\"'" else value


def asked(expr, kind, value):
    """The case as a question about one field `x`, where there is a plain way to ask it.

    A value becomes what `x` holds, and `x == (…)` asks for it. In a comparison of two literals, a
    method of one, and a literal in a list, one literal becomes what `x` holds.
    """
    comparison = re.fullmatch(r"(.+?) (==|!=|<=|>=|<|>|in) (.+)", expr)
    method = re.fullmatch(r"('[^'\\]*'|\"[^\"\\]*\")(\.startsWith\(.*\))", expr)
    part = re.fullmatch(r"(timestamp\([^()]*\))(\.get(?:Hours|DayOfWeek)\('[^']+'\))", expr)
    if kind == "boolean" and comparison:
        left, right = literal_of(comparison[1]), literal_of(comparison[3])
        if left:
            return left, f"x {comparison[2]} {comparison[3]}", "value"
        if right and comparison[2] != "in":
            return right, f"({comparison[1]}) {comparison[2]} x", "value"
    if kind == "integer" and part:
        return literal_of(part[1]), f"x{part[2]} == {value}", "true"
    if kind == "boolean" and method:
        return literal_of(method[1]), f"x{method[2]}", "value"
    if kind in ("integer", "decimal", "text"):
        return (kind, value), f"x == ({expr})", "true"
    return None


def case(section, pairs):
    test = {name: value for name, value in pairs}
    lines = ["[[case]]", f"name = {quoted(section + '/' + test['name'][1:])}"]
    expr = test["expr"][1:]
    lines.append(f"expr = {quoted(expr)}")
    kind, value = "other", '"error"'
    if "value" in test:
        kind, value = value_of(test["value"])
    elif "typed_result" in test:
        result = dict(test["typed_result"]).get("result")
        kind, value = value_of(result) if result else ("other", '"type"')
    elif "eval_error" not in test and "any_eval_errors" not in test:
        kind, value = ("other", '"unknown"') if "unknown" in test else ("boolean", "true")
    lines.append(f"kind = {quoted(kind)}")
    lines.append(f"value = {value}")
    bindings = [dict(value) for name, value in pairs if name == "bindings"]
    for binding in bindings:
        inner = dict(binding["value"]).get("value") or [("other", "unknown")]
        of, bound = value_of(inner)
        lines.append(f"bind.{quoted(binding['key'][1:])} = {{ kind = {quoted(of)}, value = {bound} }}")
    if not bindings:
        question = asked(expr, kind, value)
        if question:
            (of, held), text, answer = question
            answer = value if answer == "value" else answer
            lines.append(
                f"asked = {{ expr = {quoted(text)}, answer = {answer}, kind = {quoted(of)}, x = {held} }}"
            )
    return "\n".join(lines)


def main(spec):
    folder = Path(__file__).parent
    commit = subprocess.check_output(["git", "-C", spec, "rev-parse", "HEAD"], text=True).strip()
    for name in FILES:
        path = f"HEAD:tests/simple/testdata/{name}.textproto"
        text = subprocess.check_output(["git", "-C", spec, "show", path], text=True)
        tokens, at = [], 0
        while at < len(text):
            found = TOKEN.match(text, at)
            assert found, text[at:at + 40]
            at = found.end()
            if found[1]:
                tokens.append(found[1])
        cases = []
        for part, section in message(tokens):
            if part != "section":
                continue
            title = dict(section)["name"][1:]
            cases += [case(title, pairs) for name_, pairs in section if name_ == "test"]
        head = (
            f"# {len(cases)} cases of tests/simple/testdata/{name}.textproto of cel-spec at {commit}.\n"
            "# Copyright the CEL authors, Apache-2.0; see README.md. Made by make.py.\n\n"
        )
        (folder / f"{name}.toml").write_text(head + "\n\n".join(cases) + "\n")
        print(name, len(cases))


main(sys.argv[1])
