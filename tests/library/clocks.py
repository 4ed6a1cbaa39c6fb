"""Time that passes only when somebody waits."""

import threading
from dataclasses import dataclass, field


@dataclass
class Clock:
    """Seconds since 1970; `waits` are all waits, one after the other."""

    now: float = 1_000_000_000.0
    waits: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.waits.append(seconds)
            self.now += seconds
