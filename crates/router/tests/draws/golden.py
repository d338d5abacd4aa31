"""Writes golden.json: where draws lead, reckoned again without any code of ours.

    python3 crates/router/tests/draws/golden.py

The standard library only. The logarithm is reckoned with 60 digits, so that a test may hold ours to the last bits.
"""

import decimal
import hashlib
import json
import pathlib

MASK = (1 << 64) - 1


def rotated(word, by):
    return ((word << by) | (word >> (64 - by))) & MASK


def sip_round(v):
    v[0] = (v[0] + v[1]) & MASK
    v[1] = rotated(v[1], 13) ^ v[0]
    v[0] = rotated(v[0], 32)
    v[2] = (v[2] + v[3]) & MASK
    v[3] = rotated(v[3], 16) ^ v[2]
    v[0] = (v[0] + v[3]) & MASK
    v[3] = rotated(v[3], 21) ^ v[0]
    v[2] = (v[2] + v[1]) & MASK
    v[1] = rotated(v[1], 17) ^ v[2]
    v[2] = rotated(v[2], 32)


def sip_hash_2_4(key, text, wide=False):
    """The hash of 64 bits as a number, or the one of 128 bits as bytes."""
    k0, k1 = (int.from_bytes(key[at : at + 8], "little") for at in (0, 8))
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    if wide:
        v[1] ^= 0xEE
    padded = text + bytes(7 - len(text) % 8) + bytes([len(text) % 256])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        v[3] ^= word
        sip_round(v)
        sip_round(v)
        v[0] ^= word
    v[2] ^= 0xEE if wide else 0xFF
    for _ in range(4):
        sip_round(v)
    first = v[0] ^ v[1] ^ v[2] ^ v[3]
    if not wide:
        return first
    v[1] ^= 0xDD
    for _ in range(4):
        sip_round(v)
    second = v[0] ^ v[1] ^ v[2] ^ v[3]
    return first.to_bytes(8, "little") + second.to_bytes(8, "little")


# The test vectors of the paper and of its reference implementation.
KEY, TEXT = bytes(range(16)), bytes(range(15))
assert sip_hash_2_4(KEY, TEXT) == 0xA129CA6149BE45E5
assert sip_hash_2_4(KEY, b"", wide=True).hex() == "a3817f04ba25a8e66df67214c7550293"


def logarithm(u):
    with decimal.localcontext() as context:
        context.prec = 60
        return float(decimal.Decimal(u).ln())


def number(value):
    return value.to_bytes(4, "little")


def score(salt, unit, ordinal, key, weight):
    sip_key = hashlib.sha256(salt.encode()).digest()[:16]
    text = number(len(unit)) + unit + number(ordinal) + key.encode()
    point = float(sip_hash_2_4(sip_key, text) >> 11)
    return -logarithm((point + 0.5) * 2.0**-53) / weight


def case(arms, flow="auto-insurance", node="premium", salt=None, unit="seo\x1fk-17", hash_key=bytes(16), email=None):
    """A lead whose every offer is refused: it draws until no arm is left."""
    drawn_by = unit.encode()
    if email is not None:
        drawn_by = sip_hash_2_4(hash_key, email.strip().lower().encode(), wide=True).hex().encode()
    left = {name: (key or name, weight) for name, key, weight in arms}
    offers, draws = [], []
    for ordinal in range(min(len(arms), DRAWS_MAX)):
        scores = {
            name: score(salt or f"{flow}/{node}", drawn_by, ordinal, key or name, weight)
            for name, key, weight in arms
            if weight > 0
        }
        open_arms = [name for name in scores if name in left]
        if not open_arms:
            break
        taken = min(open_arms, key=lambda name: (scores[name], left[name][0].encode()))
        del left[taken]
        offers.append(taken)
        draws.append(scores)
    return {
        "flow": flow,
        "node": node,
        "salt": salt,
        "unit": unit,
        "hash_key": hash_key.hex(),
        "email": email,
        "drawn_by": drawn_by.decode(),
        "arms": [{"name": name, "key": key, "weight_ppm": weight} for name, key, weight in arms],
        "offers": offers,
        "draws": draws,
    }


# Draws that are written of each case.
DRAWS_MAX = 4
THREE = [("acme", None, 100_000), ("zenith", None, 100_000), ("harbor", None, 800_000)]
EVEN = [(f"buyer-{number}", None, 15_625) for number in range(64)]
CASES = [
    case(THREE),
    case(THREE[::-1], unit="lead_1"),
    case(THREE, unit="lead_2", salt="spring"),
    case(THREE, node="best", unit="lead_3", salt="auto-insurance/premium"),
    case([("a", "acme", 100_000), ("b", "zenith", 100_000), ("c", "harbor", 800_000)], unit="lead_4"),
    case([("acme", None, 0), ("zenith", None, 999_999), ("harbor", None, 1)], unit="läd\u2009ü"),
    case(EVEN, unit="seo\x1f" + "k" * 200),
    case(THREE, email="Person7@X.Example", hash_key=bytes(range(16))),
    case(THREE, email="person7@x.example", hash_key=bytes(range(16)), unit="lead_5", salt="spring"),
]
PATH = pathlib.Path(__file__).with_name("golden.json")
PATH.write_text(json.dumps(CASES, indent=1, ensure_ascii=True) + "\n")
