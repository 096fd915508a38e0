"""Credit codes for the demo, right in form and belonging to nobody."""

from stdnum.cn import uscc

NOWHERE = "990000"
"""A region that GB/T 2260 does not give to any place."""

_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714


def credit_code(number: int, *, company: bool) -> str:
    """Return the unified social credit code (GB 32100-2015) of a demo taxpayer.

    Args:
        number: 0 to 99999.
        company: or else an individual business.

    >>> credit_code(1, company=True)
    '91990000DEM0000145'
    """
    body = f"DEM{number:05d}"
    first = f"9{1 if company else 2}{NOWHERE}{body}{_organisation_check(body)}"
    return first + uscc.calc_check_digit(first)


def _organisation_check(body: str) -> str:
    """Return the ninth character of an organisation code (GB 11714)."""
    total = sum(int(each, 36) * weight for each, weight in zip(body, _WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]
