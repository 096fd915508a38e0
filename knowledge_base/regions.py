"""Regions of China as knowledge and profiles name them: by code or by name.

Codes are those of GB/T 2260: two digits for a province, four for the five cities under separate
state planning, which have tax bureaus of their own.
"""

_CODES = {
    "北京": "11",
    "天津": "12",
    "河北": "13",
    "山西": "14",
    "内蒙古": "15",
    "辽宁": "21",
    "吉林": "22",
    "黑龙江": "23",
    "上海": "31",
    "江苏": "32",
    "浙江": "33",
    "安徽": "34",
    "福建": "35",
    "江西": "36",
    "山东": "37",
    "河南": "41",
    "湖北": "42",
    "湖南": "43",
    "广东": "44",
    "广西": "45",
    "海南": "46",
    "重庆": "50",
    "四川": "51",
    "贵州": "52",
    "云南": "53",
    "西藏": "54",
    "陕西": "61",
    "甘肃": "62",
    "青海": "63",
    "宁夏": "64",
    "新疆": "65",
    "大连": "2102",
    "宁波": "3302",
    "厦门": "3502",
    "青岛": "3702",
    "深圳": "4403",
}
_CITIES = frozenset(code for code in _CODES.values() if len(code) == 4)


def code(region: str | None) -> str:
    """Return the code of a region; "" for None, the text itself for a name that is not known.

    >>> code("浙江省"), code("330200"), code("3301"), code("深圳市")
    ('33', '3302', '33', '4403')
    """
    if not region:
        return ""
    if region.isdecimal():
        return region[:4] if region[:4] in _CITIES else region[:2]
    found = [value for name, value in _CODES.items() if name in region]
    return max(found, key=len, default=region)


def codes(region: str | None) -> frozenset[str]:
    """Return the codes whose rules hold in a region: its own and its province's.

    >>> sorted(codes("宁波"))
    ['33', '3302']
    """
    own = code(region)
    if not own:
        return frozenset()
    return frozenset({own, own[:2]}) if own.isdecimal() else frozenset({own})
