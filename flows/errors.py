"""What can be refused of a flow."""

from core.errors import DaobanError, NotFound


class NoSuchFlow(NotFound):
    """No flow with this id."""

    code = "no_such_flow"


class FlowNotOffered(DaobanError):
    """A flow whose audience rules this taxpayer out."""

    status = 409
    code = "flow_not_offered"


class FlowActive(DaobanError):
    """A run of a flow goes on in this conversation; it must end or pause first."""

    status = 409
    code = "flow_active"


class NoSuchRun(NotFound):
    """No run with this id in this conversation."""

    code = "no_such_run"


class RunChanged(DaobanError):
    """The run was changed in between; nothing was done."""

    status = 409
    code = "run_changed"
