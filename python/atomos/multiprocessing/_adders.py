"""Sums and other totals that processes share: native, under their names."""

from __future__ import annotations

from .._atomos import ProcessDoubleAccumulator as DoubleAccumulator
from .._atomos import ProcessDoubleAdder as DoubleAdder
from .._atomos import ProcessLongAccumulator as LongAccumulator
from .._atomos import ProcessLongAdder as LongAdder

__all__ = ["DoubleAccumulator", "DoubleAdder", "LongAccumulator", "LongAdder"]
