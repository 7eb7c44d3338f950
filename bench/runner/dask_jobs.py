"""Seconds that Dask takes for jobs that do nothing. Arguments: `call` or `program`, cores, jobs."""

import subprocess
import sys
import time

from distributed import Client, LocalCluster, wait


def call(number):
    return number


def program(number):
    return subprocess.run(["/bin/true"], check=True).returncode


if __name__ == "__main__":
    kind, cores, jobs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with LocalCluster(
        n_workers=cores, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster, Client(cluster) as client:
        work = call if kind == "call" else program
        wait(client.map(work, range(-10, 0)))
        started = time.perf_counter()
        wait(client.map(work, range(jobs)))
        print(time.perf_counter() - started)
