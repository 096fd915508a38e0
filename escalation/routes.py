"""HTTP of the desk; the lists and frames of the contract's section "Staff"."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from conversations.files.intake import FORM, keep, uploaded
from conversations.files.schemas import FileOut
from conversations.files.serving import DESCRIBED, as_response
from conversations.files.store import FileStore
from core.texts import DEFAULT
from core.vault import Vault
from escalation import desk, presence, stream, worklist
from escalation.schemas import (
    CloseIn,
    ConsultationDetail,
    ConsultationOut,
    ConsultationPage,
    ContextPackage,
    FlowSent,
    ListQuery,
    PresenceIn,
    PresenceOut,
    QueueList,
    ReplyIn,
    ReplyOut,
    RevealIn,
    RevealOut,
    SendFlowIn,
    TransferIn,
)
from escalation.staff import routes as staff_routes
from escalation.staff.access import database_of, require_staff
from escalation.staff.schemas import Staff
from flows.schemas import FlowList
from flows.service import Flows

Reader = Annotated[Staff, Depends(require_staff(*presence.DESK_ROLES))]
Server = Annotated[Staff, Depends(require_staff("officer", "guide", "expert", "shift_leader"))]

_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "no_such_consultation"}}

desk_router = APIRouter(prefix="/desk", tags=["desk"])


@desk_router.get("/queues")
async def list_queues(request: Request, who: Reader) -> QueueList:
    """Return the queues in reach: who waits, who is there, whether they are open."""
    items = await database_of(request).read(lambda tx: worklist.list_queues(tx, who))
    return QueueList(items=items)


@desk_router.get("/consultations", responses={404: {"description": "no_such_queue"}})
async def list_consultations(
    request: Request, who: Reader, wanted: Annotated[ListQuery, Query()]
) -> ConsultationPage:
    """Return a page of consultations in reach."""
    return await database_of(request).read(lambda tx: worklist.list_consultations(tx, who, wanted))


@desk_router.get(
    "/consultations/{consultation_id}", responses={404: {"description": "no_such_consultation"}}
)
async def read_consultation(
    request: Request, consultation_id: str, who: Reader
) -> ConsultationDetail:
    """Return a consultation with its context package and messages; the read is audited."""
    return await database_of(request).write(
        lambda tx: worklist.read_consultation(tx, consultation_id, who)
    )


@desk_router.get(
    "/consultations/{consultation_id}/files/{file_id}",
    response_class=Response,
    responses={
        200: DESCRIBED,
        404: {"description": "no_such_consultation, no_such_file"},
    },
)
async def give_file(
    request: Request,
    consultation_id: str,
    file_id: Annotated[str, Path(max_length=64)],
    who: Reader,
) -> Response:
    """Return a photo or document that the taxpayer sent; the read is audited."""
    found = await database_of(request).write(
        lambda tx: worklist.access_file(tx, consultation_id, file_id, who)
    )
    store: FileStore = request.app.state.files
    return as_response(found, await asyncio.to_thread(store.get, file_id))


@desk_router.post(
    "/consultations/{consultation_id}/claim",
    responses={**_UNKNOWN, 409: {"description": "already_claimed, at_capacity"}},
)
async def claim(request: Request, consultation_id: str, who: Server) -> ConsultationOut:
    """Take a consultation that waits; exactly one of those who try gets it."""
    return await database_of(request).write(
        lambda tx: worklist.row_of(tx, desk.claim(tx, consultation_id, who))
    )


@desk_router.post(
    "/consultations/{consultation_id}/messages",
    status_code=202,
    responses={
        404: {"description": "no_such_consultation, no_such_file"},
        409: {"description": "not_holder, client_message_id_reused"},
    },
)
async def reply(request: Request, consultation_id: str, body: ReplyIn, who: Server) -> ReplyOut:
    """Say something to the taxpayer, or send files; a resend of the same id gets the first seq."""
    seq = await database_of(request).write(
        lambda tx: desk.reply(
            tx, consultation_id, who, body.client_message_id, body.text, file_ids=body.file_ids
        )
    )
    return ReplyOut(seq=seq)


@desk_router.post(
    "/consultations/{consultation_id}/files",
    status_code=201,
    openapi_extra=FORM,
    responses={
        **_UNKNOWN,
        409: {"description": "not_holder"},
        413: {"description": "file_too_large"},
        415: {"description": "file_type_refused"},
        422: {"description": "file_unreadable"},
        429: {"description": "too_many_files"},
    },
)
async def take_file(request: Request, consultation_id: str, who: Server) -> FileOut:
    """Take in a photo or document for the taxpayer of a chat in hand; send it by `file_ids`.

    By the rules of the taxpayer's own files. What no message carries within two hours is let go.
    """
    database, state = database_of(request), request.app.state
    await database.read(lambda tx: desk.check_holds(tx, consultation_id, who))
    name, data = await uploaded(request)
    file_id, content = await keep(state.files, state.drawing, data)
    kept_for = timedelta(days=state.settings.files_days)
    return await database.write(
        lambda tx: desk.take_file(
            tx, consultation_id, who, file_id, name=name, content=content, kept_for=kept_for
        )
    )


@desk_router.post(
    "/consultations/{consultation_id}/transfer",
    responses={
        404: {"description": "no_such_consultation, no_such_queue"},
        409: {"description": "not_holder"},
    },
)
async def transfer(
    request: Request, consultation_id: str, body: TransferIn, who: Server
) -> ConsultationOut:
    """Pass it on to another tier or queue, with a reason and what is known so far."""
    given = body.model_dump()
    return await database_of(request).write(
        lambda tx: worklist.row_of(tx, desk.transfer(tx, consultation_id, who, **given))
    )


@desk_router.post(
    "/consultations/{consultation_id}/release",
    responses={**_UNKNOWN, 409: {"description": "not_holder"}},
)
async def release(request: Request, consultation_id: str, who: Server) -> ConsultationOut:
    """Give it back to its queue, first in line."""
    return await database_of(request).write(
        lambda tx: worklist.row_of(tx, desk.release(tx, consultation_id, who))
    )


@desk_router.get("/flows")
async def list_flows(request: Request, who: Reader) -> FlowList:  # noqa: ARG001 - staff only
    """Return the guided flows that can be sent."""
    return FlowList(items=flows_of(request).listed({}, DEFAULT))


@desk_router.post(
    "/consultations/{consultation_id}/flows",
    status_code=202,
    responses={
        404: {"description": "no_such_consultation, no_such_flow"},
        409: {"description": "not_holder, flow_active"},
    },
)
async def send_flow(
    request: Request, consultation_id: str, body: SendFlowIn, who: Server
) -> FlowSent:
    """Let the taxpayer go through a guided flow, in the chat, while one holds it."""
    flows = flows_of(request)
    return await database_of(request).write(
        lambda tx: desk.send_flow(tx, flows, consultation_id, who, body.flow_id)
    )


def flows_of(request: Request) -> Flows:
    """Return the guided flows of the application that serves this."""
    flows: Flows = request.app.state.flows
    return flows


@desk_router.post(
    "/consultations/{consultation_id}/close",
    responses={**_UNKNOWN, 409: {"description": "not_holder"}},
)
async def close(
    request: Request, consultation_id: str, body: CloseIn, who: Server
) -> ConsultationOut:
    """End it with its result; the taxpayer is asked for a rating."""
    given = body.model_dump()
    return await database_of(request).write(
        lambda tx: worklist.row_of(tx, desk.close(tx, consultation_id, who, **given))
    )


@desk_router.post(
    "/consultations/{consultation_id}/reveal",
    responses={
        404: {"description": "no_such_consultation, no_such_protected_value"},
        409: {"description": "not_holder"},
        410: {"description": "protected_value_gone"},
    },
)
async def reveal(
    request: Request, response: Response, consultation_id: str, body: RevealIn, who: Server
) -> RevealOut:
    """Return a protected value in full to who holds the chat; who read it and why is audited."""
    vault: Vault = request.app.state.vault
    given = body.model_dump()
    value = await database_of(request).write(
        lambda tx: desk.reveal(tx, vault, consultation_id, who, **given)
    )
    response.headers["Cache-Control"] = "private, no-store"
    return RevealOut(value=value)


@desk_router.post("/presence")
async def set_presence(request: Request, body: PresenceIn, who: Server) -> PresenceOut:
    """Say whether one takes chats now."""
    return await database_of(request).write(lambda tx: presence.set_presence(tx, who, body))


schemas_router = APIRouter(prefix="/schemas", tags=["schemas"])


@schemas_router.get("/context-package.json")
async def context_package_schema() -> dict[str, Any]:
    """Return the JSON schema of the context package."""
    return ContextPackage.model_json_schema()


router = APIRouter(prefix="/api/v1")
router.include_router(staff_routes.router)
router.include_router(desk_router)
router.include_router(stream.router)
router.include_router(schemas_router)
