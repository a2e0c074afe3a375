"""Everything the engine logs in a storm, kept to be searched for what must never be in it."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Collection, Iterator

BUYERS = ("ผู้ซื้อ สมมุติ", "practice_buyer", "ผ********ด", "ถนนส******ด")


class Logs(logging.Handler):
    """Keeps each record whole: message, fields, traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.said = io.StringIO()  # metrics go to standard output
        self._plain = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        """One more line."""
        trace = self._plain.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""
        fields = {name: value for name, value in record.__dict__.items() if name not in ("exc_info", "args")}
        self.lines.append(f"{record.getMessage()} {fields} {trace}")

    def leaks(self, secrets: Collection[str]) -> list[str]:
        """Lines that carry a secret or a buyer."""
        private = private_words(secrets)
        lines = [*self.lines, *self.said.getvalue().splitlines()]
        return [line[:400] for line in lines if any(word in line for word in private)]


def private_words(secrets: Collection[str]) -> list[str]:
    """What may stand in no log, entry or error."""
    return [*filter(None, secrets), *BUYERS]


@contextlib.contextmanager
def captured() -> Iterator[Logs]:
    """Inside the block the engine logs here and nowhere else."""
    logger, logs = logging.getLogger("pinto"), Logs()
    before, logger.handlers = logger.handlers, [logs]
    level, propagate = logger.level, logger.propagate
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        with contextlib.redirect_stdout(logs.said):
            yield logs
    finally:
        logger.handlers, logger.propagate = before, propagate
        logger.setLevel(level)
