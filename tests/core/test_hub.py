"""Readers of one process: who is woken, and with what."""

from core.hub import PAYLOADS, Hub


async def test_only_readers_who_are_behind_are_woken_to_catch_up() -> None:
    hub = Hub()
    async with hub.subscribe("c") as behind, hub.subscribe("c") as level:
        behind.seen, level.seen = 4, 5
        assert hub.catch_up("c", 5) == 1
        await behind.wait(0.01)
        await level.wait(0.01)
        assert (behind.looks, level.looks) == (True, False)
        assert hub.catch_up("nobody", 9) == 0


async def test_a_passing_payload_is_nothing_to_read() -> None:
    hub = Hub()
    async with hub.subscribe("c") as reader:
        hub.notify("c", {"type": "typing"})
        assert await reader.wait(1) == [{"type": "typing"}]
        assert not reader.looks
        hub.notify("c")
        hub.notify("c", {"type": "typing"})
        assert await reader.wait(1) == [{"type": "typing"}]
        assert reader.looks


async def test_payloads_for_a_slow_reader_are_bounded() -> None:
    hub = Hub()
    async with hub.subscribe("c") as reader:
        for number in range(10 * PAYLOADS):
            hub.notify("c", {"n": number})
        assert len(await reader.wait(1)) == PAYLOADS


async def test_what_is_notified_is_forwarded_and_what_is_heard_is_not() -> None:
    hub, forwarded = Hub(), []
    hub.forward = lambda channel, payload: forwarded.append((channel, payload))
    hub.notify("c", {"n": 1})
    hub.wake("c", {"n": 2})
    hub.wake_all()
    assert forwarded == [("c", {"n": 1})]
