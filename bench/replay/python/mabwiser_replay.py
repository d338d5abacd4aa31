"""Thompson sampling by MABWiser over the log in batches of 5,000: predict, keep what agrees, learn from it."""
import json
import resource
import sys
import time

import numpy as np
import pyarrow.parquet as pq
from mabwiser.mab import MAB, LearningPolicy

BATCH = 5_000
folder, rows = sys.argv[1], int(sys.argv[2]) // 10
begun = time.perf_counter()
table = pq.read_table(f"{folder}/stateful/log.parquet", columns=["destination", "reward"])
destinations, rewards = table["destination"].to_pylist(), table["reward"].to_numpy()
arms = sorted(set(destinations))
bandit = MAB(arms, LearningPolicy.ThompsonSampling(), seed=1)
bandit.fit(destinations[:BATCH], (rewards[:BATCH] > 0).astype(int))
kept, total = 0, 0.0
for begin in range(BATCH, rows, BATCH):
    logged, reward = destinations[begin:begin + BATCH], rewards[begin:begin + BATCH]
    drawn = [bandit.predict() for _ in logged]
    agrees = np.array([a == b for a, b in zip(drawn, logged)])
    kept, total = kept + int(agrees.sum()), total + float(reward[agrees].sum())
    if agrees.any():
        bandit.partial_fit([a for a, same in zip(logged, agrees) if same], (reward[agrees] > 0).astype(int))
seconds = time.perf_counter() - begun
print(json.dumps({
    "task": "stateful", "engine": "mabwiser", "rows": rows, "rows_per_s": rows / seconds,
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "value": total / max(kept, 1),
}))
