// The style of the HTML report, light and dark, wide and narrow.
#pragma once

#include <string_view>

namespace heygen::conformance {

inline constexpr std::string_view kHtmlStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2128;--soft:#59636e;--edge:#d1d9e0;--card:#f6f8fa;
--good:#1a7f37;--bad:#c62828;--odd:#8a6100;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--bg:#12161c;--fg:#e6edf3;--soft:#9aa5b1;--edge:#30363d;
--card:#1a2028;--good:#4ac26b;--bad:#ff7b72;--odd:#e3b341;--link:#79b8ff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.25rem;max-width:72rem;background:var(--bg);color:var(--fg);
font:15px/1.45 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2rem 0 .75rem}
h3{font-size:1rem;margin:0}p{margin:.25rem 0}a{color:var(--link)}
code{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
.soft{color:var(--soft)}.good{color:var(--good)}.bad{color:var(--bad)}.odd{color:var(--odd)}
.tiles{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0}
.tiles div{border:1px solid var(--edge);border-radius:.5rem;background:var(--card);
padding:.4rem .8rem;min-width:6.5rem}
.tiles b{display:block;font-size:1.4rem;line-height:1.2}
.phases{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.3rem 1.5rem}
.phases div{display:flex;align-items:center;gap:.6rem}.phases span:first-child{width:5.5rem}
.bar{display:flex;flex:1;height:.55rem;border-radius:.3rem;overflow:hidden;background:var(--edge)}
.bar i{display:block}.bar .good{background:var(--good)}.bar .bad{background:var(--bad)}
.bar .odd{background:var(--odd)}
.first{columns:2 22rem;padding-left:1.2rem;margin:.75rem 0}
article{border:1px solid var(--edge);border-left:.3rem solid var(--bad);border-radius:.4rem;
padding:.8rem 1rem;margin:0 0 1rem;background:var(--card)}
article.odd{border-left-color:var(--odd);color:inherit}
dl{display:grid;grid-template-columns:6rem 1fr;gap:.15rem .75rem;margin:.6rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
details>div{overflow-x:auto}summary{cursor:pointer;color:var(--link)}
.sequence{max-width:none;font:12px system-ui,sans-serif;margin-top:.5rem}
.sequence text{text-anchor:middle;fill:var(--fg)}.sequence .party{font-weight:600;font-size:13px}
.sequence .detail{fill:var(--soft);font:10.5px ui-monospace,monospace}
.sequence .line{stroke:var(--edge)}.sequence .arrow{stroke:var(--fg);fill:none}
.sequence .answer{stroke:var(--soft);fill:none;stroke-dasharray:4 3}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--edge);
vertical-align:top}
.filters label{margin-right:1rem;cursor:pointer}.filters{margin:.5rem 0}
#only-bad:checked~table tr.calm,#only-must:checked~table tr:not(.must):not(.head){display:none}
@media(max-width:40rem){dl{grid-template-columns:1fr}dt{margin-top:.3rem}td.wide,th.wide{display:none}}
@media print{details>div{display:block}}
)css";

}  // namespace heygen::conformance
