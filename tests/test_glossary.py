"""The glossary: a question in another language read as English key words."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assistant
from assistant.lexical import NAME
from assistant.missing.notes import is_foreign
from assistant.retrieval.glossary import glossed

WRITTEN = json.loads((Path(assistant.__file__).parent / "retrieval" / "glossary.json").read_text("utf-8"))
CODES = ["de", "fr", "es", "it", "pt", "nl", "zh", "ja", "ru"]
PASTED = [
    "wie wird das " + "datensatz" * 20_000,
    "wie wird das " + "-a" * 80_000,
    "Wie wird das Unterscheidungsvermögen von der Aufmerksamkeitsmechanismen " * 3_000,
    "de la réseau-" * 20_000,
    "の模型" * 60_000,
    "и модель " * 30_000,
    "wie wird das \u0300" + "\u0316\u0300" * 60_000,
]


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("Wie viele Bilder enthält der Datensatz von TortoiseNet?", "how many image contain dataset TortoiseNet"),
        (
            "Welche Verlustfunktion wird beim Vortraining des Sprachmodells verwendet?",
            "which loss function pre-training language model use",
        ),
        (
            "Wie verringert das CLIP-Modell das Rauschen in Trainingsdaten um 3,5%?",
            "how reduce CLIP model noise training data 3,5%",
        ),
        (
            "Comment le modèle de diffusion améliore-t-il la qualité des images à haute résolution ?",
            "how diffusion model improve quality image high resolution",
        ),
        (
            "Pourquoi l’élagage d'un réseau de neurones réduit-il sa taille sans perte de précision ?",
            "why pruning neural network reduce size without loss accuracy",
        ),
        (
            "¿Cuántas imágenes sin etiquetar hay para el preentrenamiento de la red neuronal?",
            "how many image unlabeled pre-training neural network",
        ),
        (
            "¿Cómo se evita el sobreajuste cuando hay pocos datos de entrenamiento?",
            "how avoid overfitting when few data training",
        ),
        (
            "Quale percentuale dei pesi viene rimossa dalla potatura di SlimNet?",
            "which percentage weight rimossa pruning SlimNet",
        ),
        (
            "Perché la rete dimentica gli esempi precedenti della classe nell'apprendimento continuo?",
            "why network forgetting example previous class continual learning",
        ),
        (
            "Em que porcentagem o método reduz o custo de treinamento das redes neurais?",
            "percentage method reduce cost training neural network",
        ),
        (
            "Quais são as vantagens do aprendizado federado para a privacidade?",
            "which advantage federated learning privacy",
        ),
        (
            "Hoe wordt de nauwkeurigheid van het taalmodel verbeterd zonder extra gegevens?",
            "how accuracy language model improve without additional data",
        ),
        (
            "Welke methode vermindert het vergeten bij continu leren van beeldclassificatie?",
            "which method reduce forgetting continual learning image classification",
        ),
        ("扩散模型如何减少采样步骤?", "diffusion model how reduce sampling step"),
        ("SlimNet使用多少个参数来训练神经网络?", "SlimNet use how many parameter train neural network"),
        ("拡散モデルのサンプリングはどのように高速化されますか?", "diffusion model sampling how accelerate"),
        ("LoRAなしで大規模言語モデルを圧縮できますか?", "LoRA without large language model compression"),
        ("Как уменьшить переобучение нейронной сети?", "how reduce overfitting neural network"),
        ("Сколько изображений содержит набор данных TortoiseNet?", "how many image contain dataset TortoiseNet"),
    ],
)
def test_a_question_is_read_in_english_in_its_own_order(question: str, read: str):
    assert glossed(question) == read


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("Wie gut ist ControlNet++ bei der Segmentierung von 512x512 Bildern?", ["ControlNet++", "512x512"]),
        ("Wie unterscheidet sich Point-CMAE von der GPT-4-Architektur?", ["Point-CMAE", "GPT-4 architecture"]),
        ("Comment le modèle Red Panda est-il entraîné pour la traduction ?", ["Red Panda"]),
        ("¿Cuál es la precisión de la red Llama 2 en los datos de ImageNet?", ["Llama 2", "ImageNet"]),
        ("Was ist das autoregressive Modell von Mamba?", ["autoregressive", "Mamba"]),
        ("Qu'est-ce que le zero-shot pour la segmentation des images ?", ["zero-shot"]),
        ("¿Qué es un modelo SimCLR+ de 1.5B parámetros con 76.1% de precisión?", ["SimCLR+", "1.5B", "76.1%"]),
    ],
)
def test_names_numbers_and_unknown_words_stay_as_they_are(question: str, kept: list[str]):
    read = glossed(question)
    assert read is not None
    assert [part for part in kept if part not in read] == []


@pytest.mark.parametrize(
    "question",
    [
        "How many images are in the data set?",
        "Which model is used for segmentation in the paper from LoRA to QLoRA?",
        "What does the paper “Das Modell” say of transfer?",
        "그래프 신경망은 무엇입니까?",
        "der die das ist und von",
        "",
    ],
)
def test_there_is_no_reading_of_an_english_question_nor_where_no_word_is_known(question: str):
    assert glossed(question) is None


def test_accents_capitals_and_the_way_they_are_coded_make_no_difference():
    question = "¿Cómo mejora la precisión del modelo de difusión para las imágenes médicas?"
    read = glossed(question)
    assert read == "how improve accuracy diffusion model image medical"
    assert glossed(unicodedata.normalize("NFD", question)) == read
    assert glossed("¿como mejora la precision del modelo de difusion para las imagenes medicas?") == read


def test_half_width_letters_are_read_like_others():
    assert glossed("グラフとモデル") == glossed("ｸﾞﾗﾌとﾓﾃﾞﾙ") == "graph model"


@pytest.mark.parametrize("text", PASTED, ids=range(len(PASTED)))
def test_a_pasted_page_costs_no_more_than_a_long_question(text: str):
    glossed("Was ist das Modell?")  # the file is read
    started = time.perf_counter()
    glossed(text)
    assert time.perf_counter() - started < 1.0


@given(st.text())
def test_no_text_raises_and_an_english_one_has_no_reading(text: str):
    read = glossed(text)
    assert read is None or (is_foreign(text) and read.strip())


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            ["GPT-4", "VTAB-1k", "wie", "der", "Bild", "-", "'", "。", "の", "模型", "модель", "\u0308", "é"]
        )
        | st.text(max_size=3),
        max_size=20,
    )
)
def test_a_mixture_of_scripts_keeps_its_names(parts: list[str]):
    text = f"wie ist das Modell {' '.join(parts)}"
    read = glossed(text)
    if read is not None:
        assert {name for name in NAME.findall(text) if name in ("GPT-4", "VTAB-1k")} <= set(NAME.findall(read))


def test_every_language_has_a_form_for_nearly_every_concept():
    words = WRITTEN["words"]
    forms = Counter(code for by_language in words.values() for code in by_language)
    assert len(words) > 600
    assert set(forms) == set(WRITTEN["small words"]) == set(CODES)
    assert all(count > 0.9 * len(words) for count in forms.values()), forms


@pytest.mark.parametrize("code", CODES)
def test_a_form_stands_once_in_its_language_and_is_not_dropped(code: str):
    forms = [form for by_language in WRITTEN["words"].values() for form in by_language.get(code, [])]
    assert [form for form, count in Counter(forms).items() if count > 1] == []
    assert {form for form in forms if form in WRITTEN["small words"][code].split()} == set()


def test_the_english_is_english_and_the_forms_are_in_small_letters():
    for english, by_language in WRITTEN["words"].items():
        assert re.fullmatch(r"[a-z0-9]+(?:[ -][a-z0-9]+)*", english)
        for form in (form for forms in by_language.values() for form in forms):
            assert form == form.lower().strip() and form


def test_every_form_is_found_in_a_question_of_its_language():
    openings = {"de": "ist das und", "fr": "est dans une", "es": "para los del", "it": "nella gli della"}
    openings |= {"pt": "não em os dos", "nl": "het een van"}
    for code, opening in openings.items():
        for english, by_language in WRITTEN["words"].items():
            for form in by_language.get(code, [])[:1]:
                assert english in (glossed(f"{opening} {form}") or ""), (code, form)
