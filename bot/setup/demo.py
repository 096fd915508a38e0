"""Loads the demo of `data/demo`: accounts, invented taxpayers, the knowledge files."""

import asyncio
import secrets
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bot.commands.instance import write_private
from bot.machine.clients import SCOPES, put_client
from bot.setup.credit_codes import credit_code
from core.clock import SHANGHAI
from core.database import Database, Tx
from core.errors import BadInput, BadSettings
from core.settings import PROJECT, Settings
from escalation.staff.schemas import NewStaff, Role
from escalation.staff.service import hash_password, put_staff
from knowledge_base.content import load_content
from knowledge_base.editing.intake import adopt_all
from knowledge_base.service import load
from taxpayers.host_token import sign
from taxpayers.schemas import Party, Person, Profile, Taxpayer
from taxpayers.service import admit

DEFINITIONS = PROJECT / "data" / "demo"

Model = TypeVar("Model", bound=BaseModel)


class StaffFile(BaseModel):
    """`data/demo/staff.yml`."""

    staff: list[NewStaff]


class DemoTaxpayer(BaseModel):
    """A taxpayer of the demo; `number` makes its credit code, a natural person has none."""

    number: int | None
    name: str
    person: str
    role: str
    profile: Profile


class TaxpayerFile(BaseModel):
    """`data/demo/taxpayers.yml`; the tokens end with the day `token_expires`."""

    token_expires: date
    persons: list[Person]
    taxpayers: list[DemoTaxpayer]


class Account(BaseModel):
    """An account of the desk."""

    username: str
    roles: list[Role]


class Visitor(BaseModel):
    """Who may enter the chat, with the host token that lets them in."""

    person: str
    taxpayer: str
    name: str
    token: str


class Client(BaseModel):
    """Credentials of a machine."""

    id: str = "demo-client"
    secret: str


class Demo(BaseModel):
    """`$DAOBAN_HOME/demo.json`, as the public contract names it."""

    password: str
    staff: list[Account]
    taxpayers: list[Visitor]
    client: Client


async def load_demo(settings: Settings, database: Database) -> Demo:
    """Load the demo, or bring it up to date; password and secrets stay as they were.

    Raises:
        BrokenContent: a knowledge file is broken.
        BadInput: a file of `data/demo` is.
        BadSettings: host tokens are checked with keys that the demo does not have.
    """
    secret = settings.host_secret()
    if secret is None:
        raise BadSettings("the demo signs its own host tokens: remove DAOBAN_HOST_JWKS_URL")
    staff = _definitions(DEFINITIONS / "staff.yml", StaffFile).staff
    register = _definitions(DEFINITIONS / "taxpayers.yml", TaxpayerFile)
    content = await asyncio.to_thread(load_content, PROJECT / "data")
    kept = demo_of(settings.home)
    password = kept.password if kept else secrets.token_urlsafe(9)
    client = kept.client if kept else Client(secret=secrets.token_urlsafe(32))
    # One hash for all: they share the password, and a hash takes long on purpose.
    hashed = await asyncio.to_thread(hash_password, password)
    parties = _parties(register)

    def store(tx: Tx) -> None:
        for each in staff:
            put_staff(tx, each, hashed)
        for party in parties:
            admit(tx, party)
        load(tx, content)
        put_client(tx, client.id, client.secret, SCOPES, actor="demo")

    await database.write(store)
    await adopt_all(database)
    demo = Demo(
        password=password,
        staff=[Account(username=each.username, roles=list(each.roles)) for each in staff],
        taxpayers=[_visitor(secret, party, register.token_expires) for party in parties],
        client=client,
    )
    if demo != kept:
        write_private(settings.home / "demo.json", demo.model_dump_json(indent=1))
    return demo


def demo_of(home: Path) -> Demo | None:
    """Return what `demo.json` holds; None when there is none that can be read."""
    try:
        return Demo.model_validate_json((home / "demo.json").read_bytes())
    except (OSError, ValidationError):
        return None


def _definitions(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise BadInput(f"{path.relative_to(PROJECT)} cannot be read: {error}") from error


def _parties(register: TaxpayerFile) -> list[Party]:
    persons = {each.id: each for each in register.persons}
    return [
        Party(
            person=persons[each.person],
            taxpayer=_taxpayer(each),
            role=each.role,
            assurance="real_name",
        )
        for each in register.taxpayers
    ]


def _taxpayer(each: DemoTaxpayer) -> Taxpayer:
    if each.number is None:
        return Taxpayer(id=each.person, name=each.name, profile=each.profile)
    code = credit_code(each.number, company=each.profile.entity_type == "company")
    return Taxpayer(id=code, name=each.name, uscc=code, profile=each.profile)


def _visitor(secret: str, party: Party, expires: date) -> Visitor:
    """Sign the same token every time, so that what was handed out stays good."""
    end = datetime.combine(expires, time.max, SHANGHAI)
    claims: dict[str, Any] = {
        "sub": party.person.id,
        "name": party.person.name,
        "taxpayer": party.taxpayer.model_dump(include={"id", "name", "uscc"}),
        "role": party.role,
        "assurance": party.assurance,
        "profile": party.taxpayer.profile.document(),
        "exp": int(end.timestamp()),
    }
    return Visitor(
        person=party.person.id,
        taxpayer=party.taxpayer.id,
        name=party.taxpayer.name,
        token=sign(secret, claims),
    )
