"""JSON logs with a trace id and without personal data, and the metrics of the process."""

import logging
import sys
from contextvars import ContextVar

import structlog
from prometheus_client import Counter, Gauge, Histogram
from structlog.typing import EventDict, WrappedLogger

from core.identifiers import mask, masked_values

trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)

PERSONAL = frozenset(
    {"text", "name", "phone", "token", "password", "question", "comment", "profile"}
)
"""Field names that never reach a log; ids do."""

SECONDS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5.0)
TURNS = Counter("daoban_turns_total", "Taxpayer turns by how they ended", ["outcome"])
TURN_SECONDS = Histogram(
    "daoban_turn_seconds", "From commit of a question to its reply", buckets=SECONDS
)
DIALOGUE = Counter("daoban_dialogue_total", "Turns asked of the dialogue server", ["result"])
DROPPED = Counter("daoban_dropped_replies_total", "Bot replies dropped: a person holds the chat")
OUTBOX = Counter("daoban_outbox_total", "Outbox events handled", ["topic", "result"])
SOCKETS = Gauge("daoban_sockets", "Open sockets", ["surface"])
REQUESTS = Histogram(
    "daoban_request_seconds", "HTTP requests", ["method", "route", "status"], buckets=SECONDS
)
REFUSED = Counter("daoban_refused_total", "Requests refused for their size", ["code"])
SEARCHES = Counter("daoban_searches_total", "Searches of the knowledge base", ["backend"])
SEARCH_CLUSTER_UP = Gauge(
    "daoban_search_cluster_up", "Whether Elasticsearch is asked, where it is set up"
)
WAITING = Gauge("daoban_queue_waiting", "Consultations that wait for a person", ["queue"])
RELAY_UP = Gauge("daoban_relay_up", "Whether wake-ups of other processes are heard (PostgreSQL)")
WAKES = Counter("daoban_wakes_total", "Wake-ups between processes", ["result"])
CLOCK_AHEAD = Gauge("daoban_clock_ahead_seconds", "This machine's clock before the database's")
ADOPTED = Counter("daoban_adopted_total", "Conversations whose turns were taken over or up again")
LOST_LINES = Counter("daoban_lost_log_lines_total", "Lines of the log that could not be written")
INDEX_BUILDS = Counter("daoban_index_builds_total", "Full builds of the search index", ["result"])
SWEPT = Counter("daoban_swept_total", "What the sweeper put right", ["what"])


class _Log(structlog.WriteLogger):
    """Writes lines; where none can be written (a full disk, a closed pipe) the work goes on."""

    def msg(self, message: str) -> None:
        """Write one line, or count it as lost."""
        try:
            super().msg(message)
        except (OSError, ValueError):
            LOST_LINES.inc()

    debug = info = warning = error = critical = log = exception = fatal = failure = err = msg


def _trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if found := trace_id.get():
        event["trace_id"] = found
    return event


def _without_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key not in PERSONAL}


def _without_protected_numbers(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask what came into a log in spite of all, e.g. with the words of an exception."""
    return {key: masked_values(value) for key, value in event.items()}


class _MaskingFormatter(logging.Formatter):
    """For the lines of libraries, with their tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record)).text


def configure_logs(*, level: str = "INFO") -> None:
    """Write one JSON object a line to standard error; libraries only from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_MaskingFormatter("%(levelname)s %(name)s %(message)s"))
    logging.raiseExceptions = False  # the report of a failed handler repeats what was to be logged
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _trace,
            _without_personal_data,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_protected_numbers,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda *_: _Log(sys.stderr),
        cache_logger_on_first_use=True,
    )
