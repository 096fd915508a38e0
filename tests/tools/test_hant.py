"""The Traditional texts of the pages are made, and are current."""

import pytest

from tools.hant import converted, main

SOURCE = """\
import type { Locale } from "./index";

/** Every word this page says. */
export const texts = {
  locale: "zh-Hans" as Locale,
  /** not taken */
  title: "发票",
  // nor this
  left: (count: number) => `还可输入 ${count} 字`,
};

export type Texts = typeof texts;
"""


def test_strings_are_converted_and_code_is_not() -> None:
    assert converted(SOURCE).partition('"./zh-Hans";\n\n')[2] == (
        "export const texts: Texts = {\n"
        '  locale: "zh-Hant",\n'
        '  title: "發票",\n'
        "  left: (count: number) => `還可輸入 ${count} 字`,\n"
        "};\n"
    )


def test_another_form_of_the_file_is_refused() -> None:
    with pytest.raises(ValueError, match="export const texts"):
        converted("export default {};\n")


def test_every_page_is_current() -> None:
    assert main(["--check"]) == 0
