"""Rasa's own ResponseSelector: an entry is a response, its wordings are the examples.

    python rasa_selector.py DIRECTORY --vectors | --counts

Runs in Rasa's Python 3.10. With `--counts` it gets the features that Rasa 3.6 proposes where no
pipeline is written, words (by its tokeniser for Chinese) and pieces of words; with `--vectors` the
sentence vectors stand in their place, by the project's own featurizer. Settings are Rasa's
defaults, 100 epochs as it proposes. The components are trained and asked one after the other, for
`rasa train` hashes every feature of every example after each of them, which takes longer than they
do.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from common import Collection, Search, compare
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.nlu.featurizers.sparse_featurizer.lexical_syntactic_featurizer import (
    LexicalSyntacticFeaturizer,
)
from rasa.nlu.selectors.response_selector import ResponseSelector
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa_server.featurizer import SentenceVectorFeaturizer

FEATURES: dict[str, list[tuple[type, dict[str, Any]]]] = {
    "--vectors": [(SentenceVectorFeaturizer, {})],
    "--counts": [
        (CountVectorsFeaturizer, {}),
        (CountVectorsFeaturizer, {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}),
    ],
}
PIPELINE = [
    (JiebaTokenizer, {}),
    (LexicalSyntacticFeaturizer, {}),
    *FEATURES[sys.argv[2]],
    (ResponseSelector, {"epochs": 100}),
]


def build(collection: Collection) -> Search:
    components = train(examples(collection))

    def search(text: str, vector: np.ndarray) -> list[str]:
        message = Message({"text": text, "metadata": {"vector": vector}})
        for component in components:
            component.process([message])
        ranking = message.get("response_selector")["default"]["ranking"]
        return [each["intent_response_key"].partition("/")[2] for each in ranking]

    return search


def examples(collection: Collection) -> TrainingData:
    """Return every wording as an example of its entry, and the entries' answers as responses."""
    rows = zip(collection.texts, collection.owners, collection.answers, strict=True)
    asked, said = [], {}
    for text, owner, is_answer in rows:
        if is_answer:
            said.setdefault(f"utter_ask/{owner}", [{"text": text}])
        else:
            asked.append(Message.build(text, f"ask/{owner}"))
    return TrainingData(asked, responses=said)


def train(data: TrainingData) -> list[GraphComponent]:
    """Train the components one after the other."""
    context = ExecutionContext(GraphSchema({}))
    made: list[Any] = []
    with tempfile.TemporaryDirectory() as place:
        storage = LocalModelStorage.create(Path(place))
        for number, (component, settings) in enumerate(PIPELINE):
            config = {**component.get_default_config(), **settings}
            given = (config, storage, Resource(f"{number}"), context)
            each = component.create(*given)
            if hasattr(each, "train"):
                each.train(data)
            if hasattr(each, "process_training_data"):
                each.process_training_data(data)
            made.append(component.load(*given) if component is ResponseSelector else each)
    return made


os.environ["DAOBAN_VECTORS_FILE"] = str(Path(sys.argv[1]) / "examples.npz")
compare(build)
