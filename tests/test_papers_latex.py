r"""LaTeX in titles and abstracts: what becomes of commands, and that mathematics, money and % are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.papers.cleaning import clean
from assistant.papers.latex import plain


@pytest.mark.parametrize(
    "text",
    [
        r"$2\sqrt{L\nX\nA T\log(\nX\nA/L)}$ and $90\%$ and $1,\!000\times$",
        r"\(x~\textbf{y}\) and \[a_1~\emph{b}\] and \begin{align*} a~\text{b} \end{align*}",
        r"$$\sum_i~x_i$$, $ a^2 $, $x_1 $, $7$$\times$$7$ and $X ∈R^m x n$",
        r"\method beats \ours{} and \sota{x}, \ref{fig:1}, \sqrtn, \|x\|, \mathbf{x}, \bar\theta",
    ],
)
def test_mathematics_and_unknown_commands_stay(text: str) -> None:
    assert clean(text) == text


def test_a_percent_sign_is_never_a_comment_and_money_no_mathematics() -> None:
    text = "from 28.8% to 54.7%, costs $5M to $7M, or $313k; up 5% a year"
    assert clean(text) == text
    assert clean(r"from 28.8\% to 54.7\%, costs \$5M") == "from 28.8% to 54.7%, costs $5M"


@pytest.mark.parametrize(
    ("latex", "read"),
    [
        (
            r"\textbf{M}odel-\emph{x \textit{y}} {\em so} {\bf{too}} \textcolor{red}{w} {\color{blue} v}",
            "Model-x y so too w v",
        ),
        (
            r"na\"ive na\"{\i}ve {\'E}cole Schr{\"o}dinger Erd\H{o}s-R\'{e}nyi",
            "naïve naïve École Schrödinger Erdős-Rényi",
        ),
        (r"Vi\v{s}e {\c c}a a\~no", "Više ça año"),
        (r"\L{}ojasiewicz {\L}ukasz M{\o}ller Bj\o rn stra\ss e \AA", "Łojasiewicz Łukasz Møller Bjørn straße Å"),
        (r"\b{eta}-VAE, \r{ho} = 0.2, \k{appa}, {\tau}-leap, O(1/{\epsilon})", "β-VAE, ρ = 0.2, κ, τ-leap, O(1/ε)"),
        (
            r"work~\cite{a}, and (see \cite{b}; \citep[p. 3]{c}) it (\citealp{d}). End \citet{e}.",
            "work, and (see) it. End.",
        ),
        (
            r"``quoted'' and ''so'' but f''(x), \enquote{x} and \"so too\"",
            '"quoted" and "so" but f\'\'(x), "x" and "so too"',
        ),
        (
            r"\href{https://a.org/x\_y}{\url{https://a.org/x\_y}} \href{https://b.org}{here}",
            "https://a.org/x_y here (https://b.org)",
        ),
        (
            r"R\&D, a\_b, \#1, \{a\}, vs.\ text, 5\,kHz, 360{\deg}C, zero\-shot, Q\\&A",
            "R&D, a_b, #1, {a}, vs. text, 5 kHz, 360°C, zero-shot, Q&A",
        ),
        (
            r"Type~1, Claude~Haiku~4.5, 3~mHz, Eq.~3, a~novel, by~\emph{x} (OD~$x$)",
            "Type 1, Claude Haiku 4.5, 3 mHz, Eq. 3, a novel, by x (OD $x$)",
        ),
        (
            r"code\footnote{At \url{https://x.org}.}, \eg, this; \ie that, \etc. End",
            "code (At https://x.org.), e.g., this; i.e. that, etc. End",
        ),
        (
            r"\begin{itemize} \item One \item Two \end{itemize} a \\ b 10\textsuperscript{6} L\textsuperscript{3}",
            "• One • Two a b 10^6 L3",
        ),
        (
            r"in the sense of \emphscaling to complex, emph{stereo} depth",
            "in the sense of scaling to complex, stereo depth",
        ),
        (r"the model\'s and don\'t and users\' own", "the model's and don't and users' own"),
        (
            r"\boldsymbol{\mu}, x_{\gamma}, N_{\rm eff}, \frac{\alpha}{\beta}",
            r"\boldsymbol{μ}, x_{γ}, N_{eff}, \frac{α}{β}",
        ),
        (r"cut in \textbf{bold", "cut in bold"),
        (r"cut in \cite{smith2016", r"cut in \cite{smith2016"),
    ],
)
def test_prose_reads_as_it_was_printed(latex: str, read: str) -> None:
    assert clean(latex) == read


LATEX = st.lists(
    st.sampled_from(
        [
            *"{}$~%&\\ ab1'\"`^[]()",
            "\\textbf{",
            "\\cite{",
            "\\'",
            "\\(",
            "\\)",
            "\\begin{align}",
            "\\end{align}",
            "\\href{",
        ]
    ),
    max_size=25,
).map("".join)


@given(LATEX)
def test_nothing_that_looks_like_latex_breaks_it_or_loses_a_bare_percent(text: str) -> None:
    shown = plain(text)
    if "\\" not in text:
        assert shown.count("%") == text.count("%")
        assert [c for c in shown if c.isalnum()] == [c for c in text if c.isalnum()]
