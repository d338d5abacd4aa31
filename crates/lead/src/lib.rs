//! The nouns: lead, schema, money, time, identity. Pure.
