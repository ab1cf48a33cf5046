"""The model client beside others' work: the other openai major, and an independent server from the package index."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from socket import create_connection, socket

import pytest

from assistant.errors import ModelError
from assistant.llm import ModelSettings, Usage, complete, connect, stream

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def environment(folder: Path, *packages: str) -> Path:
    """The bin folder of a new environment that holds the packages; skips when the index does not give them."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
    command: list[str | Path] = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", *packages]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        pytest.skip(f"the package index gave no {packages[0]}: {(ran.stderr.strip() or 'no reason').splitlines()[-1]}")
    return folder / "bin"


def test_the_faults_are_the_same_under_the_other_openai_major(tmp_path: Path) -> None:
    other = "openai>=3,<4" if version("openai").startswith("2.") else "openai>=2,<3"
    others = [
        f"{name}=={version(name)}" for name in ("llama-index-core", "tiktoken", "pytest", "hypothesis", "platformdirs")
    ]
    bin_folder = environment(tmp_path / "venv", other, *others)
    tests = ["tests/test_llm_faults.py", "tests/test_llm.py"]
    command: list[str | Path] = [bin_folder / "python", "-m", "pytest", "--color=no", *tests]
    ran = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    assert " passed" in ran.stdout and "skipped" not in ran.stdout


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running mock-ai-api."""
    program = environment(tmp_path_factory.mktemp("peer") / "venv", "mock-ai-api==0.1.1") / "mock-ai-api"
    ports = [free_port(), free_port()]
    command: list[str | Path] = [program, "--openai-port", str(ports[0]), "--anthropic-port", str(ports[1])]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(ports[0], process)
        yield f"http://127.0.0.1:{ports[0]}/v1"
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until:
        try:
            return create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"mock-ai-api did not start: {process.poll()}")


def test_an_independent_server_answers_end_to_end(peer: str) -> None:
    llm = connect(ModelSettings("gpt-4o-mini", peer))
    *pieces, reply = stream(llm, [("system", "Be brief."), ("user", "Hello there.")])
    assert complete(llm, [("system", "Be brief."), ("user", "Hello there.")]) == reply
    assert not isinstance(reply, str) and reply.text == "".join(map(str, pieces)) and reply.text
    assert reply.finish == "stop" and isinstance(reply.usage, Usage) and reply.usage.output_tokens > 0


def test_an_independent_servers_rate_limit_is_understood(peer: str) -> None:
    llm = connect(ModelSettings("gpt-4o-mini:mock-429", peer, retries=0))
    with pytest.raises(ModelError, match="too many requests") as caught:
        complete(llm, [("user", "Hello there.")])
    assert caught.value.retryable
