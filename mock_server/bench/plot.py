#!/usr/bin/env python3
"""Draws what scripts/bench measured: refreshes a second, the mock beside a bare cpp-httplib.

    plot.py build/bench.json docs/performance.svg
"""
import json
import sys

WIDTH, LEFT, BAR, GAP, GROUP = 680, 140, 18, 4, 64
COLOURS = {"mock": "#2f6fed", "bare": "#8a94a6"}
NAMES = {"mock": "heygen-mock-server", "bare": "bare cpp-httplib"}


def text(x, y, what, anchor="start", size=13):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}">{what}</text>'


def draw(bench):
    rows = bench["token_endpoint"]
    most = max(row[who][2] for row in rows for who in COLOURS)
    scale = (WIDTH - LEFT - 125) / most
    out = []
    y = 40
    for i, (who, name) in enumerate(NAMES.items()):
        out.append(f'<rect x="{LEFT + i * 200}" y="12" width="12" height="12" fill="{COLOURS[who]}"/>')
        out.append(text(LEFT + i * 200 + 18, 23, name))
    for row in rows:
        out.append(text(LEFT - 10, y + BAR + GAP, f'{row["connections"]:,} connections', "end"))
        for who in COLOURS:
            least, median, top = row[who]
            out.append(f'<rect x="{LEFT}" y="{y}" width="{median * scale:.1f}" height="{BAR}" '
                       f'fill="{COLOURS[who]}"/>')
            middle = y + BAR / 2
            out.append(f'<path d="M{LEFT + least * scale:.1f} {middle}H{LEFT + top * scale:.1f}" '
                       'stroke="currentColor" stroke-width="1.5"/>')
            label = f"{median:,.0f}" + (f' ({row["ratio"]})' if who == "mock" else "")
            out.append(text(LEFT + top * scale + 8, middle + 4, label, size=12))
            y += BAR + GAP
        y += GROUP - 2 * (BAR + GAP)
    out.append(text(LEFT, y + 4, "refreshes a second: median, and a line from the least to the most",
                    size=12))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 20}" '
            f'font-family="system-ui, sans-serif" fill="currentColor" color="#444">\n'
            '<style>@media (prefers-color-scheme: dark) { svg { color: #ccc } }</style>\n'
            '<title>Refreshes a second, beside a bare cpp-httplib handler</title>\n'
            + "\n".join(out) + "\n</svg>\n")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        bench = json.load(file)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(draw(bench))


if __name__ == "__main__":
    main()
