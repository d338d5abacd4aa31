#!/usr/bin/env bash
# One buyer that hangs for 10 s beside a quick one: 200 leads a second for a minute, half of them offered first to the one
# that hangs, and the server may have 256 files open.
#
#   tests/hanging-buyer.sh [ROUNDS]
#
# Each round is run without and with the buyer that hangs, and prints how long the leads of the quick buyer took. All of
# them must be sold, and the median of their p99 must stay within twice of what it is without the other.
# POINTSMAN_HANGING_RATE and POINTSMAN_HANGING_SECONDS change the crowd.
set -euo pipefail
cd "$(dirname "$0")/.."

export POINTSMAN_HANGING_ROUNDS="${1:-3}"

# The whole workspace each time, as `cargo xtask test` builds it: nothing is compiled twice.
cargo build --workspace --bin pointsman --examples
exec cargo test --workspace --test it -- hanging::a_buyer_that_hangs --nocapture
