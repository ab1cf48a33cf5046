"""How a text reads that passes itself off as a part of the prompt, or asks for it, by kind; and where orders begin."""

from __future__ import annotations

_ANGLES = "<>＜＞‹›«»❮❯≪≫⟨⟩⟪⟫〈〉《》˂˃ᐸᐳ"

SECRETS = "it asks for a prompt or a secret"
TURNS = "it imitates the turns of a conversation"
FENCES = "it imitates the marks between sources"
CODE = "it holds commands or markup for another program"

# Where an order may begin: a sentence, after a sign that opens something, or after a word such as "please".
LEAD = r"(?:\A|\n|(?<=[.!?:;\"“”>|*#\]])\s{0,3}|\b(?:please|now|must|should|always|you|then|instead)\s)"
START = r"(?:[.!?;]['\"”)]?\s|\n)"  # of a sentence, but not of a title: "Ignore the Noise: ..."

PATTERNS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        SECRETS,
        ("system prompt", "your ", "api key", "environment variable", "password", " above", "hidden "),
        rf"{LEAD}(?:reveal|print|show|repeat|output|disclose|leak|recite|display|quote|dump|return)\b[^.!?]{{0,40}}\b"
        r"(?:system prompt|your (?:\w+ )?(?:prompt|instructions|rules)|api keys?|environment variables|passwords?|"
        r"(?:text|everything|words?) above|hidden (?:prompt|instructions))",
    ),
    (
        TURNS,
        ("<|", "<｜", "inst]", "sys>>", "_of_turn>"),
        r"<\|(?:im_\w+|system|user|assistant|end\w*|eot_id|start_\w+|begin_\w+)\|>|<｜[^｜\n]{1,40}｜>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>",
    ),
    (TURNS, ("##",), r"#{2,6}\s?(?:system|user|assistant|instructions?|human)\s?:"),
    (
        TURNS,
        ("system", "user", "assistant", "human", "question:", "answer:"),
        r"(?:\A|\n|(?<=[.!?\"”>\]])\s{0,3})(?-i:(?:SYSTEM|USER|ASSISTANT|HUMAN)(?: [A-Z]{3,9})?\s?:)"
        rf"|{START}(?-i:System|User|Assistant|Human|Bot)\s?:"
        r"|</?(?:context|system|user|assistant|instructions?|prompt|document)>"
        r"|(?:\A|\n|[.!?]\s)(?-i:Question|Answer):",
    ),
    (FENCES, (), rf"[{_ANGLES}]{{3,}}|[⋘⋙]"),
    (FENCES, ("end of",), r"(?-i:\bEND OF (?:THE )?(?:SOURCES?|PROMPT|CONTEXT|DOCUMENTS?|INPUT)\b)"),
    (FENCES, ("missing",), r"(?-i:\bMISSING\s?:)"),
    (
        CODE,
        ("{", "<%"),
        r"\{\s{0,3}[\"'](?:tool|tool_calls?|function|function_call|arguments|role)[\"']\s{0,3}:"
        r"|<%=|\{%[^%\n]{0,40}%\}|\{\{\s?\w+[.*]\w+|\$\{(?:question|sources)\b|@(?:preamble|string|misc)\s?\{",
    ),
    (CODE, ("?",), r"https?://[^\s?]{1,200}\?\w{1,40}=\s?(?:[{\[<%$]|\Z|\s)"),
    (CODE, ("$question", "$sources"), r"(?:\A|\s)\$(?:question|sources)\b"),
    (CODE, ("![", "]("), r"!\[[^\]\n]{0,100}\]\s?[(\[]|\]\((?:javascript:|data:|https?://[^\s)]{1,200}[?&]\w+=)"),
    (CODE, ("javascript:", "data:"), r"\b(?-i:javascript):\S|\bdata:(?:text|image)/"),
    (
        CODE,
        ("<",),
        r"</?(?:tool_calls?|function_calls?|invoke)\b|<(?:script>|(?:img|script|iframe|svg|object|embed)\s[^>\n]{0,200}=)",
    ),
    (CODE, ("onerror", "onload", "onclick"), r"\bon(?:error|load|click)\s?="),
    (CODE, ("\\", "=cmd"), r"\\(?:write18|openout|immediate)\b|=cmd\|"),
)
