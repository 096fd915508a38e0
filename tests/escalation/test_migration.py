"""The revision makes what the tables say."""

import sqlalchemy as sa

from escalation import models, repository


async def test_tables_and_indexes_are_as_in_the_models(db) -> None:
    wanted = (models.staff, models.staff_session, models.presence, models.queue, models.queue_entry)

    def unit(tx) -> None:
        inspector = sa.inspect(tx._connection)
        for table in wanted:
            found = {each["name"]: each["nullable"] for each in inspector.get_columns(table.name)}
            assert found == {each.name: each.nullable for each in table.columns}
            indexes = {each["name"] for each in inspector.get_indexes(table.name)}
            assert {each.name for each in table.indexes} <= indexes
        on_conversation = {each["name"] for each in inspector.get_indexes("conversation")}
        assert "ix_conversation_with_people" in on_conversation

    await db.read(unit)


async def test_the_two_general_queues_are_there(db) -> None:
    found = await db.read(repository.queues)
    assert [(each.id, each.tier, each.office) for each in found] == [
        ("officer", "officer", None),
        ("expert", "expert", None),
    ]
