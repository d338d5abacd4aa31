#!/usr/bin/env bash
# Hostile GraphQL documents, a hundred a second, beside leads; then a polite kill in the midst of it.
#
#   tests/attack.sh [SECONDS] [MILLISECONDS]
#
# Prints how long the refusal of each document takes, by POST and GET, with and without a token, and how
# long `/livez` and leads take meanwhile. Fails if a refusal takes longer than MILLISECONDS (50), if a lead
# is not sold, or if the server does not end in time.
set -euo pipefail
cd "$(dirname "$0")/.."

export POINTSMAN_ATTACK_SECONDS="${1:-10}" POINTSMAN_ATTACK_MS="${2:-50}"

# The whole workspace each time, as `cargo xtask test` builds it: nothing is compiled twice.
cargo build --workspace --bin pointsman --examples
exec cargo test --workspace --test it -- attack:: --nocapture
