"""Self-normalised importance sampling by the Open Bandit Pipeline, on the columns of the log."""
import json
import resource
import sys
import time

import numpy as np
import pyarrow.parquet as pq
from obp.ope import SelfNormalizedInverseProbabilityWeighting

folder, rows = sys.argv[1], int(sys.argv[2])
begun = time.perf_counter()
table = pq.read_table(f"{folder}/parquet/log.parquet", columns=["destination", "propensity", "reward"])
buyers, action = np.unique(table["destination"].to_numpy(), return_inverse=True)
# The weights of the baseline: obp is handed what it takes for a candidate, and does not work it out from a flow.
weights = np.array([150_000, 200_000, 160_000, 160_000, 160_000, 170_000]) / 1e6
dist = np.broadcast_to(weights[None, :, None], (len(action), len(buyers), 1))
value = SelfNormalizedInverseProbabilityWeighting().estimate_policy_value(
    reward=table["reward"].to_numpy(), action=action, pscore=table["propensity"].to_numpy(), action_dist=dist
)
seconds = time.perf_counter() - begun
print(json.dumps({
    "task": "parquet", "engine": "obp", "rows": rows, "rows_per_s": rows / seconds,
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "value": float(value),
}))
