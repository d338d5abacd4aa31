#!/usr/bin/env bash
# Two servers on one PostgreSQL database, under load and under faults.
#
#   tests/several-servers.sh caps [ROUNDS]     64 connections to both; a cap of 1,000 of each kind and scope is exact in each
#                                              round, also with buyers of whom nobody hears; 1,000 keys come to both servers at once
#   tests/several-servers.sh kills [ROUNDS]    one of them is killed in each round (about 40 seconds)
#   tests/several-servers.sh stops [ROUNDS]    one of them stands still in each round, every fourth for 35 seconds
#   tests/several-servers.sh restarts [ROUNDS] PostgreSQL is stopped in each round, and started again, every fifth time
#                                              after 40 seconds: longer than a lease runs
#   tests/several-servers.sh lost [COMMITS]    answers of commits are lost on their way to one or the other
#   tests/several-servers.sh clock             the clock of one of them is ten minutes ahead, then ten minutes behind
#
# It needs PostgreSQL, or a server named by POINTSMAN_TEST_POSTGRES.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -z "${POINTSMAN_TEST_POSTGRES:-}" ]]; then
    exec .ci/run tests/several-servers.sh "$@"
fi
case "${1:-}" in
    caps) stories=(several::a_cap several::kinds several::one_key) rounds=50 ;;
    kills) stories=(several::faults::what_a_killed) rounds=30 ;;
    stops) stories=(several::faults::a_server_that_stands_still) rounds=20 ;;
    restarts) stories=(several::outages::a_database_that_starts_again) rounds=10 ;;
    lost) stories=(several::outages::a_commit_whose_answer) rounds=50 ;;
    clock) stories=(several::outages::a_clock_that_is_ten_minutes_off) rounds=2 ;;
    *) sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2; exit 2 ;;
esac
export POINTSMAN_SEVERAL_ROUNDS="${2:-$rounds}" POINTSMAN_LOST_COMMITS="${2:-$rounds}" POINTSMAN_SEVERAL_CAP=1000 POINTSMAN_SEVERAL_PAIRS=1000

# The whole workspace each time, as `cargo xtask test` builds it: nothing is compiled twice.
cargo build --workspace --bin pointsman --examples
for story in "${stories[@]}"; do
    cargo test --workspace --test it -- "$story" --nocapture
done
