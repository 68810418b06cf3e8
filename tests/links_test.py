#!/usr/bin/env python3
"""Each link and picture of the Markdown pages leads to a file that is there, and to a heading of it; each
page of docs/ can be reached from the README; each file of this tree that a page names exists.

    tests/links_test.py
"""
import pathlib, re, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
# `docs/ci.md`, `tests/x_test.py`: what looks like a file of this tree.
NAMED = re.compile(r"(?<![/\w])((?:docs|tests|scripts|examples|packaging|fixtures|clients|conformance|mock_server|"
                   r"client_under_test)/[\w./-]*\w)")


def prose(page):
    return re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M)


def anchors(page):
    """As GitHub makes them of headings."""
    heads = re.findall(r"^#+ (.+)$", prose(page), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def main():
    bad, reached = [], set()
    for page in PAGES:
        for target in LINK.findall(prose(page)):
            if "://" in target:
                continue
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            reached.add(file)
            if not file.exists():
                bad.append(f"{page.relative_to(ROOT)}: {target}: no such file")
            elif anchor and anchor not in anchors(file):
                bad.append(f"{page.relative_to(ROOT)}: {target}: no such heading")
        if page.name == "CHANGELOG.md":
            continue  # it tells of what was
        for name in NAMED.findall(prose(page)):
            if re.search(r"/[A-Z]+$", name):
                continue  # TARGET: the reader's
            base = name.rstrip(".")
            # A program that is a name without its suffix, such as `conformance/url`, counts as well.
            if not (ROOT / base).exists() and not list(ROOT.glob(base + ".*")):
                bad.append(f"{page.relative_to(ROOT)}: {name}: no such file")
    bad += [f"{page.relative_to(ROOT)}: no page links to it"
            for page in PAGES if page.parent.name == "docs" and page not in reached]
    print("\n".join(bad) or f"{len(PAGES)} pages: every link holds")
    return 1 if bad else 0


sys.exit(main())
