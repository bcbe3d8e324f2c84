"""Starts the command line:  python -m attention_core --help."""

import sys

from attention_core.cli.command import run

if __name__ == "__main__":
    sys.exit(run())
