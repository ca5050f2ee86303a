"""The explorers: controls → numpy → view. Each lab is one call and takes its starting state as arguments."""

from convlab.labs.sliding import sliding_lab

__all__ = ["sliding_lab"]
