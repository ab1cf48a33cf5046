"""The panel of the papers: which corpus, what it holds, papers added from files and taken out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from ..errors import AssistantError
from ..settings import MINE, SAMPLE
from . import listing
from .guard import UPLOADS
from .show import safe

if TYPE_CHECKING:
    from ..ingest import Report
    from .access import Rules
    from .assistants import Assistants
    from .choosing import Choosing

_PAGE = 20  # papers
_GLANCE = 0.3  # seconds between two looks at an indexing
_AT_ONCE = 2  # uploads that are being indexed
_PICKED = "() => [window.assistantPage.picked()]"

Update = dict[Any, Any]
Given = Mapping[Any, Any]


class PapersPanel:
    """The components and their events. `corpus` is the reader's own choice: every visitor has another."""

    def __init__(self, assistants: Assistants, rules: Rules, choosing: Choosing) -> None:
        self._assistants = assistants
        self._rules = rules
        self._choosing = choosing

    def layout(self) -> None:
        """The components."""
        first = self._assistants.first.corpus
        with gr.Column(elem_id="papers"):
            gr.HTML('<h2 class="sources-head">Papers</h2>', apply_default_css=False)
            self.corpus = gr.Dropdown([first], value=first, label="Corpus", elem_id="corpus", filterable=False)
            if self._rules.may_edit:
                self._adding()
            self._title = gr.Textbox(label="Words of the title", elem_id="title-words", placeholder="All papers")
            self._list = gr.HTML(elem_id="paper-list", apply_default_css=False)
            self._first = gr.State(0)
            with gr.Row(elem_id="paging"):
                self._before = gr.Button("Earlier", size="sm", elem_id="earlier", interactive=False)
                self._count = gr.HTML(elem_id="paper-count", apply_default_css=False)
                self._after = gr.Button("Later", size="sm", elem_id="later", interactive=False)
            if self._rules.may_edit:
                self._removing()

    def _adding(self) -> None:
        self._files = gr.File(
            label="Drop files of papers here",
            file_count="multiple",
            file_types=[*UPLOADS, *(f"{end}.gz" for end in UPLOADS)],
            elem_id="files",
            height=110,
        )
        self._report = gr.HTML(elem_id="report", apply_default_css=False)

    def _removing(self) -> None:
        self._picked = gr.Textbox(visible="hidden")
        self._remove = gr.Button("Remove the chosen papers", size="sm", elem_id="remove")
        with gr.Row(visible=False, elem_id="sure") as self._sure:
            self._asked = gr.HTML(apply_default_css=False)
            self._do_remove = gr.Button("Remove", size="sm", variant="stop", elem_id="do-remove")
            self._keep = gr.Button("Keep", size="sm", elem_id="keep")

    def events(self, show: gr.Button, **quiet: Any) -> None:
        """show: the button that opens the panel."""
        seen = [self._list, self._count, self._first, self._before, self._after, self.corpus]
        given = {self.corpus, self._title, self._first, *self._choosing.inputs}
        gr.on(
            [show.click, self._title.submit, self._title.input, self.corpus.change],
            self.browse,
            given,
            seen,
            queue=False,
            **quiet,
        )
        self._before.click(self._earlier, given, seen, queue=False, **quiet)
        self._after.click(self._later, given, seen, queue=False, **quiet)
        if self._rules.may_edit:
            self._edit_events(given, seen, quiet)

    def _edit_events(self, given: set[Any], seen: list[Any], quiet: dict[str, Any]) -> None:
        self._files.upload(
            self._add, {self._files, *given}, [*seen, self._files, self._report], concurrency_limit=_AT_ONCE, **quiet
        )
        sure = [self._picked, self._sure, self._asked]
        self._remove.click(self._ask_whether, self._picked, sure, js=_PICKED, queue=False, **quiet)
        self._keep.click(lambda: gr.Row(visible=False), None, self._sure, queue=False, **quiet)
        self._do_remove.click(self._take_out, {self._picked, *given}, [*seen, self._sure, self._report], **quiet)

    # Looking

    def browse(self, given: Given) -> Update:
        """The first papers that pass the title's words and the question's filters."""
        return self._page(given, 0)

    def _earlier(self, given: Given) -> Update:
        return self._page(given, max(0, int(given[self._first]) - _PAGE))

    def _later(self, given: Given) -> Update:
        return self._page(given, int(given[self._first]) + _PAGE)

    def _page(self, given: Given, first: int) -> Update:
        corpus = self._choice(given[self.corpus])
        try:
            found, total = self._found(given, first)
        except AssistantError as error:
            said = f'<p class="hint">{safe(error.message)} {safe(error.cure)}</p>'
            off = gr.Button(interactive=False)
            return {self._list: said, self._count: "", self._first: 0, self._before: off, self._after: off} | corpus
        shown = found[:_PAGE]
        of = f" of {total:,}" if total is not None else ""
        return {
            self._list: listing.papers(shown, may_edit=self._rules.may_edit),
            self._count: f"<p>{first + 1} to {first + len(shown)}{of}</p>" if shown else "",
            self._first: first,
            self._before: gr.Button(interactive=first > 0),
            self._after: gr.Button(interactive=len(found) > _PAGE),
        } | corpus

    def _found(self, given: Given, first: int) -> tuple[list[Any], int | None]:
        """A page of papers and one more, if there is; and how many there are in all, where that is known at once."""
        filters = self._choosing.filters(given)
        assistant = self._assistants.of(given[self.corpus])
        title = str(given[self._title] or "").strip()
        found = assistant.papers(title=title, limit=_PAGE + 1, offset=first, **filters)
        if title:
            return found, None
        from ..store import Filters

        return found, assistant.index.store.count(Filters.of(filters))

    def _choice(self, chosen: str) -> Update:
        """The corpora that there are now; the bundled sample is always one of them."""
        return {self.corpus: gr.Dropdown(sorted({*self._assistants.first.corpora(), SAMPLE, chosen}))}

    # Changing

    def _add(self, given: Given) -> Iterator[Update]:
        """Indexes the files in a thread of its own, which goes on if the reader leaves; each file is deleted then."""
        files = [Path(path) for path in given[self._files] or ()]
        names, folders = [path.name for path in files], [path.parent for path in files]
        corpus = MINE if given[self.corpus] == SAMPLE else str(given[self.corpus])  # the sample stays as it is
        yield {self._files: None, self._report: listing.adding(names, None)}
        pool = ThreadPoolExecutor(1)
        try:
            done = pool.submit(self._index, corpus, files)
            meter = self._assistants.meter
            while not wait([done], _GLANCE).done:
                yield {self._report: listing.adding(names, meter.so_far if meter else None)}
            yield {self._report: _outcome(done, corpus, folders), self.corpus: self._now(corpus)}
        finally:
            pool.shutdown(wait=False)
        yield self._page({**given, self.corpus: corpus, self._title: ""}, 0)

    def _now(self, corpus: str) -> gr.Dropdown:
        return gr.Dropdown(sorted({*self._assistants.first.corpora(), SAMPLE, corpus}), value=corpus)

    def _index(self, corpus: str, files: Sequence[Path]) -> Report:
        try:
            return self._assistants.of(corpus, new=True).add(*files)
        finally:
            for path in files:
                path.unlink(missing_ok=True)

    def _ask_whether(self, picked: str) -> Update:
        ids = _ids(picked)
        if not ids:
            said = "<p>Choose papers by their boxes first.</p>"
        else:
            said = f"<p>Remove {len(ids)} paper{'s' if len(ids) > 1 else ''} from the corpus for good?</p>"
        return {self._picked: picked, self._asked: said, self._sure: gr.Row(visible=True)}

    def _take_out(self, given: Given) -> Update:
        try:
            gone = self._assistants.of(given[self.corpus]).remove(*_ids(given[self._picked]))
            said = f'<p role="status">Removed: {safe("; ".join(paper.title for paper in gone) or "nothing")}.</p>'
        except AssistantError as error:
            said = listing.failure(error.message, error.cure)
        return {**self._page(given, 0), self._sure: gr.Row(visible=False), self._report: said}


def _ids(picked: str) -> list[str]:
    """The ids that the page sent; what is no list of texts is nothing."""
    try:
        ids = json.loads(picked or "[]")
    except ValueError:
        return []
    return [one for one in ids if isinstance(one, str)] if isinstance(ids, list) else []


def _outcome(done: Future[Report], corpus: str, folders: Sequence[Path]) -> str:
    try:
        return listing.report(done.result(), corpus, folders)
    except AssistantError as error:
        message = error.message
        for folder in folders:
            message = message.replace(f"{folder}/", "")
        return listing.failure(message, error.cure)
    except OSError as error:
        return listing.failure(f"The papers could not be added: {error.strerror or 'the disk failed'}.", "Try again.")
