"""What can be refused in a conversation."""

from core.errors import DaobanError, NotFound


class ClientMessageIdReused(DaobanError):
    """The id was used for another content before."""

    status = 409
    code = "client_message_id_reused"


class OwnerChanged(DaobanError):
    """Somebody else became the owner meanwhile; nothing was changed."""

    status = 409
    code = "owner_changed"


class TurnEnded(DaobanError):
    """The turn had its end meanwhile; nothing was changed."""

    status = 409
    code = "turn_ended"


class ConversationInHand(DaobanError):
    """Two conversations that are both in a person's hand cannot be joined."""

    status = 409
    code = "conversation_in_hand"


class ConversationJoined(DaobanError):
    """The conversation goes on in another one; what was sent belongs there."""

    status = 409
    code = "conversation_joined"


class NoSuchConversation(NotFound):
    """No conversation with this id."""

    code = "no_such_conversation"


class NoSuchConsultation(NotFound):
    """No consultation with this id in reach of the caller."""

    code = "no_such_consultation"
