"""The commands that bring papers in, list them and take them out again."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from arxiv_server import FEED, Arxiv
from click.testing import CliRunner, Result
from doors import RECORDS, checked, knock, run, small_home, written

from assistant.cli import main


class Feed(ThreadingHTTPServer):
    """Answers every request with one page of two entries."""

    def __init__(self, entries: str) -> None:
        body = FEED.format(total=2, entries=entries).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Silence."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/api/query"

    def __enter__(self) -> Feed:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


def indexed(*arguments: str | Path, home: Path, **environment: str) -> tuple[Result, dict[str, Any]]:
    result = knock("index", *map(str, arguments), "--json", home=home, **environment)
    return result, json.loads(result.stdout)


def listed(home: Path, *flags: str) -> list[str]:
    papers = checked("papers", knock("papers", "list", "--json", *flags, home=home).stdout)["papers"]
    return [paper["source_ids"][-1] for paper in papers]


def test_a_pattern_that_the_shell_did_not_expand_and_gzip_are_read(tmp_path: Path):
    written(tmp_path, RECORDS[:1], "one.jsonl")
    (tmp_path / "two.jsonl.gz").write_bytes(gzip.compress(json.dumps(RECORDS[1]).encode()))
    result, told = indexed(tmp_path / "*.jsonl*", home=tmp_path / "home")
    assert (result.exit_code, [file["new"] for file in told["files"]]) == (0, [1, 1])
    assert listed(tmp_path / "home", "--source", "two") == ["a2"]


def test_a_dash_is_the_standard_input_plain_or_gzip(tmp_path: Path):
    data = gzip.compress(json.dumps(RECORDS[0]).encode())
    runner = CliRunner(env={"ASSISTANT_HOME": str(tmp_path)})
    told = json.loads(runner.invoke(main, ["index", "-", "--json"], input=data).stdout)
    assert [(file["path"], file["new"]) for file in told["files"]] == [("-", 1)]
    assert listed(tmp_path, "--source", "stdin") == ["a1"]
    closed = runner.invoke(main, ["index", "-"], input=b"")
    assert (closed.exit_code, "the file is empty" in closed.stderr) == (1, True)


def test_a_dry_run_writes_nothing_and_says_so(tmp_path: Path):
    file = written(tmp_path)
    result = knock("index", str(file), "--dry-run", home=tmp_path / "home")
    assert (result.exit_code, (tmp_path / "home").exists()) == (0, False)
    assert f"{file}: 4 read: 4 new\n" in result.stdout
    assert "Nothing was written" in result.stderr
    assert indexed(file, "--dry-run", home=tmp_path / "home")[1]["dry_run"] is True


def test_a_file_without_papers_beside_good_ones_ends_with_1_and_keeps_the_others(tmp_path: Path):
    good, bad = written(tmp_path), tmp_path / "notes.txt"
    bad.write_text("Some words of mine, and no paper.\n")
    result, told = indexed(good, bad, home=tmp_path / "home")
    assert (result.exit_code, told["totals"]["new"]) == (1, 4)
    assert told["files"][1]["unreadable"][0]["line"] is None
    assert f"assistant: '{bad}' is in no format that is known here." in result.stderr
    alone = knock("index", str(bad), "--json", home=tmp_path / "home")
    error = checked("error", alone.stdout)["error"]
    assert (alone.exit_code, error["type"]) == (1, "PapersError")
    assert "These are read, plain or gzip" in error["cure"]


def test_sync_removes_what_is_gone_and_reports_it(tmp_path: Path):
    indexed(written(tmp_path), home=tmp_path / "home")
    result = knock("index", str(written(tmp_path, RECORDS[1:])), "--sync", home=tmp_path / "home")
    assert "3 read: 3 unchanged, 1 removed\n" in result.stdout
    assert listed(tmp_path / "home") == ["a2", "a3", "a4"]
    broken = written(tmp_path, RECORDS[2:])
    broken.write_text(broken.read_text() + "{broken\n")
    refused, told = indexed(broken, "--sync", home=tmp_path / "home")
    assert (refused.exit_code, told["totals"]["removed"], len(listed(tmp_path / "home"))) == (1, 0, 3)
    assert "Nothing of the source 'small' was removed" in refused.stderr


def test_a_long_list_of_problems_is_cut_for_a_person_and_whole_in_json(tmp_path: Path):
    file = tmp_path / "x.jsonl"
    file.write_text(json.dumps(RECORDS[0]) + "\n" + "{broken\n" * 47)
    result = knock("index", str(file), "--dry-run", home=tmp_path / "home")
    assert result.stderr.count("is not JSON") == 10
    assert "  and 37 more problems; --json has all\n" in result.stderr
    assert len(indexed(file, "--dry-run", home=tmp_path)[1]["files"][0]["unreadable"]) == 47


@pytest.mark.parametrize(
    "flags",
    [["--max", "3", "x.jsonl"], ["--sync"], ["--rebuild", "--dry-run"], ["--max", "0", "arxiv:all:x"]],
)
def test_options_that_make_no_sense_together_are_wrong_usage(flags: list[str], tmp_path: Path):
    assert knock("index", *flags, home=tmp_path).exit_code == 2


def test_an_unknown_format_lists_the_known_ones(tmp_path: Path):
    result = knock("index", str(written(tmp_path)), "--format", "docx", home=tmp_path / "home")
    assert result.stderr.startswith("assistant: There is no format 'docx'. Known: ")


def test_a_query_is_asked_of_arxiv_for_so_many_papers(tmp_path: Path):
    with Arxiv(total=3) as server:
        query = ("arxiv:cat:cs.CL AND abs:retrieval", "--max", "2")
        told = indexed(*query, home=tmp_path, ASSISTANT_ARXIV_URL=server.url)[1]
        assert [(one["search_query"], one["max_results"]) for one in server.asked] == [(query[0][6:], "2")]
    assert [(file["path"], file["read"], file["no_abstract"]) for file in told["files"]] == [(query[0], 2, 2)]


def test_without_a_network_a_query_is_one_sentence_and_nothing_is_changed(tmp_path: Path):
    result = knock("index", "arxiv:all:x", "--json", home=tmp_path, ASSISTANT_ARXIV_URL="http://127.0.0.1:9/api")
    error = checked("error", result.stdout)["error"]
    assert (result.exit_code, error["type"]) == (1, "PapersError")
    assert error["message"].startswith("The server 127.0.0.1:9 cannot be reached")
    assert "give the same command again later" in error["cure"]


def test_papers_of_a_query_are_kept_like_those_of_a_file_and_a_dry_run_keeps_no_page(tmp_path: Path):
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/2401.0000{n}v1</id><title>Owls {n}</title><summary>We watch {n + 2} owls in"
        " the dark and count them.</summary><author><name>Ann Lee</name></author></entry>"
        for n in (1, 2)
    )
    with Feed(entries) as server:
        options = ("arxiv:all:owls", "--json", "--source", "owls", "--sync")
        planned = knock("index", *options, "--dry-run", home=tmp_path / "home", ASSISTANT_ARXIV_URL=server.url)
        assert (json.loads(planned.stdout)["totals"]["new"], (tmp_path / "home").exists()) == (2, False)
        knock("index", *options, home=tmp_path / "home", ASSISTANT_ARXIV_URL=server.url)
        again = knock("index", *options, home=tmp_path / "home", ASSISTANT_ARXIV_URL=server.url)
    assert json.loads(again.stdout)["totals"]["unchanged"] == 2
    papers = json.loads(knock("papers", "list", "--json", home=tmp_path / "home").stdout)["papers"]
    assert [(paper["id"], paper["sources"]) for paper in papers] == [
        ("arxiv:2401.00001", ["owls"]),
        ("arxiv:2401.00002", ["owls"]),
    ]


def test_lists_are_paged_and_searched_by_words_of_the_title():
    assert listed(small_home(), "--limit", "2", "--offset", "1") == ["a2", "a3"]
    assert listed(small_home(), "--title", "SALTY tomato") == ["a3"]
    assert listed(small_home(), "--title", "salty owls") == []


def test_filters_remove_only_with_yes(tmp_path: Path):
    knock("index", str(written(tmp_path)), home=tmp_path / "home")
    asked = knock("papers", "remove", "--year-from", "2023", home=tmp_path / "home")
    assert (asked.exit_code, len(listed(tmp_path / "home"))) == (1, 4)
    assert "2 papers of 'mine' pass these filters. Give --yes" in asked.stderr
    assert knock("papers", "remove", "--year-from", "2023", "--yes", home=tmp_path / "home").exit_code == 0
    assert listed(tmp_path / "home") == ["a1", "a3"]
    for wrong in ([], ["a1", "--year-from", "2000"]):
        assert knock("papers", "remove", *wrong, home=tmp_path / "home").exit_code == 2


def test_an_export_is_printed_or_written_whole(tmp_path: Path):
    out = tmp_path / "out.jsonl"
    printed = knock("papers", "export", "--corpus", "mine", home=small_home())
    assert knock("papers", "export", "--out", str(out), home=small_home()).stdout == ""
    assert out.read_text() == printed.stdout
    assert [one.name for one in tmp_path.iterdir()] == ["out.jsonl"]
    rows = knock("papers", "export", "--format", "csv", "--title", "owl", home=small_home()).stdout
    assert [row["title"] for row in csv.DictReader(io.StringIO(rows))] == [RECORDS[1]["title"]]
    assert "@article{paper1," in knock("papers", "export", "--format", "bibtex", home=small_home()).stdout


def test_an_export_that_cannot_be_written_leaves_what_was_there(tmp_path: Path):
    (tmp_path / "out.jsonl").write_text("mine")
    failed = knock("papers", "export", "--out", str(tmp_path / "out.jsonl"), "--corpus", "nowhere", home=small_home())
    assert (failed.exit_code, (tmp_path / "out.jsonl").read_text()) == (1, "mine")
    missing = knock("papers", "export", "--out", str(tmp_path / "no" / "out"), home=small_home())
    assert (missing.exit_code, "No such file or directory" in missing.stderr) == (1, True)
    assert knock("papers", "export", "--out", os.devnull, home=small_home()).exit_code == 0
    assert Path(os.devnull).is_char_device()


def test_a_reader_that_goes_away_is_no_error():
    command = "-c", "import subprocess, sys; p = subprocess.Popen([sys.executable, '-m', 'assistant', 'papers', "
    code = command[1] + "'export'], stdout=subprocess.PIPE); p.stdout.read(5); p.stdout.close(); sys.exit(p.wait() > 1)"
    result = run("-c", code, home=small_home())
    assert (result.returncode, b"Traceback" in result.stderr) == (0, False)
