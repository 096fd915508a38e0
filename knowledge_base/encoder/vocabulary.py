"""The tokenizer: XLM-RoBERTa's Unigram pieces, cut to what Chinese and English text can use."""

import unicodedata

from tokenizers import Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Replace
from tokenizers.normalizers import Sequence as Normalizers
from tokenizers.pre_tokenizers import Metaspace, WhitespaceSplit
from tokenizers.pre_tokenizers import Sequence as PreTokenizers
from tokenizers.processors import TemplateProcessing

BEGIN, PADDING, END, UNKNOWN = "<s>", "<pad>", "</s>", "<unk>"
SPECIAL = (BEGIN, PADDING, END, UNKNOWN)
"""The special pieces; each is its own token id."""

_REMOVED = r"[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
_BLANK = r"[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"


def chosen_pieces(pieces: list[str]) -> list[int]:
    """Return the ids to keep: the special pieces and all without a letter of another script.

    A text whose letters are Latin (without accents) or Han is split exactly as with all pieces,
    because Unigram only ever uses pieces that stand in the text; other letters become `<unk>`.
    """
    special = range(len(SPECIAL))
    kept = [
        number
        for number, piece in enumerate(pieces)
        if number >= len(SPECIAL) and piece != "<mask>" and all(map(_is_ours, piece))
    ]
    return [*special, *kept]


def _is_ours(character: str) -> bool:
    if character.isascii() or unicodedata.category(character)[0] in "NPSZ":
        return True
    return unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH")


def make_tokenizer(pieces: list[tuple[str, float]], longest: int) -> Tokenizer:
    """Return the tokenizer over pieces and their log probabilities, special pieces first.

    The normaliser is sentencepiece's `nmt_nfkc`: its table is NFKC plus the controls that it
    removes or reads as a blank (and the full-width tilde, which it keeps and NFKC does not).

    Args:
        pieces: (piece, log probability); the index is the token id.
        longest: tokens after which a text is cut, special ones included.
    """
    tokenizer = Tokenizer(Unigram(pieces, unk_id=SPECIAL.index(UNKNOWN), byte_fallback=False))
    tokenizer.normalizer = Normalizers(
        [
            Replace(Regex(_REMOVED), ""),
            Replace(Regex(_BLANK), " "),
            NFKC(),
            Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = PreTokenizers([WhitespaceSplit(), Metaspace()])
    tokenizer.post_processor = TemplateProcessing(
        single=[BEGIN, "$A", END],
        pair=[BEGIN, "$A", END, END, "$B", END],
        special_tokens=[(BEGIN, SPECIAL.index(BEGIN)), (END, SPECIAL.index(END))],
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.enable_truncation(longest)
    return tokenizer
