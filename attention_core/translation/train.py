"""Starts the training of the translator:  python -m attention_core.translation.train PAIRS --out FOLDER."""

import os
import sys

if __name__ == "__main__":
    # A thread that waits for the others sleeps, and does not spin: beside other programs training is then ten times faster.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch is imported, which reads it

    from attention_core.cli.train import train

    sys.exit(train())
