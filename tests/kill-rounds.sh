#!/usr/bin/env bash
# Twenty rounds of 2,000 leads from 16 connections, with a SIGKILL at a random moment of each.
#
#   tests/kill-rounds.sh [ROUNDS] [SEED]
#
# Afterwards every acknowledged lead is there once, with its decision; every delivery is accepted,
# rejected, not sent or held; no lead was taken by two buyers; and every decision comes out as stored.
# The seed fixes after which acknowledgement each kill comes.
set -euo pipefail
cd "$(dirname "$0")/.."

export POINTSMAN_KILL_ROUNDS="${1:-20}" POINTSMAN_KILL_SEED="${2:-$RANDOM}"
echo "rounds $POINTSMAN_KILL_ROUNDS, seed $POINTSMAN_KILL_SEED" >&2

# The whole workspace each time, as `cargo xtask test` builds it: nothing is compiled twice.
cargo build --workspace --bin pointsman --examples
exec cargo test --workspace --test it -- kill:: --nocapture
