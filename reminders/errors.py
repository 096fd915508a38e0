"""What can be refused about campaigns and cards."""

from core.errors import BadInput, DaobanError, NotFound


class BadCampaign(BadInput):
    """A campaign file or body that cannot be read, with the place and what to write."""

    code = "bad_campaign"


class NoSuchCampaign(NotFound):
    """No campaign with this key."""

    code = "no_such_campaign"


class CampaignStarted(DaobanError):
    """It was started as it is; another wording needs another key."""

    status = 409
    code = "campaign_started"


class DeadlinePassed(DaobanError):
    """The deadline it reminds of lies behind us."""

    status = 409
    code = "deadline_passed"


class NobodyOnList(BadInput):
    """Not one row of the list could be taken; `report` tells why."""

    code = "nobody_on_list"


class NoSuchCard(NotFound):
    """The message is no card of this conversation's taxpayer."""

    code = "no_such_card"
