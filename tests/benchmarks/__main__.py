"""Prints how fast the project is, as ratios in one run:  python -m tests.benchmarks [PART ...], by default all PARTS."""

import os
import sys
from importlib import import_module

PARTS = ("core", "lists", "page", "explore", "beside", "server", "memory", "watched", "scale")


def main() -> None:
    """Run the parts that were asked for, by default all."""
    asked = sys.argv[1:] or PARTS
    if unknown := set(asked) - set(PARTS):
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    for part in asked:
        load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores" if hasattr(os, "getloadavg") else ""
        print(f"\n=== {part}  {load}", flush=True)
        import_module(f"tests.benchmarks.{part}").main()


if __name__ == "__main__":
    main()
