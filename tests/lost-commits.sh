#!/usr/bin/env bash
# Cuts off 50 commits on PostgreSQL, each at another point of its way, while 16 connections send leads.
#
#   tests/lost-commits.sh [COUNT] [SEED]
#
# No request may be refused; afterwards every acknowledged lead is there once, with its decision, no lead
# was taken by two buyers, and the same key again is told what is stored. It needs PostgreSQL, or a server
# named by POINTSMAN_TEST_POSTGRES.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -z "${POINTSMAN_TEST_POSTGRES:-}" ]]; then
    exec .ci/run tests/lost-commits.sh "$@"
fi
export POINTSMAN_LOST_COMMITS="${1:-50}" POINTSMAN_KILL_SEED="${2:-7}"

# The whole workspace each time, as `cargo xtask test` builds it: nothing is compiled twice.
cargo build --workspace --bin pointsman --examples
exec cargo test --workspace --test it -- kill::lost_commits --nocapture
