"""The report: what it says of fixed outcomes, as HTML, Markdown, JSON and drawings, and the command that writes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from doors import knock, small_home, validator
from evaluating import asked, summary
from lxml import html as parser
from report_runs import (
    agreement,
    answer,
    charts,
    headline,
    mixed,
    outcome,
    page_of,
    report,
    run_of,
    stored,
    verdict,
    words,
)


def shown(element: parser.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_outcomes_of_these_tests_are_outcomes():
    for one in mixed():
        validator("outcome").validate(one)


def test_four_figures_come_first_each_with_a_sentence():
    assert [(one.title, one.value, one.range, one.says) for one in headline.headlines(summary.summarise(mixed()))] == [
        (
            "Answers right",
            "50%",
            "0% to 100%",
            "Of the facts that a good answer holds, 50% are in the answers (3 questions); 67% of the answerable ones "
            "get an answer at all.",
        ),
        (
            "Sentences supported",
            "75%",
            "50% to 100%",
            "Of the sentences that can be checked, the abstracts support 75% (2 answers).",
        ),
        (
            "Citations right",
            "62%",
            "25% to 100%",
            "Of the citations, 62% help to support their sentence (2 answers).",
        ),
        (
            "Declines right",
            "50%",
            "0% to 100%",
            "Of the questions that the papers cannot answer, 50% are declined (2 questions); of the 1 declined, 100% "
            "were rightly so.",
        ),
    ]


def test_nothing_to_go_by_is_said():
    one = headline.headlines(summary.summarise([outcome("down")]))[0]
    assert (one.value, one.says) == ("-", "Nothing to go by (not set: 1).")
    assert "Nothing to go by" in page_of([outcome("down")])


def test_the_page_says_what_the_markdown_and_the_json_say():
    outcomes = mixed()
    figures = summary.summarise(outcomes)
    markdown = report.markdown(run_of(outcomes), outcomes, figures)
    page = parser.fromstring(page_of(outcomes))
    told = report.report_json(run_of(outcomes), figures)
    for one in told["headlines"]:
        assert f"- **{one['title']}: {one['value']}**" in markdown and one["says"] in markdown
        assert one["says"] in shown(page)
    assert "This scorer's agreement with people: " in markdown and "This scorer's agreement with people: " in shown(
        page
    )
    assert told["summary"] == figures and told["run"] == run_of(outcomes)


def test_a_question_opens_to_its_sentences_their_marks_and_the_cited_words():
    row = parser.fromstring(page_of(mixed())).xpath('//li[@id="q1"]')[0]
    assert [shown(one) for one in row.xpath('.//p[@class="verdict"]')] == [
        "✓ supported support 0.90",
        "↷ supported, but not by what it cites support 0.90",
        "? not stated support 0.90",
        "✗ contradicted support 0.90",
    ]
    assert [one.get("class") for one in row.xpath('.//div[starts-with(@class, "sentence ")]')] == [
        "sentence supported",
        "sentence miscited",
        "sentence notstated",
        "sentence contradicted",
    ]
    assert shown(row.xpath(".//blockquote")[1]) == "Sentence miscited here. [1] Zebra Gratings"
    assert "reason of contradicted" in shown(row)
    assert [shown(one) for one in row.xpath('.//ul[@class="facts"]/li')] == [
        "✓ found 31.4% / 31.4 %",
        "… past the word budget SunBench",
    ]
    assert [shown(one) for one in row.xpath('.//ol[@class="papers"]/li')] == [
        "Zebra Gratings [1] dense 1",
        "Owl Propellers ★ gold dense 2",
    ]
    assert "☆ gold, not retrieved Lost Paper" in shown(row)
    assert "search 0.012" in shown(row) and "mis_citation .250" in shown(row)


def test_every_question_has_its_state_and_what_is_wrong_with_it():
    rows = parser.fromstring(page_of(mixed())).xpath('//ol[@class="rows"]/li')
    assert [(one.get("data-state"), one.get("data-flag")) for one in rows] == [
        ("answered", "mis-cited|not supported|facts lacking"),
        ("answered", ""),
        ("declined", ""),
        ("answered", "answered in vain"),
        ("declined", "declined in vain"),
        ("failed", "failed"),
    ]
    assert "The model is down." in shown(rows[-1]) and "1 of 6 questions failed" in page_of(mixed())
    assert rows[0].get("data-recall-5") == "0.5" and rows[5].get("data-required-facts") == ""


def test_an_unfinished_run_and_missing_gold_papers_are_said():
    run = run_of(mixed())
    run["questions"]["n"], run["gold"] = 9, {"papers": 5, "missing": ["a", "b"]}
    page = report.page(run, mixed(), summary.summarise(mixed()))
    assert "Only 6 of 9 questions were asked so far." in page
    assert "2 of 5 gold papers are not in the corpus" in page


def test_sentences_by_type_are_drawn_in_their_proportions():
    chart = charts.labels(mixed())
    assert chart.columns == ("type", "supported", "supported, but not by what it cites", "not stated", "contradicted")
    assert list(chart.rows) == [("factoid", "1", "1", "1", "1"), ("method", "1", "0", "0", "0")]
    widths = [float(one.get("width")) for one in parser.fromstring(chart.svg).xpath("//rect")]
    assert widths[:4] == [51.0] * 4 and widths[4] == 204.0


def test_recall_is_drawn_for_every_k():
    assert [row[:2] for row in charts.recalls(mixed()).rows] == [("1", ".000"), ("2", ".500")]
    assert charts.recalls([outcome("q", answer("A."))]) is None


def test_calibration_sets_the_stated_support_beside_what_was_found():
    assert list(charts.calibration(mixed()).rows) == [(".900", "40%", "5", "this evaluation")]
    assert charts.calibration(mixed(), [(0.5, 0.4, 9)]).rows[-1] == (".500", "40%", "9", "people")
    headings = outcome("h", answer("Head"), details={"sentences": [{**verdict(0), "outcome": "not_checkable"}]})
    assert charts.calibration([headings]) is None


def test_risk_and_stages_are_drawn_where_there_are_any():
    figures = summary.summarise(mixed())
    assert charts.risk(figures).rows[-1] == (".750", "60%", "50%")
    assert list(charts.stages(figures).rows) == [("search", "0.012", "0.012", "0.012", "1")]
    assert charts.risk({"risk_coverage": []}) is None and charts.stages({"stages": {}}) is None


KNOWN = {
    "sensitivity": {"mean": 0.9, "low": 0.85, "high": 0.95},
    "specificity": {"mean": 0.8, "low": 0.75, "high": 0.85},
    "sets": {
        "scifact": {
            "auroc": {"mean": 0.912, "low": 0.9, "high": 0.92},
            "kappa": {"mean": 0.5, "low": 0.4, "high": 0.6},
        },
        "wice": {"auroc": {"mean": 0.71, "low": 0.7, "high": 0.72}},
    },
    "calibration": {"bins": [{"support": 0.5, "supported": 0.4, "n": 9}, {"support": None, "supported": None, "n": 0}]},
}


def test_the_scorers_agreement_with_people_is_told_in_one_sentence():
    assert agreement.told(KNOWN) == (
        "This scorer's agreement with people: of the sentences that people call supported it passes 90% (85% to 95%), "
        "of the others it stops 80% (75% to 85%); AUROC .710 to .912 on 2 labelled sets."
    )
    assert agreement.by_set(KNOWN)[0] == ("scifact", ".912 [.900, .920]", ".500 [.400, .600]")
    assert agreement.calibration_of(KNOWN) == [(0.5, 0.4, 9)]
    for nothing in (None, {"sensitivity": None, "specificity": None}):
        assert agreement.told(nothing) == "This scorer's agreement with people: not measured."
        assert agreement.corrected({"mean": 0.5, "low": 0.4, "high": 0.6}, nothing) is None


def test_the_share_of_supported_sentences_is_corrected_with_its_caveat():
    found = agreement.corrected({"mean": 0.55, "low": 0.2, "high": 0.9}, KNOWN)
    assert (found.mean, found.low, found.high) == pytest.approx((0.5, 0.0, 1.0))
    assert "may not" in found.caveat
    worthless = {**KNOWN, "specificity": {"mean": 0.1, "low": 0.0, "high": 0.2}}
    assert agreement.corrected({"mean": 0.5, "low": 0.4, "high": 0.6}, worthless).mean is None


def test_nearly_all_is_not_called_all():
    assert [words.percent(x) for x in (0, 0.001, 0.5, 0.996, 1)] == ["0%", "under 1%", "50%", "over 99%", "100%"]


def test_equal_runs_make_equal_pages():
    assert page_of(mixed()) == page_of(mixed())


def test_the_command_makes_the_report_again_from_what_a_run_left(tmp_path: Path):
    folder = stored(tmp_path / "run", mixed())
    found = knock("eval", "report", str(folder), "--json", home=tmp_path)
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout) == json.loads((folder / "report.json").read_text())
    assert json.loads(found.stdout)["summary"] == summary.summarise(mixed())
    assert (folder / "report.html").read_text() == page_of(mixed())
    assert (folder / "report.md").read_text().startswith("# Evaluation")
    told = knock("eval", "report", str(folder), home=tmp_path)
    assert "Sentences supported: 75%" in told.stdout and str(folder / "report.html") in told.stderr


def test_an_outcome_of_an_older_version_lacks_a_measure_and_is_reported_all_the_same(tmp_path: Path):
    outcomes = mixed()
    for one in outcomes:
        del one["scores"]["mrr"]
    found = knock("eval", "report", str(stored(tmp_path / "run", outcomes)), "--json", home=tmp_path)
    assert json.loads(found.stdout)["summary"]["measures"]["mrr"]["unscored"] == {"not measured in this run": 6}


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_a_folder_without_a_run_is_refused_and_not_made(tmp_path: Path, folder: str):
    (tmp_path / "empty").mkdir()
    found = knock("eval", "report", str(tmp_path / folder), home=tmp_path)
    assert found.exit_code == 1 and "There is no run in" in found.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["empty"] and not list((tmp_path / "empty").iterdir())


def test_a_real_run_makes_a_report(tmp_path: Path):
    out = str(tmp_path / "out")
    knock("eval", "run", str(asked(tmp_path / "q.jsonl")), "--out", out, home=small_home())
    found = knock("eval", "report", out, "--json", home=small_home())
    assert json.loads(found.stdout)["summary"] == json.loads((tmp_path / "out/summary.json").read_text())
    outcomes = [json.loads(line) for line in (tmp_path / "out/outcomes.jsonl").read_text().splitlines()]
    quotes = [citation["quote"] for one in outcomes for citation in one["answer"]["citations"]]
    page = parser.fromstring((tmp_path / "out/report.html").read_text())
    assert quotes and [shown(one) for one in page.xpath("//blockquote/p")] == quotes
