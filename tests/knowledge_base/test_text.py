import pytest

from knowledge_base.text import SEARCHED, all_tokens, normalise, searchable, tokens


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("發票遺失怎麼辦", "发票遗失怎么办"),
        ("ＡＢＣ　１２３", "abc 123"),
        ("免\u200b税\x00\x07", "免税"),
        ("两\n行\t字", "两 行 字"),
        ("", ""),
    ],
)
def test_one_form_for_all_ways_of_typing(raw, expected):
    assert normalise(raw) == expected


def test_bigrams_leave_punctuation_out():
    assert tokens("免税吗？免税！") == ["免税", "税吗", "吗免"]
    assert all_tokens("免税吗？免税！") == ["免税", "税吗", "吗免", "免税"]
    assert tokens("税") == ["税"]
    assert tokens("？！") == []


def test_a_long_message_is_cut():
    assert len(searchable("税" * 10_000)) == SEARCHED


@pytest.mark.parametrize("text", ["", "   ", "😀🎉", "？！…", "\x00\x01", "_"])
def test_nothing_to_search_is_empty(text):
    assert searchable(text) == ""
