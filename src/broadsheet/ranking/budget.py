"""The time that a search may take: once it is spent, what has been found is answered."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Budget:
    """So many seconds from now, or as long as it takes (None); `was_cut` says that it was short.

    A step that has begun is finished: the engines cannot be interrupted.
    """

    seconds: float | None = None
    was_cut: bool = False
    _begun: float = field(default_factory=time.monotonic)

    def is_spent(self) -> bool:
        """Whether no further step should begin; asked only where one would."""
        if self.seconds is not None and time.monotonic() - self._begun >= self.seconds:
            self.was_cut = True
        return self.was_cut
