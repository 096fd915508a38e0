"""What administrators change of a queue: when it is served, what it promises, its name."""

from pydantic import BaseModel, ConfigDict, Field

from core import audit
from core.database import Tx
from core.errors import BadInput
from escalation import repository
from escalation.hours import Hours
from escalation.schemas import Queue
from escalation.service import access_queue

LONGEST_WAIT = 4 * 3600


class QueueChange(BaseModel):
    """What is to become of a queue; what is not given stays.

    Attributes:
        hours: when it is served.
        wait_seconds: the promise: a person within so many seconds of office hours.
        name: as officers see it; "" for the usual name of its tier.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    hours: Hours | None = None
    wait_seconds: int | None = Field(default=None, ge=30, le=LONGEST_WAIT)
    name: str | None = Field(default=None, max_length=40)


def change_queue(tx: Tx, queue_id: str, change: QueueChange, *, actor: str) -> Queue:
    """Change a queue from now on; who waits keeps the time that was promised.

    Raises:
        NoSuchQueue: there is none with this id.
        BadInput: nothing is to be changed.
    """
    access_queue(tx, queue_id)
    values = change.model_dump(mode="json", exclude_none=True)
    if not values:
        raise BadInput("nothing to change: give hours, days, the wait or a name")
    if "name" in values:
        values["name"] = values["name"].strip() or None
    repository.update_queue(tx, queue_id, values)
    audit.record(tx, actor, "escalation:queue:change", queue_id, **values)
    return access_queue(tx, queue_id)
