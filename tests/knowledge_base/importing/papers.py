"""Papers made up for tests, in the form that official ones have; none of them is the law."""

from io import BytesIO

import docx
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

LAW = """# 中华人民共和国茶叶税法

2024年3月5日 第十四届全国人民代表大会常务委员会第九次会议通过

## 第一章 总 则

第一条 为了测试，制定本法。

第二条 本法所称茶叶，是指下列各项：

（一）绿茶；

（二）红茶。

## 第二章 附 则

第三条 本法自2024年7月1日起施行。1990年1月2日发布的《茶叶税暂行规定》同时废止。
"""

NOTICE = [
    "财政部 税务总局关于茶叶增值税免征政策的公告",
    "财政部 税务总局公告2023年第99号",
    "为支持茶叶生产，现将有关事项公告如下：",
    "一、对茶农销售自产茶叶，免征增值税。",
    "二、本公告自2023年1月1日起施行，执行期限至2027年12月31日。",
    "特此公告。",
    "财政部 税务总局",
    "2022年12月20日",
]


def html() -> bytes:
    title, number, *rest = NOTICE
    body = "".join(f"<p>　　{line}</p>" for line in rest)
    page = f"""<html><head><meta charset="gb18030"><title>{title}_某网站</title>
        <script>var x = "第一条";</script></head><body><nav>首页 &gt; 公告</nav>
        <h1>{title}</h1><div>{number}<br>{body}<table><tr><td>税目</td><td>税率</td></tr>
        <tr><td>绿茶</td><td>3%</td></tr></table></div><footer>主办单位</footer></body></html>"""
    return page.encode("gb18030")


def word() -> bytes:
    document = docx.Document()
    document.add_heading("中华人民共和国茶叶税法", 0)
    for line in LAW.splitlines()[2:]:
        if line.startswith("## "):
            document.add_heading(line.removeprefix("## "), 2)
        elif line:
            document.add_paragraph(line)
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "绿茶", "3%"
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def pdf(pages: list[list[str]], password: str | None = None) -> bytes:
    """A PDF whose pages show these lines; without lines a page is blank, as a scan is."""
    writer = PdfWriter()
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): _font(writer)})}
        )
        shown = "".join(
            f"BT /F1 12 Tf 1 0 0 1 50 {780 - 20 * place} Tm <{codes}> Tj ET\n"
            for place, codes in enumerate(line.encode("utf-16-be").hex() for line in lines)
        )
        stream = DecodedStreamObject()
        stream.set_data(shown.encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def _font(writer: PdfWriter) -> DictionaryObject:
    """A font whose codes are UTF-16, and say so."""
    mapping = DecodedStreamObject()
    mapping.set_data(
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"1 beginbfrange <0000> <FFFF> <0000> endbfrange\nendcmap end end"
    )
    name = NameObject
    descendant = DictionaryObject(
        {
            name("/Type"): name("/Font"),
            name("/Subtype"): name("/CIDFontType2"),
            name("/BaseFont"): name("/Song"),
        }
    )
    return DictionaryObject(
        {
            name("/Type"): name("/Font"),
            name("/Subtype"): name("/Type0"),
            name("/BaseFont"): name("/Song"),
            name("/Encoding"): name("/Identity-H"),
            name("/DescendantFonts"): ArrayObject([writer._add_object(descendant)]),
            name("/ToUnicode"): writer._add_object(mapping),
        }
    )
