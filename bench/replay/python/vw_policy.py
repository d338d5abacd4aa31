"""A contextual bandit of Vowpal Wabbit that learns from the log by its probabilities, one example a lead."""
import json
import resource
import sys
import time

import pyarrow.parquet as pq
import vowpalwabbit

folder, rows = sys.argv[1], int(sys.argv[2]) // 10
begun = time.perf_counter()
columns = ["destination", "propensity", "reward", "state", "source", "device", "age", "amount"]
table = pq.read_table(f"{folder}/stateful/log.parquet", columns=columns)
arms = {name: number + 1 for number, name in enumerate(sorted(set(table["destination"].to_pylist())))}
learner = vowpalwabbit.Workspace(f"--cb_explore {len(arms)} --epsilon 0.06 --quiet")
for batch in table.to_batches(max_chunksize=100_000):
    for row in zip(*(batch.column(name).to_pylist() for name in columns)):
        destination, propensity, reward, state, source, device, age, amount = row
        learner.learn(
            f"{arms[destination]}:{-reward}:{propensity} | s={state} p={source} d={device} age:{age} amount:{amount / 100000}"
        )
seconds = time.perf_counter() - begun
print(json.dumps({
    "task": "stateful", "engine": "vw", "rows": rows, "rows_per_s": rows / seconds,
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "value": None,
}))
