"""Time spans as times of time.monotonic()."""

from __future__ import annotations

import math
import time


def after(seconds: float) -> float:
    """Return the time after that span; a negative one is over.

    Errors     TypeError: no number. ValueError: NaN.
    """
    if math.isnan(seconds):
        raise ValueError("a time to wait has to be a number of seconds, not nan")
    return time.monotonic() + max(0.0, seconds)
