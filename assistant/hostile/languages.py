"""How orders read in other languages than English: the words that one needs, and the pattern."""

from __future__ import annotations

PATTERNS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("instruction", "consigne", "règle", "directive"),
        r"\b(?:ignore[zr]|oublie[zr]?|ne ten(?:ez|ir|iens) pas compte)\b[^.!?]{0,50}\b(?:instruction|consigne|règle)"
        r"|\bignore (?:toute?s?|les?) [^.!?]{0,30}(?:instruction|consigne|règle|directive)",
    ),
    (
        ("instruccion", "regla", "indicacion", "órdenes", "instruç", "regras", "istruzion", "regole"),
        r"\b(?:ignor(?:a|e|en|ar|i|ate)|olvid(?:a|e|en)|haz caso omiso|dimentica\w*|esqueç\w*|desconsider\w*)\b"
        r"[^.!?]{0,50}\b(?:instruccion|regla|indicacion|órdenes|instruç|regras|istruzion|regole)",
    ),
    (
        ("instructies", "regels", "instrukcj", "poleceni", "talimat"),
        r"\b(?:negeer|vergeet|zignoruj|pomiń)\b[^.!?]{0,50}\b(?:instructies|regels|instrukcj|poleceni)"
        r"|\btalimat\w*[^.!?]{0,20}\b(?:yok say|unut|görmezden)",
    ),
    (
        ("инструкц", "указани", "правил", "команд"),
        r"\b(?:игнорир|забуд|не обращай)[^.!?]{0,50}\b(?:инструкц|указани|правил|команд)",
    ),
    (
        ("忽略", "無視", "无视", "忘记", "忘記", "忘れ", "不要", "무시", "잊"),
        r"(?:忽略|無視|无视|忘记|忘記|不要理会|不要遵守)[^。！？]{0,20}(?:指令|指示|说明|規則|规则|提示|命令)"
        r"|(?:指示|命令|ルール|プロンプト|지시|명령|규칙)[^。！？.]{0,12}(?:無視|忘れ|무시|잊)",
    ),
    (
        ("التعليمات", "الأوامر", "القواعد", "निर्देश", "नियम"),
        r"(?:تجاهل|انس|لا تتبع)[^.!?؟]{0,40}(?:التعليمات|الأوامر|القواعد)"
        r"|(?:निर्देश|नियम)[^।.!?]{0,40}(?:अनदेखा|नज़रअंदाज़|भूल)",
    ),
    (
        ("schreib", "antworte", "sag", "répond", "dis ", "dites", "écri", "только", "responde", "vergiss", "ci-dessus"),
        r"\b(?:schreibe?|antworte|sage?) (?:nur|ausschließlich)\b|\bvergiss alles\b|\bci-dessus\b"
        r"|\b(?:répond(?:s|ez)|dis|dites|écri(?:s|vez)) (?:uniquement|seulement|juste)\b"
        r"|\b(?:напиши|ответь|скажи)(?:те)? только\b|\bresponde (?:solo|sólo|solamente|únicamente)\b",
    ),
    (
        ("只", "仅", "输出", "回答", "回复", "だけ", "만 ", "上面的", "не следуй"),
        r"[只仅](?:回答|输出|说|回复)|(?:输出|回答|回复)[“「\"]|上面的(?:提示|指)"
        r"|だけ(?:答|出力|言|返)|만 (?:답|말|출력)|не следуй",
    ),
)
